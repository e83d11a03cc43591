//! Clients that use up connections or memory, and what a well-behaved client notices: the log-in page, requested all the
//! while on a connection that is kept, and on a new connection each time.

use std::path::Path;
use std::time::Duration;

use accounts::test_kit::TestClient;
use anyhow::{Context as _, ensure};
use load_tools::process::ProcessUsage;
use load_tools::raw_http::authority;
use load_tools::server::ServerProcess;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep};

use crate::attacker::{Attack, Target};
use crate::probe::Probe;

/// The password of every seeded user.
const PASSWORD: &str = "correct horse battery 0";

/// The rows of the table: a name, and how many clients attack in which way.
const ROWS: [(&str, &[(usize, Attack)]); 10] = [
    ("none, for 10 s", &[]),
    ("300 half-sent heads", &[(300, Attack::HalfHead)]),
    ("300 trickled bodies", &[(300, Attack::TrickledBody)]),
    ("2,000 idle connections", &[(2_000, Attack::Idle)]),
    ("1,500 sockets reopened for 20 s", &[(1_500, Attack::ReopenedHalfHead)]),
    ("600 unread responses", &[(600, Attack::UnreadResponse)]),
    ("a body of 100 MB", &[(1, Attack::LargeBody)]),
    ("an endless body", &[(1, Attack::EndlessBody)]),
    ("300 endless bodies", &[(300, Attack::EndlessBody)]),
    ("600 steady bodies, 600 unread", &[(600, Attack::SteadyBody), (600, Attack::UnreadResponse)]),
];

/// The program, its database, and how long a row may last.
pub(crate) struct Connections<'a> {
    pub(crate) program: &'a Path,
    pub(crate) database: &'a str,
    pub(crate) seconds: u64,
}

impl Connections<'_> {
    /// Prints a table of the rows whose name contains `only`.
    pub(crate) async fn run(&self, only: &str) -> anyhow::Result<()> {
        let rows: Vec<_> = ROWS.into_iter().filter(|(name, _)| name.contains(only)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let logs = tempfile::tempdir()?;
        println!(
            "{:31}  kept connection, ms      new connections, ms              memory, MiB            closed, s",
            ""
        );
        println!(
            "attack                              p50     p99     max     p50     p99     max  failed  before   peak  after   first   last"
        );
        for (name, attacks) in rows {
            println!("{name:31} {}", self.row(logs.path(), attacks).await?);
        }
        Ok(())
    }

    /// Starts a server, attacks it, and returns the columns of the row.
    async fn row(&self, logs: &Path, attacks: &[(usize, Attack)]) -> anyhow::Result<String> {
        let mut server = ServerProcess::new(self.program, self.database, logs);
        server.start().await?;
        let target = target(server.origin()).await?;
        let pid = server.pid()?;
        let before = memory(pid)?;
        let (kept, new) = (Probe::start(&target.authority, true), Probe::start(&target.authority, false));
        sleep(Duration::from_millis(500)).await;

        let mut attackers = JoinSet::new();
        for (count, attack) in attacks {
            for _ in 0..*count {
                attackers.spawn(attack.run(target.clone()));
                sleep(Duration::from_millis(1)).await; // at once they would overflow the listen backlog
            }
        }
        let min_duration = Duration::from_secs(if attacks.is_empty() { 10 } else { 3 });
        let (start, mut peak, mut closed) = (Instant::now(), before, Vec::new());
        let mut measure = interval(Duration::from_millis(50));
        while start.elapsed().as_secs() < self.seconds && (start.elapsed() < min_duration || !attackers.is_empty()) {
            tokio::select! {
                Some(ended) = attackers.join_next() => closed.push(ended?.context("an attacker could not connect")?),
                _ = measure.tick() => peak = peak.max(memory(pid)?),
            }
        }
        let open = attackers.len();
        drop(attackers);
        let (kept, new) = (kept.finish().await?, new.finish().await?);
        sleep(Duration::from_secs(2)).await;
        let after = memory(pid)?;
        server.stop()?;

        ensure!(kept.latencies.count() + new.latencies.count() > 0, "the probes received no response at all");
        closed.sort_unstable();
        let seconds =
            |time: Option<&Duration>| time.map_or("-".to_owned(), |time| format!("{:.1}", time.as_secs_f32()));
        let (first, last) = (seconds(closed.first()), seconds(closed.last()));
        let last = if open > 0 { format!("{open} open") } else { last };
        let failed = kept.failed + new.failed;
        Ok(format!("{kept} {new} {failed:7}  {before:6.1} {peak:6.1} {after:6.1}  {first:>6} {last:>6}"))
    }
}

/// Logs a seeded user in, since the largest page is for users.
async fn target(origin: &str) -> anyhow::Result<Target> {
    let client = TestClient::at(origin);
    let page = client.log_in("u0000", PASSWORD).await;
    ensure!(page.path != "/login", "u0000 could not log in: is the database seeded? {}", page.text);
    Ok(Target { authority: authority(origin).to_owned(), cookies: client.cookies() })
}

/// The server's resident memory in MiB.
fn memory(pid: u32) -> anyhow::Result<f32> {
    #[expect(clippy::cast_precision_loss, reason = "printed with one decimal")]
    Ok(ProcessUsage::read(pid, None)?.rss_kib as f32 / 1024.0)
}
