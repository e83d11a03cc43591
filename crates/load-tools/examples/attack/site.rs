//! The server of one row, with its database and its users.

use std::path::Path;
use std::time::Duration;

use accounts::ports::AccountPorts;
use accounts::{Accounts, Caller, Email, Password, Registration, Username};
use anyhow::ensure;
use load_tools::process::processor_time;
use load_tools::proxy::{PUBLIC_ORIGIN, ProxyClient, ProxyKind, ProxyProcess, TRUSTED_PROXIES};
use load_tools::raw_http::authority;
use load_tools::server::ServerProcess;
use store::PartyStore;
use store::embed::sqlx::query_scalar;
use store::embed::{Database, Dialect, OpenDatabase};

use crate::client::{Client, PASSWORD, email};
use crate::database::{EngineKind, TestDatabase};

/// The peer of every client: the tool is the trusted proxy.
const TRUSTED: &str = "127.0.0.1";

/// One or more server processes on a database of their own.
pub(crate) struct Site {
    proxy: Option<(ProxyProcess, ProxyClient)>,
    pub(crate) servers: Vec<ServerProcess>,
    database: TestDatabase,
}

impl Site {
    /// A server that trusts the tool's `X-Forwarded-For`.
    pub(crate) async fn start(program: &Path, engine: EngineKind, users: usize) -> anyhow::Result<Self> {
        Self::start_many(program, engine, users, 1, TRUSTED).await
    }

    /// Several server processes; `trusted` is the proxy whose `X-Forwarded-For` they trust.
    pub(crate) async fn start_many(
        program: &Path,
        engine: EngineKind,
        users: usize,
        processes: usize,
        trusted: &str,
    ) -> anyhow::Result<Self> {
        let database = TestDatabase::new(engine).await?;
        register(&database.url, users).await?;
        let mut servers = Vec::new();
        for _ in 0..processes {
            let server = ServerProcess::new(program, &database.url, database.folder.path());
            let mut server = server.with("TRUSTED_PROXY", trusted);
            server.start().await?;
            servers.push(server);
        }
        Ok(Self { proxy: None, servers, database })
    }

    /// A server behind a proxy, both as documented.
    pub(crate) async fn start_behind(
        proxy: ProxyKind,
        program: &Path,
        engine: EngineKind,
        users: usize,
    ) -> anyhow::Result<Self> {
        let database = TestDatabase::new(engine).await?;
        register(&database.url, users).await?;
        let folder = database.folder.path();
        let server = ServerProcess::new(program, &database.url, folder);
        let mut server = server.behind_proxy(PUBLIC_ORIGIN, TRUSTED_PROXIES);
        server.start().await?;
        let proxy = ProxyProcess::start(proxy, authority(server.origin()).parse()?, folder)?;
        let client = proxy.client()?;
        Ok(Self { proxy: Some((proxy, client)), servers: vec![server], database })
    }

    /// A client of the proxy or, where there is none, of the first process.
    pub(crate) fn client(&self, address: &str) -> Client {
        match (&self.proxy, address.parse()) {
            (Some((_, proxy)), Ok(source)) => Client::behind(proxy, source),
            _ => Client::new(self.authority(), address),
        }
    }

    /// The `host:port` of the first process.
    pub(crate) fn authority(&self) -> &str {
        self.authority_of(0)
    }

    /// The `host:port` of a process.
    pub(crate) fn authority_of(&self, process: usize) -> &str {
        authority(self.servers[process].origin())
    }

    /// The processor time of all processes.
    pub(crate) fn processor_time(&self) -> anyhow::Result<Duration> {
        self.servers.iter().map(|server| processor_time(server.pid()?)).sum()
    }

    /// The highest counter of all limits. One counter of each guess at an account is the account's.
    pub(crate) async fn highest_counter(&self) -> anyhow::Result<i64> {
        let store = PartyStore::connect(&self.database.url).await?;
        let highest = match store.accounts().database() {
            Database::Sqlite(database) => highest_counter(database).await,
            Database::Postgres(database) => highest_counter(database).await,
        };
        store.accounts().close().await;
        highest
    }

    /// Logs a user in by a new browser, and returns the browser's cookies, as after the page that shows the flash message.
    pub(crate) async fn log_in(&self, user: usize, address: &str) -> anyhow::Result<String> {
        let email = email(&name(user));
        let fields = [("email", email.as_str()), ("password", PASSWORD)];
        let response = self.client(address).post("/login", &fields).await?;
        ensure!(response.status == 303, "{email} could not log in: status {}", response.status);
        let cookies = response.cookies();
        Ok(cookies.split("; ").filter(|cookie| !cookie.starts_with("flash")).collect::<Vec<_>>().join("; "))
    }

    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        drop(self.proxy.take());
        self.servers.iter_mut().try_for_each(ServerProcess::stop)
    }
}

async fn highest_counter<D: Dialect>(database: &OpenDatabase<D>) -> anyhow::Result<i64> {
    let highest = query_scalar::<D, i64>("SELECT coalesce(max(count), 0) FROM throttles");
    Ok(highest.fetch_one(&database.read).await?)
}

/// The username of a user.
pub(crate) fn name(user: usize) -> String {
    format!("user-{user}")
}

/// Registers users at the real cost of a hash, without a caller, so that no limit counts them.
async fn register(database: &str, count: usize) -> anyhow::Result<()> {
    let store = PartyStore::connect(database).await?;
    let ports: AccountPorts = store.accounts().clone().into();
    let accounts = Accounts::builder().build(ports)?;
    for user in 0..count {
        let (username, email) = (Username::parse(&name(user))?, Email::parse(&email(&name(user)))?);
        let registration =
            Registration { username, email, password: Password::parse(PASSWORD.to_owned())?, code: None };
        accounts.register(registration, &Caller::default()).await?;
    }
    store.accounts().close().await;
    Ok(())
}
