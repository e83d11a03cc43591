//! Lays siege to a running DinnerParty on this machine, one ill will after another, and prints what another client
//! notices of it, what the server's memory does, and how soon the besiegers are gone.
//!
//! ```text
//! cargo xtask seed --database sqlite:full.db --users 200 --parties 200
//! dinnerparty --listen 127.0.0.1:8000 --database sqlite:full.db &
//! cargo run --release -p load-tools --example attack -- --server 127.0.0.1:8000 --pid $!
//! ```
//!
//! Each row begins with a quiet server. Two clients ask for the log-in page all the while: one on a connection that it
//! keeps, one on a new connection each time. Over a thousand descriptors are needed, for both: `ulimit -n 8192`.

mod besieger;
mod http2;
mod witness;

use std::net::SocketAddr;
use std::time::Duration;

use accounts::test_kit::TestClient;
use anyhow::{Context, ensure};
use clap::Parser;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep};

use self::besieger::{Target, Will, besiege};
use self::witness::Witness;

/// Of everybody whom the seed makes.
const PASSWORD: &str = "correct horse battery 0";

/// Each row: how many, what they do, and what it is called.
const ROWS: [(&[(usize, Will)], &str); 10] = [
    (&[], "none, for 10 s"),
    (&[(300, Will::HalfHead)], "300 half-sent heads"),
    (&[(300, Will::TrickledBody)], "300 trickled bodies"),
    (&[(2_000, Will::Idle)], "2,000 idle connections"),
    (&[(1, Will::LargeBody)], "a body of 100 MB"),
    (&[(1, Will::EndlessBody)], "a body without end"),
    (&[(300, Will::EndlessBody)], "300 bodies without end"),
    (&[(250, Will::Unread(32))], "250 of HTTP/2, 32 lists unread"),
    (&[(250, Will::UnreadAgain(32))], "the same, coming again for 20 s"),
    (&[(600, Will::SteadyBody), (600, Will::Unread(1))], "600 steady bodies, 600 unread"),
];

/// Sends half heads, trickled bodies and the like to a server of this machine, and prints what it does to others
#[derive(Parser)]
struct Siege {
    /// Where the server listens
    #[arg(long, default_value = "127.0.0.1:8000")]
    server: SocketAddr,
    /// The server's process, to read its memory from
    #[arg(long)]
    pid: Option<u32>,
    /// How long the besiegers hold out at the most, in seconds
    #[arg(long, default_value_t = 90)]
    patience: u64,
    /// Only rows whose name has this in it
    #[arg(long, default_value = "")]
    only: String,
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program that prints a table")]
async fn main() -> anyhow::Result<()> {
    let siege = Siege::parse();
    let visitor = TestClient::at(&format!("http://{}", siege.server));
    let page = visitor.log_in("u0000", PASSWORD).await;
    ensure!(page.path != "/login", "u0000 is not let in: is the database seeded? {}", page.text);
    let target = Target { server: siege.server, cookies: visitor.cookies() };
    println!(
        "                                   kept connection, ms       new connections, ms            RSS, MiB            gone, s"
    );
    println!(
        "besiegers                            p50     p99     max     p50     p99     max  failed  before   most  after  first   last"
    );
    for (besiegers, name) in ROWS {
        if name.contains(&siege.only) {
            println!("{name:31} {}", siege.lay(&target, besiegers).await?);
            sleep(Duration::from_secs(3)).await;
        }
    }
    Ok(())
}

impl Siege {
    async fn lay(&self, target: &Target, wills: &[(usize, Will)]) -> anyhow::Result<String> {
        let before = self.memory();
        let (kept, new) = (Witness::of(self.server, true), Witness::of(self.server, false));
        sleep(Duration::from_millis(500)).await;
        let mut besiegers = JoinSet::new();
        for (count, will) in wills {
            for _ in 0..*count {
                besiegers.spawn(besiege(target.clone(), *will));
                sleep(Duration::from_millis(1)).await; // or the system drops some before the server hears of them
            }
        }
        let (begun, mut most, mut gone) = (Instant::now(), before, Vec::new());
        let mut look = interval(Duration::from_millis(50));
        let least = if wills.is_empty() { Duration::from_secs(10) } else { Duration::from_secs(3) };
        while begun.elapsed().as_secs() < self.patience && (begun.elapsed() < least || !besiegers.is_empty()) {
            tokio::select! {
                Some(ended) = besiegers.join_next() => {
                    gone.push(ended?.context("a besieger could not even begin")?);
                }
                _ = look.tick() => most = most.max(self.memory()),
            }
        }
        let left = besiegers.len();
        drop(besiegers);
        let (kept, new) = (kept.finish().await?, new.finish().await?);
        sleep(Duration::from_secs(2)).await;
        gone.sort_unstable();
        let of = |at: Option<&Duration>| at.map_or("-".to_owned(), |at| format!("{:.1}", at.as_secs_f32()));
        let the_last = if left > 0 { format!("{left} stay") } else { of(gone.last()) };
        ensure!(kept.took.len() + new.took.len() > 0, "nobody was answered at all");
        Ok(format!(
            "{} {} {:7}  {:6.1} {:6.1} {:6.1}  {:>5}  {:>5}",
            kept.told(),
            new.told(),
            kept.failed + new.failed,
            before,
            most,
            self.memory(),
            of(gone.first()),
            the_last
        ))
    }

    /// What the server holds of the machine's memory, in MiB.
    fn memory(&self) -> f32 {
        let status = self.pid.and_then(|pid| std::fs::read_to_string(format!("/proc/{pid}/status")).ok());
        let line = status.as_ref().and_then(|status| status.lines().find_map(|line| line.strip_prefix("VmRSS:")));
        let kib: Option<f32> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kib.unwrap_or(f32::NAN) / 1024.0
    }
}
