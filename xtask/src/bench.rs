//! `cargo xtask bench`: runs the crates' benchmarks and prints the ratio of each to its floor, which is the same work
//! without our code. Compare ratios, not times: two runs meet a machine with different other load.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::command;

/// Crate and benchmark. The head of each benchmark's file says what it measures.
const BENCHES: &[(&str, &str)] = &[("domain", "rules"), ("auth", "hash"), ("store", "reads"), ("web", "pages")];

/// Which benchmarks.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only the benchmarks of this crate.
    #[arg(long, value_name = "CRATE")]
    package: Option<String>,
    /// Only benchmarks whose name contains this text.
    filter: Option<String>,
}

pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let folder = command::target(root)?.join("criterion");
    if folder.exists() {
        fs::remove_dir_all(&folder)?; // the results of an earlier run
    }
    let wanted = |package: &str| options.package.as_ref().is_none_or(|only| only == package);
    for (package, bench) in BENCHES.iter().filter(|(package, _)| wanted(package)) {
        let mut cargo = command::cargo(root);
        let manifest = format!("crates/{package}/Cargo.toml");
        cargo.env("CRITERION_HOME", &folder).args(["bench", "--quiet", "--manifest-path", &manifest, "--bench", bench]);
        let features = if *package == "domain" || *package == "store" { &["--features=party"][..] } else { &[] };
        command::run(cargo.args(features).args(["--", "--quiet"]).args(&options.filter))?;
    }
    let medians = medians(&folder)?;
    ensure!(!medians.is_empty(), "nothing was measured");
    print!("{}", table(&medians));
    Ok(())
}

/// The medians in nanoseconds, ours and the floor's, by name.
type Medians = BTreeMap<String, [f64; 2]>;

/// Reads criterion's results: a folder for each group, with one folder each for `ours` and `floor`.
fn medians(folder: &Path) -> anyhow::Result<Medians> {
    let mut medians = Medians::new();
    for group in fs::read_dir(folder).with_context(|| format!("nothing was measured: no {}", folder.display()))? {
        let group = group?.path();
        let median = |of: &str| -> anyhow::Result<f64> {
            let file = group.join(of).join("new/estimates.json");
            let text = fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
            let read: Value = serde_json::from_str(&text)?;
            read["median"]["point_estimate"].as_f64().with_context(|| format!("no median in {}", file.display()))
        };
        if group.join("ours").exists() {
            let name = group.file_name().unwrap_or_default().to_string_lossy().into_owned();
            medians.insert(name, [median("ours")?, median("floor")?]);
        }
    }
    Ok(medians)
}

fn table(medians: &Medians) -> String {
    let line =
        |name: &str, ours: &str, floor: &str, ratio: &str| format!("{name:<34} {ours:>12} {floor:>12} {ratio:>8}\n");
    let lines = medians
        .iter()
        .map(|(name, [ours, floor])| line(name, &duration(*ours), &duration(*floor), &format!("{:.1}", ours / floor)));
    [line("median of", "ours", "floor", "ratio")].into_iter().chain(lines).collect()
}

/// `850 ns`, `12.3 µs`, `86.0 ms`.
fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.1} µs", n / 1e3),
        n => format!("{:.1} ms", n / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_median(folder: &Path, group: &str, of: &str, median: &str) {
        let results = folder.join(group).join(of).join("new");
        fs::create_dir_all(&results).unwrap();
        fs::write(results.join("estimates.json"), format!("{{\"median\":{{\"point_estimate\":{median}}}}}")).unwrap();
    }

    #[test]
    fn table_shows_ratio_to_floor() {
        let folder = tempfile::tempdir().unwrap();
        write_median(folder.path(), "a hash", "ours", "86000000.0");
        write_median(folder.path(), "a hash", "floor", "80000000.0");
        write_median(folder.path(), "a key", "ours", "1500.0");
        write_median(folder.path(), "a key", "floor", "500.0");

        let table = table(&medians(folder.path()).unwrap());

        let lines: Vec<Vec<_>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1], ["a", "hash", "86.0", "ms", "80.0", "ms", "1.1"]);
        assert_eq!(lines[2], ["a", "key", "1.5", "µs", "500", "ns", "3.0"]);
    }

    #[test]
    fn benchmark_without_floor_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        write_median(folder.path(), "a hash", "ours", "1.0");

        assert!(medians(folder.path()).is_err());
        assert!(medians(&folder.path().join("nowhere")).is_err());
    }
}
