//! The table of the limits' counters with a million keys: its size, the time of a log-in's check and count, and what is
//! removed when. Then the counters after a restart, and over two processes.
//!
//! ```text
//! cargo run --release -p load-tools --example throttle_table -- --keys 1000000
//! ```
//!
//! A process is a store with connections of its own here: the counters are in the database only.

#![allow(clippy::print_stdout, reason = "a program that prints tables")]

#[path = "faults/database.rs"]
#[expect(dead_code, reason = "the faults use all of it")]
mod database;

use std::sync::Arc;
use std::time::{Duration, Instant};

use accounts::ports::AccountPorts;
use accounts::{Clock as _, SystemClock, Timestamp};
use anyhow::{Context as _, ensure};
use clap::{Parser, value_parser};
use domain::throttle::{Limit, LimitRule, ThrottleKey, ThrottleRepository};
use load_tools::latency::{Latencies, Percentiles};
use load_tools::random::Xorshift;
use store::PartyStore;
use store::embed::sqlx::query_scalar;
use store::embed::{Database, Dialect, OpenDatabase};
use tokio::task::JoinSet;

use self::database::{EngineKind, TestDatabase};

/// Fills the table of the limits' counters and measures it
#[derive(Parser)]
struct Options {
    /// How many keys
    #[arg(long, default_value_t = 1_000_000, value_parser = value_parser!(u32).range(1_000..=1_000_000))]
    keys: u32,
    /// Only this engine
    #[arg(long)]
    engine: Option<EngineKind>,
}

/// Keys of one commit, and commits at once, while the table is filled.
const KEYS_PER_COMMIT: u32 = 400;
const COMMITS_AT_ONCE: usize = 16;

/// The log-ins of a measurement.
const LOG_INS: u32 = 300;

/// The attempts at once on a limit, over two processes.
const ATTEMPTS: u32 = 50;
const LIMIT: u32 = 10;

/// The rows that one call of `purge` removes.
const PURGED_PER_CALL: u32 = 1_000;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Options { keys, engine } = Options::parse();
    for engine in engine.map_or_else(|| vec![EngineKind::Sqlite, EngineKind::Postgres], |engine| vec![engine]) {
        let database = TestDatabase::new(engine).await?;
        println!("{engine:?}");
        let table = Table::open(&database.url).await?;
        table.grow(keys).await?;
        table.trim(keys).await?;
        let table = table.restart(&database.url).await?;
        table.share(&database.url).await?;
        table.purge().await?;
        table.store.accounts().close().await;
        println!();
    }
    Ok(())
}

/// A store, its counters, and the time at which everything is counted.
struct Table {
    store: PartyStore,
    throttles: Arc<dyn ThrottleRepository>,
    now: Timestamp,
}

impl Table {
    async fn open(url: &str) -> anyhow::Result<Self> {
        let store = PartyStore::connect(url).await?;
        let ports: AccountPorts = store.accounts().clone().into();
        Ok(Self { store, throttles: ports.throttles, now: SystemClock.now() })
    }

    /// Measures log-ins while the table is empty, has a tenth of the keys, and all of them.
    async fn grow(&self, keys: u32) -> anyhow::Result<()> {
        println!("    rows  table MiB  filled in s  check p50, p99 ms  count p50, p99 ms");
        let (mut random, mut filled) = (Xorshift::default(), 0);
        for total in [0, keys / 10, keys] {
            let start = Instant::now();
            self.fill(&mut random, total - filled).await?;
            filled = total;
            let took = start.elapsed().as_secs_f32();
            let (check, count) = self.log_ins(&mut random).await?;
            let (rows, bytes) = self.size().await?;
            #[expect(clippy::cast_precision_loss, reason = "printed with one decimal")]
            let size = bytes as f32 / (1 << 20) as f32;
            let [check, count] = [check, count].map(|latencies| {
                let Percentiles { p50, p99, .. } = latencies.percentiles();
                format!("{p50:8.2} {p99:8.2}")
            });
            println!("{rows:8}  {size:9.1}  {took:11.1}  {check}  {count}");
        }
        Ok(())
    }

    /// Counts new keys: a third by the minute, a third by the hour, a third by the day.
    async fn fill(&self, random: &mut Xorshift, keys: u32) -> anyhow::Result<()> {
        let mut commits = JoinSet::new();
        for first in (0..keys).step_by(usize::try_from(KEYS_PER_COMMIT)?) {
            let limits: Vec<_> = (first..keys.min(first + KEYS_PER_COMMIT))
                .map(|number| Limit::new(key(random), rule(number)))
                .collect();
            let (throttles, now) = (Arc::clone(&self.throttles), self.now);
            if commits.len() >= COMMITS_AT_ONCE {
                commits.join_next().await.context("a commit is under way")???;
            }
            commits.spawn(async move { throttles.count(&limits, now).await?.map_err(anyhow::Error::from) });
        }
        while let Some(counted) = commits.join_next().await {
            counted??;
        }
        Ok(())
    }

