//! `cargo xtask faults`: what a test cannot do to the program, or not for that long. Which faults there are and what must
//! come of them is said by the examples `faults` and `load` of the crate `load-tools`; this builds the program and starts them.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

use crate::command;

/// Which faults, and how much of them.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Which; without a word all but the soak, which takes an hour.
    #[arg(value_enum)]
    faults: Vec<Fault>,
    /// How often the program is killed, on each engine.
    #[arg(long, default_value_t = 20)]
    times: u32,
    /// How long the soak is, in minutes.
    #[arg(long, default_value_t = 60)]
    minutes: u32,
    /// How many requests a second the soak asks.
    #[arg(long, default_value_t = 20)]
    rate: u32,
    /// Builds the program as it is released, and not as the tests have built it already.
    #[arg(long)]
    release: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Fault {
    /// Killed under load, again and again.
    Kill,
    /// A full disk (as root).
    Disk,
    /// PostgreSQL stopped, and frozen, for ten seconds.
    Outage,
    /// 200 guests on 10 seats at two processes.
    Oversell,
    /// Whether each answer comes after a sync of the disk (by strace).
    Sync,
    /// An hour of everything.
    Soak,
}

const ALL: [Fault; 5] = [Fault::Kill, Fault::Disk, Fault::Outage, Fault::Oversell, Fault::Sync];

pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let program = program(root, options.release)?;
    let faults = if options.faults.is_empty() { &ALL[..] } else { &options.faults };
    for fault in faults {
        match fault.words(options) {
            Some(words) => {
                command::run(example(root, "load-tools", "faults").arg("--program").arg(&program).args(words))?
            }
            None => soak(root, &program, options)?,
        }
    }
    Ok(())
}

impl Fault {
    /// As the example `faults` has it; `None` for the soak, which is an example of its own.
    fn words(self, options: &Options) -> Option<Vec<String>> {
        match self {
            Self::Kill => Some(vec!["kill".into(), format!("--times={}", options.times)]),
            Self::Disk => Some(vec!["disk".into()]),
            Self::Outage => Some(vec!["outage".into()]),
            Self::Oversell => Some(vec!["oversell".into()]),
            Self::Sync => Some(vec!["sync".into()]),
            Self::Soak => None,
        }
    }
}

/// Builds it, and tells where it is.
fn program(root: &Path, release: bool) -> anyhow::Result<PathBuf> {
    let mut build = command::cargo(root);
    build.args(["build", "--package", "web", "--bin", "dinnerparty"]);
    if release {
        build.arg("--release");
    }
    command::run(&mut build)?;
    let profile = if release { "release" } else { "debug" };
    Ok(command::target(root)?.join(profile).join("dinnerparty"))
}

/// In the dev profile: what it measures is the program.
fn example(root: &Path, package: &str, name: &str) -> Command {
    let mut run = command::cargo(root);
    run.args(["run", "--quiet", "--package", package, "--example", name, "--"]);
    run
}

/// Ends with whoever holds it.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill(); // gone already, where it broke
        let _ = self.0.wait();
    }
}

fn soak(root: &Path, program: &Path, options: &Options) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("soak-{}", std::process::id()));
    std::fs::create_dir(&folder).context("no folder for the database")?;
    let file = folder.join("soak.db");
    let database = format!("sqlite:{}", file.display());
    command::run(example(root, "web", "seed").args(["--database", &database]))?;
    let mut server = Command::new(program);
    server.args(["--database", &database, "--listen", "127.0.0.1:0", "--log", "warn"]);
    let mut server = Server(server.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?);
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().context("its output is piped")?).read_line(&mut line)?;
    let (_, origin) = line.trim_end().split_once(" is served at ").context("the program did not come up")?;
    let mut soak = example(root, "load-tools", "load");
    soak.args(["--server", origin, "--pid", &server.0.id().to_string(), "--database"]).arg(&file);
    let amounts = [("--minutes", options.minutes), ("--rate", options.rate)];
    let soaked = command::run(soak.args(amounts.map(|(name, amount)| format!("{name}={amount}"))));
    drop(server);
    std::fs::remove_dir_all(folder)?;
    soaked
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn words(line: &[&str]) -> Vec<Vec<String>> {
        let options = Line::parse_from([&["faults"], line].concat()).options;
        options.faults.iter().filter_map(|fault| fault.words(&options)).collect()
    }

    #[test]
    fn each_fault_is_asked_for_by_its_word_and_how_often_is_passed_on() {
        assert_eq!(words(&["kill", "disk", "--times", "100"]), [vec!["kill", "--times=100"], vec!["disk"]]);
        assert_eq!(words(&["outage", "oversell", "sync"]), [["outage"], ["oversell"], ["sync"]]);
        assert_eq!(words(&["soak"]), [[""; 0]; 0], "it is an example of its own");
    }
}
