//! The parties' tables beside the accounts': itself an embedder of [`crate::embed`], with
//! nothing that another one lacks but the name of its tables.

mod add;
mod delimited_rows;
mod list;
mod repository;
pub(crate) mod row;
mod update;
mod views;

use std::sync::Arc;

use domain::party::PartyRepository;

use self::repository::PartyTables;
use crate::AccountStore;
use crate::embed::{Database, MigrationSet};
use crate::error::ConnectError;

/// Dinner parties, in the database of their hosts' and guests' accounts.
#[derive(Debug, Clone)]
pub struct PartyStore {
    accounts: AccountStore,
}

impl PartyStore {
    /// Opens the database at `url` as [`AccountStore::connect`] does, and brings both the accounts' and the parties'
    /// tables up to date.
    ///
    /// # Errors
    /// [`ConnectError`]: one line for whoever started the program.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        let accounts = AccountStore::connect_beside(url, vec![MigrationSet::parties()]).await?;
        Ok(Self { accounts })
    }

    /// The accounts in the same database.
    #[must_use]
    pub fn accounts(&self) -> &AccountStore {
        &self.accounts
    }

    /// The parties.
    #[must_use]
    pub fn parties(&self) -> Arc<dyn PartyRepository> {
        match self.accounts.database().clone() {
            Database::Sqlite(engine) => Arc::new(PartyTables { engine }),
            Database::Postgres(engine) => Arc::new(PartyTables { engine }),
        }
    }
}
