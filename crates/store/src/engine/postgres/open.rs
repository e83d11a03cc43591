//! Opens a database on a PostgreSQL server: a pool for reading, and one for writing.

use std::io::ErrorKind;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{Connection as _, PgConnection, Postgres};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::embed::{Engine, MigrationSet, Writer};
#[cfg(feature = "party")]
use crate::engine::migrate::is_current;
use crate::engine::migrate::migrate;
use crate::engine::read_pool::ReadPool;
use crate::error::{ConnectError, OpenError};

/// How long a request waits for a connection, so that a server that is gone is told quickly, and a start for a server that
/// is starting too.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(100);

/// Connections of one process. A statement takes a fraction of a millisecond: more of them would only queue in the server.
/// Writes have theirs for themselves, or many who wait for one party's lock would keep everybody from reading; and so have
/// searches, which may take long.
const READERS: u32 = 6;
const SEARCHERS: u32 = 2;
const WRITERS: u32 = 8;

/// How long a connection that comes back may keep silent: whoever read by it may have left in the middle. When the server's
/// host is lost it never answers, and the pool's own question would wait for as long as the system does, which is minutes.
const SILENCE: Duration = Duration::from_secs(5);

/// How long one that has been idle may keep silent before it is lent: nothing is under way on it, and who asks for it has
/// [`PATIENCE`] for it and all others that are lost.
const BRIEFLY: Duration = Duration::from_millis(500);

/// How long after a connection came back, and answered, it is taken to live.
const FRESH: Duration = Duration::from_secs(1);

/// The server gives up on what takes longer than anybody waits for an answer, and frees the locks of a transaction whose
/// program has stopped in the middle of it. It plans a statement once, and not for each of its values: ours are written so
/// that one plan is good for all, and to plan a page took longer than to read it (docs/adr/0010). A URL's own `options` win.
const SETTINGS: [(&str, &str); 4] = [
    ("statement_timeout", "10s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("plan_cache_mode", "force_generic_plan"),
];

pub(crate) async fn connect(url: &str, sets: &[MigrationSet]) -> Result<Engine<Postgres>, ConnectError> {
    let options = options(url)?;
    let database = address(&options);
    match open(options, sets).await {
        Ok(engine) => Ok(engine),
        Err(OpenError::Driver(source)) => Err(ConnectError::Unreachable { database, source }),
        Err(OpenError::Told(error)) => Err(error),
    }
}

/// Opens a database as it is.
#[cfg(feature = "party")]
pub(crate) async fn look(url: &str, sets: &[MigrationSet]) -> Result<PgConnection, ConnectError> {
    let options = options(url)?;
    let database = address(&options);
    let looked = async {
        knock(&options).await?;
        let mut connection = PgConnection::connect_with(&options).await?;
        is_current::<Postgres>(&mut connection, sets).await?;
        Ok(connection)
    };
    looked.await.map_err(|error| match error {
        OpenError::Driver(source) => ConnectError::Unreachable { database, source },
        OpenError::Told(error) => error,
    })
}

fn options(url: &str) -> Result<PgConnectOptions, ConnectError> {
    let mut options = PgConnectOptions::from_str(url).map_err(|_| ConnectError::UnsupportedUrl("this is malformed"))?;
    for (name, value) in SETTINGS {
        if !options.get_options().is_some_and(|own| own.contains(name)) {
            options = options.options([(name, value)]);
        }
    }
    // The driver would fall back to plain text where the server offers no encryption. Over a network that is for the URL
    // to ask for by name.
    let falls_back = matches!(options.get_ssl_mode(), PgSslMode::Prefer | PgSslMode::Allow);
    if falls_back && !is_local(&options) && !url.contains("sslmode=") && !url.contains("ssl-mode=") {
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
    knock(&options).await?;
    let write = pool(WRITERS, SILENCE, FRESH).connect_with(options.clone()).await?;
    migrate(&write, sets).await?;
    let apart = pool(SEARCHERS, SILENCE, FRESH).connect_with(options.clone()).await?;
    let read = pool(READERS, SILENCE, FRESH).connect_with(options).await?;
    Ok(Engine { read: ReadPool::by(read, apart), writer: Writer::apart(write) })
}

/// A pool that cuts a connection which comes back and keeps silent for longer than `silence`, so that its place is free.
/// (The driver asks once more, without a limit: a host that is lost in between keeps a place for as long as the system waits.)
/// One that came back within `fresh` is not asked again before it is lent: the question takes as long as a statement.
fn pool(connections: u32, silence: Duration, fresh: Duration) -> PgPoolOptions {
    let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE).test_before_acquire(false);
    let pool = pool.before_acquire(move |connection, so_far| {
        Box::pin(async move {
            let is_fresh = so_far.idle_for < fresh;
            if is_fresh { Ok(true) } else { answers(connection, silence.min(BRIEFLY)).await }
        })
    });
    pool.after_release(move |connection, _| Box::pin(answers(connection, silence)))
}

async fn answers(connection: &mut PgConnection, silence: Duration) -> sqlx::Result<bool> {
    let answer = timeout(silence, connection.ping()).await;
    answer.unwrap_or_else(|late| Err(std::io::Error::from(late).into())).map(|()| true)
}

/// Waits for a server that is just starting, and says why there is none: a pool would only say that it waited.
async fn knock(options: &PgConnectOptions) -> sqlx::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match timeout_at(deadline, PgConnection::connect_with(options)).await {
            Ok(Ok(connection)) => return connection.close().await,
            Ok(Err(error)) if is_starting(&error) && Instant::now() + PAUSE < deadline => sleep(PAUSE).await,
            Ok(Err(error)) => return Err(error),
            Err(late) => return Err(std::io::Error::from(late).into()),
        }
    }
}

