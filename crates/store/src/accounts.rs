//! The accounts' tables as a value: opened once, cloned freely. What is in them is the repositories' business.

mod credentials;
mod sessions;
pub(crate) mod users;

use std::sync::Arc;
use std::time::Duration;

use domain::{AccountPorts, StoreError};
use sqlx::query;

use crate::accounts::credentials::Credentials;
use crate::accounts::sessions::Sessions;
use crate::accounts::users::Users;
use crate::embed::{Database, Engine, MigrationSet};
use crate::engine::connect;
use crate::engine::dialect::Dialect;
use crate::error::{ConnectError, failed};

/// How long a readiness check waits for an answer.
const PING_PATIENCE: Duration = Duration::from_secs(1);

/// Users, credentials and sessions, in an SQLite file or on a PostgreSQL server.
#[derive(Debug, Clone)]
pub struct AccountStore {
    database: Database,
}

impl AccountStore {
    /// Opens the database at `url` (`sqlite:FILE` or `postgres://USER@HOST/NAME`), and brings its tables up to date.
    ///
    /// An SQLite file that is not there is created, readable by its owner alone. What was told as stored is then on the
    /// disk; `sqlite:FILE?synchronous=normal` is quicker, and may lose the last seconds when the power fails. A server over
    /// the network is spoken to by TLS, unless the URL's `sslmode` says otherwise.
    ///
    /// # Errors
    /// [`ConnectError`]: one line for whoever started the program.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        Self::connect_with(url, []).await
    }

    /// As [`AccountStore::connect`], with own tables, which may refer to `users (id)`: either all migrations are done or
    /// none is.
    ///
    /// # Errors
    /// [`ConnectError`]: one line for whoever started the program.
    pub async fn connect_with(url: &str, own: impl IntoIterator<Item = MigrationSet>) -> Result<Self, ConnectError> {
        let own: Vec<_> = own.into_iter().collect();
        own.iter().try_for_each(MigrationSet::check_name)?;
        Self::connect_beside(url, own).await
    }

    /// As [`AccountStore::connect_with`], whatever the sets are called.
    pub(crate) async fn connect_beside(url: &str, more: Vec<MigrationSet>) -> Result<Self, ConnectError> {
        let sets: Vec<_> = [MigrationSet::accounts()].into_iter().chain(more).collect();
        let database = connect(url, &sets).await?;
        Ok(Self { database })
    }

    /// The open database, for own tables in it. See [`crate::embed`].
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Whether the database answers, for a readiness check: within a second, and without a write. It is asked for a
    /// user, since a lost table or a damaged file gives no answer that is worth anything. A process whose task that
    /// writes is gone is not ready either.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        match &self.database {
            Database::Sqlite(engine) => ping(engine).await,
            Database::Postgres(engine) => ping(engine).await,
        }
    }

    /// Closes every connection, after the statements that are under way. SQLite then folds its WAL into the file.
    pub async fn close(&self) {
        match &self.database {
            Database::Sqlite(engine) => engine.close().await,
            Database::Postgres(engine) => engine.close().await,
        }
    }
}

const PING: &str = "SELECT id FROM users LIMIT 1";

async fn ping<D: Dialect>(engine: &Engine<D>) -> Result<(), StoreError> {
    if !engine.writer.is_open() {
        return Err(failed(sqlx::Error::PoolClosed));
    }
    let answer = tokio::time::timeout(PING_PATIENCE, query(PING).fetch_optional(&engine.read)).await;
    answer.map_err(StoreError::new)?.map_err(failed)?;
    Ok(())
}

impl From<AccountStore> for AccountPorts {
    fn from(store: AccountStore) -> Self {
        match store.database {
            Database::Sqlite(engine) => over(&engine),
            Database::Postgres(engine) => over(&engine),
        }
    }
}

fn over<D: Dialect>(engine: &Engine<D>) -> AccountPorts {
    AccountPorts {
        users: Arc::new(Users { engine: engine.clone() }),
        credentials: Arc::new(Credentials { engine: engine.clone() }),
        sessions: Arc::new(Sessions { engine: engine.clone() }),
    }
}
