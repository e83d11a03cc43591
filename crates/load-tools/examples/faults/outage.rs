//! PostgreSQL is away for some seconds under load: stopped, so that connections end, and frozen, so that they stay open
//! and silent. It is reached over TCP. The response times are held to the limits of `docs/OPERATING.md`.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use load_tools::server::ServerProcess;
use test_support::Postgres;
use tokio::task::block_in_place;
use tokio::time::sleep;

use crate::clients::{Clients, Response};
use crate::database::TestDatabase;
use crate::users::register;

/// Added to each limit, for a busy machine.
const SLACK: Duration = Duration::from_secs(2);
/// A request waits 5 s for a connection of a pool.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(5).saturating_add(SLACK);
/// A request that has a connection waits this long for the silent server, in seconds.
const SILENCE_LIMIT: u64 = 12;
/// A request that starts this soon after the outage may still get a connection from the pool.
const STALE_CONNECTION_WINDOW: Duration = Duration::from_secs(1);
/// While the circuit breaker is open, every request but a probe fails within this time.
const FAIL_FAST_LIMIT: Duration = Duration::from_secs(1);
/// The server reports the outage, and recovers after it, within these times.
const UNREADY_LIMIT: Duration = Duration::from_secs(2);
const RECOVERY_LIMIT: Duration = Duration::from_secs(5);

/// A kind of outage.
struct Outage {
    name: &'static str,
    begin: fn(&Postgres) -> anyhow::Result<()>,
    end: fn(&Postgres) -> anyhow::Result<()>,
    /// Whether open connections stay open, but silent.
    is_silent: bool,
}

const OUTAGES: [Outage; 2] = [
    Outage { name: "stopped", begin: Postgres::stop, end: Postgres::resume, is_silent: false },
    Outage { name: "frozen", begin: Postgres::freeze, end: Postgres::thaw, is_silent: true },
];

/// When the phases of a test began and ended.
struct Timeline {
    start: Instant,
    /// When the outage was ordered, and when it had begun.
    outage: Instant,
    away: Instant,
    back: Instant,
    end: Instant,
    /// How long after the outage the server reported that it is not ready.
    unready: Option<Duration>,
    /// How long after the end of the outage it was ready again.
    ready: Duration,
}

pub(crate) async fn run(program: &Path, seconds: u64) -> anyhow::Result<()> {
    for outage in &OUTAGES {
        test(program, seconds, outage).await?;
    }
    Ok(())
}

async fn test(program: &Path, seconds: u64, outage: &Outage) -> anyhow::Result<()> {
    let database = TestDatabase::over_tcp().await?;
    let postgres = database.postgres.as_ref().context("no PostgreSQL")?;
    let mut server = ServerProcess::new(program, &database.url, database.folder.path()).with_highest_limits();
    let clients = Clients::new(register(&database.url, "guest", 8).await?);
    server.start().await?;

    let timeline = inject(&server, &clients, postgres, outage, Duration::from_secs(seconds)).await?;
    let responses = clients.responses.lock().await;
    println!("PostgreSQL {} for {seconds} s under load", outage.name);
    print_phases(&timeline, &responses);
    let result = verify(&timeline, &responses, outage, seconds);
    drop(responses);

    clients.compare_with(&database.url).await?;
    server.check()?;
    let counts = clients.counts().await;
    println!(
        "acknowledged {}, all stored; refused {}, none stored; unknown {}\n",
        counts.acknowledged, counts.refused, counts.unknown
    );
    result?;
    server.stop()
}

/// Runs the load, with the outage in its middle.
async fn inject(
    server: &ServerProcess,
    clients: &std::sync::Arc<Clients>,
    postgres: &Postgres,
    kind: &Outage,
    length: Duration,
) -> anyhow::Result<Timeline> {
    let start = Instant::now();
    let running = clients.start(server.origin(), 1);
    sleep(Duration::from_secs(3)).await;

    let outage = Instant::now();
    block_in_place(|| (kind.begin)(postgres))?;
    let away = Instant::now();
    let mut unready = None;
    while outage.elapsed() < length {
        if unready.is_none() && !server.is_ready().await {
            unready = Some(outage.elapsed());
        }
        sleep(Duration::from_millis(100)).await;
    }
    block_in_place(|| (kind.end)(postgres))?;
    let back = Instant::now();
    while !server.is_ready().await {
        ensure!(back.elapsed() < Duration::from_secs(30), "the server is not ready again: {}", server.log_tail());
        sleep(Duration::from_millis(20)).await;
    }
    let ready = back.elapsed();
    sleep(Duration::from_secs(5)).await;
    clients.finish(running).await;
    Ok(Timeline { start, outage, away, back, end: Instant::now(), unready, ready })
}

