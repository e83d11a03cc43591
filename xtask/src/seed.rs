//! `cargo xtask seed`: fills a database for measuring and for looking around. What it is filled with is said by the
//! example `seed` of the crate `web`, which is why no seed data is in the server.

use std::path::Path;

use crate::command;

/// What to fill, and how far.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The database to fill: `sqlite:path` or `postgres://…`.
    #[arg(long, value_name = "URL")]
    database: String,
    /// How many people: `u0000` with the e-mail `u0000@example.com` and the password `correct horse battery 0`, and on.
    #[arg(long, value_name = "N", default_value_t = 10)]
    users: u32,
    /// How many parties, all in 2030: user i hosts party p where i = p mod 10; 500 seats, five guests each.
    #[arg(long, value_name = "M", default_value_t = 50)]
    parties: u32,
}

/// Runs the example in the dev profile, which the tests have built already: filling is bound by the database, while a
/// release build (thin LTO) would take minutes first.
pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let (users, parties) = (options.users.to_string(), options.parties.to_string());
    let mut seed = command::cargo(root);
    seed.args(["run", "--quiet", "--package", "web", "--example", "seed", "--", "--database", &options.database]);
    command::run(seed.args(["--users", &users, "--parties", &parties]))
}
