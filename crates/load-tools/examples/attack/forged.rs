//! Guesses with a forged `X-Forwarded-For`: one client counts as one address, whatever it sends.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::client::{Client, email};
use crate::database::EngineKind;
use crate::outcomes::{Outcome, Outcomes};
use crate::site::Site;

const REQUESTS: usize = 10_000;
const CONNECTIONS: usize = 8;

/// The default of `--max-failures-per-minute`.
const FAILURES_PER_MINUTE: u64 = 30;

/// The rows: a name, the proxy that the server trusts, and the hop that it adds to what the client has sent.
const ROWS: [(&str, &str, &str); 3] = [
    ("10,000 forged headers, no proxy", "192.0.2.1", ""),
    ("10,000 forged headers, a proxy", "127.0.0.1", ", 203.0.113.9"),
    ("10,000 forged headers, a proxy with ports", "127.0.0.1", ", 203.0.113.9:PORT"),
];

/// Prints a table of the rows whose name contains `only`.
pub(crate) async fn run(program: &Path, engine: EngineKind, only: &str) -> anyhow::Result<()> {
    let rows: Vec<_> = ROWS.into_iter().filter(|(name, ..)| name.contains(only)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    println!(
        "\n{engine:?}: guesses for one name after another, each with another X-Forwarded-For. Limit: {FAILURES_PER_MINUTE} failures a minute"
    );
    println!("attack                                     seconds  refused   limit  throttled  other");
    for (name, trusted, hop) in rows {
        println!("{name:42} {}", row(program, engine, trusted, hop).await?);
    }
    Ok(())
}

async fn row(program: &Path, engine: EngineKind, trusted: &str, hop: &'static str) -> anyhow::Result<String> {
    let site = Site::start_many(program, engine, 0, 1, trusted).await?;
    let (next, outcomes) = (Arc::new(AtomicUsize::new(0)), Arc::new(Outcomes::default()));
    let (start, mut workers) = (Instant::now(), JoinSet::new());
    for _ in 0..CONNECTIONS {
        let (mut client, next, outcomes) = (site.client(""), Arc::clone(&next), Arc::clone(&outcomes));
        workers.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= REQUESTS {
                    return;
                }
                forge(&mut client, number, hop);
                outcomes.add(client.log_in(&email(&format!("none-{number}")), "granite heron nine").await);
            }
        });
    }
    while let Some(ended) = workers.join_next().await {
        ended?;
    }
    let took = start.elapsed().as_secs();
    site.stop()?;
    let [refused, throttled] = [Outcome::Refused, Outcome::Throttled].map(|outcome| outcomes.count(outcome));
    let limit = FAILURES_PER_MINUTE * (took / 60 + 1);
    let mark = if refused as u64 > limit { '!' } else { ' ' };
    let other = REQUESTS - refused - throttled;
    Ok(format!("{took:7} {refused:8}{mark} {limit:7} {throttled:10} {other:6}"))
}

/// An address as a client may write it: plain, with a port, or in brackets with a port.
fn forge(client: &mut Client, number: usize, hop: &str) {
    let (high, low, port) = (number / 250, number % 250, 1024 + number);
    let forged = match number % 3 {
        0 => format!("10.0.{high}.{low}"),
        1 => format!("10.0.{high}.{low}:{port}"),
        _ => format!("[2001:db8:{number:x}::1]:{port}"),
    };
    client.forward(&format!("{forged}{}", hop.replace("PORT", &port.to_string())));
}
