//! `cargo xtask faults`: what a test cannot do to the program, or not for that long. Which faults there are and what must
//! come of them is said by the examples `faults` and `soak` of the crate `web`; this builds the program and starts them.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

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
        if *fault == Fault::Soak {
            soak(root, &program, options)?;
        } else {
            let mut example = example(root, "faults");
            example.arg("--program").arg(&program);
            command::run(example.args(fault.words(options)))?;
        }
    }
    Ok(())
}

impl Fault {
    /// As the example has it.
    fn words(self, options: &Options) -> Vec<String> {
        let words = match self {
            Self::Kill => return vec!["kill".into(), format!("--times={}", options.times)],
            Self::Disk => "disk",
            Self::Outage => "outage",
            Self::Oversell => "oversell",
            Self::Sync => "sync",
            Self::Soak => "soak",
        };
        vec![words.into()]
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
    let metadata = cargo_metadata::MetadataCommand::new().current_dir(root).no_deps().exec()?;
    let profile = if release { "release" } else { "debug" };
    Ok(metadata.target_directory.join(profile).join("dinnerparty").into())
}

/// In the dev profile: what it measures is the program.
fn example(root: &Path, name: &str) -> Command {
    let mut run = command::cargo(root);
    run.args(["run", "--quiet", "--package", "web", "--example", name, "--"]);
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
    let database = format!("sqlite:{}", folder.join("soak.db").display());
    command::run(example(root, "seed").args(["--database", &database]))?;
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut server = Command::new(program);
    server.args(["--database", &database, "--listen", &address.to_string(), "--log", "warn"]);
    let server = Server(server.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?);
    let begun = Instant::now();
    while std::net::TcpStream::connect(address).is_err() {
        ensure!(begun.elapsed() < Duration::from_secs(30), "the program did not come up");
        sleep(Duration::from_millis(20));
    }
    let mut soak = example(root, "soak");
    soak.args(["--server", &format!("http://{address}"), "--pid", &server.0.id().to_string()]);
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
        options.faults.iter().map(|fault| fault.words(&options)).collect()
    }

    #[test]
    fn each_fault_is_asked_for_by_its_word_and_how_often_is_passed_on() {
        assert_eq!(words(&["kill", "disk", "--times", "100"]), [vec!["kill", "--times=100"], vec!["disk"]]);
        assert_eq!(words(&["outage", "oversell", "sync"]), [["outage"], ["oversell"], ["sync"]]);
        assert_eq!(words(&[]), [[""; 0]; 0]);
    }
}
