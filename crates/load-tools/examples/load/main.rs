//! Sends a mixed load at a constant rate and checks that responses, latency and memory stay as they were.
//!
//! `cargo xtask load --minutes 60 --rate 20` builds the program, fills a database and starts this one.
//!
//! The load is open-loop: a request starts when its time has come, whether or not the previous one was answered. Each
//! minute prints a line; after 5 and 30 minutes and at the end there is a table by kind of request. The program fails
//! where a response is not an expected one, where a request could not start, and (in runs longer than 10 minutes) where
//! the server uses a quarter more memory than after 5 minutes, or more than 24 more files or threads.

#![allow(clippy::print_stdout, reason = "a program that prints tables")]

mod figures;
mod kinds;
mod requests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use clap::{Parser, value_parser};
use load_tools::process::ProcessUsage;
use load_tools::random::Xorshift;
use load_tools::server::ServerProcess;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use self::figures::Figures;
use self::kinds::Kind;
use self::requests::Site;

/// Sends a mixed load at a constant rate and prints how the server fares
#[derive(Parser)]
struct Options {
    /// The program `dinnerparty`
    #[arg(long)]
    program: PathBuf,
    /// A database that `cargo xtask seed` filled. The write-ahead log of an SQLite file is measured too
    #[arg(long, value_name = "URL")]
    database: String,
    /// The length of the run
    #[arg(long, default_value_t = 60, value_parser = value_parser!(u64).range(1..))]
    minutes: u64,
    /// Requests per second
    #[arg(long, default_value_t = 20, value_parser = value_parser!(u32).range(1..=2000))]
    rate: u32,
    /// How many seeded users are logged in
    #[arg(long, default_value_t = 20, value_parser = value_parser!(u32).range(1..=1000))]
    users: u32,
    /// How many parties are seeded
    #[arg(long, default_value_t = 50, value_parser = value_parser!(u64).range(1..))]
    parties: u64,
}

/// How many requests may wait for a response at once. Above that, a request does not start and is counted.
const MAX_IN_FLIGHT: usize = 1000;
/// After so many minutes every cache is full: the memory in use then is the baseline.
const WARM_UP_MINUTES: u64 = 5;
/// A run of at most so many minutes says nothing about growth.
const SHORT_RUN_MINUTES: u64 = 10;
/// The minutes after which a table is printed, beside the last.
const TABLE_MINUTES: [u64; 2] = [5, 30];
const MINUTE: Duration = Duration::from_mins(1);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let logs = tempfile::tempdir()?;
    let mut server = ServerProcess::new(&options.program, &options.database, logs.path()).with_highest_limits();
    server.start().await?;
    options.run(&server).await?;
    server.stop()
}

impl Options {
    async fn run(&self, server: &ServerProcess) -> anyhow::Result<()> {
        let site = Arc::new(Site::log_in(server.origin(), self.users, self.parties).await?);
        println!("{} users are logged in; {} requests a second for {} minutes", self.users, self.rate, self.minutes);
        println!("minute  RSS KiB  files  threads  WAL KiB  requests  p50 ms  p99 ms  responses");
        let (mut all, mut minute) = (Figures::default(), Figures::default());
        let (mut random, mut in_flight) = (Xorshift::default(), JoinSet::new());
        let mut tick = interval(Duration::from_secs(1) / self.rate);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let (mut baseline, mut usage) = (ProcessUsage::default(), ProcessUsage::default());
        let start = Instant::now();
        for number in 1..=self.minutes {
            let end = start + MINUTE * u32::try_from(number)?;
            while Instant::now() < end {
                tick.tick().await;
                while let Some(done) = in_flight.try_join_next() {
                    minute.add(&done?);
                }
                if in_flight.len() >= MAX_IN_FLIGHT {
                    minute.not_started += 1;
                    continue;
                }
                let (kind, site, random) = (Kind::choose(&mut random), Arc::clone(&site), random.fork());
                in_flight.spawn(async move { requests::send(kind, &site, random).await });
            }
            usage = ProcessUsage::read(server.pid()?, self.sqlite_file())?;
            if number == WARM_UP_MINUTES {
                baseline = usage;
            }
            println!("{number:6}  {usage}  {}", minute.line());
            all.merge(std::mem::take(&mut minute));
            if TABLE_MINUTES.contains(&number) && number < self.minutes {
                println!("\n{all}");
            }
        }
        for response in in_flight.join_all().await {
            all.add(&response);
        }
        println!("\n{all}");
        ensure!(all.unexpected() == 0, "{} responses were unexpected", all.unexpected());
        ensure!(all.not_started == 0, "{} requests did not start: too many were in flight", all.not_started);
        let growth = if self.minutes > SHORT_RUN_MINUTES { usage.growth_since(&baseline) } else { Vec::new() };
        ensure!(growth.is_empty(), "the server uses more than after the warm-up: {}", growth.join("; "));
        Ok(())
    }

    fn sqlite_file(&self) -> Option<&Path> {
        self.database.strip_prefix("sqlite:").map(Path::new)
    }
}
