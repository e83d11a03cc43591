//! Does to DinnerParty what a test cannot, prints what happened, and fails where a guarantee does not hold.
//!
//! `cargo xtask faults kill --times 100` builds the program and starts this one with its path. The clients note every
//! answer; afterwards the answers are compared with what is stored.

#![allow(clippy::print_stdout, reason = "a program that prints tables")]

mod clients;
mod database;
mod full_disk;
mod kill;
mod outage;
mod oversell;
mod requests;
mod stored;
mod sync;
mod users;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use self::database::EngineKind;
use self::oversell::Oversell;

/// Injects faults into DinnerParty and checks its guarantees
#[derive(Parser)]
struct Faults {
    /// The program `dinnerparty`
    #[arg(long)]
    program: PathBuf,
    /// Only this engine, where a fault can happen on both
    #[arg(long)]
    engine: Option<EngineKind>,
    #[command(subcommand)]
    fault: Fault,
}

#[derive(Subcommand)]
enum Fault {
    /// Kills the program under load at random moments; on PostgreSQL every fourth time the database server too
    Kill {
        /// How often, on each engine
        #[arg(long, default_value_t = 20)]
        times: u32,
    },
    /// Fills the disk of an SQLite database, then frees space. Needs root: the disk is a small tmpfs
    Disk,
    /// Stops PostgreSQL under load and starts it again; then freezes and thaws it
    Outage {
        /// The length of each outage in seconds
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Sends more guests at once than a party has seats
    Oversell(Oversell),
    /// Checks by strace that the disk is synced between each request and its acknowledgment.
    ///
    /// SQLite only, since PostgreSQL syncs in a process of its own
    Sync {
        /// How many responses, from one client and then from 16 at once
        #[arg(long, default_value_t = 200)]
        responses: usize,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Faults { program, engine, fault } = Faults::parse();
    let engines = engine.map_or_else(|| vec![EngineKind::Sqlite, EngineKind::Postgres], |engine| vec![engine]);
    match fault {
        Fault::Kill { times } => {
            for engine in engines {
                kill::run(&program, engine, times).await?;
            }
            Ok(())
        }
        Fault::Disk => full_disk::run(&program).await,
        Fault::Outage { seconds } => outage::run(&program, seconds).await,
        Fault::Oversell(oversell) => {
            for engine in engines {
                oversell.run(&program, engine).await?;
            }
            Ok(())
        }
        Fault::Sync { responses } => sync::run(&program, responses).await,
    }
}
