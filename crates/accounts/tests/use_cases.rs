//! The use cases without HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use accounts::ports::AccountPorts;
use accounts::test_kit::fast_hash_cost;
use accounts::{
    Accounts, BrowserTokens, Caller, Email, LogIn, LogInError, OsRandom, Password, Random, RegisterError, Registration,
    StoreError, Username, UsernameError,
};
use domain::credential::MockCredentialRepository;
use domain::event::MockEventRepository;
use domain::known_browser::{MockKnownBrowserRepository, Recognition};
use domain::lease::MockLeaseRepository;
use domain::notice::MockNoticeRepository;
use domain::registration_code::MockRegistrationCodeRepository;
use domain::session::MockSessionRepository;
use domain::throttle::{Attempt, MockThrottleRepository};
use domain::user::{AddUserError, MockUserRepository, TakenKeys};

use crate::common::{PASSWORD, Service};

fn registration(password: &str) -> Registration {
    Registration {
        username: Username::parse("ada").unwrap(),
        email: Email::parse("ada@example.com").unwrap(),
        password: Password::parse(password.to_owned()).unwrap(),
        code: None,
    }
}

fn attempt(identifier: &str, password: &str) -> LogIn {
    LogIn {
        identifier: identifier.to_owned(),
        password: Password::parse(password.to_owned()).unwrap(),
        remember: false,
        caller: Caller::default(),
        browser: BrowserTokens::default(),
        replaces: None,
    }
}

/// Mocked ports: no attempt is limited. Another call that was not expected fails the test.
fn ports(
    users: MockUserRepository,
    credentials: MockCredentialRepository,
    sessions: MockSessionRepository,
) -> AccountPorts {
    let mut throttles = MockThrottleRepository::new();
    throttles.expect_check().returning(|_, _| Ok(Ok(Attempt::Allowed)));
    throttles.expect_count().returning(|_, _| Ok(Ok(Attempt::Allowed)));
    throttles.expect_give_back().returning(|_| Ok(()));
    let mut known_browsers = MockKnownBrowserRepository::new();
    known_browsers.expect_find().returning(|_, _, _, _| Ok(Recognition::default()));
    let mut events = MockEventRepository::new();
    events.expect_add().returning(|_| Ok(()));
    AccountPorts {
        users: Arc::new(users),
        credentials: Arc::new(credentials),
        sessions: Arc::new(sessions),
        throttles: Arc::new(throttles),
        known_browsers: Arc::new(known_browsers),
        events: Arc::new(events),
        leases: Arc::new(MockLeaseRepository::new()),
        registration_codes: Arc::new(MockRegistrationCodeRepository::new()),
        notices: Arc::new(MockNoticeRepository::new()),
        in_one_commit: None,
    }
}

#[tokio::test]
async fn user_registers_logs_in_is_found_and_logs_out() {
    let service = Service::start().await;
    let accounts = &service.accounts;
    assert!(accounts.has_no_users().await.unwrap());
    let ada = accounts.register(registration(PASSWORD), &Caller::default()).await.unwrap();
    assert!(!accounts.has_no_users().await.unwrap());
    let logged_in = accounts.log_in(attempt("ada@example.com", PASSWORD)).await.unwrap();
    assert_eq!((&logged_in.user, logged_in.is_remembered), (&ada, false));
    let live = accounts.find_session(&logged_in.token).await.unwrap().unwrap();
    assert_eq!((live.user(), live.id()), (&ada, logged_in.session));
    assert!(accounts.log_out(&logged_in.token, &Caller::default()).await.unwrap());
    assert!(!accounts.log_out(&logged_in.token, &Caller::default()).await.unwrap(), "the session has ended");
    assert!(accounts.find_session(&logged_in.token).await.unwrap().is_none());
}

