//! `cargo xtask load`: an hour of mixed load at a constant rate. What is sent and what is expected is in the example
//! `load` of the crate `load-tools`; this verb builds the program, fills a database and starts the example.

use std::path::Path;

use crate::command;
use crate::load_tools::{ProgramOptions, SeededDatabase, example};

/// How long and how much.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The length of the run in minutes.
    #[arg(long, default_value_t = 60)]
    minutes: u32,
    /// Requests per second.
    #[arg(long, default_value_t = 20)]
    rate: u32,
    #[command(flatten)]
    program: ProgramOptions,
}

/// The size of the seeded database.
const USERS: u32 = 200;
const PARTIES: u32 = 50;

pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let program = options.program.provide(root)?;
    let database = SeededDatabase::new(root, USERS, PARTIES)?;
    let mut load = example(root, "load-tools", "load");
    load.arg("--program").arg(program).args(["--database", &database.url(), &format!("--parties={PARTIES}")]);
    load.args([format!("--minutes={}", options.minutes), format!("--rate={}", options.rate)]);
    command::run(&mut load)
}
