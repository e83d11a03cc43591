//! Whether SQLite's disk was synced before each acknowledgment, by the order of the server's system calls.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use load_tools::server::ServerProcess;
use load_tools::sync_trace::{SyncTrace, TRACED_CALLS};
use load_tools::timeouts::TRACE_TIMEOUT;
use poem::http::Method;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::database::{EngineKind, TestDatabase};
use crate::requests::host;
use crate::users::{LoggedInUser, register};

const GUESTS: u32 = 16;

pub(crate) async fn run(program: &Path, responses: usize) -> anyhow::Result<()> {
    ensure!(Command::new("strace").arg("-V").output().is_ok(), "strace is not installed");
    let database = TestDatabase::new(EngineKind::Sqlite).await?;
    let mut guests = register(&database.url, "guest", GUESTS + 1).await?;
    let party_host = guests.pop().context("no host")?;
    let trace = database.folder.path().join("trace");
    let mut server = ServerProcess::new(program, &database.url, database.folder.path()).with_highest_limits();
    let output = trace.to_str().context("the path is not UTF-8")?;
    server.start_under(&["strace", "-f", "-ttt", "-s", "48", "-e", TRACED_CALLS, "-o", output]).await?;
    let party = host(&party_host.client(server.origin()), &party_host.name, "Sync", 1000).await?;
    println!("SQLite, synchronous=FULL, responses to RSVPs under strace");
    println!("clients  responses  syncs  responses with, without a sync since their request");
    for clients in [1, guests.len()] {
        let offset = std::fs::read_to_string(&trace)?.len();
        let each = responses / clients;
        let mut running = JoinSet::new();
        for guest in guests.iter().take(clients).cloned() {
            running.spawn(alternate(guest, server.origin().to_owned(), party.clone(), each));
        }
        running.join_all().await.into_iter().collect::<anyhow::Result<Vec<()>>>()?;
        let expected = each * clients;
        let SyncTrace { syncs, synced, unsynced } = read_trace(&trace, offset, expected).await?;
        println!("{clients:7}  {:9}  {syncs:5}  {synced}, {unsynced}", synced + unsynced);
        ensure!(unsynced == 0, "{unsynced} responses came before a sync");
        ensure!(synced == expected, "the trace shows {synced} responses of {expected}");
    }
    server.stop()
}

/// Reads the trace from `offset` on, until it shows all responses: strace lags behind on a busy machine.
async fn read_trace(file: &Path, offset: usize, expected: usize) -> anyhow::Result<SyncTrace> {
    let start = Instant::now();
    loop {
        let seen = SyncTrace::parse(&std::fs::read_to_string(file)?[offset..]);
        if seen.synced + seen.unsynced >= expected || start.elapsed() > TRACE_TIMEOUT {
            return Ok(seen);
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// Takes a seat and gives it up, in turn: each request changes a row.
async fn alternate(guest: LoggedInUser, origin: String, party: String, times: usize) -> anyhow::Result<()> {
    let client = guest.client(&origin);
    for number in 0..times {
        let answer = if number % 2 == 0 { "yes" } else { "no" };
        let request = client.request(Method::POST, &format!("/parties/{party}/rsvp"));
        let page = client.send(request.header("sec-fetch-site", "same-origin").form(&[("answer", answer)])).await;
        ensure!(page.status == 303, "status {}: {}", page.status, page.text);
    }
    Ok(())
}
