//! The log of a test: lines of `tracing`, collected.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use tracing::subscriber::{DefaultGuard, NoSubscriber, set_default, set_global_default};
use tracing::{Dispatch, Level};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

/// A second subscriber of the process, which wants no line.
///
/// With one subscriber alone `tracing` asks that of the thread which reaches a line first whether the line is wanted, and
/// remembers the answer for all threads. Where that thread has none, the line is lost for the test that collects it.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::new()));

/// Collects log lines. Clones collect into the same log. It is a writer for a subscriber of the test's own, too.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Like [`Log::of_this_thread_at`], with the lines of INFO and above.
    #[must_use = "lines are collected until the guard is dropped"]
    pub fn of_this_thread() -> (Self, DefaultGuard) {
        Self::of_this_thread_at(Level::INFO)
    }

    /// Collects the lines of this thread of `level` and above, as text without time and color, until the guard is dropped.
    ///
    /// A `#[tokio::test]` runs on one thread, and so do the tasks of a server that it starts.
    #[must_use = "lines are collected until the guard is dropped"]
    pub fn of_this_thread_at(level: Level) -> (Self, DefaultGuard) {
        let log = Self::new();
        let lines = tracing_subscriber::fmt().with_ansi(false).without_time().with_max_level(level);
        let guard = set_default(lines.with_writer(log.clone()).finish());
        (log, guard)
    }

    /// Collects the lines of these targets of all threads, down to level TRACE and as JSON, until the process ends: also those
    /// of other tests in the same program.
    ///
    /// # Panics
    /// The process has such a log already.
    #[must_use]
    pub fn of_this_process(targets: &[&str]) -> Self {
        let log = Self::new();
        let targets: Targets = targets.iter().map(|target| (*target, Level::TRACE)).collect();
        let json = tracing_subscriber::fmt::layer().json().with_writer(log.clone());
        let is_first = set_global_default(tracing_subscriber::registry().with(targets).with(json));
        assert!(is_first.is_ok(), "the process has a log already");
        log
    }

    /// An empty log, for the writer of a subscriber of the test's own.
    #[must_use]
    pub fn new() -> Self {
        LazyLock::force(&SECOND);
        Self::default()
    }

    /// What was logged since the start, or since the last [`Log::take`].
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// The lines of [`Log::text`], removed from the log.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8_lossy(&bytes).lines().map(|line| line.trim_start().to_owned()).collect()
    }
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn log_line() {
        tracing::info!("soup is on");
    }

    #[test]
    fn line_that_another_thread_reached_first_is_collected() {
        let (log, guard) = Log::of_this_thread();
        thread::spawn(log_line).join().unwrap(); // has no subscriber
        assert_eq!(log.text(), "");
        log_line();
        tracing::debug!("beyond the level");
        let lines = log.take();
        assert!(lines.len() == 1 && lines[0].starts_with("INFO") && lines[0].ends_with("soup is on"), "{lines:?}");
        drop(guard);
        log_line();
        assert_eq!(log.take(), [""; 0]);
    }
}
