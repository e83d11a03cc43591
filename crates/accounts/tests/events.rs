//! Events, as the listener of an embedder receives them.

use std::sync::{Arc, Mutex};

use accounts::Event;

use crate::common::{PASSWORD, Service};

/// A service, and the events that its listener has received.
async fn listening() -> (Service, Arc<Mutex<Vec<Event>>>) {
    let events: Arc<Mutex<Vec<Event>>> = Arc::default();
    let listener = Arc::clone(&events);
    let service =
        Service::with(|builder| builder.on_event(move |event| listener.lock().unwrap().push(event.clone()))).await;
    (service, events)
}

#[tokio::test]
async fn listener_receives_every_event() {
    let (service, events) = listening().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    ada.log_in("ada", "marble otter eight").await;
    ada.log_in("unknown", PASSWORD).await;
    ada.log_in("ada", PASSWORD).await;
    ada.submit("/", "/logout", &[]).await;

    let events = events.lock().unwrap();
    let Event::Registered { user } = events[0] else { panic!("{events:?}") };
    assert!(
        matches!(&events[1], Event::LogInFailed { user: Some(known), network: Some(_) } if *known == user),
        "{events:?}"
    );
    assert!(matches!(events[2], Event::LogInFailed { user: None, .. }), "{events:?}");
    let Event::LoggedIn { user: logged_in, session } = events[3] else { panic!("{events:?}") };
    assert_eq!(logged_in, user);
    assert_eq!(events[4..], [Event::LoggedOut { user, session }]);
}

#[tokio::test]
async fn listener_receives_log_out_everywhere() {
    let (service, events) = listening().await;
    service.ada().await;
    let Some(Event::Registered { user }) = events.lock().unwrap().first().cloned() else { panic!("no registration") };
    service.accounts.log_out_everywhere(user).await.unwrap();
    assert_eq!(events.lock().unwrap().last(), Some(&Event::LoggedOutEverywhere { user, sessions: 1 }));
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
        let last = events.lock().unwrap().last().cloned();
        let Some(Event::LogInFailed { user, network: Some(_) }) = last else { panic!("{last:?}") };
        assert_eq!(user.is_some(), is_known);
    }
}
