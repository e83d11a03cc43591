//! Ids, digests, versions and records: what is wrapped comes out again, and no output shows a secret.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use crate::credential::{MockCredentialRepository, PasswordHash, PasswordVersion, RESET_LIFETIME, ResetDigest};
use crate::event::{Event, EventId, EventKind, MockEventRepository, Origin, STORED_FOR};
use crate::known_browser::{BrowserDigest, KNOWN_FOR, MockKnownBrowserRepository};
use crate::lease::{LeaseHolder, MockLeaseRepository};
use crate::notice::{MockNoticeRepository, oldest_notice};
use crate::registration_code::MockRegistrationCodeRepository;
use crate::session::{MockSessionRepository, SessionId, TokenDigest};
use crate::throttle::{MockThrottleRepository, ThrottleKey};
use crate::user::{MockUserRepository, RegistrationKey, UserId};
use crate::{AccountPorts, Alongside, InOneCommit, NoticeId, Own, StoreError, Timestamp};

const DAY: Duration = Duration::from_hours(24);

#[test]
fn ids_and_versions_are_the_numbers_that_were_stored() {
    let id = 42;
    assert_eq!((UserId::new(id).get(), SessionId::new(id).get()), (id, id));
    assert_eq!((EventId::new(id).get(), NoticeId::new(id).get()), (id, id));
    assert_eq!(PasswordVersion::new(id).get(), id);
    assert_eq!(PasswordVersion::INITIAL.next().next().get(), 2);
}

#[test]
fn digests_are_the_bytes_that_were_stored_and_no_output_shows_them() {
    let (bytes, short) = ([201; 32], [202; 16]);
    let (token, browser, key) = (TokenDigest::new(bytes), BrowserDigest::new(bytes), ThrottleKey::new(bytes));
    let (registration, reset) = (RegistrationKey::new(bytes), ResetDigest::new(bytes));
    let digests = [
        (token.as_bytes(), format!("{token:?}")),
        (browser.as_bytes(), format!("{browser:?}")),
        (key.as_bytes(), format!("{key:?}")),
        (registration.as_bytes(), format!("{registration:?}")),
        (reset.as_bytes(), format!("{reset:?}")),
    ];
    for (found, output) in digests {
        assert_eq!(found, &bytes, "{output}");
        assert!(output.ends_with("(..)"), "{output}");
    }
    assert_eq!(LeaseHolder::new(short).as_bytes(), &short);
    assert_eq!(format!("{:?}", LeaseHolder::new(short)), "LeaseHolder(cacacaca)");
}

#[test]
fn password_hash_is_the_text_that_was_stored() {
    let hash = PasswordHash::new("$pbkdf2-sha256$secret".to_owned());
    assert_eq!((hash.expose(), hash.is_no_password()), ("$pbkdf2-sha256$secret", false));
    assert_eq!((PasswordHash::no_password().expose(), PasswordHash::no_password().is_no_password()), ("!", true));
}

#[test]
fn lifetimes_are_those_of_the_documentation() {
    assert_eq!((STORED_FOR, KNOWN_FOR), (90 * DAY, 90 * DAY));
    assert_eq!((RESET_LIFETIME, RegistrationKey::LIFETIME), (Duration::from_mins(30), Duration::from_mins(10)));
    let now = Timestamp::from_millis(1_773_000_000_000);
    assert_eq!(oldest_notice(now), Timestamp::from_millis(1_773_000_000_000 - 90 * 86_400_000));
}

#[test]
fn failure_of_the_store_says_what_is_known_about_it() {
    for (error, is_overload, is_outcome_unknown) in [
        (StoreError::new("gone"), false, false),
        (StoreError::overload("gone"), true, false),
        (StoreError::outcome_unknown("gone"), false, true),
    ] {
        assert_eq!((error.is_overload(), error.is_outcome_unknown()), (is_overload, is_outcome_unknown));
        assert_eq!(error.source().unwrap().to_string(), "gone");
        assert_eq!(error.to_string(), "the store failed");
    }
}

