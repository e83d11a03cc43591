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
    assert!(matches!(heard[3], Event::LoggedIn { user: whose, .. } if whose == user), "{heard:?}");
    assert_eq!(heard[4..], [Event::LoggedOut]);

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
        let told = accounts::Accounts::builder(service.ports()).cookie_prefix(prefix).build().err();
        assert!(matches!(told, Some(BuildError::NotACookiePrefix(_))), "{prefix:?}");
    }
}
