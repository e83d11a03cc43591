//! `cargo xtask attack`: clients that use up connections, memory, password hashes or rows, and what another client notices.
//! The attacks are in the example `attack` of the crate `load-tools`; this verb builds the program, fills a database and
//! starts the example.

use std::path::Path;

use crate::command;
use crate::load_tools::{ProgramOptions, SeededDatabase, example};

/// Which attacks.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only rows whose name contains this text, such as `unread`.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Only this engine: `sqlite` or `postgres`. The attacks on connections use SQLite.
    #[arg(long, value_name = "ENGINE")]
    engine: Option<String>,
    /// How long a flooding connection pauses after a 429 or a 503, in milliseconds.
    #[arg(long, default_value_t = 250)]
    pause_ms: u64,
    /// Fails where a row could not run, since nginx, Caddy or an address is missing.
    #[arg(long)]
    require_all: bool,
    #[command(flatten)]
    program: ProgramOptions,
}

/// The size of the seeded database: its largest page lists 100 parties.
const USERS: u32 = 200;
const PARTIES: u32 = 200;

pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let program = options.program.provide(root)?;
    let database = SeededDatabase::new(root, USERS, PARTIES)?;
    let mut attack = example(root, "load-tools", "attack");
    attack.arg("--program").arg(program).args(["--database", &database.url()]);
    attack.arg(format!("--pause-ms={}", options.pause_ms));
    attack.args(options.require_all.then_some("--require-all"));
    attack.args(options.only.iter().flat_map(|only| ["--only", only]));
    command::run(attack.args(options.engine.iter().flat_map(|engine| ["--engine", engine])))
}
