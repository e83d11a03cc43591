//! Each method of each port fails in turn: each page that uses it responds with 503, and no page reports a success.

mod services;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounts::ports::{AccountPorts, PasswordHash};
use accounts::test_kit::{MovableClock, TestClient, TestResponse, TestServer, fast_hash_cost};
use accounts::{Accounts, Email, OsRandom, StoreError, Timestamp, User, UserId, Username};
use domain::Page;
use domain::credential::{Credential, MockCredentialRepository, PasswordVersion};
use domain::event::MockEventRepository;
use domain::known_browser::{MockKnownBrowserRepository, Recognition};
use domain::lease::MockLeaseRepository;
use domain::notice::MockNoticeRepository;
use domain::party::{
    GuestCursor, HomeView, MessageId, MockPartyRepository, NamesShownTo, Outcome, PartyDate, PartyEnd, PartyHeading,
    PartyId, PartyState, PartySummary, PartyView, ProfileView, Quotas, RsvpTexts, Seats, SentMessage, ShortText,
    Visibility, Zone, parse_date, parse_time,
};
use domain::registration_code::MockRegistrationCodeRepository;
use domain::session::{
    Device, EndedSession, KeptSession, MockSessionRepository, OtherSessions, SessionId, SessionRecord, StoredSession,
};
use domain::throttle::{Attempt, MockThrottleRepository};
use domain::user::{MockUserRepository, RequestedDeletion, Roles};
use poem::http::Method;
use web::{ReadinessFuture, Services, app};

use self::services::{port_methods, services};
use crate::common::{PASSWORD, assert_has_headers, assert_page, host_form, post};

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const NOT_SAVED: &str = "We couldn't save that. Nothing changed, please try again.";
const NOT_READ: &str = "We couldn't look that up. Please try again in a moment.";
const OUTCOME_UNKNOWN: &str = "We can't tell whether that was saved. Please look before you send it once more.";
/// The cause of the failure, which no response may contain.
const CAUSE: &str = "disk full at /srv/secret";

