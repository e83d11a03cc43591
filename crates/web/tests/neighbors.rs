//! DinnerParty and TriPlanned on one database: one account for both, each with tables of its own, whichever came first.

use accounts::Accounts;
use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use store::{AccountStore, PartyStore};
use test_support::{Postgres, sqlite_url};

use crate::common::{PASSWORD, TestApp, host, host_form};

/// A database that nobody has used, for each engine.
async fn databases(folder: &tempfile::TempDir) -> [String; 2] {
    [sqlite_url(folder), Postgres::shared().await.unwrap().database().await.unwrap()]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_account_opens_both_when_dinnerparty_came_first() {
    let folder = tempfile::tempdir().unwrap();
    for url in databases(&folder).await {
        let parties = PartyStore::connect(&url).await.unwrap();
        let posts = example_triplanned::connect(&url).await.unwrap();
        one_account_opens_both(parties, posts).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_account_opens_both_when_triplanned_came_first() {
    let folder = tempfile::tempdir().unwrap();
    for url in databases(&folder).await {
        let posts = example_triplanned::connect(&url).await.unwrap();
        let parties = PartyStore::connect(&url).await.unwrap();
        one_account_opens_both(parties, posts).await;
    }
}

async fn one_account_opens_both(parties: PartyStore, posts: AccountStore) {
    let app = TestApp::over(parties, None).await;
    let site = example_triplanned::site(&posts, Accounts::builder().cost(fast_hash_cost())).unwrap();
    let trips = TestServer::start(site).await.unwrap();

    let traveler = TestClient::new(&trips);
    traveler.register("ada", PASSWORD).await;
    assert!(traveler.log_in("ada", PASSWORD).await.text.contains("Welcome back, ada."));
    let guest = app.log_in("ada").await; // the account is known here, and has a session of its own

    let place = [("city", "Lisbon"), ("country", "Portugal"), ("description", "Hills.")];
    assert!(traveler.submit("/user/ada", "/user/ada", &place).await.text.contains("Your postcard is on the rack."));
    host(&guest, "ada", &host_form(&[])).await;

    guest.submit("/", "/logout", &[]).await;
    assert_eq!(traveler.get("/user/ada").await.status, 200, "a log-out there is none here");
    assert_eq!(app.visitor().get("/user/ada").await.path, "/login?next=%2Fuser%2Fada");
}
