//! Log lines that a stranger can cause at will: of each kind, ten are written in 10 s. Then one line says how many more
//! there were. So a flood neither fills the disk nor hides what else is logged.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::Accounts;

/// The lines of one kind that are written in a window.
const LINES: u64 = 10;

/// The length of a window. It begins with its first line.
const WINDOW: Duration = Duration::from_secs(10);

/// A kind of log line that a stranger can cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogLine {
    /// A log-in that did not match.
    LogInFailed,
    /// A log-in of a user whose stored hash cannot be verified.
    UnreadableHash,
    /// An attempt above a limit.
    Throttled,
    /// A store that has too much to do.
    #[cfg(feature = "poem")]
    Overload,
    /// A page that refuses work by [`Accounts::log_overload`].
    PageOverload,
    /// A full hash queue.
    #[cfg(feature = "poem")]
    HashQueueFull,
    /// A request that the visitor may not make, or of another site.
    #[cfg(feature = "poem")]
    RequestRefused,
    /// A request for another host.
    #[cfg(feature = "poem")]
    Misdirected,
    /// A flash message that a guest does not get: the program does not list it.
    #[cfg(feature = "poem")]
    UnlistedFlash,
}

impl LogLine {
    /// The message of the line, by which the summary names it.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::LogInFailed => "log-in failed",
            Self::UnreadableHash => "stored password hash is unreadable",
            Self::Throttled => "throttled",
            #[cfg(feature = "poem")]
            Self::Overload => "the store is overloaded",
            Self::PageOverload => "a page is overloaded",
            #[cfg(feature = "poem")]
            Self::HashQueueFull => "the hash queue is full",
            #[cfg(feature = "poem")]
            Self::RequestRefused => "refused",
            #[cfg(feature = "poem")]
            Self::Misdirected => "refused a request for another host: if a proxy is in front, set the origin",
            #[cfg(feature = "poem")]
            Self::UnlistedFlash => "dropped a flash message for a guest that guest_messages does not list",
        }
    }
}

impl Accounts {
    /// Logs the WARN `a page is overloaded`, for a response with 503 that a page of the embedder made since there was too much
    /// work of one kind. `work` is its name in the plural, such as "searches".
    ///
    /// A visitor can cause such lines, so ten are written in 10 s; then one line says how many more there were.
    pub fn log_overload(&self, work: &'static str) {
        if self.logs(LogLine::PageOverload) {
            tracing::warn!(work, "a page is overloaded");
        }
    }
}

/// How many lines of each kind may still be written.
#[derive(Debug, Default)]
pub(crate) struct LogBudget {
    windows: Mutex<Vec<(LogLine, Window)>>,
}

#[derive(Debug, Clone)]
struct Window {
    end: Instant,
    lines: Arc<AtomicU64>,
}

impl LogBudget {
    /// Whether a line of this kind is written. In a window with lines that are not, a summary follows at its end.
    pub(crate) fn admits(&self, line: LogLine) -> bool {
        let window = self.window(line);
        let lines = window.lines.fetch_add(1, Relaxed) + 1;
        if lines == LINES + 1 {
            tokio::spawn(summarize(line, window));
        }
        lines <= LINES
    }

    /// The current window of a kind.
    fn window(&self, line: LogLine) -> Window {
        let new = || Window { end: Instant::now() + WINDOW, lines: Arc::default() };
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, window)) = windows.iter_mut().find(|(kind, _)| *kind == line) {
            if window.end <= Instant::now() {
                *window = new();
            }
            return window.clone();
        }
        let window = new();
        windows.push((line, window.clone()));
        window
    }
}

async fn summarize(line: LogLine, window: Window) {
    sleep_until(window.end).await;
    let more = window.lines.load(Relaxed).saturating_sub(LINES);
    tracing::warn!(line = line.message(), more, "more lines in 10 s than are logged");
}

#[cfg(test)]
mod tests {
    use test_support::Log;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_line_says_how_many_more_there_were() {
        let (log, _guard) = Log::of_this_thread();
        let budget = LogBudget::default();
        admitted(&budget, LogLine::Throttled, 1_000);
        admitted(&budget, LogLine::LogInFailed, 10);
        tokio::time::sleep(WINDOW * 2).await;
        let text = log.text();
        assert!(text.contains(r#"more lines in 10 s than are logged line="throttled" more=990"#), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }

    fn admitted(budget: &LogBudget, line: LogLine, lines: usize) -> usize {
        (0..lines).filter(|_| budget.admits(line)).count()
    }

    #[tokio::test(start_paused = true)]
    async fn ten_lines_of_each_kind_are_written_in_ten_seconds() {
        let budget = LogBudget::default();
        assert_eq!(admitted(&budget, LogLine::Throttled, 1_000), 10);
        assert_eq!(admitted(&budget, LogLine::LogInFailed, 9), 9);
        tokio::time::advance(Duration::from_millis(9_999)).await;
        assert_eq!(admitted(&budget, LogLine::Throttled, 5), 0);
        assert_eq!(admitted(&budget, LogLine::LogInFailed, 5), 1);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(admitted(&budget, LogLine::Throttled, 11), 10);
    }
}