#[tokio::test]
async fn log_out_everywhere_ends_every_session_of_the_user() {
    let service = Service::start().await;
    let accounts = &service.accounts;
    let ada = accounts.register(registration(PASSWORD), &Caller::default()).await.unwrap();
    let [one, other] = [(); 2].map(|()| accounts.log_in(attempt("ada@example.com", PASSWORD)));
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    assert_eq!(accounts.log_out_everywhere(ada.id, &Caller::default()).await.unwrap(), 2);
    for token in [one.token, other.token] {
        assert!(accounts.find_session(&token).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn weak_password_is_neither_hashed_nor_stored() {
    let unused = ports(MockUserRepository::new(), MockCredentialRepository::new(), MockSessionRepository::new());
    let accounts = Accounts::builder().build(unused).unwrap(); // with the default cost
    let refused = accounts.register(registration("password"), &Caller::default()).await;
    assert!(matches!(refused, Err(RegisterError::Weak(_))), "{refused:?}");
}

#[tokio::test]
async fn taken_name_and_failing_store_are_different_errors() {
    let mut users = MockUserRepository::new();
    users
        .expect_add()
        .times(1)
        .returning(|_, _, _| Err(AddUserError::Taken(TakenKeys { username: true, look_alike: false, email: false })));
    users.expect_add().returning(|_, _, _| Err(StoreError::new("disk full").into()));
    let ports = ports(users, MockCredentialRepository::new(), MockSessionRepository::new());
    let accounts = Accounts::builder().cost(fast_hash_cost()).build(ports).unwrap();
    let taken = accounts.register(registration(PASSWORD), &Caller::default()).await;
    assert!(
        matches!(taken, Err(RegisterError::Taken(TakenKeys { username: true, look_alike: false, email: false }))),
        "{taken:?}"
    );
    let failed = accounts.register(registration(PASSWORD), &Caller::default()).await;
    assert!(matches!(failed, Err(RegisterError::Store(_))), "{failed:?}");
}

#[tokio::test]
async fn failing_store_is_not_a_mismatch() {
    let mut credentials = MockCredentialRepository::new();
    credentials.expect_find_by_email().returning(|_| Err(StoreError::new("disk full")));
    let ports = ports(MockUserRepository::new(), credentials, MockSessionRepository::new());
    let accounts = Accounts::builder().cost(fast_hash_cost()).build(ports).unwrap();
    let failed = accounts.log_in(attempt("ada@example.com", PASSWORD)).await;
    assert!(matches!(failed, Err(LogInError::Store(_))), "{failed:?}");
}

/// The system's random source, which counts the bytes that it gives.
struct CountedRandom(Arc<AtomicUsize>);

impl Random for CountedRandom {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fetch_add(bytes.len(), Relaxed);
        OsRandom.fill(bytes);
    }
}

/// A rehash takes as long as a verification, and a salt from the random source.
#[tokio::test]
async fn right_password_of_disabled_user_is_not_rehashed() {
    let service = Service::start().await; // its hashes have fewer rounds than the default cost
    service.register("ada", PASSWORD).await;
    service.execute_sql("UPDATE users SET disabled_at = 1").await;
    let taken = Arc::new(AtomicUsize::new(0));
    let accounts = Accounts::builder().random(CountedRandom(taken.clone())).build(service.ports()).unwrap();
    let mut counts = Vec::new();
    for (name, password) in [("unknown", PASSWORD), ("ada", PASSWORD), ("ada", "marble otter eight")] {
        let refused = accounts.log_in(attempt(name, password)).await;
        assert!(matches!(refused, Err(LogInError::Mismatch)), "{refused:?}");
        counts.push(taken.swap(0, Relaxed));
    }
    assert_eq!(counts, [counts[0]; 3], "a dummy hash each");
}

#[tokio::test]
async fn malformed_email_is_a_mismatch_without_a_query() {
    let unused = ports(MockUserRepository::new(), MockCredentialRepository::new(), MockSessionRepository::new());
    let accounts = Accounts::builder().cost(fast_hash_cost()).build(unused).unwrap();
    let refused = accounts.log_in(attempt("no address", PASSWORD)).await;
    assert!(matches!(refused, Err(LogInError::Mismatch)), "{refused:?}");
}

#[test]
fn debug_hides_passwords() {
    let printed = format!("{:?} {:?}", registration(PASSWORD), attempt("ada@example.com", PASSWORD));
    assert!(!printed.contains("marble"), "{printed}");
}

/// An embedder that has pages of its own calls the use cases, and no check of a form comes before them.
#[tokio::test]
async fn reserved_or_mixed_name_is_added_by_no_use_case() {
    let service = Service::start().await;
    let caller = Caller::default();
    for (name, expected) in [
        ("deleted-7", UsernameError::Reserved),
        ("adrnin", UsernameError::Reserved),
        ("\u{440}aypal", UsernameError::MixedScript), // the first letter is Cyrillic
    ] {
        let username = Username::parse(name).unwrap();
        let new = Registration { username: username.clone(), ..registration(PASSWORD) };
        let email = new.email.clone();
        let registered = service.accounts.register(new, &caller).await;
        assert!(matches!(&registered, Err(RegisterError::Username(error)) if *error == expected), "{registered:?}");
        let added = service.accounts.add_user(username, email, None, &caller).await;
        assert!(matches!(&added, Err(RegisterError::Username(error)) if *error == expected), "{added:?}");
    }
    assert_eq!(service.count("users").await, 0);
}
