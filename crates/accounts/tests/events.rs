//! What an embedder is told of accounts, and the names of cookies that they choose.

use std::sync::{Arc, Mutex};

use accounts::{BuildError, Event};

use crate::common::{PASSWORD, Service};

#[tokio::test]
async fn an_embedder_hears_what_happens_to_accounts() {
    let heard: Arc<Mutex<Vec<Event>>> = Arc::default();
    let listener = Arc::clone(&heard);
    let service =
        Service::with(|builder| builder.on_event(move |event| listener.lock().unwrap().push(event.clone()))).await;
    let ada = service.visitor();
    ada.register("ada", PASSWORD).await;
    ada.log_in("ada", "not hers at all").await;
    ada.log_in("nobody", PASSWORD).await;
    ada.log_in("ada", PASSWORD).await;
    ada.submit("/", "/logout", &[]).await;

    let heard = heard.lock().unwrap();
    let Event::Registered { user } = heard[0] else { panic!("{heard:?}") };
    assert!(
        matches!(&heard[1], Event::LogInFailed { user: Some(whose), network: Some(_) } if *whose == user),
        "{heard:?}"
    );
    assert!(matches!(heard[2], Event::LogInFailed { user: None, .. }), "{heard:?}");
    let Event::LoggedIn { user: whose, session } = heard[3] else { panic!("{heard:?}") };
    assert_eq!(whose, user);
    assert_eq!(heard[4..], [Event::LoggedOut { user, session }]);

    drop(heard);
}

#[tokio::test]
async fn ending_all_sessions_is_heard_too() {
    let heard: Arc<Mutex<Vec<Event>>> = Arc::default();
    let listener = Arc::clone(&heard);
    let service =
        Service::with(|builder| builder.on_event(move |event| listener.lock().unwrap().push(event.clone()))).await;
    service.ada().await;
    let Some(Event::Registered { user }) = heard.lock().unwrap().first().cloned() else { panic!("nobody registered") };
    service.accounts.log_out_everywhere(user).await.unwrap();
    assert_eq!(heard.lock().unwrap().last(), Some(&Event::LoggedOutEverywhere { user, sessions: 1 }));
}

#[tokio::test]
async fn a_listener_that_panics_takes_back_nothing() {
    let service = Service::with(|builder| builder.on_event(|event| panic!("{event:?} is too much"))).await;
    let ada = service.ada().await;
    assert_eq!(ada.get("/home").await.path, "/home");
    ada.submit("/", "/logout", &[]).await;
    assert_eq!(ada.get("/home").await.path, "/login?next=%2Fhome");
}

#[tokio::test]
async fn a_password_longer_than_any_is_heard_of_like_any_other_that_is_wrong() {
    let heard: Arc<Mutex<Vec<Event>>> = Arc::default();
    let listener = Arc::clone(&heard);
    let service =
        Service::with(|builder| builder.on_event(move |event| listener.lock().unwrap().push(event.clone()))).await;
    let visitor = service.visitor();
    visitor.register("ada", PASSWORD).await;
    for (name, is_known) in [("ada", true), ("nobody", false)] {
        visitor.log_in(name, &"x".repeat(2_000)).await;
        let last = heard.lock().unwrap().last().cloned();
        let Some(Event::LogInFailed { user, network: Some(_) }) = last else { panic!("{last:?}") };
        assert_eq!(user.is_some(), is_known);
    }
}

#[tokio::test]
async fn cookies_carry_the_word_that_was_chosen() {
    let service = Service::with(|builder| builder.cookie_prefix("trips")).await;
    let ada = service.ada().await;
    let names: Vec<_> = ada.cookies().split("; ").filter_map(|pair| Some(pair.split_once('=')?.0.to_owned())).collect();
    assert!(!names.is_empty() && names.iter().all(|name| name.starts_with("trips-")), "{names:?}");
    assert_eq!(ada.get("/home").await.status, 200);
}

#[tokio::test]
async fn a_word_that_no_cookie_can_carry_is_refused() {
    let service = Service::start().await;
    for prefix in ["", "a b", "a;b", "ü", &"a".repeat(33)] {
        let told = accounts::Accounts::builder().cookie_prefix(prefix).build(service.ports()).err();
        assert!(matches!(told, Some(BuildError::NotACookiePrefix(_))), "{prefix:?}");
    }
}
