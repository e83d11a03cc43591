//! The deletion of an account: requested, undone by a log-in, completed by the maintenance task. The pages are in
//! `delete_page.rs`; parties, and the storms on both engines, in `crates/store/tests/deletion.rs`.

use std::time::Duration;

use accounts::test_kit::{MovableClock, TestClient, fast_hash_cost};
use accounts::{
    Accounts, BrowserTokens, Caller, Deletion, EventFilter, EventKind, LogIn, LogInError, OperatorName, PageSize,
    Password, User, UserId, Username,
};

use async_trait::async_trait;
use domain::Alongside;
use domain::credential::PasswordHash;
use domain::user::NewUser;
use store::AccountStore;
use store::embed::{Dialect, HookError, Hooks};

use crate::common::{FailingStore, Log, PASSWORD, Service, assert_page, browser_post, identity};

const DAY: Duration = Duration::from_hours(24);

async fn user(service: &Service, name: &str) -> Option<User> {
    service.accounts.find_user(&Username::parse(name).unwrap()).await.unwrap()
}

async fn kinds(service: &Service) -> Vec<EventKind> {
    let events = service.accounts.events(EventFilter::default(), None, PageSize::DEFAULT).await.unwrap();
    events.items.into_iter().rev().map(|stored| stored.event.kind).collect()
}

/// Ada, logged in, whose deletion is requested.
async fn leaving() -> (Service, TestClient, UserId) {
    let service = Service::start().await;
    let ada = service.ada().await;
    let id = user(&service, "ada").await.unwrap().id;
    let requested = service.accounts.request_deletion(id, &Caller::default()).await.unwrap();
    assert_eq!((requested.sessions, requested.is_repeated), (1, false));
    (service, ada, id)
}

#[tokio::test]
async fn request_ends_the_sessions_and_completes_after_14_days() {
    use EventKind::{Deleted, DeletionRequested, LoggedIn, Registered};

    let (service, ada, id) = leaving().await;
    assert_eq!(identity(&ada.get("/").await), "You are anonymous.");
    let mut maintenance = service.accounts.maintenance();
    service.clock.advance((14 * DAY).saturating_sub(Duration::from_millis(1)));
    maintenance.run_once().await;
    assert!(user(&service, "ada").await.is_some());
    service.clock.advance(Duration::from_millis(1));
    let pass = maintenance.run_once().await;
    assert_eq!((pass.has_lease, pass.failures), (true, 0));
    assert_eq!(user(&service, "ada").await, None);
    let left = service.ports().users.find(id).await.unwrap().unwrap();
    assert_eq!(left.username, Deletion::name_of(id, 0));
    assert!(matches!(left.deletion, Some(Deletion::Done { .. })));
    assert_eq!(kinds(&service).await, [Registered, LoggedIn, DeletionRequested, Deleted]);
    assert_eq!(
        service.accounts.request_deletion(id, &Caller::default()).await.unwrap_err().to_string(),
        "there is no such user"
    );
}

#[tokio::test]
async fn log_in_undoes_the_deletion_and_says_so() {
    use EventKind::{DeletionRequested, DeletionUndone, LoggedIn, Registered};

    let (service, ..) = leaving().await;
    service.clock.advance((14 * DAY).saturating_sub(Duration::from_millis(1)));
    let page = service.visitor().log_in("ada", PASSWORD).await;
    assert!(page.text.contains("Welcome back, ada. Your account stays: it won't be deleted."), "{}", page.text);
    assert_eq!(user(&service, "ada").await.unwrap().deletion, None);
    let again = service.visitor().log_in("ada", PASSWORD).await;
    assert!(again.text.contains("Welcome back, ada.") && !again.text.contains("deleted"), "{}", again.text);
    service.clock.advance(DAY);
    service.accounts.maintenance().run_once().await;
    assert!(user(&service, "ada").await.is_some());
    let expected = [Registered, LoggedIn, DeletionRequested, DeletionUndone, LoggedIn, LoggedIn];
    assert_eq!(kinds(&service).await, expected);
}

#[tokio::test]
async fn wrong_password_undoes_nothing() {
    let (service, _, id) = leaving().await;
    assert_page(&service.visitor().log_in("ada", "wrong otter nine").await, 422, "don't match");
    let left = service.ports().users.find(id).await.unwrap().unwrap();
    assert!(matches!(left.deletion, Some(Deletion::Requested { .. })));
}

