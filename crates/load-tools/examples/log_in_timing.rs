//! Whether the time of a refused log-in reveals that an account exists: refusals with a known and with an unknown
//! e-mail address, in turn, at the real cost of a hash, over HTTP.
//!
//! ```text
//! cargo run --release -p load-tools --example log_in_timing -- --pairs 200
//! ```
//!
//! Prints the result of a Mann-Whitney U test: U/(n·m) is 0.5 where the times do not differ, and p is the probability
//! that chance alone deviates as far from that.

use std::time::{Duration, Instant};

use accounts::test_kit::{TestClient, TestServer};
use accounts::{Accounts, OsRandom, SystemClock};
use anyhow::ensure;
use clap::Parser;
use domain::party::Zone;
use load_tools::latency::Latencies;
use load_tools::mann_whitney::{self, MannWhitney};
use poem::http::Method;
use store::PartyStore;
use test_support::sqlite_url;
use web::{Services, app};

/// Compares the time of refused log-ins with and without an account
#[derive(Parser)]
struct Options {
    /// How many refusals of each kind
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pairs: u32,
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program that prints a table")]
async fn main() -> anyhow::Result<()> {
    let Options { pairs } = Options::parse();
    let folder = tempfile::tempdir()?;
    let store = PartyStore::connect(&sqlite_url(&folder)).await?;
    let services = Services::over(&store, SystemClock, OsRandom, Zone::parse("UTC")?);
    let server = TestServer::start(app(services, Accounts::builder())?).await?;
    let client = TestClient::new(&server);
    client.register("known", "marble otter seven").await;

    refused_log_in(&client, "known").await?; // warms up
    refused_log_in(&client, "unknown").await?;
    let (mut known, mut unknown) = (Latencies::default(), Latencies::default());
    for pair in 0..pairs {
        // Each kind goes first in every other pair.
        for name in if pair % 2 == 0 { ["known", "unknown"] } else { ["unknown", "known"] } {
            let times = if name == "known" { &mut known } else { &mut unknown };
            times.record(refused_log_in(&client, name).await?);
        }
    }
    let MannWhitney { share, z, p } = mann_whitney::compare(known.times(), unknown.times());
    println!("{pairs} alternating pairs of refused log-ins, one at a time");
    println!("known address:   median {:.3} ms", known.percentiles().p50);
    println!("unknown address: median {:.3} ms", unknown.percentiles().p50);
    println!("Mann-Whitney: U/(n*m) = {share:.3}, z = {z:.2}, p = {p:.3}");
    store.accounts().close().await;
    Ok(())
}

/// The time from a log-in with a wrong password to the end of the response.
async fn refused_log_in(client: &TestClient, name: &str) -> anyhow::Result<Duration> {
    let email = format!("{name}@example.com");
    let form = [("email", email.as_str()), ("password", "granite heron nine")];
    let request = client.request(Method::POST, "/login").header("sec-fetch-site", "same-origin").form(&form);
    let start = Instant::now();
    let page = client.send(request).await;
    let took = start.elapsed();
    ensure!(
        page.text.contains("That username or email and password don't match."),
        "status {}: {}",
        page.status,
        page.text
    );
    Ok(took)
}
