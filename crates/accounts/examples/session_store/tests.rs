//! The contract suite on the session store, a race of threads, and a log-in over HTTP.

#![expect(clippy::unwrap_used, reason = "a failure fails the test")]

use accounts::ports::contract;
use accounts::ports::{PasswordVersion, TokenDigest};
use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use accounts::{Caller, Device, Email, Lifetimes, Password, Registration, Timestamp, Username};
use tempfile::TempDir;

use super::*;

const INITIAL: PasswordVersion = PasswordVersion::INITIAL;
const PASSWORD: &str = "marble otter seven";

/// An empty store, in a folder that is removed when it is dropped.
async fn empty_store() -> (TempDir, AccountStore) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let store = AccountStore::connect(&url).await.unwrap();
    (folder, store)
}

/// Makes a test of every contract function for sessions.
macro_rules! session_tests {
    (session: $($function:ident)*) => { $(
        #[tokio::test]
        async fn $function() {
            let (_folder, store) = empty_store().await;
            contract::session::$function(&ports(store)).await;
        }
    )* };
}

contract::session_contract!(session_tests);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn session_ended_during_touches_stays_ended() {
    let (_folder, store) = empty_store().await;
    let ports = ports(store);
    let accounts = Accounts::builder().cost(fast_hash_cost()).build(ports.clone()).unwrap();
    let registration = Registration {
        username: Username::parse("ada").unwrap(),
        email: Email::parse("ada@example.com").unwrap(),
        password: Password::parse(PASSWORD.to_owned()).unwrap(),
        code: None,
    };
    let ada = accounts.register(registration, &Caller::default()).await.unwrap();
    let time = Timestamp::from_millis;
    for n in 0..=u8::MAX {
        let digest = TokenDigest::new([n; 32]);
        let record = Lifetimes::default().open(ada.id, false, Device::default(), time(0));
        let id =
            ports.sessions.open(digest, record, INITIAL, None, accounts::ports::Alongside::nothing()).await.unwrap();
        let touches: Vec<_> = (1..5)
            .map(|at| {
                let sessions = Arc::clone(&ports.sessions);
                tokio::spawn(async move { sessions.touch(id, time(at), time(at + 10), time(at)).await.unwrap() })
            })
            .collect();
        assert!(ports.sessions.end(digest, accounts::ports::Alongside::nothing()).await.unwrap().is_some());
        for touch in touches {
            touch.await.unwrap();
        }
        assert_eq!(ports.sessions.find(digest).await.unwrap(), None);
    }
}

#[tokio::test]
async fn user_logs_in_and_out_on_this_store() {
    let (_folder, store) = empty_store().await;
    let server = TestServer::start(service(Accounts::builder().cost(fast_hash_cost()), store).unwrap()).await.unwrap();
    let ada = TestClient::logged_in(&server, "ada", PASSWORD).await;
    assert!(ada.get("/home").await.text.contains("You are ada."));
    ada.submit("/home", "/logout", &[]).await;
    assert_eq!(ada.get("/home").await.path, "/login?next=%2Fhome");
}
