//! Empty databases for a test, on either engine. What is tested is each test's business.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "each test file uses what it needs of this")]

use std::sync::Arc;

use domain::AccountPorts;
use domain::party::PartyRepository;
use store::PartyStore;
use tempfile::TempDir;
use test_support::{Postgres, sqlite_url};

/// A store on an empty database, and the folder that goes with it.
pub struct Fresh {
    pub url: String,
    pub store: PartyStore,
    _folder: Option<TempDir>,
}

impl Fresh {
    pub fn accounts(&self) -> AccountPorts {
        self.store.accounts().clone().into()
    }

    pub fn parties(&self) -> Arc<dyn PartyRepository> {
        self.store.parties()
    }

    /// The same database opened a second time, as another process would.
    pub async fn another(&self) -> PartyStore {
        PartyStore::connect(&self.url).await.unwrap()
    }
}

pub async fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_url(&folder);
    let store = PartyStore::connect(&url).await.unwrap();
    Fresh { url, store, _folder: Some(folder) }
}

/// From a template that is migrated once.
pub async fn postgres() -> Fresh {
    let migrate = async |url: String| {
        PartyStore::connect(&url).await?.accounts().close().await;
        Ok(())
    };
    let url = Postgres::shared().await.unwrap().database_from("parties", migrate).await.unwrap();
    let store = PartyStore::connect(&url).await.unwrap();
    Fresh { url, store, _folder: None }
}
