//! The accounts' tables as a value: an open database and the ports over it.

use std::sync::Arc;

use domain::credential::CredentialRepository;
use domain::known_browser::KnownBrowserRepository;
use domain::session::SessionRepository;
use domain::user::UserRepository;
use domain::{AccountPorts, InOneCommit, StoreError};
use sqlx::{Postgres, Sqlite, query};
use tokio::time::timeout;

use super::credentials::Credentials;
use super::events::Events;
use super::known_browsers::KnownBrowsers;
use super::leases::Leases;
use super::notices::Notices;
use super::registration_codes::RegistrationCodes;
use super::sessions::Sessions;
use super::throttles::Throttles;
use super::users::Users;
use crate::engine::dialect::Dialect;
use crate::engine::migrate::{MigrationSet, Schema};
use crate::engine::{Database, ExistingDatabase, OpenDatabase};
use crate::error::{ConnectError, into_store_error};
use crate::hooks::{AnyHooks, HookSet, Hooks};
use crate::statements::statements;
use crate::timeouts::READINESS_TIMEOUT;

statements! {
    const PING: &str = "SELECT id FROM users LIMIT 1";
}

/// Users, credentials, sessions, what throttles log-ins, events, leases, and notices, in an SQLite file or on a PostgreSQL server. Clones share
/// one open database.
#[derive(Debug, Clone)]
pub struct AccountStore {
    database: Database,
    hooks: AnyHooks,
}

impl AccountStore {
    /// Opens the database at `url` (`sqlite:FILE` or `postgres://USER@HOST/NAME`), and runs the migrations that it lacks.
    ///
    /// An SQLite file that does not exist is created, readable by its owner alone. A reported commit is on the disk;
    /// `sqlite:FILE?synchronous=normal` is faster, and may lose the last seconds at a power failure. A server over the network
    /// is reached by TLS, unless the URL's `sslmode` says otherwise.
    ///
    /// # Errors
    /// [`ConnectError`]: one line for the operator.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        Self::connect_with(url, []).await
    }

    /// As [`AccountStore::connect`], with an embedder's own tables, which may refer to `users (id)`. Either all migrations are
    /// applied or none is.
    ///
    /// # Errors
    /// [`ConnectError`]: one line for the operator.
    pub async fn connect_with(url: &str, own: impl IntoIterator<Item = MigrationSet>) -> Result<Self, ConnectError> {
        let own: Vec<_> = own.into_iter().collect();
        own.iter().try_for_each(MigrationSet::ensure_valid_name)?;
        Self::connect_with_sets(url, own).await
    }

    /// As [`AccountStore::connect_with`], for the commands of an operator: the database must exist and have the current schema.
    /// It is neither created nor migrated.
    ///
    /// # Errors
    /// [`ConnectError`]: one line for the operator. [`ConnectError::OlderSchema`] and [`ConnectError::NewerSchema`] where
    /// another version of the program migrated the database last.
    pub async fn connect_existing_with(
        url: &str,
        own: impl IntoIterator<Item = MigrationSet>,
    ) -> Result<Self, ConnectError> {
        let own: Vec<_> = own.into_iter().collect();
        own.iter().try_for_each(MigrationSet::ensure_valid_name)?;
        Self::connect_existing_with_sets(url, own).await
    }

    /// As [`AccountStore::connect_existing_with`], with sets of any name.
    pub(crate) async fn connect_existing_with_sets(url: &str, more: Vec<MigrationSet>) -> Result<Self, ConnectError> {
        let sets: Vec<_> = [super::migrations()].into_iter().chain(more).collect();
        let existing = ExistingDatabase::open(url, &sets, Schema::Current).await?;
        // Everything was read that was to be: an error of closing changes nothing.
        let _ = existing.close().await;
        Ok(Self { database: Database::connect(url, &sets).await?, hooks: AnyHooks::default() })
    }

    /// As [`AccountStore::connect_with`], with sets of any name.
    pub(crate) async fn connect_with_sets(url: &str, more: Vec<MigrationSet>) -> Result<Self, ConnectError> {
        let sets: Vec<_> = [super::migrations()].into_iter().chain(more).collect();
        Ok(Self { database: Database::connect(url, &sets).await?, hooks: AnyHooks::default() })
    }

    /// The store with an embedder's hooks, which run in the commits of use cases, after those that it has. Clones that were made
    /// before, and ports that they became, do not run them.
    #[must_use]
    pub fn with_hooks(mut self, hooks: impl Hooks<Sqlite> + Hooks<Postgres>) -> Self {
        self.hooks.add(hooks);
        self
    }

    #[cfg(test)]
    pub(crate) fn hooks(&self) -> &AnyHooks {
        &self.hooks
    }

    /// The open database, for an embedder's own tables in it. See [`crate::embed`].
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Returns `Ok` if the database responds within 1 second, for a readiness check. Reads a user, since a missing table or a
    /// damaged file makes the database useless; writes nothing. A process whose write task has ended is not ready either.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn ping(&self) -> Result<(), StoreError> {
        match &self.database {
            Database::Sqlite(database) => ping(database).await,
            Database::Postgres(database) => ping(database).await,
        }
    }

    /// Closes every connection, after the statements that are under way. SQLite then copies its WAL into the database file.
    pub async fn close(&self) {
        match &self.database {
            Database::Sqlite(database) => database.close().await,
            Database::Postgres(database) => database.close().await,
        }
    }
}

async fn ping<D: Dialect>(database: &OpenDatabase<D>) -> Result<(), StoreError> {
    if !database.writer.is_open() {
        return Err(into_store_error(sqlx::Error::PoolClosed));
    }
    let response = timeout(READINESS_TIMEOUT, query(PING).fetch_optional(&database.read)).await;
    response.map_err(StoreError::new)?.map_err(into_store_error)?;
    Ok(())
}

impl From<AccountStore> for AccountPorts {
    fn from(store: AccountStore) -> Self {
        match store.database {
            Database::Sqlite(database) => ports(&database, store.hooks.sqlite),
            Database::Postgres(database) => ports(&database, store.hooks.postgres),
        }
    }
}

fn ports<D: Dialect>(database: &OpenDatabase<D>, hooks: HookSet<D>) -> AccountPorts {
    let users: Arc<dyn UserRepository> = Arc::new(Users { database: database.clone(), hooks });
    let credentials: Arc<dyn CredentialRepository> = Arc::new(Credentials { database: database.clone() });
    let sessions: Arc<dyn SessionRepository> = Arc::new(Sessions { database: database.clone() });
    let known_browsers: Arc<dyn KnownBrowserRepository> = Arc::new(KnownBrowsers { database: database.clone() });
    AccountPorts {
        in_one_commit: Some(InOneCommit {
            users: users.clone(),
            credentials: credentials.clone(),
            sessions: sessions.clone(),
            known_browsers: known_browsers.clone(),
        }),
        users,
        credentials,
        sessions,
        throttles: Arc::new(Throttles::new(database.clone())),
        known_browsers,
        events: Arc::new(Events { database: database.clone() }),
        leases: Arc::new(Leases { database: database.clone() }),
        registration_codes: Arc::new(RegistrationCodes { database: database.clone() }),
        notices: Arc::new(Notices { database: database.clone() }),
    }
}
