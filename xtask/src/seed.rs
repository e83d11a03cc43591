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
    #[arg(long, value_name = "N")]
    users: Option<u32>,
    /// How many parties, all in 2030: user i hosts party p where i = p mod 10; 500 seats, five guests each.
    #[arg(long, value_name = "M")]
    parties: Option<u32>,
}

/// Runs the example in the dev profile, which the tests have built already: filling is bound by the database, while a
/// release build (thin LTO) would take minutes first.
pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let mut seed = command::cargo(root);
    seed.args(["run", "--quiet", "--package", "web", "--example", "seed", "--", "--database", &options.database]);
    command::run(seed.args(options.amounts()))
}

impl Options {
    /// What was given alone: how far to fill otherwise is the example's to say.
    fn amounts(&self) -> Vec<String> {
        let given = [("--users", self.users), ("--parties", self.parties)];
        given.into_iter().filter_map(|(name, amount)| Some(format!("{name}={}", amount?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_given_is_passed_on() {
        let options = |users, parties| Options { database: "sqlite:full.db".into(), users, parties };
        assert_eq!(options(None, None).amounts(), [""; 0]);
        assert_eq!(options(Some(3), None).amounts(), ["--users=3"]);
        assert_eq!(options(Some(3), Some(0)).amounts(), ["--users=3", "--parties=0"]);
    }
}
