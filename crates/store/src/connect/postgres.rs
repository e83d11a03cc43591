//! Opens a database on a PostgreSQL server: one pool for reading and for writing.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::Postgres;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};

use crate::embed::{Engine, MigrationSet};
use crate::error::{ConnectError, OpenError};
use crate::migrate::migrate;

/// How long a request waits for a connection, so that a server that is gone is told quickly.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connections of one process. A statement takes a fraction of a millisecond: more of them would only queue in the server.
const CONNECTIONS: u32 = 16;

/// The server gives up on what takes longer than anybody waits for an answer, and frees the locks of a transaction whose
/// program has stopped in the middle of it. A URL's own `options` win.
const LIMITS: [(&str, &str); 3] =
    [("statement_timeout", "10s"), ("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "10s")];

pub(super) async fn connect(url: &str, sets: &[MigrationSet]) -> Result<Engine<Postgres>, ConnectError> {
    let options = options(url)?;
    let database = address(&options);
    match open(options, sets).await {
        Ok(engine) => Ok(engine),
        Err(OpenError::Driver(source)) => Err(ConnectError::Unreachable { database, source }),
        Err(OpenError::Told(error)) => Err(error),
    }
}

fn options(url: &str) -> Result<PgConnectOptions, ConnectError> {
    let mut options = PgConnectOptions::from_str(url).map_err(|_| ConnectError::UnsupportedUrl("this is malformed"))?;
    for (name, limit) in LIMITS {
        if !options.get_options().is_some_and(|own| own.contains(name)) {
            options = options.options([(name, limit)]);
        }
    }
    // The driver would fall back to plain text where the server offers no encryption. Over a network that is for the URL
    // to ask for by name.
    if !is_local(&options) && !url.contains("sslmode=") && !url.contains("ssl-mode=") {
        options = options.ssl_mode(PgSslMode::Require);
    }
    Ok(options)
}

fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    options.get_socket().is_some()
        || host.starts_with('/')
        || ["localhost", "127.0.0.1", "::1", "[::1]"].contains(&host)
}

/// Which database it is, for a person: without the user and the password.
fn address(options: &PgConnectOptions) -> String {
    let name = options.get_database().unwrap_or_else(|| options.get_username());
    match options.get_socket() {
        Some(folder) => format!("{name} at {}", folder.display()),
        None => format!("{name} at {}:{}", options.get_host(), options.get_port()),
    }
}

async fn open(options: PgConnectOptions, sets: &[MigrationSet]) -> Result<Engine<Postgres>, OpenError> {
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
    let pool = pool.connect_with(options).await?;
    migrate(&pool, sets).await?;
    Ok(Engine::new(pool.clone(), pool))
}
