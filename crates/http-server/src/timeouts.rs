//! Every timeout of the crate. A client has the times of [`Timeouts::NORMAL`], or, while the server is saturated, those of
//! [`Timeouts::SATURATED`].

use std::time::Duration;

/// From the first byte of a request head (of a connection's first head, from accept) to its last byte.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a keep-alive connection may stay without a request.
pub(crate) const IDLE_TIMEOUT: Duration = Duration::from_mins(1);

/// The head timeout and the idle timeout under saturation. A client can open another connection when it needs one.
pub(crate) const SATURATED_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a request body may take: a lost packet is sent again within the grace period, and 64 KiB at the minimum rate
/// take longer than the total.
pub(crate) const BODY_TIMEOUT: TransferTimeout =
    TransferTimeout { grace: Duration::from_secs(10), min_rate: 1 << 10, total: Duration::from_secs(30) };

/// How long a response may take to be read by the client. No rate: a large page over a bad line does no harm.
pub(crate) const RESPONSE_TIMEOUT: TransferTimeout =
    TransferTimeout { grace: Duration::from_mins(1), min_rate: 1, total: Duration::from_mins(1) };

/// How long a body and a response may take under saturation. A form of 64 KiB, the largest, has 4 s.
pub(crate) const SATURATED_TRANSFER_TIMEOUT: TransferTimeout =
    TransferTimeout { grace: Duration::from_secs(2), min_rate: 16 << 10, total: Duration::from_secs(10) };

/// After a response to an unread body: how long the rest of the body is discarded before the connection is closed.
pub(crate) const LINGER_TIMEOUT: Duration = Duration::from_secs(1);

/// How long requests under way may take once the server is asked to stop.
pub(crate) const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// How long connections that are aborted after the drain may take to drop what they hold.
pub(crate) const ABORT_GRACE: Duration = Duration::from_secs(1);

/// The pause of the accept loop after an accept failed for lack of a descriptor.
pub(crate) const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);

/// The least time between two log lines about the same kind of overload.
pub(crate) const OVERLOAD_LOG_INTERVAL: Duration = Duration::from_secs(10);

/// How long a client may take for each part of an exchange.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// For a request head, from its first byte (of a connection's first head, from accept).
    pub head: Duration,
    /// Between the end of a response and the first byte of the next request head.
    pub idle: Duration,
    /// For a request body, from the end of its head.
    pub body: TransferTimeout,
    /// For a response, from when it is ready until the system has taken its last byte.
    pub response: TransferTimeout,
}

/// How long a transfer may take: until the grace period has passed, then for as long as the average rate since the start
/// is at least the minimum rate, and never longer than the total. An average, so that a byte now and then buys no time.
#[derive(Debug, Clone, Copy)]
pub struct TransferTimeout {
    /// The time in which the rate does not count.
    pub grace: Duration,
    /// The minimum average rate after that, in bytes per second.
    pub min_rate: u32,
    /// The time in all.
    pub total: Duration,
}

impl TransferTimeout {
    /// How long after its start a transfer may be unfinished when `transferred` bytes have passed.
    pub(crate) fn allowed(&self, transferred: u64) -> Duration {
        let rate = u64::from(self.min_rate.max(1));
        Duration::from_millis(transferred.saturating_mul(1_000) / rate).max(self.grace).min(self.total)
    }
}

impl Timeouts {
    /// While connection slots and memory are free.
    pub const NORMAL: Self =
        Self { head: HEAD_TIMEOUT, idle: IDLE_TIMEOUT, body: BODY_TIMEOUT, response: RESPONSE_TIMEOUT };

    /// While the server is saturated.
    pub const SATURATED: Self = Self {
        head: SATURATED_TIMEOUT,
        idle: SATURATED_TIMEOUT,
        body: SATURATED_TRANSFER_TIMEOUT,
        response: SATURATED_TRANSFER_TIMEOUT,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfer_has_its_grace_then_its_rate_up_to_its_total() {
        let seconds = |received| BODY_TIMEOUT.allowed(received).as_secs();
        assert_eq!([0, 1, 10_239].map(seconds), [10, 10, 10], "the grace period");
        assert_eq!([20 << 10, 25 << 10].map(seconds), [20, 25], "1 KiB/s");
        assert_eq!([64 << 10, u64::MAX].map(seconds), [30, 30], "the total");
    }

    #[test]
    fn saturation_shortens_every_timeout() {
        let (normal, saturated) = (Timeouts::NORMAL, Timeouts::SATURATED);
        assert!(saturated.head < normal.head && saturated.idle < normal.idle);
        for transferred in [0, 1 << 10, 64 << 10, 1 << 20, u64::MAX] {
            assert!(saturated.body.allowed(transferred) < normal.body.allowed(transferred), "{transferred}");
            assert!(saturated.response.allowed(transferred) < normal.response.allowed(transferred), "{transferred}");
        }
    }
}
