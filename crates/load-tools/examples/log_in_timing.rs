//! Whether the time of a refused log-in tells that an account exists: refusals with a known and with an unknown e-mail
//! address, in turn, at the real cost of a hash, over HTTP.
//!
//! ```text
//! cargo run --release -p load-tools --example log_in_timing -- --pairs 200
//! ```
//!
//! The statistic is Mann and Whitney's: U/(n·m) is how often a refusal of the known address was the slower one, 0.5 where
//! nothing can be told; p says how often chance alone would be as far from that.

use std::time::{Duration, Instant};

use accounts::test_kit::{TestClient, TestServer};
use accounts::{Accounts, SystemClock};
use anyhow::ensure;
use clap::Parser;
use domain::party::Zone;
use poem::http::Method;
use store::PartyStore;
use test_support::sqlite_url;
use web::{Services, app};

/// Compares the time of refused log-ins, with and without an account
#[derive(Parser)]
struct Timing {
    /// How many refusals of each kind
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pairs: u32,
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program that prints a table")]
async fn main() -> anyhow::Result<()> {
    let Timing { pairs } = Timing::parse();
    let folder = tempfile::tempdir()?;
    let store = PartyStore::connect(&sqlite_url(&folder)).await?;
    let server =
        TestServer::start(app(Services::over(&store, SystemClock, Zone::parse("UTC")?), Accounts::builder())?).await?;
    let visitor = TestClient::new(&server);
    visitor.register("known", "marble otter seven").await;

    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for pair in 0..=pairs {
        let first = refused(&visitor, if pair % 2 == 0 { "known" } else { "nobody" }).await?;
        let second = refused(&visitor, if pair % 2 == 0 { "nobody" } else { "known" }).await?;
        if pair > 0 {
            // The very first pair warms up. After it each kind goes first in every other pair.
            let (with, without) = if pair % 2 == 0 { (first, second) } else { (second, first) };
            known.push(with);
            unknown.push(without);
        }
    }
    let (u, z, p) = mann_whitney(&known, &unknown);
    println!("{pairs} interleaved pairs of refused log-ins, one at a time");
    println!("known address:   median {:.3} ms", median(&mut known).as_secs_f64() * 1e3);
    println!("unknown address: median {:.3} ms", median(&mut unknown).as_secs_f64() * 1e3);
    println!("Mann-Whitney: U/(n*m) = {u:.3}, z = {z:.2}, p = {p:.3}");
    store.accounts().close().await;
    Ok(())
}

/// How long the refusal of a wrong password takes, as a browser sees it.
async fn refused(visitor: &TestClient, name: &str) -> anyhow::Result<Duration> {
    let email = format!("{name}@example.com");
    let form = [("email", email.as_str()), ("password", "granite heron nine")];
    let request = visitor.request(Method::POST, "/login").header("sec-fetch-site", "same-origin").form(&form);
    let begun = Instant::now();
    let answer = visitor.send(request).await;
    let took = begun.elapsed();
    ensure!(answer.text.contains("That email and password don't match."), "{}: {}", answer.status, answer.text);
    Ok(took)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// U/(n·m), z, and the two-sided p of the normal approximation. Times in nanoseconds hardly tie: a tie counts half, and
/// the deviation is not mended for it.
fn mann_whitney(some: &[Duration], others: &[Duration]) -> (f64, f64, f64) {
    let count = |times: &[Duration]| f64::from(u32::try_from(times.len()).unwrap_or(u32::MAX));
    let (n, m) = (count(some), count(others));
    let slower = |a: &Duration| others.iter().map(|b| if a > b { 1.0 } else { 0.5 * f64::from(a == b) }).sum::<f64>();
    let u: f64 = some.iter().map(slower).sum();
    let z = (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt();
    (u / (n * m), z, (2.0 * upper_tail(z.abs())).min(1.0))
}

/// The standard normal distribution above `z` ≥ 0: Abramowitz and Stegun 26.2.17, to 7.5e-8.
fn upper_tail(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let factors = [1.330_274_429, -1.821_255_978, 1.781_477_937, -0.356_563_782, 0.319_381_530];
    let sum = factors.iter().fold(0.0, |sum, factor| (sum + factor) * t);
    (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statistic_tells_apart_what_differs_and_nothing_else() {
        let times = |ms: &[u64]| ms.iter().copied().map(Duration::from_millis).collect::<Vec<_>>();
        // By hand: all 25 pairs are slower; z = 12.5 / sqrt(25 * 11 / 12) = 2.611, whose p is 0.00902.
        let (u, z, p) = mann_whitney(&times(&[6, 7, 8, 9, 10]), &times(&[1, 2, 3, 4, 5]));
        assert!((u - 1.0).abs() < 1e-9 && (z - 2.611).abs() < 1e-3 && (p - 0.009_02).abs() < 1e-4, "{u} {z} {p}");
        let (u, z, p) = mann_whitney(&times(&[1, 2, 3]), &times(&[1, 2, 3]));
        assert!((u - 0.5).abs() < 1e-9 && z.abs() < 1e-9 && (p - 1.0).abs() < 1e-6, "{u} {z} {p}");
    }
}