fn print_phases(timeline: &Timeline, responses: &[Response]) {
    let Timeline { start, outage, back, end, .. } = *timeline;
    println!("            writes 303  writes 503  pages 200  pages 503  others  slowest");
    for (phase, from, until) in [("before", start, outage), ("meanwhile", outage, back), ("afterwards", back, end)] {
        let phase_responses = || responses.iter().filter(move |response| (from..until).contains(&response.at));
        let count =
            |is_write, status| phase_responses().filter(|r| r.is_write == is_write && r.status == Some(status)).count();
        let others = phase_responses().filter(|response| is_unexpected(response)).count();
        let slowest = phase_responses().map(|response| response.took).max().unwrap_or_default();
        let (done, refused, pages, failed) = (count(true, 303), count(true, 503), count(false, 200), count(false, 503));
        println!("{phase:10}  {done:10}  {refused:10}  {pages:9}  {failed:9}  {others:6}  {slowest:.1?}");
    }
}

fn is_unexpected(response: &Response) -> bool {
    !matches!(response.status, Some(200 | 303 | 503))
}

/// Prints the recovery times and checks every limit.
fn verify(timeline: &Timeline, responses: &[Response], outage: &Outage, seconds: u64) -> anyhow::Result<()> {
    let Timeline { away, back, unready, ready, .. } = *timeline;
    let first = |is_write| {
        let is_success = |r: &&Response| r.is_write == is_write && r.at > back && matches!(r.status, Some(200 | 303));
        responses.iter().filter(is_success).map(|response| response.at - back).min()
    };
    let (page, write) = (first(false), first(true));
    println!("not ready {unready:.1?} after the start of the outage, ready {ready:.1?} after its end");
    println!("first page {page:.1?}, first write {write:.1?} after its end");

    let others: Vec<_> = responses.iter().filter(|r| is_unexpected(r)).map(|response| response.status).collect();
    ensure!(others.is_empty(), "responses other than 200, 303 and 503: {others:?}");

    let silence = Duration::from_secs(if outage.is_silent { seconds.min(SILENCE_LIMIT) } else { 0 });
    let limit = |started: Instant| match started {
        started if started < away + STALE_CONNECTION_WINDOW => ACQUIRE_LIMIT.max(silence + SLACK),
        _ => ACQUIRE_LIMIT,
    };
    let is_late = |r: &&Response| r.at.checked_sub(r.took).is_some_and(|started| r.took > limit(started));
    let late = responses.iter().filter(is_late).map(|response| response.took).max();
    ensure!(late.is_none(), "a request took {late:.1?}");

    // From then on the circuit breaker is open. One reader and one writer probe the server, each for 5 s.
    let is_open = |r: &Response| (away + ACQUIRE_LIMIT + r.took..back + r.took).contains(&r.at);
    let slow = responses.iter().filter(|response| response.took > FAIL_FAST_LIMIT && is_open(response)).count();
    let probes = 2 * usize::try_from(seconds)? / 5 + 2;
    ensure!(slow <= probes, "{slow} requests waited although the circuit breaker was open; {probes} may probe");

    ensure!(unready.is_some_and(|unready| unready < UNREADY_LIMIT), "the server did not report the outage in time");
    ensure!(ready < RECOVERY_LIMIT, "the server was ready only after {ready:.1?}");
    let has_recovered = |first: Option<Duration>| first.is_some_and(|first| first < RECOVERY_LIMIT);
    ensure!(has_recovered(page) && has_recovered(write), "pages or writes recovered too late");
    Ok(())
}
