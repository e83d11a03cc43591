//! A throw-away PostgreSQL for tests: one server for a process, a database for each test.
//!
//! ```no_run
//! # async fn connect() -> anyhow::Result<()> {
//! let url = accounts_test_postgres::Postgres::shared().await?.database().await?;
//! # Ok(())
//! # }
//! ```
//!
//! It needs PostgreSQL's programs, no running server and no settings. Schemas come from the caller: a test connects the store to the
//! URL, which runs the migrations. With many tests, [`Postgres::database_from`] copies a database that was migrated once.
//!
//! `server` starts and stops a server, `programs` finds its programs.

mod programs;
mod server;

use std::collections::HashMap;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, ensure};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::sync::{Mutex, OnceCell};

use self::server::{Address, Server};

/// Settings for data that does not outlive the process: no commit waits for the disk.
///
/// Each test has a database of its own, which autovacuum would connect to once a minute.
const NOT_DURABLE: &str = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\n";

/// The first version whose `CREATE DATABASE` writes the copy to the write-ahead log, unless a strategy is given.
const FIRST_WITH_LOGGED_COPIES: u32 = 150_000;

static SHARED: OnceCell<Postgres> = OnceCell::const_new();

/// A PostgreSQL server. All tests of a process share one, each with a database of its own.
///
/// It listens on a Unix socket in a temporary folder, and only with [`Postgres::durable_over_tcp`] on a TCP port. It
/// stops and its folder is removed when the process ends, also when that is killed.
pub struct Postgres {
    server: Server,
    /// Template databases, by the caller's name for them.
    ///
    /// The lock is held while a template is prepared, so that concurrent tests prepare it once.
    templates: Mutex<HashMap<String, String>>,
    databases: AtomicU64,
}

impl Postgres {
    /// The shared server of this process. The first call starts it, which takes about a second.
    ///
    /// # Errors
    /// PostgreSQL is not installed (the error names the command that installs it), or did not start (the error contains
    /// its log).
    pub async fn shared() -> anyhow::Result<&'static Self> {
        SHARED
            .get_or_try_init(|| async {
                let server = tokio::task::spawn_blocking(|| Server::start(NOT_DURABLE, Address::Socket)).await??;
                Ok(Self { server, templates: Mutex::default(), databases: AtomicU64::new(0) })
            })
            .await
    }

    /// A server for one test, which may stop it. It syncs commits to the disk, as in production.
    ///
    /// # Errors
    /// Like [`Postgres::shared`].
    pub async fn durable() -> anyhow::Result<Self> {
        Self::start_own(|| Ok(Address::Socket)).await
    }

    /// Like [`Postgres::durable`], but over TCP, on a loopback port and with a password.
    ///
    /// When it is stopped, connections are refused, as over a network; a missing socket is another error.
    ///
    /// # Errors
    /// Like [`Postgres::shared`].
    pub async fn durable_over_tcp() -> anyhow::Result<Self> {
        Self::start_own(Address::tcp).await
    }

    async fn start_own(address: fn() -> anyhow::Result<Address>) -> anyhow::Result<Self> {
        let server = tokio::task::spawn_blocking(move || Server::start("", address()?)).await??;
        Ok(Self { server, templates: Mutex::default(), databases: AtomicU64::new(0) })
    }

    /// Stops the server without a checkpoint, as a crash does. Blocks until it has ended.
    ///
    /// # Errors
    /// It does not run.
    pub fn stop(&self) -> anyhow::Result<()> {
        self.server.stop()
    }

    /// Starts the server again on its data. Blocks until it accepts connections.
    ///
    /// # Errors
    /// It does not start; the error contains its log.
    pub fn resume(&self) -> anyhow::Result<()> {
        self.server.launch()
    }

    /// Suspends all its processes: connections stay open and silent, as to a machine that is out of reach.
    ///
    /// # Errors
    /// It does not run.
    pub fn freeze(&self) -> anyhow::Result<()> {
        self.server.signal("STOP")
    }

    /// Resumes the processes after [`Postgres::freeze`].
    ///
    /// # Errors
    /// It does not run.
    pub fn thaw(&self) -> anyhow::Result<()> {
        self.server.signal("CONT")
    }

    /// Creates an empty database (UTF-8, collation C) and returns its URL, as sqlx and `dinnerparty --database` take
    /// it.
    ///
    /// # Errors
    /// The server does not respond, or refuses.
    pub async fn database(&self) -> anyhow::Result<String> {
        let name = self.fresh_name("test");
        self.create(&name, "template0").await?;
        Ok(self.server.url(&name))
    }

    /// A dump of a database of this server: its schema and its rows, as `pg_dump` writes them.
    ///
    /// # Errors
    /// The program is missing, or fails; the error contains its output.
    pub fn dump(&self, url: &str) -> anyhow::Result<String> {
        let output = Command::new(programs::folder()?.join("pg_dump")).arg(url).output()?;
        ensure!(output.status.success(), "pg_dump failed: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Creates a copy of the template called `name` and returns its URL, which takes about 40 ms of processor time.
    ///
    /// The first call in this process creates the template by `prepare`, which gets the template's URL.
    ///
    /// `prepare` must close its connections, since PostgreSQL copies no database that is in use.
    ///
    /// # Errors
    /// `prepare` fails (the next call tries again), the template is still in use after 5 s, or the server does not
    /// respond.
    pub async fn database_from<F, P>(&self, name: &str, prepare: P) -> anyhow::Result<String>
    where
        P: FnOnce(String) -> F,
        F: Future<Output = anyhow::Result<()>>,
    {
        let template = self.template(name, prepare).await?;
        let copy = self.fresh_name("test");
        let created = self.create(&copy, &template).await;
        created
            .with_context(|| format!("could not copy the template {name:?}: did `prepare` leave a connection open?"))?;
        Ok(self.server.url(&copy))
    }

    async fn template<F, P>(&self, name: &str, prepare: P) -> anyhow::Result<String>
    where
        P: FnOnce(String) -> F,
        F: Future<Output = anyhow::Result<()>>,
    {
        let mut templates = self.templates.lock().await;
        if let Some(template) = templates.get(name) {
            return Ok(template.clone());
        }
        let template = self.fresh_name("template");
        self.create(&template, "template0").await?;
        prepare(self.server.url(&template))
            .await
            .with_context(|| format!("could not prepare the template {name:?}"))?;
        templates.insert(name.to_owned(), template.clone());
        Ok(template)
    }

    fn fresh_name(&self, kind: &str) -> String {
        format!("{kind}_{}", self.databases.fetch_add(1, Ordering::Relaxed))
    }

    /// Opens a connection each time: a pool would end with the runtime of the test that opened it.
    async fn create(&self, name: &str, template: &str) -> anyhow::Result<()> {
        let mut connection = PgConnection::connect(&self.server.url("postgres")).await?;
        // Through the write-ahead log, page by page, a copy takes four times the processor time.
        let is_logged = connection.server_version_num().is_some_and(|version| version >= FIRST_WITH_LOGGED_COPIES);
        let strategy = if is_logged { "STRATEGY file_copy" } else { "" };
        #[expect(clippy::disallowed_methods, reason = "a name cannot be a parameter; both are made by `fresh_name`")]
        let statement = AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template} {strategy}"));
        sqlx::raw_sql(statement).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }
}
