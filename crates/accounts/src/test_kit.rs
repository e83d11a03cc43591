//! The test kit, for tests of services that embed accounts: a server on a real socket, a client that keeps cookies and fills
//! in forms as a browser does, a clock that a test moves, and a hash cost that only tests can choose.
//!
//! ```
//! use accounts::Accounts;
//! use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
//! use poem::Route;
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let url = format!("sqlite:{}", folder.path().join("test.db").display());
//! let store = store::AccountStore::connect(&url).await?;
//! let accounts = Accounts::builder().cost(fast_hash_cost()).build(store)?;
//! let server = TestServer::start(accounts.routes(Route::new())?).await?;
//!
//! let ada = TestClient::new(&server);
//! ada.register("ada", "marble otter seven").await;
//! let page = ada.log_in("ada", "marble otter seven").await;
//! assert!(page.text.contains("Welcome back, ada."));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod client;
mod clock;
mod response;
mod server;

pub use client::{TestClient, TestFile};
pub use clock::MovableClock;
pub use response::TestResponse;
pub use server::TestServer;

/// A hash cost far below the minimum, so that a log-in takes no time in a test.
#[must_use]
pub const fn fast_hash_cost() -> crate::Cost {
    crate::Cost::for_tests()
}
