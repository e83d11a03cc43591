//! `cargo xtask seed`: fills a database for measurements and for looking at full pages. The data is in the example
//! `seed` of the crate `web`, so that the program contains none of it.

use std::path::Path;

use crate::command;
use crate::load_tools::example;

/// Which database, and how much.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The database to fill: `sqlite:path` or `postgres://…`.
    #[arg(long, value_name = "URL")]
    database: String,
    /// How many users: `u0000`, `u0001`, … with the e-mail `u0000@example.com` and the password
    /// `correct horse battery 0`.
    #[arg(long, value_name = "N")]
    users: Option<u32>,
    /// How many parties, all in 2030: user i hosts party p where i = p mod 10; 500 seats, five guests each.
    #[arg(long, value_name = "M")]
    parties: Option<u32>,
    /// How many further users have stored what the quotas allow in a day: 720 parties and 7,200 RSVPs each.
    #[arg(long, value_name = "N")]
    hostile: Option<u32>,
}

/// Runs the example in the dev profile: filling is bound by the database, while a release build would take minutes
/// first.
pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let mut seed = example(root, "web", "seed");
    command::run(seed.args(["--database", &options.database]).args(options.amounts()))
}

impl Options {
    /// The given amounts. The others default to the example's own.
    fn amounts(&self) -> Vec<String> {
        let given = [("--users", self.users), ("--parties", self.parties), ("--hostile", self.hostile)];
        given.into_iter().filter_map(|(name, amount)| Some(format!("{name}={}", amount?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_given_amounts_are_passed_on() {
        let options = |users, parties| Options { database: "sqlite:full.db".into(), users, parties, hostile: None };
        assert_eq!(options(None, None).amounts(), [""; 0]);
        assert_eq!(options(Some(3), None).amounts(), ["--users=3"]);
        assert_eq!(options(Some(3), Some(0)).amounts(), ["--users=3", "--parties=0"]);
    }
}
