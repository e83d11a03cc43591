//! Faults that a test cannot make, done to the program itself: it is killed, its disk fills up, its database server goes
//! away. Each fault prints what came of it, and ends in an error where something acknowledged is lost.
//!
//! `cargo xtask faults kill --times 100` builds the program and starts this, with the program's path. Its clients log what
//! they were told; afterwards that is compared with what is stored.

mod disk;
mod history;
mod kill;
mod load;
mod outage;
mod oversell;
mod place;
mod program;
mod sync;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use self::place::Engine;

/// Does to a DinnerParty what nobody should, and looks what is left
#[derive(Parser)]
struct Faults {
    /// The program `dinnerparty`
    #[arg(long)]
    program: PathBuf,
    /// On one engine alone, where the fault can be on both
    #[arg(long)]
    engine: Option<Engine>,
    #[command(subcommand)]
    fault: Fault,
}

#[derive(Subcommand)]
enum Fault {
    /// Kills it under load at random moments (on PostgreSQL now and then the database server too)
    Kill {
        /// How often, on each engine
        #[arg(long, default_value_t = 20)]
        times: u32,
    },
    /// Fills the disk under an SQLite file, and makes room again. Root alone may: it is a small tmpfs
    Disk,
    /// Stops PostgreSQL under load, and lets it go on
    Outage {
        /// For how long, in seconds
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Sends many guests to a few seats at once, at two processes on one database
    Oversell {
        /// How many guests
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(10..=2000))]
        guests: u32,
        /// How many parties, one after another, on each engine
        #[arg(long, default_value_t = 20)]
        rounds: u32,
    },
    /// Watches by strace whether each acknowledgment comes after a sync of the disk that follows its request. SQLite's
    /// alone: PostgreSQL syncs in another process
    Sync {
        /// How many answers, from one client and then from 16 at once
        #[arg(long, default_value_t = 200)]
        answers: usize,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Faults { program, engine, fault } = Faults::parse();
    let engines = engine.map_or_else(|| vec![Engine::Sqlite, Engine::Postgres], |engine| vec![engine]);
    match fault {
        Fault::Kill { times } => {
            for engine in engines {
                kill::kill(&program, engine, times).await?;
            }
            Ok(())
        }
        Fault::Disk => disk::fill(&program).await,
        Fault::Outage { seconds } => outage::outage(&program, seconds).await,
        Fault::Oversell { guests, rounds } => {
            for engine in engines {
                oversell::oversell(&program, engine, guests, rounds).await?;
            }
            Ok(())
        }
        Fault::Sync { answers } => sync::watch(&program, answers).await,
    }
}
