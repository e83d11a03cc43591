//! Log-outs against requests in flight: whether a session that was ended is ever alive again.
//!
//! ```text
//! cargo run --release -p load-tools --example log_out_race -- --rounds 500
//! ```
//!
//! A round is one log-in; then, at once, tabs that use the session again and again and one request that ends it. A tab
//! that was sent to log in must not be let in again, nor may anybody with the old cookie once the round is over, or once
//! all rounds are. On SQLite and on a throw-away PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use accounts::test_kit::{MovableClock, TestClient, TestServer, fast_hash_cost};
use accounts::{Accounts, Clock, SystemClock};
use anyhow::{bail, ensure};
use clap::Parser;
use domain::party::Zone;
use poem::http::Method;
use store::PartyStore;
use test_support::{Postgres, sqlite_url};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use web::{Services, app};

/// Ends sessions while they are in use, and asks whether any came back to life
#[derive(Parser)]
struct LogOut {
    /// How many log-outs on each engine
    #[arg(long, default_value_t = 500)]
    rounds: u32,
    /// Tabs beside each log-out
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=100))]
    tabs: u32,
}

/// Requests of each tab, one after another.
const USES: usize = 5;
const PASSWORD: &str = "marble otter seven";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = LogOut::parse();
    let folder = tempfile::tempdir()?;
    settings.over("SQLite", &sqlite_url(&folder)).await?;
    settings.over("PostgreSQL", &Postgres::shared().await?.database().await?).await
}

impl LogOut {
    #[expect(clippy::print_stdout, reason = "a program that prints a table")]
    async fn over(&self, engine: &str, url: &str) -> anyhow::Result<()> {
        let store = PartyStore::connect(url).await?;
        let clock = MovableClock::at(SystemClock.now());
        let server = TestServer::start(app(
            Services::over(&store, clock.clone(), Zone::parse("UTC")?),
            Accounts::builder().cost(fast_hash_cost()),
        )?)
        .await?;
        TestClient::new(&server).register("ada", PASSWORD).await;
        let (mut revived, mut before, mut after, mut old) = (0, 0, 0, Vec::new());
        for _ in 0..self.rounds {
            let ada = TestClient::new(&server);
            ada.log_in("ada", PASSWORD).await;
            let cookies = ada.cookies();
            clock.advance(Duration::from_mins(10)); // so that every request writes down that the session is in use
            let tabs = self.round(&ada, &cookies, &server).await?;
            let let_in = tabs.iter().flatten().filter(|opened| **opened).count();
            (before, after) = (before + let_in, after + tabs.len() * USES - let_in);
            let again = tabs.iter().any(|tab| !tab.is_sorted_by(|one, next| one >= next));
            revived += u32::from(again || opens(&tab(&server, &cookies)).await?);
            old.push(cookies);
        }
        for cookies in old {
            revived += u32::from(opens(&tab(&server, &cookies)).await?);
        }
        println!("{engine}: {} log-outs, beside each {} tabs with {USES} requests", self.rounds, self.tabs);
        println!("  requests let in {before}, sent to log in {after}; sessions alive again {revived}");
        store.accounts().close().await;
        ensure!(revived == 0, "{revived} of {} ended sessions were alive again on {engine}", self.rounds);
        ensure!(before > 0 && after > 0, "log-outs and requests never met on {engine}: nothing is shown");
        Ok(())
    }

    /// Whether each use of the session beside one log-out was let in, tab by tab.
    async fn round(&self, ada: &TestClient, cookies: &str, server: &TestServer) -> anyhow::Result<Vec<[bool; USES]>> {
        let together = Arc::new(Barrier::new(usize::try_from(self.tabs)? + 1));
        let mut flight = JoinSet::new();
        for _ in 0..self.tabs {
            let (tab, together) = (tab(server, cookies), Arc::clone(&together));
            flight.spawn(async move {
                together.wait().await;
                let mut uses = [false; USES];
                for opened in &mut uses {
                    *opened = opens(&tab).await?;
                }
                anyhow::Ok(uses)
            });
        }
        together.wait().await;
        let end = ada.request(Method::POST, "/logout").header("sec-fetch-site", "same-origin");
        let ended = ada.send(end).await;
        ensure!(ended.status == 303, "the log-out is answered by {}", ended.status);
        flight.join_all().await.into_iter().collect()
    }
}

/// Another tab, or a thief, with these cookies.
fn tab(server: &TestServer, cookies: &str) -> TestClient {
    let tab = TestClient::new(server);
    tab.add_cookies(cookies);
    tab
}

/// Whether a protected page opens, or leads to the log-in.
async fn opens(tab: &TestClient) -> anyhow::Result<bool> {
    match tab.send(tab.request(Method::GET, "/rsvp")).await.status {
        200 => Ok(true),
        303 => Ok(false),
        status => bail!("a protected page answers {status}"),
    }
}
