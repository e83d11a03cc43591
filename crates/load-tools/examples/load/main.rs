//! Mixed load on a running server for an hour: whether its memory, its answers and their times stay as they were.
//!
//! ```text
//! cargo xtask seed --database sqlite:soak.db --users 200 --parties 50
//! dinnerparty --database sqlite:soak.db &
//! cargo run -p load-tools --example load -- --pid $! --minutes 60 --rate 20
//! ```
//!
//! The load is open: a request is begun when its time has come, whether or not the one before was answered. Each minute
//! is a line; at the end, and at 5 and 30 minutes, there is a table of what was asked and how it was answered. It ends in an
//! error where an answer is not what is due, where requests could not be begun, and where the process holds more than a quarter
//! more memory than after 5 minutes, or more files or threads than a few (if it went on for more than 10).

mod figures;
mod load;
mod rough;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Parser;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use self::figures::{Figures, Held, Process};
use self::load::{Dice, Kind, Site};

/// Asks a server for all that people and worse ask it for, at a steady rate, and prints how it fares
#[derive(Parser)]
struct Soak {
    /// Where the server is
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8000")]
    server: String,
    /// The server's process, whose memory is read
    #[arg(long)]
    pid: Option<u32>,
    /// The server's SQLite file, whose write-ahead log is measured
    #[arg(long, value_name = "FILE", requires = "pid")]
    database: Option<PathBuf>,
    /// How long
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    minutes: u64,
    /// Requests per second
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=2000))]
    rate: u32,
    /// How many of the seed's people are logged in
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    people: u32,
    /// How many parties the seed made
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    parties: u64,
}

/// More that hang at once than this are not begun, but counted.
const AT_ONCE: usize = 1000;
/// After that many minutes every cache is full: what the process holds then is what it may hold.
const WARM: u64 = 5;
/// A run that is not longer says nothing of growth.
const SHORT: u64 = 10;
/// The minutes after which there is a table, beside the last.
const TABLES: [u64; 2] = [5, 30];
const MINUTE: Duration = Duration::from_mins(1);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    Soak::parse().run().await
}

impl Soak {
    #[expect(clippy::print_stdout, reason = "a program that prints a table")]
    async fn run(&self) -> anyhow::Result<()> {
        let process = self.pid.map(|pid| Process(PathBuf::from(format!("/proc/{pid}"))));
        let site = Arc::new(Site::enter(&self.server, self.people, self.parties).await?);
        println!("{} people are logged in; {} requests a second for {} minutes", self.people, self.rate, self.minutes);
        println!("minute  RSS KiB  files  threads  WAL KiB  requests  p50 ms  p99 ms  answers");
        let (mut all, mut minute) = (Figures::default(), Figures::default());
        let (mut dice, mut flight) = (Dice::default(), JoinSet::new());
        let mut tick = interval(Duration::from_secs(1) / self.rate);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let (mut warm, mut last) = (Held::default(), Held::default());
        let begun = Instant::now();
        for number in 1..=self.minutes {
            let end = begun + MINUTE * u32::try_from(number)?;
            while Instant::now() < end {
                tick.tick().await;
                while let Some(done) = flight.try_join_next() {
                    let (kind, answer) = done?;
                    all.add(kind, &answer);
                    minute.add(kind, &answer);
                }
                if flight.len() >= AT_ONCE {
                    minute.not_begun += 1;
                    all.not_begun += 1;
                    continue;
                }
                let (kind, site, dice) = (Kind::throw(&mut dice), Arc::clone(&site), dice.fork());
                flight.spawn(async move { (kind, kind.ask(&site, dice).await) });
            }
            let held = process.as_ref().map(|process| process.read(self.database.as_deref()));
            last = held.transpose().context("what the server holds is not to be seen")?.unwrap_or_default();
            if number == WARM {
                warm = last;
            }
            println!("{number:6}  {last}  {}", minute.line());
            if TABLES.contains(&number) && number < self.minutes {
                println!("\n{all}");
            }
            minute = Figures::default();
        }
        for (kind, answer) in flight.join_all().await {
            all.add(kind, &answer);
        }
        println!("\n{all}");
        ensure!(all.unexpected() == 0, "{} answers were not what is due", all.unexpected());
        ensure!(all.not_begun == 0, "{} requests were not begun: too many hung", all.not_begun);
        let grown = if self.minutes > SHORT { last.grown_since(&warm) } else { Vec::new() };
        ensure!(grown.is_empty(), "it held more and more: {}", grown.join("; "));
        Ok(())
    }
}
