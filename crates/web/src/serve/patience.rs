//! How long a client is waited for: in a quiet house, and in one where somebody else waits for its place.

use std::time::Duration;

/// For how long a connection may stay as it is.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// From the first byte of a request's head (from the start, of a connection's first) until its last.
    pub head: Duration,
    /// How long a connection that has been answered may be kept open for the next request.
    pub idle: Duration,
    /// For a body, from the end of its head on.
    pub body: Pace,
    /// For an answer, from when it is ready until its last byte is the system's to send.
    pub answer: Pace,
}

/// How fast a client must send or take.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How long the rate is not looked at: a lost packet is sent again within it.
    pub grace: Duration,
    /// The least average rate after that, in bytes per second.
    pub rate: u32,
    /// The time in all, however steadily it goes.
    pub most: Duration,
}

impl Pace {
    /// How long after its start something may be unfinished, when so many bytes of it have passed.
    pub(super) fn patience(&self, passed: u64) -> Duration {
        let rate = u64::from(self.rate.max(1));
        Duration::from_millis(passed.saturating_mul(1_000) / rate).max(self.grace).min(self.most)
    }
}

impl Patience {
    /// With whom nobody waits for.
    pub(super) const QUIET: Self = Self {
        head: Duration::from_secs(10),
        idle: Duration::from_mins(1),
        body: Pace { grace: Duration::from_secs(10), rate: 1 << 10, most: Duration::from_secs(30) },
        // Not by its rate: whoever takes a large page by a bad line does no harm.
        answer: Pace { grace: Duration::from_mins(1), rate: 1, most: Duration::from_mins(1) },
    };

    /// While somebody waits. An idle client opens another connection when it needs one; a form is a packet or two, and
    /// the largest one, 64 KiB, has 4 s.
    pub(super) const CROWDED: Self = Self {
        head: Duration::from_secs(1),
        idle: Duration::from_secs(1),
        body: Pace { grace: Duration::from_secs(2), rate: 16 << 10, most: Duration::from_secs(10) },
        answer: Pace { grace: Duration::from_secs(2), rate: 16 << 10, most: Duration::from_secs(10) },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_may_take_its_grace_then_its_rate_and_never_more_than_its_time() {
        let seconds = |came| Patience::QUIET.body.patience(came).as_secs();
        assert_eq!([0, 1, 10_239].map(seconds), [10, 10, 10], "the grace");
        assert_eq!([20 << 10, 25 << 10].map(seconds), [20, 25], "a KiB a second");
        assert_eq!([64 << 10, u64::MAX].map(seconds), [30, 30], "in all");
    }

    #[test]
    fn in_a_crowd_nothing_may_take_longer() {
        let (quiet, crowded) = (Patience::QUIET, Patience::CROWDED);
        assert!(crowded.head < quiet.head && crowded.idle < quiet.idle);
        for passed in [0, 1 << 10, 64 << 10, 1 << 20, u64::MAX] {
            assert!(crowded.body.patience(passed) < quiet.body.patience(passed), "{passed}");
            assert!(crowded.answer.patience(passed) < quiet.answer.patience(passed), "{passed}");
        }
    }
}
