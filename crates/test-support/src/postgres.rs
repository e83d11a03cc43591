//! Databases in the one throw-away PostgreSQL server of this test process. Starting and stopping the server lives in
//! `server`, finding its programs in `programs`; no schema is known here.

mod programs;
mod server;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::sync::{Mutex, OnceCell};

use self::server::{Door, Server};

/// Nothing a test writes here outlives the process, so nothing waits for the disk.
const FAST: &str = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n";

static SHARED: OnceCell<Postgres> = OnceCell::const_new();

/// A PostgreSQL server that all tests of one process share, each with a database of its own.
///
/// It listens on a unix socket in a temporary folder and, but for [`Postgres::durable_over_tcp`], on no TCP port. It stops,
/// and its folder goes, when the process ends, also when it is killed.
pub struct Postgres {
    server: Server,
    /// Template databases by the name that callers gave them. The lock is held while one is prepared, so that tests
    /// running beside each other prepare it once.
    templates: Mutex<HashMap<String, String>>,
    databases: AtomicU64,
}

impl Postgres {
    /// The server of this process. The first caller starts it, which takes about a second.
    ///
    /// # Errors
    /// PostgreSQL is not installed (the error names the command that installs it), or did not start (the error ends
    /// with its log).
    pub async fn shared() -> anyhow::Result<&'static Self> {
        SHARED
            .get_or_try_init(|| async {
                let server = tokio::task::spawn_blocking(|| Server::start(FAST, Door::Socket)).await??;
                Ok(Self { server, templates: Mutex::default(), databases: AtomicU64::new(0) })
            })
            .await
    }

    /// A server of one's own, which can be stopped. What it commits is on the disk, as where it counts.
    ///
    /// # Errors
    /// As [`Postgres::shared`].
    pub async fn durable() -> anyhow::Result<Self> {
        Self::of_its_own(|| Ok(Door::Socket)).await
    }

    /// As [`Postgres::durable`], but over TCP, on a port of the loopback and with a password. One that is stopped refuses
    /// connections there, as over a network; a socket that is gone is another error.
    ///
    /// # Errors
    /// As [`Postgres::shared`].
    pub async fn durable_over_tcp() -> anyhow::Result<Self> {
        Self::of_its_own(Door::tcp).await
    }

    async fn of_its_own(door: fn() -> anyhow::Result<Door>) -> anyhow::Result<Self> {
        let server = tokio::task::spawn_blocking(move || Server::start("", door()?)).await??;
        Ok(Self { server, templates: Mutex::default(), databases: AtomicU64::new(0) })
    }

    /// Stops the server at once, as a crash does. Blocks until it is gone.
    ///
    /// # Errors
    /// It runs no more.
    pub fn stop(&self) -> anyhow::Result<()> {
        self.server.stop()
    }

    /// Starts it again, on the data that it left. Blocks until it answers.
    ///
    /// # Errors
    /// It does not start; the error ends with its log.
    pub fn resume(&self) -> anyhow::Result<()> {
        self.server.launch()
    }

    /// Keeps all its processes from running, as a machine does that is out of reach: connections stay open and silent.
    ///
    /// # Errors
    /// It does not run.
    pub fn freeze(&self) -> anyhow::Result<()> {
        self.server.signal("STOP")
    }

    /// Lets them go on.
    ///
    /// # Errors
    /// It does not run.
    pub fn thaw(&self) -> anyhow::Result<()> {
        self.server.signal("CONT")
    }

    /// Creates an empty database (UTF-8, collation C) and gives its URL, as sqlx and `dinnerparty --database` take it.
    ///
    /// # Errors
    /// The server does not answer, or refuses.
    pub async fn database(&self) -> anyhow::Result<String> {
        let name = self.fresh_name("test");
        self.create(&name, "template0").await?;
        Ok(self.server.url(&name))
    }

    /// Creates a copy of the template called `name` and gives its URL. The first caller in this process has the
    /// template prepared by `prepare`, which is given the template's URL; copying it takes about 40 ms.
    ///
    /// `prepare` must close every connection it opens, since PostgreSQL copies no database that is in use.
    ///
    /// # Errors
    /// `prepare` fails (the next caller tries again), the template is still in use after 5 seconds, or the server does
    /// not answer.
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

    /// Opens a connection each time: a pool would belong to the runtime of the test that opened it, and die with it.
    async fn create(&self, name: &str, template: &str) -> anyhow::Result<()> {
        let mut connection = PgConnection::connect(&self.server.url("postgres")).await?;
        #[expect(clippy::disallowed_methods, reason = "a name cannot be a parameter; both are made by `fresh_name`")]
        let statement = AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template}"));
        sqlx::raw_sql(statement).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }
}
