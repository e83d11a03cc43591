//! Attacks a DinnerParty of this machine, one way after another, and prints what another client notices.
//!
//! `cargo xtask attack` builds the program, fills a database and starts this one. `cargo xtask attack --program PATH`
//! attacks a program that is built already, so that two builds can be compared.
//!
//! | table | attack | figures |
//! | --- | --- | --- |
//! | `connections` | holds connections open, sends endless bodies, reads no responses | latency, memory, when they are closed |
//! | `floods` | logs in and registers on many connections | honest attempts that are done, and the slowest |
//! | `guesses` | guesses the password of one account | hashes, responses, the owner's log-ins |
//! | `forged` | sends a forged `X-Forwarded-For` | guesses that count for one address |
//! | `quotas` | hosts and claims seats in one session | how many are done |
//!
//! Each row starts a new server; in all tables but the first it has a new database. A `!` marks a figure beyond the limit
//! or the aim beside it.

#![allow(clippy::print_stdout, reason = "a program that prints tables")]

mod attacker;
mod client;
mod connections;
#[path = "../faults/database.rs"]
#[expect(dead_code, reason = "the faults use all of it")]
mod database;
mod floods;
mod forged;
mod guesses;
mod outcomes;
mod probe;
mod quotas;
mod site;
mod sources;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::ensure;
use clap::Parser;
use load_tools::descriptors;

use self::connections::Connections;
use self::database::EngineKind;

/// More than twice the connections of the largest row, for clients and for the server's side.
const DESCRIPTORS: u64 = 8_192;

/// Attacks a server and measures what other clients notice
#[derive(Parser)]
struct Options {
    /// The program `dinnerparty`
    #[arg(long)]
    program: PathBuf,
    /// A database that `cargo xtask seed` filled, for the table of connections; without it, there is none
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Only this engine in the other tables
    #[arg(long)]
    engine: Option<EngineKind>,
    /// How long a row of the table of connections lasts at most, in seconds
    #[arg(long, default_value_t = 90)]
    seconds: u64,
    /// How long a flooding connection pauses after a 429 or a 503, in milliseconds. With 0 the attackers take the cores of
    /// this machine, and their own use of them is measured too
    #[arg(long, default_value_t = 250)]
    pause_ms: u64,
    /// Only rows whose name contains this text
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// Fails where a row could not run, since a proxy or an address is missing
    #[arg(long)]
    require_all: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Options { program, database, engine, seconds, pause_ms, only, require_all } = Options::parse();
    descriptors::raise_limit(DESCRIPTORS)?;
    if let Some(database) = &database {
        Connections { program: &program, database, seconds }.run(&only).await?;
    }
    let mut skipped = 0;
    for engine in engine.map_or_else(|| vec![EngineKind::Sqlite, EngineKind::Postgres], |engine| vec![engine]) {
        skipped += floods::run(&program, engine, &only, Duration::from_millis(pause_ms)).await?;
        guesses::run(&program, engine, &only).await?;
        forged::run(&program, engine, &only).await?;
        quotas::run(&program, engine, &only).await?;
    }
    ensure!(!require_all || skipped == 0, "rows that could not run: {skipped}");
    Ok(())
}
