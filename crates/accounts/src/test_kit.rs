//! For tests of services that embed accounts: the service on a real socket, visitors that keep cookies and fill in
//! forms as a browser would, a clock that can be moved, and a hash cost that only tests can choose.
//!
//! ```
//! use accounts::Accounts;
//! use accounts::test_kit::{TestServer, Visitor, cheap};
//! use poem::Route;
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let database = format!("sqlite:{}", folder.path().join("test.db").display());
//! let store = store::AccountStore::connect(&database).await?;
//! let accounts = Accounts::builder().cost(cheap()).build(store)?;
//! let server = TestServer::start(accounts.routes(Route::new())?).await?;
//!
//! let ada = Visitor::of(&server);
//! ada.register("ada", "marble otter seven").await;
//! let page = ada.log_in("ada", "marble otter seven").await;
//! assert!(page.text.contains("Welcome back, ada."));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod clock;
mod page;
mod server;
mod visitor;

pub use clock::MovableClock;
pub use page::Page;
pub use server::TestServer;
pub use visitor::Visitor;

/// A hash cost far below the floor, so that a test that logs in does not wait for it.
#[must_use]
pub const fn cheap() -> crate::Cost {
    crate::Cost::cheap()
}
