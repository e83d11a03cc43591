//! `cargo xtask sql`: prints a SQL statement of the crate `store` as it is run, to paste it into `sqlite3` or `psql`.
//! The statements are listed by the store's example `sql`.

use std::path::Path;

use crate::command;

/// Which statement, and for which engine.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The statement, such as `accounts::users::FIND`, or the last parts of its name. Without it the names are listed.
    name: Option<String>,
    /// Values in place of its parameters `$1`, `$2`, …: numbers, NULL, quoted texts (`'7'`) or texts.
    #[arg(allow_negative_numbers = true)]
    values: Vec<String>,
    /// The engine whose text is printed.
    #[arg(long, value_parser = ["sqlite", "postgres"], default_value = "sqlite")]
    engine: String,
}

/// Runs the example in the dev profile.
pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let mut example = command::cargo(root);
    example.args([
        "run",
        "--quiet",
        "--package",
        "accounts-store",
        "--features",
        "party,statements",
        "--example",
        "sql",
        "--",
    ]);
    command::run(example.arg(&options.engine).args(&options.name).args(&options.values))
}
