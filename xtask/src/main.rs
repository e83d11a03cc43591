//! The project's own commands: one file per verb. It depends on no other crate of the workspace, so that it can check
//! them all and builds before any of them.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program prints")]

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
mod package;
mod screenshots;
mod seed;
mod source;
mod spelling;
mod sql;
mod test;
mod tidy;
mod tree;
mod zones;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Verb {
    /// Checks everything: format, spelling, clippy, layers, tidy, features, docs, and all tests on both engines.
    ///
    /// Installs missing programs where it may, and otherwise stops with the command that installs them.
    Test,
    /// Checks the dependency table (which crate may depend on which) by `cargo metadata` and the sources.
    Layers,
    /// Checks the rules of style that clippy and rustfmt cannot see.
    Tidy,
    /// Checks spelling, with American English.
    Spelling,
    /// Packs the crates that embedders take from the registry, and compiles each from its package alone.
    Package,
    /// Runs the benchmarks and prints the ratio of each to its floor.
    Bench(bench::Options),
    /// Runs the property tests of everything that parses input, with a million cases each.
    Fuzz(fuzz::Options),
    /// Fills a database with users and parties, the same ones each time.
    Seed(seed::Options),
    /// Prints a SQL statement of the store, to paste into `sqlite3` or `psql`; without a name lists them.
    Sql(sql::Options),
    /// Takes pictures of every page of DinnerParty and two examples in each of its states, into `target/screenshots`.
    Screenshots(screenshots::Options),
    /// Checks the pages with axe-core, the W3C's HTML checker and Lighthouse, and their sizes against the budget.
    Audit(audit::Options),
    /// Kills the program under load, fills its disk, stops its database, and compares acknowledged with stored writes.
    Faults(faults::Options),
    /// Sends an hour of mixed load and checks responses, latency and memory.
    Load(load::Options),
    /// Holds connections open or leaves responses unread, and measures another client's latency.
    Attack(attack::Options),
    /// Writes the table of former time zone names from a release of IANA's time zone database.
    Zones(zones::Options),
}

fn main() -> ExitCode {
    let done = match Verb::parse() {
        Verb::Test => test::run(root()),
        Verb::Layers => layers::run(root()),
        Verb::Tidy => tidy::run(root()),
        Verb::Spelling => spelling::run(root()),
        Verb::Package => package::run(root()),
        Verb::Bench(options) => bench::run(root(), &options),
        Verb::Fuzz(options) => fuzz::run(root(), &options),
        Verb::Seed(options) => seed::run(root(), &options),
        Verb::Sql(options) => sql::run(root(), &options),
        Verb::Screenshots(options) => screenshots::run(root(), &options),
        Verb::Audit(options) => audit::run(root(), &options),
        Verb::Faults(options) => faults::run(root(), &options),
        Verb::Load(options) => load::run(root(), &options),
        Verb::Attack(options) => attack::run(root(), &options),
        Verb::Zones(options) => zones::run(root(), &options),
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

/// Prints each violation on a line of its own. With any, the error is a summary.
fn report(verb: &str, violations: &[String]) -> anyhow::Result<()> {
    for violation in violations {
        println!("{verb}: {violation}");
    }
    anyhow::ensure!(violations.is_empty(), "{verb} found {} violation(s)", violations.len());
    println!("{verb}: no violations");
    Ok(())
}
