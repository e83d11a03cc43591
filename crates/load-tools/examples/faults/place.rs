//! Where the program runs: a database of its own, and people who are logged in to it.

use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use accounts::{Accounts, SystemClock};
use anyhow::{Context, ensure};
use clap::ValueEnum;
use domain::party::Zone;
use store::PartyStore;
use tempfile::TempDir;
use test_support::{Postgres, sqlite_url};
use web::{Services, app};

/// The password of everybody here.
pub(crate) const PASSWORD: &str = "marble otter seven";

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// A database, and what it is on.
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) folder: TempDir,
    pub(crate) server: Option<Postgres>,
}

impl Place {
    pub(crate) async fn new(engine: Engine) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        match engine {
            Engine::Sqlite => Ok(Self { url: sqlite_url(&folder), folder, server: None }),
            Engine::Postgres => Self::on(Postgres::durable().await?, folder).await,
        }
    }

    /// On PostgreSQL as over a network.
    pub(crate) async fn over_tcp() -> anyhow::Result<Self> {
        Self::on(Postgres::durable_over_tcp().await?, tempfile::tempdir()?).await
    }

    async fn on(server: Postgres, folder: TempDir) -> anyhow::Result<Self> {
        Ok(Self { url: server.database().await?, folder, server: Some(server) })
    }
}

/// Somebody with a name and a session.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    session: String,
}

impl Person {
    /// This person's browser, at a server of this machine.
    pub(crate) fn at(&self, origin: &str) -> TestClient {
        let visitor = TestClient::at(origin);
        visitor.add_cookies(&format!("session-{}={}", port(origin), self.session));
        visitor
    }
}

/// The port in a server's address.
pub(crate) fn port(origin: &str) -> u16 {
    origin.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_default()
}

/// Registers people and logs them in, by a server in this process that hashes cheaply, which the program never would.
/// Their sessions are as good in every process on the database.
pub(crate) async fn enter(database: &str, prefix: &str, count: u32) -> anyhow::Result<Vec<Person>> {
    let store = PartyStore::connect(database).await?;
    let server = TestServer::start(app(
        Services::over(&store, SystemClock, Zone::parse("UTC")?),
        Accounts::builder().cost(fast_hash_cost()),
    )?)
    .await?;
    let mut people = Vec::new();
    for number in 0..count {
        let (name, visitor) = (format!("{prefix}-{number}"), TestClient::new(&server));
        visitor.register(&name, PASSWORD).await;
        let page = visitor.log_in(&name, PASSWORD).await;
        ensure!(page.text.contains("Welcome back"), "{name} is not let in: {}", page.text);
        let start = format!("session-{}=", server.address().port());
        let cookies = visitor.cookies();
        let session = cookies.split("; ").find_map(|cookie| cookie.strip_prefix(&start)).context("no session")?;
        people.push(Person { name, session: session.to_owned() });
    }
    store.accounts().close().await;
    Ok(people)
}