/// Whether the maintenance task was in time or not.
#[tokio::test]
async fn log_in_after_14_days_is_a_mismatch() {
    let (service, ..) = leaving().await;
    service.clock.advance(14 * DAY);
    for is_completed in [false, true] {
        if is_completed {
            service.accounts.maintenance().run_once().await;
        }
        for name in ["ada", "ada@example.com", "deleted-1"] {
            let page = service.visitor().log_in(name, PASSWORD).await;
            assert_page(&page, 422, "That username or email and password don't match. Please try again.");
        }
        assert_eq!(service.count("sessions").await, 0);
    }
}

#[tokio::test]
async fn name_of_a_deleted_user_is_not_registered() {
    let service = Service::start().await;
    let page = service.visitor().register("deleted-77", PASSWORD).await;
    assert_page(&page, 422, "That username is reserved.");
}

#[tokio::test]
async fn operator_deletes_at_once_and_the_event_names_the_operator() {
    let (service, _, id) = leaving().await;
    let caller = Caller::operator(OperatorName::parse("root").unwrap());
    let deleted = service.accounts.delete(id, &caller).await.unwrap();
    assert_eq!(deleted.username, Deletion::name_of(id, 0));
    let events = service
        .accounts
        .events(EventFilter { user: Some(id), ..EventFilter::default() }, None, PageSize::DEFAULT)
        .await
        .unwrap();
    let last = &events.items[0].event;
    assert_eq!((last.kind, last.origin.operator.as_ref()), (EventKind::Deleted, caller.operator.as_ref()));
    assert!(service.accounts.delete(id, &caller).await.is_err());
    assert!(service.accounts.delete(UserId::new(99), &caller).await.is_err());
}

/// A user who is disabled may leave, and is not enabled by it.
#[tokio::test]
async fn disabled_user_is_deleted_too() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let id = user(&service, "ada").await.unwrap().id;
    service.accounts.disable(id, &Caller::default()).await.unwrap();
    service.accounts.request_deletion(id, &Caller::default()).await.unwrap();
    assert_page(&service.visitor().log_in("ada", PASSWORD).await, 422, "don't match");
    assert!(user(&service, "ada").await.unwrap().deletion.is_some(), "the log-in was refused");
    service.accounts.delete(id, &Caller::default()).await.unwrap();
    assert_eq!(user(&service, "ada").await, None);
}

#[tokio::test]
async fn failing_store_is_reported_and_lets_no_one_in() {
    let (service, ..) = leaving().await;
    for method in ["users.undo_deletion", "sessions.open"] {
        service.failing.fail_on(method);
        let page = browser_post(&service.visitor(), "/login", &[("email", "ada"), ("password", PASSWORD)]).await;
        assert_page(&page, 503, "We couldn't save that. Nothing changed, please try again.");
        assert_eq!(service.count("sessions").await, 0, "{method}");
    }
    service.clock.advance(14 * DAY);
    let mut maintenance = service.accounts.maintenance();
    for method in ["users.list_due_deletions", "users.complete_deletion"] {
        service.failing.fail_on(method);
        assert_eq!(maintenance.run_once().await.failures, 1, "{method}");
        service.failing.fail_on(None);
        assert!(user(&service, "ada").await.is_some(), "{method}");
    }
    assert_eq!(maintenance.run_once().await.failures, 0);
    assert_eq!(user(&service, "ada").await, None);
}

/// The user presses the button while another device waits for its hash.
#[tokio::test]
async fn log_in_under_way_does_not_undo_a_deletion_requested_since() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let id = user(&service, "ada").await.unwrap().id;
    let held = service.failing.hold_counts().await;
    service.failing.take_calls();
    let accounts = service.accounts.clone();
    let attempt = LogIn {
        identifier: "ada".to_owned(),
        password: Password::parse(PASSWORD.to_owned()).unwrap(),
        remember: false,
        caller: Caller::default(),
        browser: BrowserTokens::default(),
        replaces: None,
    };
    let logging_in = tokio::spawn(async move { accounts.log_in(attempt).await });
    while !service.failing.take_calls().contains(&"throttles.count") {
        tokio::time::sleep(Duration::from_millis(1)).await; // the user is read, and the password is not verified yet
    }
    service.accounts.request_deletion(id, &Caller::default()).await.unwrap();
    drop(held);
    let refused = logging_in.await.unwrap();
    assert!(matches!(refused, Err(LogInError::Mismatch)), "{refused:?}");
    assert!(matches!(user(&service, "ada").await.unwrap().deletion, Some(Deletion::Requested { .. })));
    assert!(
        service.visitor().log_in("ada", PASSWORD).await.text.contains("Your account stays"),
        "a later one undoes it"
    );
}

