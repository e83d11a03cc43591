//! How forms ended, counted.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How a form ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was done.
    Done,
    /// The page shows an error, such as that the password does not match.
    Refused,
    /// A limit refused it, with 429.
    Throttled,
    /// The server was too busy, with 503.
    Shed,
    /// Another response, or none.
    Failed,
}

impl Outcome {
    pub(crate) const ALL: [Self; 5] = [Self::Done, Self::Refused, Self::Throttled, Self::Shed, Self::Failed];

    pub(crate) const fn of(status: u16) -> Self {
        match status {
            303 => Self::Done,
            422 => Self::Refused,
            429 => Self::Throttled,
            503 => Self::Shed,
            _ => Self::Failed,
        }
    }
}

/// How often each outcome occurred.
#[derive(Default)]
pub(crate) struct Outcomes([AtomicUsize; 5]);

impl Outcomes {
    pub(crate) fn add(&self, outcome: Outcome) {
        self.0[outcome as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count(&self, outcome: Outcome) -> usize {
        self.0[outcome as usize].load(Ordering::Relaxed)
    }
}