    /// The times of the check and of the count of log-ins with new keys, one at a time.
    async fn log_ins(&self, random: &mut Xorshift) -> anyhow::Result<(Latencies, Latencies)> {
        let (mut check, mut count) = (Latencies::default(), Latencies::default());
        for _ in 0..LOG_INS {
            let limits = [
                Limit::new(key(random), LimitRule::Delay { free: 5, longest: 15 * MINUTE }),
                Limit::new(key(random), LimitRule::Window { limit: 30, period: MINUTE }),
                Limit::new(key(random), LimitRule::Window { limit: 240, period: MINUTE }),
                Limit::quiet(key(random), LimitRule::Consecutive { limit: 100, rest: DAY }),
            ];
            let start = Instant::now();
            self.throttles.check(&limits, self.now).await??;
            check.record(start.elapsed());
            let start = Instant::now();
            self.throttles.count(&limits, self.now).await??;
            count.record(start.elapsed());
        }
        Ok((check, count))
    }

    /// Removes what is beyond the number of keys.
    async fn trim(&self, keys: u32) -> anyhow::Result<()> {
        let start = Instant::now();
        let removed = self.throttles.trim(u64::from(keys)).await?;
        println!("trim: {removed} rows in {:.0?}", start.elapsed());
        Ok(())
    }

    /// Reaches a limit, opens the database anew, and ensures that the limit still refuses.
    async fn restart(self, url: &str) -> anyhow::Result<Self> {
        let limit = Limit::new(ThrottleKey::new([7; 32]), LimitRule::Window { limit: 1, period: HOUR });
        self.throttles.count(&[limit], self.now).await??;
        self.store.accounts().close().await;
        let table = Self { now: self.now, ..Self::open(url).await? };
        let is_refused = table.throttles.count(&[limit], table.now).await?.is_err();
        ensure!(is_refused, "a restart forgot a counter");
        println!("restart: a limit that was reached still refuses");
        Ok(table)
    }

    /// Counts at once in two processes.
    async fn share(&self, url: &str) -> anyhow::Result<()> {
        let other = Self::open(url).await?;
        let limit = Limit::new(ThrottleKey::new([8; 32]), LimitRule::Window { limit: LIMIT, period: HOUR });
        let mut attempts = JoinSet::new();
        for number in 0..ATTEMPTS {
            let process = if number % 2 == 0 { self } else { &other };
            let (throttles, now) = (Arc::clone(&process.throttles), self.now);
            attempts.spawn(async move { anyhow::Ok(throttles.count(&[limit], now).await?.is_ok()) });
        }
        let mut allowed = 0;
        while let Some(attempt) = attempts.join_next().await {
            allowed += u32::from(attempt??);
        }
        other.store.accounts().close().await;
        println!("two processes: {allowed} of {ATTEMPTS} attempts at once are allowed, limit {LIMIT}");
        ensure!(allowed == LIMIT, "{allowed} attempts were allowed");
        Ok(())
    }

    /// Removes what has expired after a minute, an hour and a day. Each count removes 4 rows of it in its own commit.
    async fn purge(&self) -> anyhow::Result<()> {
        println!("purge after  removed      left  in s  longest call of {PURGED_PER_CALL} rows");
        for (name, later) in [("1 min", MINUTE), ("1 h", HOUR), ("1 d", DAY)] {
            let (start, mut removed, mut calls) = (Instant::now(), 0, Latencies::default());
            loop {
                let call = Instant::now();
                let rows = self.throttles.purge(self.now + later, PURGED_PER_CALL).await?;
                calls.record(call.elapsed());
                removed += rows;
                if rows == 0 {
                    break;
                }
            }
            let (left, _) = self.size().await?;
            let (took, longest) = (start.elapsed().as_secs_f32(), calls.percentiles().max);
            println!("{name:11} {removed:8}  {left:8}  {took:4.1}  {longest:.1} ms");
        }
        Ok(())
    }

    /// The rows, and the bytes of the table on PostgreSQL or of the file on SQLite.
    async fn size(&self) -> anyhow::Result<(i64, i64)> {
        match self.store.accounts().database() {
            Database::Sqlite(database) => {
                size(database, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()").await
            }
            Database::Postgres(database) => size(database, "SELECT pg_total_relation_size('throttles')").await,
        }
    }
}

async fn size<D: Dialect>(database: &OpenDatabase<D>, bytes: &'static str) -> anyhow::Result<(i64, i64)> {
    let rows = query_scalar::<D, i64>("SELECT count(*) FROM throttles").fetch_one(&database.read).await?;
    Ok((rows, query_scalar::<D, i64>(bytes).fetch_one(&database.read).await?))
}

/// A new key. Keys are digests, so that random bytes are like them.
fn key(random: &mut Xorshift) -> ThrottleKey {
    let mut bytes = [0; 32];
    for part in bytes.chunks_mut(8) {
        part.copy_from_slice(&random.below(u64::MAX).to_le_bytes());
    }
    ThrottleKey::new(bytes)
}

const fn rule(number: u32) -> LimitRule {
    match number % 3 {
        0 => LimitRule::Window { limit: 30, period: MINUTE },
        1 => LimitRule::Window { limit: 60, period: HOUR },
        _ => LimitRule::Consecutive { limit: 100, rest: DAY },
    }
}
