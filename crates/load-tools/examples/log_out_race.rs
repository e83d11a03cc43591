//! Log-outs against requests in flight: whether a session that has ended is ever valid again.
//!
//! ```text
//! cargo run --release -p load-tools --example log_out_race -- --rounds 500
//! ```
//!
//! A round is one log-in; then, at the same moment, several tabs that use the session again and again and one request
//! that ends it. A tab that was redirected to the log-in page must stay logged out, and the old cookie must stay
//! invalid after the round and after all rounds. Runs on SQLite and on a throw-away PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use accounts::test_kit::{MovableClock, TestClient, TestServer, fast_hash_cost};
use accounts::{Accounts, Clock as _, OsRandom, SystemClock};
use anyhow::{bail, ensure};
use clap::{Parser, value_parser};
use domain::party::Zone;
use poem::http::Method;
use store::PartyStore;
use test_support::{Postgres, sqlite_url};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use web::{Services, app};

/// Ends sessions while they are in use and checks that none becomes valid again
#[derive(Parser)]
struct Options {
    /// How many log-outs on each engine
    #[arg(long, default_value_t = 500)]
    rounds: u32,
    /// How many tabs use the session beside each log-out
    #[arg(long, default_value_t = 4, value_parser = value_parser!(u32).range(1..=100))]
    tabs: u32,
}

/// How many requests each tab sends, one after another.
const REQUESTS: usize = 5;
/// Longer than the interval at which the last use of a session is stored, so that every request of a round writes.
const ROUND_INTERVAL: Duration = Duration::from_mins(10);
const PASSWORD: &str = "marble otter seven";

/// Whether each request of a tab was served, in order.
type Opened = [bool; REQUESTS];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let folder = tempfile::tempdir()?;
    options.run("SQLite", &sqlite_url(&folder)).await?;
    options.run("PostgreSQL", &Postgres::shared().await?.database().await?).await
}

impl Options {
    #[expect(clippy::print_stdout, reason = "a program that prints a table")]
    async fn run(&self, engine: &str, url: &str) -> anyhow::Result<()> {
        let store = PartyStore::connect(url).await?;
        let clock = MovableClock::at(SystemClock.now());
        let services = Services::over(&store, clock.clone(), OsRandom, Zone::parse("UTC")?);
        let server = TestServer::start(app(services, Accounts::builder().cost(fast_hash_cost()))?).await?;
        TestClient::new(&server).register("ada", PASSWORD).await;
        let (mut revived, mut opened, mut redirected, mut ended) = (0, 0, 0, Vec::new());
        for _ in 0..self.rounds {
            let ada = TestClient::new(&server);
            ada.log_in("ada", PASSWORD).await;
            let cookies = ada.cookies();
            clock.advance(ROUND_INTERVAL);
            let tabs = self.round(&ada, &cookies, &server).await?;
            let before = tabs.iter().flatten().filter(|is_open| **is_open).count();
            (opened, redirected) = (opened + before, redirected + tabs.len() * REQUESTS - before);
            let is_revived = tabs.iter().any(|tab| !tab.is_sorted_by(|earlier, later| earlier >= later));
            revived += u32::from(is_revived || opens_page(&tab(&server, &cookies)).await?);
            ended.push(cookies);
        }
        for cookies in ended {
            revived += u32::from(opens_page(&tab(&server, &cookies)).await?);
        }
        println!("{engine}: {} log-outs, beside each {} tabs with {REQUESTS} requests", self.rounds, self.tabs);
        println!("  requests served {opened}, redirected {redirected}; sessions valid again {revived}");
        store.accounts().close().await;
        ensure!(revived == 0, "{revived} of {} ended sessions were valid again on {engine}", self.rounds);
        ensure!(opened > 0 && redirected > 0, "no log-out met a request on {engine}: the run proves nothing");
        Ok(())
    }

    /// Logs out while the tabs use the session.
    async fn round(&self, ada: &TestClient, cookies: &str, server: &TestServer) -> anyhow::Result<Vec<Opened>> {
        let barrier = Arc::new(Barrier::new(usize::try_from(self.tabs)? + 1));
        let mut tabs = JoinSet::new();
        for _ in 0..self.tabs {
            let (tab, barrier) = (tab(server, cookies), Arc::clone(&barrier));
            tabs.spawn(async move {
                barrier.wait().await;
                let mut opened = [false; REQUESTS];
                for request in &mut opened {
                    *request = opens_page(&tab).await?;
                }
                anyhow::Ok(opened)
            });
        }
        barrier.wait().await;
        let log_out = ada.request(Method::POST, "/logout").header("sec-fetch-site", "same-origin");
        let response = ada.send(log_out).await;
        ensure!(response.status == 303, "the log-out was answered with {}", response.status);
        tabs.join_all().await.into_iter().collect()
    }
}

/// A client with these cookies.
fn tab(server: &TestServer, cookies: &str) -> TestClient {
    let tab = TestClient::new(server);
    tab.add_cookies(cookies);
    tab
}

/// Whether a protected page is served, and not a redirect to the log-in page.
async fn opens_page(tab: &TestClient) -> anyhow::Result<bool> {
    match tab.send(tab.request(Method::GET, "/rsvp")).await.status {
        200 => Ok(true),
        303 => Ok(false),
        status => bail!("a protected page was answered with {status}"),
    }
}
