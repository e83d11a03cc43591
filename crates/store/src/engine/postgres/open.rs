//! Opens a database on a PostgreSQL server: a pool for pages, one for searches, and one for writing.

use std::future::ready;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection, Postgres};
use tokio::time::{Instant, sleep, timeout_at};

use super::transaction::TransactionPerJob;
use super::{error_code, pool, url};
use crate::engine::OpenDatabase;
use crate::engine::guarded_pool::GuardedPool;
use crate::engine::migrate::{MigrationSet, Schema, ensure_schema, migrate};
use crate::engine::read_pool::ReadPool;
use crate::engine::search_pool::SearchPool;
use crate::engine::writer::Writer;
use crate::error::{ConnectError, OpenError};
use crate::timeouts::{OPEN_TIMEOUT, POSTGRES_OPEN_INTERVAL, SEARCH_TIMEOUT};

/// Connections for pages. A statement takes a fraction of a millisecond: more of them would only queue in the server.
const PAGE_CONNECTIONS: u32 = 6;

/// Connections for searches, which may take long.
const SEARCH_CONNECTIONS: u32 = 2;

/// Connections for writes. Jobs that wait for one party's lock take none of the connections that read.
const WRITE_CONNECTIONS: u32 = 8;

/// Opens the database at `url` and runs the migrations.
pub(crate) async fn connect(url: &str, sets: &[MigrationSet]) -> Result<OpenDatabase<Postgres>, ConnectError> {
    let options = url::parse(url)?;
    let database = url::address(&options);
    let opened = open(options, sets).await;
    opened.map_err(|error| error.into_connect_error(|source| ConnectError::Unreachable { database, source }))
}

/// Opens an existing database without migrating it.
pub(crate) async fn open_existing(
    url: &str,
    sets: &[MigrationSet],
    schema: Schema,
) -> Result<PgConnection, ConnectError> {
    let options = url::parse(url)?;
    let database = url::address(&options);
    let open = async {
        wait_until_ready(&options).await?;
        let mut connection = PgConnection::connect_with(&options).await?;
        ensure_schema::<Postgres>(&mut connection, sets, schema).await?;
        Ok(connection)
    };
    open.await
        .map_err(|error: OpenError| error.into_connect_error(|source| ConnectError::Unreachable { database, source }))
}

async fn open(options: PgConnectOptions, sets: &[MigrationSet]) -> Result<OpenDatabase<Postgres>, OpenError> {
    wait_until_ready(&options).await?;
    let migrations = pool::options(1).connect_with(options.clone()).await?;
    // A server is backed up by its operator.
    migrate(&migrations, sets, |_| ready(Ok(None))).await?;
    migrations.close().await;
    let writes = pool::options(WRITE_CONNECTIONS).connect_with(url::with_index_plans(options.clone())).await?;
    let searches =
        pool::options(SEARCH_CONNECTIONS).connect_with(url::for_searches(options.clone(), SEARCH_TIMEOUT)).await?;
    let pages = pool::options(PAGE_CONNECTIONS).connect_with(url::with_index_plans(options)).await?;
    Ok(OpenDatabase {
        read: ReadPool::new(GuardedPool::new(pages)),
        searches: SearchPool::new(ReadPool::new(GuardedPool::new(searches)), SEARCH_CONNECTIONS),
        writer: Writer::new(TransactionPerJob::new(GuardedPool::new(writes))),
    })
}

/// Waits for a server that is starting up, and returns the cause where there is none: a pool would only report a timeout.
async fn wait_until_ready(options: &PgConnectOptions) -> sqlx::Result<()> {
    let deadline = Instant::now() + OPEN_TIMEOUT;
    loop {
        match timeout_at(deadline, PgConnection::connect_with(options)).await {
            Ok(Ok(connection)) => return connection.close().await,
            Ok(Err(error))
                if error_code::is_starting_up(&error) && Instant::now() + POSTGRES_OPEN_INTERVAL < deadline =>
            {
                sleep(POSTGRES_OPEN_INTERVAL).await;
            }
            Ok(Err(error)) => return Err(error),
            Err(elapsed) => return Err(std::io::Error::from(elapsed).into()),
        }
    }
}

/// The options of the pools, for the tests of query plans.
#[cfg(all(test, feature = "party"))]
pub(crate) fn read_options(url: &str, is_search: bool) -> Result<PgConnectOptions, ConnectError> {
    let options = url::parse(url)?;
    Ok(if is_search { url::for_searches(options, SEARCH_TIMEOUT) } else { url::with_index_plans(options) })
}
