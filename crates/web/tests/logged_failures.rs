//! Each response with 503 is in the log once: an overload as a warning, a failure as an error.

use std::time::Duration;

use accounts::{StoreError, User};
use domain::party::{AddError, ListError, MockPartyRepository, UpdateError};
use domain::throttle::{Counter, Limit, LimitRule, ThrottleKey, Throttled};
use domain::user::MockUserRepository;
use test_support::Log;
use tracing::Level;

use crate::common::{START, host_form, post};
use crate::failing_store::{self, NEEDS_HASH, USES};

#[tokio::test]
async fn failure_of_the_store_is_one_error_in_the_log() {
    let (log, _guard) = Log::of_this_thread_at(Level::WARN);
    for used in USES {
        let &(method, _, path, ..) = used;
        for broken in [method, "everything"] {
            drop(log.take());
            let page = failing_store::send(broken, used).await;
            let is_after_registration = NEEDS_HASH.contains(&path);
            let is_of_page = |line: &str| !is_after_registration || line.contains(&format!("route=\"{path}\""));
            let errors = log.take().into_iter().filter(|line| line.starts_with("ERROR") && is_of_page(line));
            let errors: Vec<_> = errors.collect();
            assert_eq!((page.status, errors.len()), (503, 1), "{path} without {method}: {errors:?}");
            assert!(errors[0].contains("the store failed"), "{errors:?}");
        }
    }
}

#[tokio::test]
async fn overload_of_the_store_is_one_warning_in_the_log() {
    let (log, _guard) = Log::of_this_thread_at(Level::WARN);
    let mut parties = MockPartyRepository::new();
    parties.expect_find().returning(|_, _| Err(StoreError::overload("1,024 writes wait")));
    let (_server, ada, _) = failing_store::start_with_parties(parties).await;
    assert_eq!(ada.get("/parties/1").await.status, 503);
    assert_one_warning(&log, "the store is overloaded");
}

#[tokio::test]
async fn refused_search_is_one_warning_in_the_log() {
    let (log, _guard) = Log::of_this_thread_at(Level::WARN);
    for refusal in [|| ListError::Busy, || ListError::TookTooLong] {
        let mut parties = MockPartyRepository::new();
        parties.expect_list().returning(move |_, _, _, _, _| Err(refusal()));
        let (_server, ada, _) = failing_store::start_with_parties(parties).await;
        assert_eq!(ada.get("/rsvp?q=soup").await.status, 503);
        assert_one_warning(&log, "a page is overloaded work=\"searches\"");
    }
}

#[tokio::test]
async fn refused_list_of_a_profile_is_one_warning_in_the_log() {
    let (log, _guard) = Log::of_this_thread_at(Level::WARN);
    for refusal in [|| ListError::Busy, || ListError::TookTooLong, || ListError::OwnSearchRunning] {
        let (mut parties, mut users) = (MockPartyRepository::new(), MockUserRepository::new());
        parties.expect_list().returning(move |_, _, _, _, _| Err(refusal()));
        users.expect_find_by_username().returning(|_| Ok(Some(ben())));
        let (_server, ada, _) = failing_store::start_with_users(users, parties).await;
        assert_eq!(ada.get("/user/ben").await.status, 503);
        assert_one_warning(&log, "the store is overloaded");
    }
}

#[tokio::test]
async fn refused_quota_and_search_are_throttled_events_in_the_log() {
    let (log, _guard) = Log::of_this_thread();
    let mut parties = MockPartyRepository::new();
    parties.expect_add().times(1).returning(|_, _| Err(AddError::Throttled(throttled())));
    parties.expect_add().returning(|_, _| Err(AddError::TooManyUpcoming { max: 100 }));
    parties.expect_update().returning(|_, _, _, _, _| Err(UpdateError::Throttled(throttled())));
    parties.expect_list().returning(|_, _, _, _, _| Err(ListError::OwnSearchRunning));
    let (_server, ada, _) = failing_store::start_with_parties(parties).await;
    let assert_event = |status, expected, action: &str| {
        let lines = log.take();
        let events: Vec<_> = lines.iter().filter(|line| line.contains("throttled")).collect();
        assert_eq!((status, events.len()), (expected, 1), "{action}: {lines:#?}");
        let fields = format!(r#"throttled user=1 detail="{action}" network="127.0.0.1/32""#);
        assert!(events[0].contains(&fields), "{events:?}");
    };
    assert_event(post(&ada, "/host", &host_form(&[])).await.status, 429, "host");
    assert_event(post(&ada, "/host", &host_form(&[])).await.status, 422, "host");
    assert_event(post(&ada, "/parties/1/rsvp", &[("answer", "yes")]).await.status, 303, "rsvp");
    assert_event(ada.get("/rsvp?q=soup").await.status, 429, "search");
}

fn throttled() -> Throttled {
    let never = Limit::new(ThrottleKey::new([0; 32]), LimitRule::Window { limit: 0, period: Duration::from_hours(1) });
    Limit::check_all(&[never], |_| Counter::EMPTY, START).unwrap_err()
}

#[tokio::test]
async fn flood_of_refused_searches_is_ten_warnings_in_the_log() {
    let (log, _guard) = Log::of_this_thread_at(Level::WARN);
    let mut parties = MockPartyRepository::new();
    parties.expect_list().returning(|_, _, _, _, _| Err(ListError::Busy));
    let (_server, ada, _) = failing_store::start_with_parties(parties).await;
    for _ in 0..15 {
        assert_eq!(ada.get("/rsvp?q=soup").await.status, 503);
    }
    assert_eq!(log.take().len(), 10);
}

#[track_caller]
fn assert_one_warning(log: &Log, message: &str) {
    let lines = log.take();
    assert!(lines.len() == 1 && lines[0].starts_with("WARN") && lines[0].contains(message), "{lines:#?}");
}

/// Another user than the logged-in one.
fn ben() -> User {
    User { id: accounts::UserId::new(2), username: accounts::Username::parse("ben").unwrap(), ..failing_store::ada() }
}
