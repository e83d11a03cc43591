//! Events, as the listener of an embedder receives them and as the store keeps them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounts::{Caller, Event, EventFilter, EventKind, PageSize, UserId};

use crate::common::{PASSWORD, Service, browser_post};

/// A service, and the events that its listener has received.
async fn listening() -> (Service, Arc<Mutex<Vec<Event>>>) {
    let events: Arc<Mutex<Vec<Event>>> = Arc::default();
    let listener = Arc::clone(&events);
    let service =
        Service::with(|builder| builder.on_event(move |event| listener.lock().unwrap().push(event.clone()))).await;
    (service, events)
}

/// The stored events, the oldest first.
async fn stored(service: &Service) -> Vec<Event> {
    let page = service.accounts.events(EventFilter::default(), None, PageSize::clamped(100)).await.unwrap();
    page.items.into_iter().rev().map(|stored| stored.event).collect()
}

/// The stored events once they stand for as many: a failed log-in is stored beside its response.
async fn stored_once(service: &Service, number: u64) -> Vec<Event> {
    for _ in 0..500 {
        let events = stored(service).await;
        if events.iter().map(|event| event.count).sum::<u64>() >= number {
            return events;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{number} are not stored within 5 s: {:?}", stored(service).await);
}

#[tokio::test]
async fn listener_receives_every_event_as_it_is_stored() {
    let (service, received) = listening().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    ada.log_in("ada", "marble otter eight").await;
    stored_once(&service, 2).await;
    ada.log_in("unknown", PASSWORD).await;
    stored_once(&service, 3).await;
    ada.log_in("ada", PASSWORD).await;
    ada.submit("/", "/logout", &[]).await;

    let received = received.lock().unwrap().clone();
    let kinds = [
        EventKind::Registered,
        EventKind::LogInFailed,
        EventKind::LogInFailed,
        EventKind::LoggedIn,
        EventKind::LoggedOut,
    ];
    assert_eq!(received.iter().map(|event| event.kind).collect::<Vec<_>>(), kinds);
    let user = received[0].user;
    assert_eq!(received.iter().map(|event| event.user).collect::<Vec<_>>(), [user, user, None, user, user]);
    assert!(user.is_some() && received[3].session.is_some());
    assert_eq!(received[3].session, received[4].session);
    assert_eq!(stored_once(&service, 5).await, received);
}

/// The log line of the event, and the `X-Request-Id` of the response, have that id.
#[tokio::test]
async fn event_has_network_and_request_id_of_its_request() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let refused = service.visitor().log_in("ada", "marble otter eight").await;
    let failed = stored_once(&service, 2).await.pop().unwrap();
    let id = refused.header("x-request-id").unwrap();
    assert_eq!(failed.origin.request.as_ref().map(accounts::RequestId::as_str), Some(id));
    assert_eq!(failed.origin.network.as_deref(), Some("127.0.0.1/32"));
    assert_eq!(failed.origin.operator, None);
}

#[tokio::test]
async fn failure_is_stored_with_its_account_and_without_what_was_typed() {
    let (service, _) = listening().await;
    service.register("ada", PASSWORD).await;
    let visitor = service.visitor();
    for identifier in ["ada", "ada@example.com", "hush-hush"] {
        browser_post(&visitor, "/login", &[("email", identifier), ("password", "hush-hush one")]).await;
    }
    let stored = stored_once(&service, 4).await;
    let failures = stored.iter().filter(|event| event.kind == EventKind::LogInFailed);
    let mut failures: Vec<_> = failures.map(|event| (event.user.map(UserId::get), event.count)).collect();
    failures.sort_unstable();
    assert_eq!(failures, [(None, 1), (Some(1), 2)]);
    assert!(!format!("{stored:?}").contains("hush"));
}

#[tokio::test]
async fn throttled_attempt_is_received_and_not_stored() {
    let (service, received) = listening().await;
    service.register("ada", PASSWORD).await;
    let visitor = service.visitor();
    for _ in 0..7 {
        visitor.log_in("ada", "marble otter eight").await;
    }
    let last = received.lock().unwrap().last().cloned().unwrap();
    assert_eq!((last.kind, last.detail.as_deref()), (EventKind::Throttled, Some("log-in")));
    let kinds: Vec<_> = stored_once(&service, 6).await.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::Registered, EventKind::LogInFailed]);
}

#[tokio::test]
async fn throttled_action_of_the_embedder_has_its_network() {
    let (service, received) = listening().await;
    let ada = service.ada().await;
    for _ in 0..4 {
        browser_post(&ada, "/limited", &[("text", "hello")]).await;
    }
    let last = received.lock().unwrap().last().cloned().unwrap();
    assert_eq!((last.kind, last.detail.as_deref()), (EventKind::Throttled, Some("limited")));
    assert_eq!(last.origin.network.as_deref(), Some("127.0.0.1/32"));
}

#[tokio::test]
async fn failed_log_in_is_refused_alike_where_its_event_is_not_stored() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    service.failing.fail_on("events.add");
    let page = service.visitor().log_in("ada", "marble otter eight").await;
    assert_eq!(page.status, 422);
}

#[tokio::test]
async fn listener_receives_log_out_everywhere() {
    let (service, received) = listening().await;
    service.ada().await;
    let user = received.lock().unwrap()[0].user.unwrap();
    service.accounts.log_out_everywhere(user, &Caller::default()).await.unwrap();
    let last = received.lock().unwrap().last().cloned().unwrap();
    assert_eq!((last.kind, last.user, last.count), (EventKind::LoggedOutEverywhere, Some(user), 1));
    assert_eq!(stored(&service).await.last(), Some(&last));
}

#[tokio::test]
async fn panicking_listener_changes_no_response() {
    let service = Service::with(|builder| builder.on_event(|event| panic!("{event:?}"))).await;
    let ada = service.ada().await;
    assert_eq!(ada.get("/home").await.path, "/home");
    ada.submit("/", "/logout", &[]).await;
    assert_eq!(ada.get("/home").await.path, "/login?next=%2Fhome");
}

#[tokio::test]
async fn overlong_password_emits_log_in_failed() {
    let (service, events) = listening().await;
    service.register("ada", PASSWORD).await;
    let visitor = service.visitor();
    for (name, is_known) in [("ada", true), ("unknown", false)] {
        visitor.log_in(name, &"x".repeat(2_000)).await;
        let last = events.lock().unwrap().last().cloned().unwrap();
        assert_eq!((last.kind, last.user.is_some()), (EventKind::LogInFailed, is_known));
        assert!(last.origin.network.is_some());
    }
}

#[tokio::test]
async fn events_of_one_user_are_listed_alone() {
    let service = Service::start().await;
    for name in ["ada", "ben"] {
        service.register(name, PASSWORD).await;
    }
    let filter = EventFilter { user: Some(UserId::new(2)), ..EventFilter::default() };
    let page = service.accounts.events(filter, None, PageSize::DEFAULT).await.unwrap();
    assert_eq!(page.items.iter().map(|stored| stored.event.user).collect::<Vec<_>>(), [Some(UserId::new(2))]);
}
