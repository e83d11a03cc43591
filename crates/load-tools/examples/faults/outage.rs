//! PostgreSQL is gone for a while under load: stopped, so that connections end, and frozen, so that they keep silent. It is
//! spoken to over TCP, where a stopped one is waited for; how long anybody waits is held against `docs/OPERATING.md`.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use test_support::Postgres;
use tokio::time::sleep;

use super::history;
use super::load::{Answer, Load};
use super::place::{Place, enter};
use super::program::Program;

/// How PostgreSQL goes away, and comes back.
type Turn = fn(&Postgres) -> anyhow::Result<()>;

/// A busy machine's own share.
const SLACK: Duration = Duration::from_secs(2);
/// The program waits 5 s for a connection.
const CONNECTION: Duration = Duration::from_secs(5).saturating_add(SLACK);
/// It waits that long for the server's answer, by a connection it has, or had until a second ago.
const ANSWER: u64 = 12;
const FRESH: Duration = Duration::from_secs(1);
/// After the first wait in vain one who reads and one who writes ask, and everybody else is told at once.
const AT_ONCE: Duration = Duration::from_secs(1);

pub(crate) async fn outage(path: &Path, seconds: u64) -> anyhow::Result<()> {
    once(path, seconds, "stopped", Postgres::stop, Postgres::resume).await?;
    once(path, seconds, "frozen", Postgres::freeze, Postgres::thaw).await
}

#[expect(clippy::print_stdout, reason = "a program that prints figures")]
async fn once(path: &Path, seconds: u64, how: &str, leave: Turn, come_back: Turn) -> anyhow::Result<()> {
    let place = Place::over_tcp().await?;
    let server = place.server.as_ref().context("no server")?;
    let mut program = Program::new(path, &place.url, place.folder.path())?;
    let load = Load::new(enter(&place.url, "guest", 8).await?);
    program.start(&[]).await?;
    let begun = Instant::now();
    let clients = load.begin(&program.url(), 1);
    sleep(Duration::from_secs(3)).await;

    let gone = Instant::now();
    tokio::task::block_in_place(|| leave(server))?;
    let left = Instant::now();
    let mut unready = None;
    while gone.elapsed() < Duration::from_secs(seconds) {
        if unready.is_none() && !program.is_ready().await {
            unready = Some(gone.elapsed());
        }
        sleep(Duration::from_millis(100)).await;
    }
    tokio::task::block_in_place(|| come_back(server))?;
    let back = Instant::now();
    while !program.is_ready().await {
        ensure!(back.elapsed() < Duration::from_secs(30), "never ready again: {}", program.last_words());
        sleep(Duration::from_millis(20)).await;
    }
    let ready = back.elapsed();
    sleep(Duration::from_secs(5)).await;
    load.end(clients).await;

    let answers = load.answers.lock().await;
    println!("PostgreSQL {how} for {seconds} s under load");
    println!("            writes done  writes 503  pages 200  pages 503  others  slowest");
    for (when, from, until) in [("before", begun, gone), ("meanwhile", gone, back), ("after it", back, Instant::now())]
    {
        let now: Vec<_> = answers.iter().filter(|answer| (from..until).contains(&answer.at)).collect();
        let count = |writes, status| now.iter().filter(|a| a.writes == writes && a.status == Some(status)).count();
        let others = now.iter().filter(|answer| !matches!(answer.status, Some(200 | 303 | 503))).count();
        let slowest = now.iter().map(|answer| answer.took).max().unwrap_or_default();
        let (done, not, pages) = (count(true, 303), count(true, 503), count(false, 200));
        println!("{when:10}  {done:11}  {not:10}  {pages:9}  {:9}  {others:6}  {slowest:.1?}", count(false, 503));
    }
    let first = |writes| {
        let done = answers.iter().filter(|a| a.writes == writes && a.at > back && matches!(a.status, Some(200 | 303)));
        done.map(|answer| answer.at - back).min()
    };
    let (page, write) = (first(false), first(true));
    println!(
        "not ready {unready:.1?} after it left, ready {ready:.1?} after it came back; first page {page:.1?}, first write {write:.1?}"
    );
    let others: Vec<_> =
        answers.iter().filter(|a| !matches!(a.status, Some(200 | 303 | 503))).map(|a| a.status).collect();
    // A server that falls silent keeps those waiting whom it was about to answer.
    let silence = Duration::from_secs(if how == "frozen" { seconds.min(ANSWER) } else { 0 });
    let late =
        longest_past(&answers, |begun| if begun < left + FRESH { CONNECTION.max(silence + SLACK) } else { CONNECTION });
    let vain = left + CONNECTION;
    let asked = |answer: &Answer| (vain + answer.took..back + answer.took).contains(&answer.at);
    let slow = answers.iter().filter(|answer| answer.took > AT_ONCE && asked(answer)).count();
    drop(answers);
    load.history.lock().await.compare(&history::stored(&place.url).await?)?;
    program.check()?;
    let history = load.history.lock().await;
    println!(
        "acknowledged {}, all stored; refused {}, none stored; unknown {}\n",
        history.done, history.refused, history.unknown
    );
    ensure!(others.is_empty(), "answers that are none of 200, 303 and 503: {others:?}");
    ensure!(late.is_none(), "somebody waited for {late:.1?}");
    ensure!(slow <= 2 * usize::try_from(seconds)? / 5 + 2, "{slow} waited for a server of which they could have known");
    let unready = unready.is_some_and(|unready| unready < Duration::from_secs(2));
    ensure!(unready && ready < Duration::from_secs(5), "readiness does not follow");
    ensure!(
        [page, write].iter().all(|first| first.is_some_and(|first| first < Duration::from_secs(5))),
        "it recovers late"
    );
    program.stop()
}

/// How long the slowest waited of those who waited longer than they may, by the moment at which they asked.
fn longest_past(answers: &[Answer], limit: impl Fn(Instant) -> Duration) -> Option<Duration> {
    let is_late = |answer: &&Answer| answer.at.checked_sub(answer.took).is_some_and(|begun| answer.took > limit(begun));
    answers.iter().filter(is_late).map(|answer| answer.took).max()
}
