//! A running TriPlanned on either engine, for all tests.

use accounts::Accounts;
use accounts::test_kit::{TestClient, TestResponse, TestServer, fast_hash_cost};
use store::AccountStore;
use tempfile::TempDir;
use test_support::{Postgres, sqlite_url};

/// A password that the policy accepts.
pub(crate) const PASSWORD: &str = "marble otter seven";

/// A running TriPlanned without users.
pub(crate) struct TestSite {
    pub(crate) server: TestServer,
    _folder: Option<TempDir>,
}

impl TestSite {
    pub(crate) async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = example_triplanned::connect(&sqlite_url(&folder)).await.unwrap();
        Self::over(&store, Some(folder)).await
    }

    pub(crate) async fn on_postgres() -> Self {
        let url = Postgres::shared().await.unwrap().database().await.unwrap();
        Self::over(&example_triplanned::connect(&url).await.unwrap(), None).await
    }

    async fn over(store: &AccountStore, folder: Option<TempDir>) -> Self {
        let accounts = example_triplanned::accounts(store, Accounts::builder().cost(fast_hash_cost())).unwrap();
        let site = example_triplanned::site(store, &accounts).unwrap();
        Self { server: TestServer::start(site).await.unwrap(), _folder: folder }
    }

    pub(crate) fn guest(&self) -> TestClient {
        TestClient::new(&self.server)
    }

    /// A client of a new user, registered and logged in.
    pub(crate) async fn user(&self, name: &str) -> TestClient {
        TestClient::logged_in(&self.server, name, PASSWORD).await
    }
}

/// Posts a place by the form on the author's profile. `fields` replace the default ones.
pub(crate) async fn post(author: &TestClient, name: &str, fields: &[(&str, &str)]) -> TestResponse {
    let mut form = vec![("city", "Lisbon"), ("country", "Portugal"), ("description", "Hills,\nand a river.")];
    form.retain(|(field, _)| fields.iter().all(|(typed, _)| typed != field));
    form.extend_from_slice(fields);
    let profile = format!("/user/{name}");
    author.submit(&profile, &profile, &form).await
}