/// The port method that fails, or "everything".
#[derive(Clone, Copy)]
struct Broken(&'static str);

impl Broken {
    /// The result of a port method: `value`, unless the method fails.
    fn result<T, E: From<StoreError>>(self, method: &str, value: T) -> Result<T, E> {
        if self.0 == method || self.0 == "everything" { Err(StoreError::new(CAUSE).into()) } else { Ok(value) }
    }
}

pub(crate) fn ada() -> User {
    let (username, email) = (Username::parse("ada").unwrap(), Email::parse("ada@example.com").unwrap());
    User { id: UserId::new(1), username, email, joined_at: NOW, disabled_at: None, deletion: None }
}

/// A server over that store, Ada's logged-in client, and a visitor's.
async fn start(broken: &'static str) -> (TestServer, TestClient, TestClient) {
    start_with(services(Broken(broken))).await
}

/// The same over a store that works, with these parties.
pub(crate) async fn start_with_parties(parties: MockPartyRepository) -> (TestServer, TestClient, TestClient) {
    start_with(Services { parties: Arc::new(parties), ..services(Broken("nothing")) }).await
}

/// The same with other users.
pub(crate) async fn start_with_users(
    users: MockUserRepository,
    parties: MockPartyRepository,
) -> (TestServer, TestClient, TestClient) {
    let mut services = Services { parties: Arc::new(parties), ..services(Broken("nothing")) };
    services.accounts.users = Arc::new(users);
    start_with(services).await
}

async fn start_with(services: Services) -> (TestServer, TestClient, TestClient) {
    let app = app(services, Accounts::builder().cost(fast_hash_cost())).unwrap();
    let server = TestServer::start(app).await.unwrap();
    let (ada, visitor) = (TestClient::new(&server), TestClient::new(&server));
    ada.add_cookies(&format!("session-{}={}", server.address().port(), "A".repeat(43)));
    (server, ada, visitor)
}

/// The client of a request.
#[derive(Clone, Copy)]
pub(crate) enum Client {
    Ada,
    Visitor,
    /// A visitor whose browser is known.
    Returning,
}
use Client::{Ada, Returning, Visitor};

const REGISTER: &[(&str, &str)] =
    &[("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
const LOG_IN: &[(&str, &str)] = &[("email", "ada@example.com"), ("password", PASSWORD)];
const LOG_IN_BY_NAME: &[(&str, &str)] = &[("email", "ada"), ("password", PASSWORD)];
const RENAME: &[(&str, &str)] = &[("username", "grace")];
const CHANGE_EMAIL: &[(&str, &str)] = &[("email", "grace@example.com"), ("password", PASSWORD)];
const CHANGE_PASSWORD: &[(&str, &str)] =
    &[("password", PASSWORD), ("new_password", "granite heron nine"), ("new_password2", "granite heron nine")];
const CONFIRM: &[(&str, &str)] = &[("password", PASSWORD)];
const RESET: &[(&str, &str)] =
    &[("token", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), ("password", PASSWORD), ("password2", PASSWORD)];
const COMING: &[(&str, &str)] = &[("party_id", "1"), ("answer", "yes")];
const BEN: &[(&str, &str)] = &[("guest", "ben")];
/// What the form to change a party sends besides that to host one.
const EDIT: &[(&str, &str)] = &[("visibility", "listed"), ("names_shown_to", "everyone"), ("revision", "0")];
/// An answer with a number of people that is refused on the party's page.
const NOBODY: &[(&str, &str)] = &[("answer", "yes"), ("heads", "0")];

/// A port method; a request that uses it, with its client, path and, for a POST, its form; and the status while the store
/// works.
pub(crate) type Use = (&'static str, Client, &'static str, Option<&'static [(&'static str, &'static str)]>, u16);

#[rustfmt::skip]
pub(crate) const USES: &[Use] = &[
    ("users.add", Visitor, "/register", Some(REGISTER), 303),
    ("users.find_by_username", Ada, "/user/ben", None, 404),
    ("users.list", Ada, "/people", None, 200),
    ("credentials.find_by_email", Visitor, "/login", Some(LOG_IN), 303),
    ("credentials.find_by_username", Visitor, "/login", Some(LOG_IN_BY_NAME), 303),
    ("credentials.find_by_reset_token", Visitor, "/account/reset?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", None, 200),
    ("credentials.find_by_reset_token", Visitor, "/account/reset", Some(RESET), 303),
    ("credentials.find", Visitor, "/account/reset", Some(RESET), 303),
    ("credentials.change", Visitor, "/account/reset", Some(RESET), 303),
    ("known_browsers.find", Visitor, "/login", Some(LOG_IN), 303),
    ("known_browsers.count_failure", Returning, "/login", Some(LOG_IN), 303),
    ("throttles.check", Visitor, "/login", Some(LOG_IN), 303),
    ("throttles.check", Visitor, "/register", Some(REGISTER), 303),
    ("throttles.count", Visitor, "/login", Some(LOG_IN), 303),
    ("throttles.count", Visitor, "/register", Some(REGISTER), 303),
    ("sessions.open", Visitor, "/login", Some(LOG_IN), 303),
    ("sessions.confirm", Ada, "/account/confirm", Some(CONFIRM), 303),
    ("known_browsers.find", Ada, "/account/confirm", Some(CONFIRM), 303),
    ("throttles.check", Ada, "/account/confirm", Some(CONFIRM), 303),
    ("throttles.count", Ada, "/account/confirm", Some(CONFIRM), 303),
    ("credentials.find", Ada, "/account/confirm", Some(CONFIRM), 303),
    ("credentials.find", Ada, "/account/email", Some(CHANGE_EMAIL), 303),
    ("credentials.find", Ada, "/account/sessions", Some(&[("others", "on")]), 303),
    ("credentials.find", Ada, "/account/password", Some(CHANGE_PASSWORD), 303),
    ("credentials.change", Ada, "/account/password", Some(CHANGE_PASSWORD), 303),
    ("users.rename", Ada, "/account/username", Some(RENAME), 303),
    ("users.find", Ada, "/account/username", Some(RENAME), 303),
    ("throttles.count", Ada, "/account/username", Some(RENAME), 303),
    ("users.change_email", Ada, "/account/email", Some(CHANGE_EMAIL), 303),
    ("users.find", Ada, "/account/email", Some(CHANGE_EMAIL), 303),
    ("sessions.list", Ada, "/account/sessions", None, 200),
    ("sessions.end_of_user", Ada, "/account/sessions", Some(&[("session", "2")]), 303),
    ("sessions.end_others", Ada, "/account/sessions", Some(&[("others", "on")]), 303),
    ("known_browsers.forget_all", Ada, "/account/sessions", Some(&[("others", "on")]), 303),
    ("sessions.find", Ada, "/account", None, 200),
    ("sessions.find", Ada, "/account/sessions", None, 200),
    ("sessions.find", Ada, "/account/username", None, 200),
    ("sessions.find", Ada, "/account/email", None, 200),
    ("sessions.end", Ada, "/logout", Some(&[]), 303),
    ("sessions.find", Ada, "/", None, 200),
    ("sessions.find", Ada, "/login", None, 303),
    ("sessions.find", Ada, "/register", None, 303),
    ("sessions.find", Ada, "/people", None, 200),
    ("sessions.find", Ada, "/host", None, 200),
    ("sessions.find", Ada, "/host", Some(&[]), 422),
    ("sessions.find", Ada, "/user/ada", None, 200),
    ("sessions.find", Ada, "/user/ben", None, 404),
    ("sessions.find", Ada, "/rsvp", None, 200),
    ("sessions.find", Ada, "/parties/1", None, 404),
    ("sessions.find", Ada, "/user/ada", Some(&[]), 422),
    ("sessions.find", Ada, "/rsvp", Some(COMING), 303),
    ("sessions.find", Ada, "/parties/1/rsvp", Some(COMING), 303),
    ("sessions.find", Ada, "/logout", Some(&[]), 303),
    ("sessions.find", Ada, "/i/AAAAAAAAAAAAAAAAAAAAAA", None, 404),
    ("sessions.find", Ada, "/i/AAAAAAAAAAAAAAAAAAAAAA/rsvp", Some(COMING), 303),
    ("sessions.find", Ada, "/parties/1/undo", Some(&[]), 303),
    ("sessions.find", Ada, "/i/AAAAAAAAAAAAAAAAAAAAAA/undo", Some(&[]), 303),
    ("sessions.find", Ada, "/parties/1/link", Some(&[]), 303),
    ("sessions.find", Ada, "/parties/1/edit", None, 404),
    ("sessions.find", Ada, "/parties/1/edit", Some(&[]), 404),
    ("sessions.find", Ada, "/parties/1/cancel", None, 404),
    ("sessions.find", Ada, "/parties/1/cancel", Some(&[]), 303),
    ("sessions.find", Ada, "/parties/1/restore", Some(&[]), 303),
    ("sessions.find", Ada, "/parties/1/guests", None, 404),
    ("sessions.find", Ada, "/parties/1/guests.csv", None, 404),
    ("sessions.find", Ada, "/parties/1/guests/kitchen", None, 404),
    ("sessions.find", Ada, "/parties/1/guests/add", Some(&[]), 404),
    ("sessions.find", Ada, "/parties/1/guests/invite", Some(&[]), 404),
    ("sessions.find", Ada, "/parties/1/guests/remove", None, 404),
    ("sessions.find", Ada, "/parties/1/guests/remove", Some(&[]), 404),
    ("sessions.find", Ada, "/parties/1/guests/reinstate", Some(&[]), 404),
    ("sessions.find", Ada, "/parties/1/history", None, 404),
    ("parties.history", Ada, "/parties/1/history", None, 404),
    ("sessions.find", Ada, "/notices", Some(&[]), 303),
    ("users.find_by_username", Ada, "/parties/1/guests/add", Some(BEN), 404),
    ("users.find_by_username", Ada, "/parties/1/guests/invite", Some(BEN), 404),
    ("users.find_by_username", Ada, "/parties/1/guests/reinstate", Some(BEN), 404),
    ("parties.list_guests", Ada, "/parties/2?guests=50", None, 200),
    ("parties.guests", Ada, "/parties/1/edit", None, 404),
    ("parties.guests", Ada, "/parties/1/edit", Some(&[]), 404),
    ("parties.guests", Ada, "/parties/1/cancel", None, 404),
    ("parties.guests", Ada, "/parties/1/guests", None, 404),
    ("parties.guests", Ada, "/parties/1/guests.csv", None, 404),
    ("parties.guests", Ada, "/parties/1/guests/kitchen", None, 404),
    ("parties.guests", Ada, "/parties/1/guests/add", Some(&[]), 404),
    ("parties.guests", Ada, "/parties/1/guests/invite", Some(BEN), 404),
    ("parties.guests", Ada, "/parties/1/guests/remove", None, 404),
    ("parties.guests", Ada, "/parties/1/guests/remove", Some(BEN), 404),
    ("parties.guests", Ada, "/parties/1/guests/reinstate", Some(BEN), 404),
    ("sessions.find", Ada, "/parties/1/guests/message", None, 404),
    ("sessions.find", Ada, "/parties/1/guests/message", Some(&[]), 404),
    ("parties.guests", Ada, "/parties/1/guests/message", None, 404),
    ("parties.guests", Ada, "/parties/1/guests/message", Some(&[]), 404),
    ("parties.send_message", Ada, "/parties/1/guests/message", Some(&[("coming", "on"), ("text", "Hello")]), 303),
    ("parties.find", Ada, "/host?again=1", None, 200),
    ("parties.update", Ada, "/parties/1/edit", Some(&[("editing", "")]), 303),
    ("parties.update", Ada, "/parties/1/cancel", Some(&[]), 303),
    ("parties.update", Ada, "/parties/1/restore", Some(&[]), 303),
    ("notices.list", Ada, "/", None, 200),
    ("parties.list_labels", Ada, "/", None, 200),
    ("notices.dismiss", Ada, "/notices", Some(&[("notice", "1")]), 303),
    ("notices.dismiss_all", Ada, "/notices", Some(&[("all", "on"), ("newest", "1")]), 303),
    ("users.request_deletion", Ada, "/account/delete", Some(&[]), 303),
    ("sessions.end_all", Ada, "/account/delete", Some(&[]), 303),
    ("sessions.find", Ada, "/account/delete", None, 200),
    ("users.find", Ada, "/account/export", None, 200),
    ("users.list_roles", Ada, "/account/export", None, 200),
    ("sessions.list", Ada, "/account/export", None, 200),
    ("known_browsers.list", Ada, "/account/export", None, 200),
    ("events.list", Ada, "/account/export", None, 200),
    ("users.list_former_usernames", Ada, "/account/export", None, 200),
    ("credentials.list_reset_tokens", Ada, "/account/export", None, 200),
    ("parties.export_hosted", Ada, "/account/export", None, 200),
    ("parties.export_answers", Ada, "/account/export", None, 200),
    ("parties.export_messages", Ada, "/account/export", None, 200),
    ("parties.add", Ada, "/user/ada", Some(&[("hosting", "")]), 303),
    ("parties.add", Ada, "/host", Some(&[("hosting", "")]), 303),
    ("parties.find", Ada, "/parties/1", None, 404),
    ("parties.find", Ada, "/parties/1.ics", None, 404),
    ("parties.find_by_link", Ada, "/i/AAAAAAAAAAAAAAAAAAAAAA", None, 404),
    ("parties.find_invitation", Visitor, "/i/AAAAAAAAAAAAAAAAAAAAAA", None, 404),
    ("parties.find_invitation", Visitor, "/i/AAAAAAAAAAAAAAAAAAAAAA/preview-0.png", None, 404),
    ("parties.update_by_link", Ada, "/i/AAAAAAAAAAAAAAAAAAAAAA/rsvp", Some(COMING), 303),
    ("parties.update_by_link", Ada, "/i/AAAAAAAAAAAAAAAAAAAAAA/undo", Some(&[]), 303),
    ("parties.find_by_link", Ada, "/i/AAAAAAAAAAAAAAAAAAAAAA/rsvp", Some(NOBODY), 404),
    ("parties.find", Ada, "/parties/1/rsvp", Some(NOBODY), 404),
    ("parties.update", Ada, "/parties/1/link", Some(&[]), 303),
    ("parties.home", Ada, "/", None, 200),
    ("parties.list", Ada, "/rsvp", None, 200),
    ("parties.list", Ada, "/rsvp?q=soup&seats=1", None, 200),
    ("parties.own_profile", Ada, "/user/ada", None, 200),
    ("parties.own_profile", Ada, "/host", None, 200),
    ("parties.own_profile", Ada, "/user/ada", Some(&[]), 422),
    ("parties.update", Ada, "/rsvp", Some(COMING), 303),
    ("parties.update", Ada, "/parties/1/rsvp", Some(COMING), 303),
    ("parties.update", Ada, "/parties/1/rsvp", Some(&[("answer", "no")]), 303),
    ("parties.update", Ada, "/parties/1/rsvp", Some(&[("answer", "maybe")]), 303),
    ("parties.update", Ada, "/parties/1/undo", Some(&[]), 303),
];

/// The methods whose failure no page reports, and why.
const NOT_REPORTED: &[(&str, &str)] = &[
    ("parties.list_messages", "only where the viewer has an answer: failing_messages_are_no_page_without_them"),
    ("users.disable", "no page calls it"),
    ("users.enable", "no page calls it"),
    ("users.add_role", "no page calls it"),
    ("users.remove_role", "no page calls it"),
    ("users.purge_former_usernames", "the maintenance task calls it"),
    ("users.undo_deletion", "a log-in calls it, of a user whose deletion is requested"),
    ("users.list_due_deletions", "the maintenance task calls it"),
    ("users.complete_deletion", "the maintenance task calls it"),
    ("users.purge_registration_keys", "the maintenance task calls it"),
    ("users.find_repeated", "only where a code is asked for: crates/accounts/tests/registration_codes.rs"),
    ("registration_codes.find_usable", "only where a code is asked for: crates/accounts/tests/registration_codes.rs"),
    ("registration_codes.add", "no page calls it"),
    ("registration_codes.revoke", "no page calls it"),
    ("registration_codes.list", "no page calls it"),
    ("registration_codes.purge", "the maintenance task calls it"),
    ("credentials.rehash", "a log-in succeeds without it, and the next one tries again"),
    ("credentials.add_reset_token", "no page calls it"),
    ("credentials.purge_reset_tokens", "the maintenance task calls it"),
    ("users.import", "no page calls it"),
    ("users.find_imported", "no page calls it"),
    ("sessions.touch", "a session stays valid without it"),
    ("sessions.keep_only", "after a change of the password, as an unknown outcome"),
    ("sessions.purge", "the maintenance task calls it"),
    ("throttles.give_back", "the password was right: the attempt stays counted"),
    ("throttles.forget", "the password was right: the failures stay counted"),
    ("throttles.purge", "the maintenance task calls it"),
    ("throttles.trim", "no page calls it"),
    ("events.add", "after a failed log-in, beside the response"),
    ("events.purge", "the maintenance task calls it"),
    ("known_browsers.remember", "the password was right: the browser is not known at the next log-in"),
    ("known_browsers.purge", "the maintenance task calls it"),
    ("leases.acquire", "the maintenance task calls it"),
    ("leases.release", "the maintenance task calls it"),
    ("parties.mark_over", "the maintenance task calls it"),
    ("parties.purge_texts", "the maintenance task calls it"),
    ("notices.purge", "the maintenance task calls it"),
];

#[test]
fn each_port_method_is_in_a_table_of_this_file() {
    let methods = port_methods();
    assert!(methods.len() > 35, "{methods:?}");
    for method in methods {
        let is_used = USES.iter().any(|(used, ..)| *used == method);
        let is_not_reported = NOT_REPORTED.iter().any(|(named, _)| *named == method);
        assert!(is_used != is_not_reported, "{method} belongs in USES or in NOT_REPORTED");
    }
}

/// The forms that need a stored password hash. A registration makes one before, which may fail too.
pub(crate) const NEEDS_HASH: [&str; 6] =
    ["/login", "/account/confirm", "/account/email", "/account/password", "/account/reset", "/account/sessions"];

pub(crate) async fn send(broken: &'static str, &(_, client, path, form, _): &Use) -> TestResponse {
    let (server, ada, visitor) = start(broken).await;
    if NEEDS_HASH.contains(&path) && form.is_some() {
        post(&TestClient::new(&server), "/register", REGISTER).await; // gives the mocked store a password hash
    }
    if let Returning = client {
        visitor.add_cookies(&format!("device-{}={}", server.address().port(), "A".repeat(43)));
    }
    let client = if let Ada = client { &ada } else { &visitor };
    match form {
        None => client.send(client.request(Method::GET, path)).await,
        Some([("hosting", _)]) => post(client, path, &host_form(&[])).await,
        Some([("editing", _)]) => post(client, path, &host_form(EDIT)).await,
        Some(form) => post(client, path, form).await,
    }
}

#[tokio::test]
async fn store_failure_is_503_and_reports_no_success() {
    for used in USES {
        let &(method, _, path, form, status) = used;
        let page = send("nothing", used).await;
        assert_eq!(page.status, status, "{path} with a working store: {}", page.text);

        for broken in [method, "everything"] {
            let page = send(broken, used).await;
            let is_committed = (broken, path) == ("sessions.end_all", "/account/delete"); // the deletion is requested by then
            let sentence = match form {
                Some(_) if is_committed => OUTCOME_UNKNOWN,
                Some(_) => NOT_SAVED,
                None => NOT_READ,
            };
            assert_page(&page, 503, sentence);
            assert_eq!(page.header("retry-after"), Some("5"), "{path} without {method}");
            assert!(!page.headers.contains_key("location"), "{path} without {method}");
            let cookies = page.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().to_owned());
            let cookies: Vec<_> = cookies.filter(|cookie| !cookie.starts_with("visit-")).collect();
            assert!(cookies.is_empty(), "no flash message and no session: {cookies:?}");
            for text in ["successfully", "is set", "is ready", "Welcome back", "logged out", "valid Party ID", CAUSE] {
                assert!(!page.html.contains(text), "{text:?} at {path} without {method}");
            }
        }
    }
}

/// What fails beside or after a log-in whose password was right is logged alone.
#[tokio::test]
async fn log_in_succeeds_without_what_is_not_reported() {
    for (method, _) in NOT_REPORTED {
        for client in [Visitor, Returning] {
            let page = send(method, &("", client, "/login", Some(LOG_IN), 0)).await;
            assert_eq!((page.status, page.header("location")), (303, Some("/")), "{method}");
        }
    }
}

#[tokio::test]
async fn pages_without_store_access_work_while_the_store_fails() {
    let (_server, _, visitor) = start("everything").await;
    for path in ["/", "/login", "/register", "/login?next=/i/AAAAAAAAAAAAAAAAAAAAAA"] {
        assert_page(&visitor.get(path).await, 200, "Log in");
    }
}

#[tokio::test]
async fn failing_store_is_live_but_not_ready() {
    for broken in ["readiness", "everything"] {
        let (_server, _, visitor) = start(broken).await;
        let (live, ready) = (visitor.get("/health/live").await, visitor.get("/health/ready").await);
        assert_eq!((live.status, live.html.as_str()), (200, "ok"));
        assert_eq!((ready.status, ready.html.as_str()), (503, "the database does not answer"));
        assert_has_headers(&ready);
    }
}
