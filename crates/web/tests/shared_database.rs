//! DinnerParty and TriPlanned on one database: they share accounts, and each has its own tables.

use accounts::Accounts;
use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use store::{AccountStore, PartyStore};
use test_support::{Postgres, sqlite_url};

use crate::common::{PASSWORD, TestApp, host};

/// A new database on each engine.
async fn databases(folder: &tempfile::TempDir) -> [String; 2] {
    [sqlite_url(folder), Postgres::shared().await.unwrap().database().await.unwrap()]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_account_works_for_both_if_dinnerparty_migrates_first() {
    let folder = tempfile::tempdir().unwrap();
    for url in databases(&folder).await {
        let parties = PartyStore::connect(&url).await.unwrap();
        let posts = example_triplanned::connect(&url).await.unwrap();
        assert_one_account_works_for_both(parties, posts).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_account_works_for_both_if_triplanned_migrates_first() {
    let folder = tempfile::tempdir().unwrap();
    for url in databases(&folder).await {
        let posts = example_triplanned::connect(&url).await.unwrap();
        let parties = PartyStore::connect(&url).await.unwrap();
        assert_one_account_works_for_both(parties, posts).await;
    }
}

async fn assert_one_account_works_for_both(parties: PartyStore, posts: AccountStore) {
    let app = TestApp::over(parties, None).await;
    let accounts =
        example_triplanned::accounts(&posts, Accounts::builder().cost(fast_hash_cost()).clock(app.clock.clone()))
            .unwrap();
    let site = example_triplanned::site(&posts, &accounts).unwrap();
    let trips = TestServer::start(site).await.unwrap();

    let traveler = TestClient::new(&trips);
    traveler.register("ada", PASSWORD).await;
    assert!(traveler.log_in("ada", PASSWORD).await.text.contains("Welcome back, ada."));
    let guest = app.log_in("ada").await; // the same account, another session

    let place = [("city", "Lisbon"), ("country", "Portugal"), ("description", "Hills.")];
    assert!(traveler.submit("/user/ada", "/user/ada", &place).await.text.contains("Your postcard is on the rack."));
    host(&guest, "ada", &[]).await;

    guest.submit("/", "/logout", &[]).await;
    assert_eq!(
        traveler.get("/user/ada").await.status,
        200,
        "a log-out of one app does not end the session of the other"
    );
    assert_eq!(app.visitor().get("/user/ada").await.path, "/login?next=%2Fuser%2Fada");
}