fn event() -> Event {
    Event::new(EventKind::LoggedIn, Timestamp::from_millis(7), Origin::default())
}

#[test]
fn event_has_what_it_is_about() {
    let (ada, session) = (UserId::new(1), SessionId::new(2));
    assert_eq!((event().count, event().user, event().session, event().detail), (1, None, None, None));
    let event = event().of(ada).in_session(session).about(&"é".repeat(201)).counting(3);
    assert_eq!((event.kind, event.at), (EventKind::LoggedIn, Timestamp::from_millis(7)));
    assert_eq!((event.count, event.user, event.session), (3, Some(ada), Some(session)));
    assert_eq!(event.detail, Some("é".repeat(200)));
}

#[test]
fn events_of_a_commit_get_its_user_and_session_where_they_have_none() {
    let (ada, ben) = (UserId::new(1), UserId::new(2));
    let (first, second) = (SessionId::new(3), SessionId::new(4));
    let completed = |event: Event, session| Alongside::event(event).completed(ada, session).next().unwrap();
    let of_none = completed(event(), Some(first));
    assert_eq!((of_none.user, of_none.session, of_none.kind), (Some(ada), Some(first), EventKind::LoggedIn));
    let of_ben = completed(event().of(ben).in_session(second), Some(first));
    assert_eq!((of_ben.user, of_ben.session), (Some(ben), Some(second)));
    assert_eq!(completed(event(), None).session, None);
    assert_eq!(Alongside::nothing().completed(ada, None).count(), 0);
}

#[test]
fn value_of_the_embedder_and_counts_are_beside_the_events() {
    let own: Own = Arc::new(5_u8);
    let alongside = Alongside::event(event()).with_own(Some(Arc::clone(&own))).counting(9);
    assert_eq!(alongside.events, [event().counting(9)]);
    assert!(Arc::ptr_eq(alongside.own.as_ref().unwrap(), &own));
    let output = format!("{alongside:?}");
    assert!(output.contains("LoggedIn") && output.contains("own: true"), "{output}");
}

fn ports() -> AccountPorts {
    AccountPorts {
        users: Arc::new(MockUserRepository::new()),
        credentials: Arc::new(MockCredentialRepository::new()),
        sessions: Arc::new(MockSessionRepository::new()),
        throttles: Arc::new(MockThrottleRepository::new()),
        known_browsers: Arc::new(MockKnownBrowserRepository::new()),
        events: Arc::new(MockEventRepository::new()),
        leases: Arc::new(MockLeaseRepository::new()),
        registration_codes: Arc::new(MockRegistrationCodeRepository::new()),
        notices: Arc::new(MockNoticeRepository::new()),
        in_one_commit: None,
    }
}

#[test]
fn sessions_end_in_one_commit_while_all_four_ports_are_of_one_store() {
    let of_one_store = || {
        let ports = ports();
        let in_one_commit = InOneCommit {
            users: Arc::clone(&ports.users),
            credentials: Arc::clone(&ports.credentials),
            sessions: Arc::clone(&ports.sessions),
            known_browsers: Arc::clone(&ports.known_browsers),
        };
        AccountPorts { in_one_commit: Some(in_one_commit), ..ports }
    };
    assert!(of_one_store().end_sessions_in_one_commit());
    let other = ports();
    for replaced in [
        other.clone(),
        AccountPorts { users: Arc::clone(&other.users), ..of_one_store() },
        AccountPorts { credentials: Arc::clone(&other.credentials), ..of_one_store() },
        AccountPorts { sessions: Arc::clone(&other.sessions), ..of_one_store() },
        AccountPorts { known_browsers: Arc::clone(&other.known_browsers), ..of_one_store() },
    ] {
        assert!(!replaced.end_sessions_in_one_commit());
    }
}
