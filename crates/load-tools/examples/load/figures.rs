//! Counts outcomes by kind of request and measures latencies.

use std::collections::BTreeMap;
use std::fmt;

use load_tools::latency::{Latencies, Percentiles};

use crate::kinds::Kind;
use crate::requests::Outcome;

/// The outcomes of one kind of request.
#[derive(Default)]
struct KindFigures {
    latencies: Latencies,
    /// How often each result occurred.
    results: BTreeMap<String, u64>,
}

/// The outcomes of a minute, or of the whole run.
#[derive(Default)]
pub(crate) struct Figures {
    kinds: BTreeMap<Kind, KindFigures>,
    /// Requests that did not start, since too many were in flight.
    pub(crate) not_started: u64,
}

impl Figures {
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        let figures = self.kinds.entry(outcome.kind).or_default();
        figures.latencies.record(outcome.took);
        *figures.results.entry(outcome.result.clone()).or_default() += 1;
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (kind, added) in other.kinds {
            let figures = self.kinds.entry(kind).or_default();
            figures.latencies.extend(&added.latencies);
            for (result, count) in added.results {
                *figures.results.entry(result).or_default() += count;
            }
        }
        self.not_started += other.not_started;
    }

    /// How many results are not expected for their kind.
    pub(crate) fn unexpected(&self) -> u64 {
        let wrong = |(kind, figures): (&Kind, &KindFigures)| -> u64 {
            figures.results.iter().filter(|(result, _)| !kind.expects(result)).map(|(_, count)| count).sum()
        };
        self.kinds.iter().map(wrong).sum()
    }

    /// One line: count and latencies (without the requests that wait for a timeout), then all results.
    pub(crate) fn line(&self) -> String {
        let mut latencies = Latencies::default();
        let mut results = BTreeMap::<&str, u64>::new();
        for (kind, figures) in &self.kinds {
            if !kind.waits_for_timeout() {
                latencies.extend(&figures.latencies);
            }
            for (result, count) in &figures.results {
                *results.entry(result).or_default() += count;
            }
        }
        let results: Vec<_> = results.iter().map(|(result, count)| format!("{count} × {result}")).collect();
        let not_started =
            if self.not_started == 0 { String::new() } else { format!(", {} not started", self.not_started) };
        let Percentiles { p50, p99, .. } = latencies.percentiles();
        format!("{:8}  {p50:6.1}  {p99:6.1}  {}{not_started}", latencies.count(), results.join(", "))
    }
}

impl fmt::Display for Figures {
    /// A table with a line for each kind of request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "request                      requests    p50 ms    p99 ms    max ms  responses")?;
        for (kind, figures) in &self.kinds {
            let Percentiles { p50, p99, max } = figures.latencies.percentiles();
            write!(f, "{:27}  {:8}  {p50:8.1}  {p99:8.1}  {max:8.1}", kind.name(), figures.latencies.count())?;
            for (result, count) in &figures.results {
                let mark = if kind.expects(result) { "" } else { " UNEXPECTED" };
                write!(f, "  {count} × {result}{mark}")?;
            }
            writeln!(f)?;
        }
        writeln!(f, "not started: {}; unexpected: {}", self.not_started, self.unexpected())
    }
}
