//! Each method of each port fails in turn: every page that uses it says so with 503, and nothing is said to be saved.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounts::ports::{AccountPorts, PasswordHash};
use accounts::test_kit::{MovableClock, TestClient, TestResponse, TestServer, fast_hash_cost};
use accounts::{Accounts, Email, StoreError, Timestamp, User, UserId, Username};
use domain::Page;
use domain::credential::{Credential, MockCredentialRepository};
use domain::party::{HomeView, MockPartyRepository, Outcome, PartyId, ProfileView, Zone};
use domain::session::{Device, EndedSession, MockSessionRepository, SessionId, SessionRecord, StoredSession};
use domain::user::MockUserRepository;
use poem::http::Method;
use web::{ReadinessFuture, Services, app};

use crate::common::{PASSWORD, assert_has_headers, assert_page, host_form, post};

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const NOT_SAVED: &str = "We couldn't save that. Nothing changed, please try again.";
const NOT_READ: &str = "We couldn't look that up. Please try again in a moment.";
/// What the cause says, and no visitor may read.
const CAUSE: &str = "disk full at /srv/secret";

/// What fails.
#[derive(Clone, Copy)]
struct Broken(&'static str);

impl Broken {
    fn ask<T, E: From<StoreError>>(self, method: &str, answer: T) -> Result<T, E> {
        if self.0 == method || self.0 == "everything" { Err(StoreError::new(CAUSE).into()) } else { Ok(answer) }
    }
}

fn ada() -> User {
    let (username, email) = (Username::parse("ada").unwrap(), Email::parse("ada@example.com").unwrap());
    User { id: UserId::new(1), username, email, joined_at: NOW, disabled_at: None }
}

/// A store in which Ada is logged in, whatever her token, and in which nobody else and no party is.
fn services(broken: Broken) -> Services {
    let hash = Arc::new(Mutex::new(None::<PasswordHash>));
    let mut users = MockUserRepository::new();
    let kept = Arc::clone(&hash);
    users.expect_add().returning(move |_, hash| {
        *kept.lock().unwrap() = Some(hash);
        broken.ask("users.add", ada())
    });
    users.expect_find_by_username().returning(move |_| broken.ask("users.find_by_username", None));
    users.expect_list().returning(move |_, _| broken.ask("users.list", Page { items: vec![ada()], next: None }));

    let mut credentials = MockCredentialRepository::new();
    credentials.expect_find_by_email().returning(move |_| {
        let hash = hash.lock().unwrap().clone();
        broken.ask("credentials.find_by_email", hash.map(|hash| Credential { user: ada(), hash }))
    });

    let mut sessions = MockSessionRepository::new();
    sessions.expect_open().returning(move |_, _, _| broken.ask("sessions.open", SessionId::new(1)));
    sessions.expect_find().returning(move |_| {
        let record = SessionRecord {
            user: ada().id,
            created_at: NOW,
            last_seen_at: NOW,
            authenticated_at: NOW,
            expires_at: NOW + Duration::from_hours(1),
            remembered: false,
            device: Device::default(),
        };
        broken.ask("sessions.find", Some(StoredSession { id: SessionId::new(1), user: ada(), record }))
    });
    sessions.expect_end().returning(move |_| {
        let ended = EndedSession { id: SessionId::new(1), user: ada().id };
        broken.ask("sessions.end", Some(ended))
    });
    sessions.expect_purge().returning(move |_, _| broken.ask("sessions.purge", 0));

    let mut parties = MockPartyRepository::new();
    parties.expect_add().returning(move |_| broken.ask("parties.add", PartyId::new(1)));
    parties.expect_find().returning(move |_, _| broken.ask("parties.find", None));
    parties
        .expect_home()
        .returning(move |_, _, _| broken.ask("parties.home", HomeView { next: None, open: Vec::new() }));
    parties.expect_own_profile().returning(move |_, _, _, _| {
        let nothing = || Page { items: Vec::new(), next: None };
        broken.ask("parties.own_profile", ProfileView { hosted: nothing(), attended: nothing(), last_zone: None })
    });
    parties
        .expect_list()
        .returning(move |_, _, _, _, _| broken.ask("parties.list", Page { items: Vec::new(), next: None }));
    parties.expect_update().returning(move |_, _, _| broken.ask("parties.update", Outcome::GaveUpSeat));

    let ready = move || -> ReadinessFuture { Box::pin(std::future::ready(broken.ask("readiness", ()))) };
    Services {
        accounts: AccountPorts {
            users: Arc::new(users),
            credentials: Arc::new(credentials),
            sessions: Arc::new(sessions),
        },
        parties: Arc::new(parties),
        readiness: Arc::new(ready),
        clock: Arc::new(MovableClock::at(NOW)),
        time_zone: Zone::parse("UTC").unwrap(),
    }
}

/// A server over that store; Ada, logged in; and a guest.
async fn start(broken: &'static str) -> (TestServer, TestClient, TestClient) {
    let app = app(services(Broken(broken)), Accounts::builder().cost(fast_hash_cost())).unwrap();
    let server = TestServer::start(app).await.unwrap();
    let (ada, guest) = (TestClient::new(&server), TestClient::new(&server));
    ada.add_cookies(&format!("session-{}={}", server.address().port(), "A".repeat(43)));
    (server, ada, guest)
}

/// Who asks.
#[derive(Clone, Copy)]
enum Who {
    Ada,
    Guest,
}
use Who::{Ada, Guest};

const REGISTER: &[(&str, &str)] =
    &[("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
const LOG_IN: &[(&str, &str)] = &[("email", "ada@example.com"), ("password", PASSWORD)];
const COMING: &[(&str, &str)] = &[("party_id", "1"), ("answer", "yes")];

/// A method, who uses it and where; for a POST, what is sent. Then what is answered while the store works.
type Use = (&'static str, Who, &'static str, Option<&'static [(&'static str, &'static str)]>, u16);

#[rustfmt::skip]
const USES: &[Use] = &[
    ("users.add", Guest, "/register", Some(REGISTER), 303),
    ("users.find_by_username", Ada, "/user/ben", None, 404),
    ("users.list", Ada, "/", None, 200),
    ("credentials.find_by_email", Guest, "/login", Some(LOG_IN), 303),
    ("sessions.open", Guest, "/login", Some(LOG_IN), 303),
    ("sessions.end", Ada, "/logout", Some(&[]), 303),
    ("sessions.find", Ada, "/", None, 200),
    ("sessions.find", Ada, "/login", None, 303),
    ("sessions.find", Ada, "/register", None, 303),
    ("sessions.find", Ada, "/user/ada", None, 200),
    ("sessions.find", Ada, "/user/ben", None, 404),
    ("sessions.find", Ada, "/rsvp", None, 200),
    ("sessions.find", Ada, "/parties/1", None, 404),
    ("sessions.find", Ada, "/user/ada", Some(&[]), 422),
    ("sessions.find", Ada, "/rsvp", Some(COMING), 303),
    ("sessions.find", Ada, "/parties/1/rsvp", Some(COMING), 303),
    ("sessions.find", Ada, "/logout", Some(&[]), 303),
    ("parties.add", Ada, "/user/ada", Some(&[("hosting", "")]), 303),
    ("parties.find", Ada, "/parties/1", None, 404),
    ("parties.home", Ada, "/", None, 200),
    ("parties.list", Ada, "/rsvp", None, 200),
    ("parties.list", Ada, "/rsvp?q=soup&seats=1", None, 200),
    ("parties.own_profile", Ada, "/user/ada", None, 200),
    ("parties.own_profile", Ada, "/user/ada", Some(&[]), 422),
    ("parties.update", Ada, "/rsvp", Some(COMING), 303),
    ("parties.update", Ada, "/parties/1/rsvp", Some(COMING), 303),
    ("parties.update", Ada, "/parties/1/rsvp", Some(&[("answer", "no")]), 303),
];

async fn ask(broken: &'static str, &(_, who, path, form, _): &Use) -> TestResponse {
    let (server, ada, guest) = start(broken).await;
    if path == "/login" && form.is_some() {
        post(&TestClient::new(&server), "/register", REGISTER).await; // the store then knows the hash
    }
    let visitor = if let Ada = who { &ada } else { &guest };
    match form {
        None => visitor.send(visitor.request(Method::GET, path)).await,
        Some([("hosting", _)]) => post(visitor, path, &host_form(&[])).await,
        Some(form) => post(visitor, path, form).await,
    }
}

#[tokio::test]
async fn each_page_says_that_its_store_fails_and_that_nothing_changed() {
    for used in USES {
        let &(method, _, path, form, status) = used;
        let page = ask("nothing", used).await;
        assert_eq!(page.status, status, "{path} with a store that works: {}", page.text);

        for broken in [method, "everything"] {
            let page = ask(broken, used).await;
            assert_page(&page, 503, if form.is_some() { NOT_SAVED } else { NOT_READ });
            assert_eq!(page.header("retry-after"), Some("5"), "{path} without {method}");
            assert!(!page.headers.contains_key("location"), "{path} without {method}");
            let cookies = page.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().to_owned());
            let cookies: Vec<_> = cookies.filter(|cookie| !cookie.starts_with("visit-")).collect();
            assert!(cookies.is_empty(), "neither a message nor a session: {cookies:?}");
            for said in ["successfully", "is set", "is ready", "Welcome back", "logged out", "valid Party ID", CAUSE] {
                assert!(!page.html.contains(said), "{said:?} at {path} without {method}");
            }
        }
    }
}

#[tokio::test]
async fn a_guest_reads_what_needs_no_store() {
    let (_server, _, guest) = start("everything").await;
    for path in ["/", "/login", "/register"] {
        assert_page(&guest.get(path).await, 200, "Log in");
    }
}

#[tokio::test]
async fn the_process_lives_without_its_store_and_is_not_ready() {
    for broken in ["readiness", "everything"] {
        let (_server, _, guest) = start(broken).await;
        let (live, ready) = (guest.get("/health/live").await, guest.get("/health/ready").await);
        assert_eq!((live.status, live.html.as_str()), (200, "ok"));
        assert_eq!((ready.status, ready.html.as_str()), (503, "the database does not answer"));
        assert_has_headers(&ready);
    }
}
