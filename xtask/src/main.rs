//! The project's own commands: one file per verb. It depends on no crate of ours, so that it can judge them all and
//! builds before any of them.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to the person who called it")]

mod attack;
mod audit;
mod bench;
mod browser;
mod command;
mod faults;
mod fuzz;
mod gallery;
mod layers;
mod load;
mod load_tools;
mod screenshots;
mod seed;
mod source;
mod test;
mod tidy;
mod tree;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Verb {
    /// Checks everything: format, clippy, layers, tidy, features, docs, and all tests on both engines.
    ///
    /// Installs what it needs and does not find where it may, and otherwise stops with the command that does.
    Test,
    /// Proves the dependency table (which crate may name which) from `cargo metadata` and the sources.
    Layers,
    /// Checks what the house's style asks and a machine can see.
    Tidy,
    /// Runs the benchmarks, and says how many times its floor each costs.
    Bench(bench::Options),
    /// Throws a million inputs and more at whatever reads what strangers send.
    Fuzz(fuzz::Options),
    /// Fills a database with people and parties, the same ones each time.
    Seed(seed::Options),
    /// Takes pictures of every page of the three services in each of its states, into `target/screenshots`.
    Screenshots(screenshots::Options),
    /// Lets axe-core, the W3C's checker and Lighthouse look for what is wrong with the pages, and weighs them.
    Audit(audit::Options),
    /// Kills the program under load, fills its disk, stops its database, and compares acknowledged with stored writes.
    Faults(faults::Options),
    /// Sends an hour of mixed load and checks responses, latency and memory.
    Load(load::Options),
    /// Holds connections open or leaves responses unread, and measures another client's latency.
    Attack(attack::Options),
}

fn main() -> ExitCode {
    let done = match Verb::parse() {
        Verb::Test => test::run(root()),
        Verb::Layers => layers::run(root()),
        Verb::Tidy => tidy::run(root()),
        Verb::Bench(options) => bench::run(root(), &options),
        Verb::Fuzz(options) => fuzz::run(root(), &options),
        Verb::Seed(options) => seed::run(root(), &options),
        Verb::Screenshots(options) => screenshots::run(root(), &options),
        Verb::Audit(options) => audit::run(root(), &options),
        Verb::Faults(options) => faults::run(root(), &options),
        Verb::Load(options) => load::run(root(), &options),
        Verb::Attack(options) => attack::run(root(), &options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The repository's top folder.
fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Prints each breach on a line of its own; the error is the one line that sums them up.
fn report(verb: &str, breaches: &[String]) -> anyhow::Result<()> {
    for breach in breaches {
        println!("{verb}: {breach}");
    }
    anyhow::ensure!(breaches.is_empty(), "{verb} found {} breach(es)", breaches.len());
    println!("{verb}: in order");
    Ok(())
}