/// Four log-ins at once undo the deletion once, and each opens its session.
#[tokio::test]
async fn concurrent_log_ins_undo_the_deletion_once() {
    let (service, ..) = leaving().await;
    let clients: Vec<_> = (0..4).map(|_| service.visitor()).collect();
    let pages = tokio::join!(
        clients[0].log_in("ada", PASSWORD),
        clients[1].log_in("ada", PASSWORD),
        clients[2].log_in("ada", PASSWORD),
        clients[3].log_in("ada", PASSWORD),
    );
    for page in [pages.0, pages.1, pages.2, pages.3] {
        assert!(page.text.contains("Welcome back, ada."), "{}", page.text);
    }
    let undone = kinds(&service).await.iter().filter(|kind| **kind == EventKind::DeletionUndone).count();
    assert_eq!(undone, 1);
    assert_eq!(service.count("sessions").await, 4);
}

/// Refuses to delete every user but those called `free…`.
struct Keeping;

#[async_trait]
impl<D: Dialect> Hooks<D> for Keeping {
    async fn deleting(&self, _: &mut D::Connection, user: &User) -> Result<(), HookError> {
        if user.username.as_str().starts_with("free") { Ok(()) } else { Err(HookError::refused("account", "Not yet.")) }
    }
}

/// Accounts of [`Keeping`], whose users have deletions that are due.
async fn due(folder: &tempfile::TempDir, names: Vec<String>) -> (Accounts, FailingStore, Vec<UserId>) {
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let failing = FailingStore::over(AccountStore::connect(&url).await.unwrap().with_hooks(Keeping).into());
    let clock = MovableClock::at(accounts::Timestamp::from_millis(1_767_225_600_000));
    let accounts = Accounts::builder().clock(clock.clone()).cost(fast_hash_cost()).build(failing.ports()).unwrap();
    let (ports, mut users) = (failing.ports(), Vec::new());
    for name in names {
        let user = NewUser {
            username: Username::parse(&name).unwrap(),
            email: accounts::Email::parse(&format!("{name}@example.com")).unwrap(),
            joined_at: accounts::Timestamp::from_millis(0),
            registration_key: None,
            code: None,
        };
        let hash = PasswordHash::new("$pbkdf2-sha256$i=600000,l=32$c2FsdA$aGFzaA".to_owned());
        let user = ports.users.add(user, hash, Alongside::nothing()).await.unwrap().id;
        accounts.request_deletion(user, &Caller::default()).await.unwrap();
        users.push(user);
    }
    clock.advance(14 * DAY);
    (accounts, failing, users)
}

/// One line for each account, with its id. A failure of the store is logged beside it.
#[tokio::test]
async fn deletion_that_a_hook_refuses_is_logged_once_and_hides_no_failure() {
    let (log, _guard) = Log::of_this_thread();
    let folder = tempfile::tempdir().unwrap();
    let (accounts, failing, users) = due(&folder, ["kept", "free"].map(str::to_owned).into()).await;
    let mut maintenance = accounts.maintenance();
    for _ in 0..3 {
        let pass = maintenance.run_once().await;
        assert_eq!((pass.has_lease, pass.failures), (true, 0));
    }
    let warnings = || log.text().lines().filter(|line| line.contains("WARN")).map(str::to_owned).collect::<Vec<_>>();
    let [warning] = &warnings()[..] else { panic!("{:?}", warnings()) };
    assert!(warning.contains("a hook refuses to delete an account"), "{warning}");
    assert!(warning.contains(&format!("user={}", users[0].get())), "{warning}");
    let states = [failing.ports().users.find(users[0]).await, failing.ports().users.find(users[1]).await];
    let states = states.map(|user| user.unwrap().unwrap().deletion);
    assert!(matches!(states, [Some(Deletion::Requested { .. }), Some(Deletion::Done { .. })]), "{states:?}");
    failing.fail_on("users.complete_deletion");
    assert_eq!(maintenance.run_once().await.failures, 1);
    assert!(warnings()[1].contains("job=\"deletion of accounts\""), "{:?}", warnings());
}

/// The step of a minute tries 250 accounts, and the next one goes on where it has stopped.
#[tokio::test]
async fn refused_deletions_are_bounded_and_keep_no_other_from_its_turn() {
    let folder = tempfile::tempdir().unwrap();
    let names = (0..255).map(|n| format!("kept{n}")).chain(["free".to_owned()]).collect();
    let (accounts, failing, users) = due(&folder, names).await;
    let mut maintenance = accounts.maintenance();
    failing.take_calls();
    for completed in [0, 1, 0] {
        assert_eq!(maintenance.run_once().await.rows, completed);
        let calls = failing.take_calls();
        assert_eq!(calls.iter().filter(|call| **call == "users.complete_deletion").count(), 250);
    }
    let free = failing.ports().users.find(users[255]).await.unwrap().unwrap();
    assert!(matches!(free.deletion, Some(Deletion::Done { .. })));
}
