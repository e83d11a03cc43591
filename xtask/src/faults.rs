//! `cargo xtask faults`: injects faults that a test cannot. What each does, and which guarantees it checks, is in the
//! example `faults` of the crate `load-tools`; this verb builds the program and starts the example.

use std::path::Path;

use crate::command;
use crate::load_tools::{ProgramOptions, example};

/// Which faults, and how many.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The faults; all of them without a name.
    #[arg(value_enum)]
    faults: Vec<Fault>,
    /// How often the program is killed, on each engine.
    #[arg(long, default_value_t = 20)]
    times: u32,
    /// How many server processes the guests of `oversell` use.
    #[arg(long, default_value_t = 2)]
    processes: u32,
    #[command(flatten)]
    program: ProgramOptions,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Fault {
    /// Kills the program under load, again and again.
    Kill,
    /// Fills the disk (needs root).
    Disk,
    /// Stops PostgreSQL, and freezes it, for ten seconds each.
    Outage,
    /// Sends 200 guests to parties of 10 seats.
    Oversell,
    /// Checks by strace that the disk is synced before each acknowledgment.
    Sync,
}

const ALL: [Fault; 5] = [Fault::Kill, Fault::Disk, Fault::Outage, Fault::Oversell, Fault::Sync];

pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let program = options.program.provide(root)?;
    let faults = if options.faults.is_empty() { &ALL[..] } else { &options.faults };
    for fault in faults {
        let mut faults = example(root, "load-tools", "faults");
        command::run(faults.arg("--program").arg(&program).args(fault.arguments(options)))?;
    }
    Ok(())
}

impl Fault {
    /// The arguments of the example.
    fn arguments(self, options: &Options) -> Vec<String> {
        match self {
            Self::Kill => vec!["kill".into(), format!("--times={}", options.times)],
            Self::Disk => vec!["disk".into()],
            Self::Outage => vec!["outage".into()],
            Self::Oversell => vec!["oversell".into(), format!("--processes={}", options.processes)],
            Self::Sync => vec!["sync".into()],
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct CommandLine {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn fault_is_passed_on_with_its_amount() {
        let options = CommandLine::parse_from(["faults", "kill", "disk", "oversell", "--times", "100"]).options;
        let arguments: Vec<_> = options.faults.iter().map(|fault| fault.arguments(&options)).collect();
        assert_eq!(arguments, [vec!["kill", "--times=100"], vec!["disk"], vec!["oversell", "--processes=2"]]);
    }
}
