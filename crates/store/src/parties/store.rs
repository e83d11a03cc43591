//! The parties' tables as a value, beside the accounts' in one database. Built on [`crate::embed`], as an embedder's own
//! tables are.

use std::sync::Arc;

use domain::party::PartyRepository;

use super::hooks::PartyHooks;
use super::repository::PartyTables;
use crate::AccountStore;
use crate::embed::Database;
use crate::error::ConnectError;

/// Dinner parties, in the database of their hosts' and guests' accounts. Clones share one open database.
#[derive(Debug, Clone)]
pub struct PartyStore {
    accounts: AccountStore,
}

impl PartyStore {
    /// Opens the database at `url` as [`AccountStore::connect`] does, and runs the migrations of the accounts' and the
    /// parties' tables.
    ///
    /// # Errors
    /// [`ConnectError`]: one line for the operator.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        let accounts = AccountStore::connect_with_sets(url, vec![super::migrations()]).await?;
        Ok(Self { accounts: accounts.with_hooks(PartyHooks) })
    }

    /// As [`PartyStore::connect`], for the commands of an operator: the database must exist and have the current schema. It is
    /// neither created nor migrated.
    ///
    /// # Errors
    /// As of [`AccountStore::connect_existing_with`].
    pub async fn connect_existing(url: &str) -> Result<Self, ConnectError> {
        let accounts = AccountStore::connect_existing_with_sets(url, vec![super::migrations()]).await?;
        Ok(Self { accounts: accounts.with_hooks(PartyHooks) })
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
            Database::Sqlite(database) => Arc::new(PartyTables::new(database)),
            Database::Postgres(database) => Arc::new(PartyTables::new(database)),
        }
    }
}
