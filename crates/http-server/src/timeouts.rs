//! Every timeout of the crate.
//!
//! A client that sends or reads slowly holds a connection slot (slowloris). Four timeouts bound how long: the header timeout
//! for a request head, the body timeout for a request body, the write timeout for a response that the client has to read,
//! and the idle timeout between two requests.

use std::time::Duration;

/// How long a client may take for each part of an exchange.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// The header timeout: for a request head, from its first byte (of a connection's first head, from accept).
    pub header: Duration,
    /// The idle timeout: from the end of a response to the first byte of the next request head.
    pub idle: Duration,
    /// The body timeout: for a request body, from the end of its head.
    pub body: TransferTimeout,
    /// The write timeout: for a response, from when it is ready until the system has taken its last byte.
    pub write: TransferTimeout,
    /// The linger timeout: for how long the rest of an unread body is discarded after the response, so that the client sends it, reads
    /// the response, and is not reset before.
    pub linger: TransferTimeout,
}

/// How long a transfer may take: the grace period; then for as long as its average rate is at least the minimum rate, so
/// that a byte now and then gains no time; and never longer than the total.
#[derive(Debug, Clone, Copy)]
pub struct TransferTimeout {
    /// The time in which the rate does not count.
    pub grace: Duration,
    /// The minimum average rate after that, in bytes per second.
    pub min_rate: u32,
    /// The time in all.
    pub total: Duration,
}

impl Timeouts {
    /// Without saturation: 10 s for a head, 60 s idle, 30 s for a body (after 10 s at 1 KiB/s), 60 s for a response: at no
    /// rate, since a large page over a bad line does no harm. An unread body is discarded for 1 s, and up to 30 s at 16 KiB/s: browsers
    /// read a response only once they have sent the whole body.
    pub const NORMAL: Self = Self {
        header: Duration::from_secs(10),
        idle: Duration::from_mins(1),
        body: TransferTimeout { grace: Duration::from_secs(10), min_rate: 1 << 10, total: Duration::from_secs(30) },
        write: TransferTimeout { grace: Duration::from_mins(1), min_rate: 1, total: Duration::from_mins(1) },
        linger: TransferTimeout { grace: Duration::from_secs(1), min_rate: 16 << 10, total: Duration::from_secs(30) },
    };

    /// Under saturation: 1 s for a head, 1 s idle, 10 s for a body or a response (after 2 s at 16 KiB/s). An idle client can open another
    /// connection when it needs one. A form of 64 KiB, the largest of a service without uploads, has 4 s. An unread body is discarded for 1 s.
    pub const SATURATED: Self = Self {
        header: Duration::from_secs(1),
        idle: Duration::from_secs(1),
        body: SATURATED_TRANSFER_TIMEOUT,
        write: SATURATED_TRANSFER_TIMEOUT,
        linger: TransferTimeout { grace: Duration::from_secs(1), min_rate: 16 << 10, total: Duration::from_secs(1) },
    };
}

const SATURATED_TRANSFER_TIMEOUT: TransferTimeout =
    TransferTimeout { grace: Duration::from_secs(2), min_rate: 16 << 10, total: Duration::from_secs(10) };

/// How long requests under way may take once a graceful shutdown has begun.
pub(crate) const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// How long connections that are aborted after the drain may take to drop what they hold.
pub(crate) const ABORT_GRACE: Duration = Duration::from_secs(1);

/// The pause of the accept loop after an accept failed for lack of a descriptor.
pub(crate) const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);

/// The least time between two log lines about the same kind of overload.
pub(crate) const OVERLOAD_LOG_INTERVAL: Duration = Duration::from_secs(10);

impl TransferTimeout {
    /// How long after its start a transfer may be unfinished when `transferred` bytes have passed.
    pub(crate) fn allowed(&self, transferred: u64) -> Duration {
        let rate = u64::from(self.min_rate.max(1));
        Duration::from_millis(transferred.saturating_mul(1_000) / rate).max(self.grace).min(self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfer_has_its_grace_then_its_rate_up_to_its_total() {
        let seconds = |received| Timeouts::NORMAL.body.allowed(received).as_secs();
        assert_eq!([0, 1, 10_239].map(seconds), [10, 10, 10], "the grace period");
        assert_eq!([20 << 10, 25 << 10].map(seconds), [20, 25], "1 KiB/s");
        assert_eq!([64 << 10, u64::MAX].map(seconds), [30, 30], "the total");
    }

    #[test]
    fn saturation_shortens_every_timeout() {
        let (normal, saturated) = (Timeouts::NORMAL, Timeouts::SATURATED);
        assert!(saturated.header < normal.header && saturated.idle < normal.idle);
        for transferred in [0, 1 << 10, 64 << 10, 1 << 20, u64::MAX] {
            assert!(saturated.body.allowed(transferred) < normal.body.allowed(transferred), "{transferred}");
            assert!(saturated.write.allowed(transferred) < normal.write.allowed(transferred), "{transferred}");
            assert!(saturated.linger.allowed(transferred) <= normal.linger.allowed(transferred), "{transferred}");
        }
    }
}
