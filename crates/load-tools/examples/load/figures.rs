//! How often what was answered, how fast, and what the server's process holds meanwhile.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;

use super::load::{Answer, Kind};

/// The answers to one kind of request.
#[derive(Default)]
struct Told {
    times: Vec<Duration>,
    answers: BTreeMap<String, u64>,
}

/// What was answered so far.
#[derive(Default)]
pub(crate) struct Figures {
    kinds: BTreeMap<Kind, Told>,
    /// Requests whose time came while too many hung.
    pub(crate) not_begun: u64,
}

impl Figures {
    pub(crate) fn add(&mut self, kind: Kind, answer: &Answer) {
        let told = self.kinds.entry(kind).or_default();
        told.times.push(answer.took);
        *told.answers.entry(answer.told.clone()).or_default() += 1;
    }

    /// How many answers are none of those that are due.
    pub(crate) fn unexpected(&self) -> u64 {
        let wrong = |(kind, told): (&Kind, &Told)| -> u64 {
            told.answers.iter().filter(|(answer, _)| !kind.is_due(answer)).map(|(_, count)| count).sum()
        };
        self.kinds.iter().map(wrong).sum()
    }

    /// One line: how many, how fast (but for the slow by themselves), and which answers.
    pub(crate) fn line(&self) -> String {
        let mut times: Vec<_> =
            self.kinds.iter().filter(|(kind, _)| !kind.is_slow()).flat_map(|(_, told)| &told.times).copied().collect();
        let mut answers = BTreeMap::<&str, u64>::new();
        for (answer, count) in self.kinds.values().flat_map(|told| &told.answers) {
            *answers.entry(answer).or_default() += count;
        }
        let answers =
            answers.iter().map(|(answer, count)| format!("{count} × {answer}")).collect::<Vec<_>>().join(", ");
        let not_begun = if self.not_begun == 0 { String::new() } else { format!(", {} not begun", self.not_begun) };
        let (count, p50, p99) = (times.len(), share(&mut times, 50), share(&mut times, 99));
        format!("{count:8}  {p50:6.1}  {p99:6.1}  {answers}{not_begun}")
    }
}

/// The time within which that many of a hundred were answered, in milliseconds.
fn share(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "what                         requests    p50 ms    p99 ms    max ms  answers")?;
        for (kind, told) in &self.kinds {
            let mut times = told.times.clone();
            let (p50, p99, longest) = (share(&mut times, 50), share(&mut times, 99), share(&mut times, 100));
            write!(f, "{:27}  {:8}  {p50:8.1}  {p99:8.1}  {longest:8.1}", kind.name(), times.len())?;
            for (answer, count) in &told.answers {
                let mark = if kind.is_due(answer) { "" } else { " NOT DUE" };
                write!(f, "  {count} × {answer}{mark}")?;
            }
            writeln!(f)?;
        }
        writeln!(f, "not begun since too many hung: {}; not what is due: {}", self.not_begun, self.unexpected())
    }
}

/// The folder in which Linux says what a process holds.
pub(crate) struct Process(pub(crate) PathBuf);

/// What a process holds, and the log of its database.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Held {
    rss_kib: u64,
    files: u64,
    threads: u64,
    /// 0 where it is not known.
    wal_kib: u64,
}

/// Connections come and go, and with them a few descriptors; what leaks at every hundredth request is more by far after 10
/// minutes.
const FEW: u64 = 24;

impl Process {
    /// With the size of the write-ahead log of that SQLite file, if there is one.
    pub(crate) fn read(&self, database: Option<&Path>) -> anyhow::Result<Held> {
        let status = fs::read_to_string(self.0.join("status"))?;
        let value = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
            number.with_context(|| format!("no {name} in a process's status"))
        };
        let files = u64::try_from(fs::read_dir(self.0.join("fd"))?.count())?;
        let wal = database.map(|file| fs::metadata(format!("{}-wal", file.display()))).transpose();
        let wal_kib = wal.context("the database has no log")?.map_or(0, |wal| wal.len() / 1024);
        Ok(Held { rss_kib: value("VmRSS:")?, files, threads: value("Threads:")?, wal_kib })
    }
}

impl Held {
    /// What of it is more than it may be, after all that a process fills once was filled `then`.
    pub(crate) fn grown_since(&self, then: &Self) -> Vec<String> {
        let held = [
            ("KiB of memory", self.rss_kib, then.rss_kib, then.rss_kib + then.rss_kib / 4),
            ("files", self.files, then.files, then.files + FEW),
            ("threads", self.threads, then.threads, then.threads + FEW),
        ];
        let grown = held.into_iter().filter(|(_, now, _, most)| now > most);
        grown.map(|(what, now, then, _)| format!("{now} {what}, once {then}")).collect()
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>7}  {:5}  {:>7}  {:7}", self.rss_kib, self.files, self.threads, self.wal_kib)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEN: Held = Held { rss_kib: 40_000, files: 60, threads: 8, wal_kib: 4_000 };

    #[test]
    fn a_quarter_more_memory_and_a_few_files_and_threads_are_no_leak() {
        let now = Held { rss_kib: 50_000, files: 84, threads: 32, wal_kib: 9_000 };

        assert_eq!(now.grown_since(&THEN), [""; 0]);
    }

    #[test]
    fn each_that_grew_past_that_is_told() {
        let now = Held { rss_kib: 50_001, files: 85, threads: 33, wal_kib: 0 };

        let told = ["50001 KiB of memory, once 40000", "85 files, once 60", "33 threads, once 8"];
        assert_eq!(now.grown_since(&THEN), told);
    }
}
