//! One session that hosts parties and claims seats as fast as the server responds.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use load_tools::raw_http::RawResponse;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::client::Client;
use crate::database::EngineKind;
use crate::site::{Site, name};

const REQUESTS: usize = 1_000;
const CONNECTIONS: usize = 20;

const ADDRESS: &str = "203.0.113.9";

/// The rows: a name, whether the session hosts, and the default of the quota of an hour.
const ROWS: [(&str, bool, usize); 2] =
    [("1,000 parties of one session", true, 30), ("1,000 seats claimed by one session", false, 300)];

/// Prints a table of the rows whose name contains `only`.
pub(crate) async fn run(program: &Path, engine: EngineKind, only: &str) -> anyhow::Result<()> {
    let rows: Vec<_> = ROWS.into_iter().filter(|(name, ..)| name.contains(only)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    println!(
        "\n{engine:?}: one session, {CONNECTIONS} connections. A seat is given up after it was claimed. Limits: of an hour"
    );
    println!("attack                                     seconds     done   limit    refused");
    for (name, hosts, limit) in rows {
        println!("{name:42} {}", row(program, engine, hosts, limit).await?);
    }
    Ok(())
}

async fn row(program: &Path, engine: EngineKind, hosts: bool, limit: usize) -> anyhow::Result<String> {
    let site = Site::start(program, engine, 2).await?;
    let mut host = site.client(ADDRESS).with_cookies(&site.log_in(0, ADDRESS).await?);
    let cookies = site.log_in(1, ADDRESS).await?;
    let (next, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (start, mut workers) = (Instant::now(), JoinSet::new());
    for _ in 0..CONNECTIONS {
        let party = host_party(&mut host, &name(0)).await.context("no party was hosted")?;
        let client = site.client(ADDRESS).with_cookies(&cookies);
        let (next, done) = (Arc::clone(&next), Arc::clone(&done));
        workers.spawn(async move {
            let mut client = client;
            while next.fetch_add(1, Ordering::Relaxed) < REQUESTS {
                let is_done = if hosts { host_another(&mut client).await } else { claim(&mut client, &party).await };
                done.fetch_add(usize::from(is_done), Ordering::Relaxed);
            }
        });
    }
    while let Some(ended) = workers.join_next().await {
        ended?;
    }
    let took = start.elapsed().as_secs_f32();
    site.stop()?;
    let done = done.load(Ordering::Relaxed);
    let mark = if done > limit { '!' } else { ' ' };
    Ok(format!("{took:7.1} {done:8}{mark} {limit:6} {:10}", REQUESTS - done))
}

/// The form that hosts a party in a distant year.
const PARTY: [(&str, &str); 6] = [
    ("date", "2199-03-14"),
    ("time", "19:00"),
    ("time_zone", "UTC"),
    ("venue", "Everywhere"),
    ("main_dish", "Flood"),
    ("number_seats", "1000"),
];

/// Hosts a party and returns its id.
async fn host_party(client: &mut Client, host: &str) -> Option<String> {
    let response = client.post(&format!("/user/{host}"), &PARTY).await.ok()?;
    let id = response.headers("location").next()?.strip_prefix("/parties/")?.to_owned();
    Some(id)
}

/// Whether another party is hosted.
async fn host_another(client: &mut Client) -> bool {
    let response = client.post(&format!("/user/{}", name(1)), &PARTY).await;
    response.is_ok_and(|response| response.status == 303)
}

/// Whether a seat is claimed. It is given up again.
async fn claim(client: &mut Client, party: &str) -> bool {
    let claimed = client.post("/rsvp", &[("party_id", party)]).await;
    let _ = client.post(&format!("/parties/{party}/rsvp"), &[("answer", "no")]).await; // the next claim finds it open
    claimed.is_ok_and(|response| is_success(&response))
}

/// Whether the flash message of a redirect is of a success, which its first letter says, after the 32 bytes of its signature.
fn is_success(response: &RawResponse) -> bool {
    let cookies = response.cookies();
    let flash =
        cookies.split("; ").find(|cookie| cookie.starts_with("flash")).and_then(|cookie| cookie.split_once('='));
    let message = flash.and_then(|(_, value)| BASE64_URL_SAFE_NO_PAD.decode(value).ok());
    response.status == 303 && message.is_some_and(|message| message.get(32) == Some(&b's'))
}
