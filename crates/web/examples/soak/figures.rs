//! How often what was answered, how fast, and what the server's process holds meanwhile.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

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

/// What a process holds.
#[derive(Default)]
pub(crate) struct Held {
    rss: String,
    threads: String,
    files: usize,
}

impl Process {
    pub(crate) fn read(&self) -> std::io::Result<Held> {
        let status = fs::read_to_string(self.0.join("status"))?;
        let value = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()).unwrap_or("?").to_owned()
        };
        let files = fs::read_dir(self.0.join("fd"))?.count();
        Ok(Held { rss: value("VmRSS:"), threads: value("Threads:"), files })
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>7}  {:5}  {:>7}", self.rss, self.files, self.threads)
    }
}
