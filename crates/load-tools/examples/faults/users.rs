//! Registered users with a session, for servers that are started later.

use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use accounts::{Accounts, OsRandom, SystemClock, Throttling};
use anyhow::{Context as _, ensure};
use domain::party::Zone;
use store::PartyStore;
use web::{Services, app};

/// The password of every user of this program.
pub(crate) const PASSWORD: &str = "marble otter seven";

/// A user and the token of a session.
#[derive(Clone)]
pub(crate) struct LoggedInUser {
    pub(crate) name: String,
    session: String,
}

impl LoggedInUser {
    /// A client with the user's session, for the server at `origin`.
    pub(crate) fn client(&self, origin: &str) -> TestClient {
        let client = TestClient::at(origin);
        client.add_cookies(&format!("session-{}={}", port(origin), self.session));
        client
    }
}

/// The port of an origin. Cookie names of servers on the loopback contain it.
pub(crate) fn port(origin: &str) -> u16 {
    origin.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_default()
}

/// Registers `prefix-0`, `prefix-1`, … and logs them in, by a server of this process that hashes passwords cheaply.
///
/// Their sessions are valid in every server on the same database.
pub(crate) async fn register(database: &str, prefix: &str, count: u32) -> anyhow::Result<Vec<LoggedInUser>> {
    let store = PartyStore::connect(database).await?;
    let services = Services::over(&store, SystemClock, OsRandom, Zone::parse("UTC")?);
    let throttling = Throttling::default().registrations_per_hour(100_000);
    let accounts = Accounts::builder().cost(fast_hash_cost()).throttling(throttling);
    let server = TestServer::start(app(services, accounts)?).await?;
    let cookie = format!("session-{}=", server.address().port());
    let mut users = Vec::new();
    for number in 0..count {
        let (name, client) = (format!("{prefix}-{number}"), TestClient::new(&server));
        let page = client.register(&name, PASSWORD).await;
        ensure!(page.text.contains("Your account is ready"), "{name} could not register: {}", page.text);
        let cookies = client.cookies();
        let session = cookies.split("; ").find_map(|pair| pair.strip_prefix(&cookie)).context("no session cookie")?;
        users.push(LoggedInUser { name, session: session.to_owned() });
    }
    store.accounts().close().await;
    Ok(users)
}