/// Nobody listens yet, or PostgreSQL says that it is starting up.
fn is_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::NotFound),
        error => error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("57P03")),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use sqlx::{Pool, query, query_scalar};

    use super::*;

    async fn database() -> PgConnectOptions {
        let url = test_support::Postgres::shared().await.unwrap().database().await.unwrap();
        PgConnectOptions::from_str(&url).unwrap()
    }

    /// The server's process at the other end, once the connection is idle.
    async fn backend(pool: &Pool<Postgres>) -> i32 {
        let backend = query_scalar::<_, i32>("SELECT pg_backend_pid()").fetch_one(pool).await.unwrap();
        while pool.num_idle() == 0 {
            tokio::task::yield_now().await;
        }
        backend
    }

    /// Whether its server sleeps or is lost with its host, it does not answer.
    #[tokio::test]
    async fn a_connection_that_comes_back_silent_gives_its_place_up() {
        let options = database().await;
        let pool = pool(1, Duration::from_millis(50), FRESH).connect_with(options).await.unwrap();
        let asked = timeout(Duration::from_millis(100), query("SELECT pg_sleep(60)").execute(&pool)).await;
        assert!(asked.is_err(), "{asked:?}");

        assert_eq!(query_scalar::<_, i64>("SELECT 7::bigint").fetch_one(&pool).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn a_connection_that_comes_back_sound_is_used_again() {
        let options = database().await;
        let pool = pool(1, SILENCE, FRESH).connect_with(options).await.unwrap();
        assert_eq!(backend(&pool).await, backend(&pool).await);
    }

    #[tokio::test]
    async fn a_connection_that_the_server_has_ended_meanwhile_is_not_lent() {
        let options = database().await;
        let pool = pool(1, SILENCE, Duration::ZERO).connect_with(options.clone()).await.unwrap();
        let ended = backend(&pool).await;
        let mut other = PgConnection::connect_with(&options).await.unwrap();
        query("SELECT pg_terminate_backend($1, 5000)").bind(ended).execute(&mut other).await.unwrap();

        assert_ne!(backend(&pool).await, ended);
    }

    /// As where its host is gone, and another has its address.
    #[tokio::test]
    async fn a_connection_that_has_fallen_silent_while_idle_is_not_waited_for_but_replaced() {
        let pool = pool(1, SILENCE, Duration::ZERO).connect_with(database().await).await.unwrap();
        let silent = backend(&pool).await;
        let signal = |name: &str| Command::new("kill").args([name, &silent.to_string()]).status().unwrap().success();
        assert!(signal("-STOP"));

        let next = timeout(PATIENCE, backend(&pool)).await;

        assert!(signal("-CONT"));
        assert_ne!(next.expect("replaced"), silent);
    }

    fn mode(url: &str) -> PgSslMode {
        options(url).unwrap().get_ssl_mode()
    }

    #[test]
    fn a_server_over_the_network_is_spoken_to_by_tls_unless_the_url_says_otherwise() {
        assert!(matches!(mode("postgres://ada@db.example.com/dinner"), PgSslMode::Require));
        assert!(matches!(mode("postgres://ada@db.example.com/dinner?sslmode=disable"), PgSslMode::Disable));
        assert!(matches!(mode("postgres://ada@db.example.com/dinner?sslmode=prefer"), PgSslMode::Prefer));
        assert!(matches!(mode("postgres://ada@db.example.com/dinner?sslmode=verify-full"), PgSslMode::VerifyFull));
        for local in ["postgres://ada@localhost/dinner", "postgres://[::1]/dinner", "postgres:///dinner?host=/run/pg"] {
            assert!(matches!(mode(local), PgSslMode::Prefer), "{local}");
        }
    }
}
