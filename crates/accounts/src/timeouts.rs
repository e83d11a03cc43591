//! Every timeout of this crate. How long sessions live is in `auth`.

#[cfg(feature = "poem")]
use std::ops::RangeInclusive;
use std::time::Duration;

/// How long a handler may run before the layer responds with 503. A setting: see [`crate::Builder::handler_timeout`].
#[cfg(feature = "poem")]
pub(crate) const HANDLER_TIMEOUT: Duration = Duration::from_secs(30);

/// The handler timeouts that an embedder can choose.
#[cfg(feature = "poem")]
pub(crate) const HANDLER_TIMEOUT_RANGE: RangeInclusive<Duration> = Duration::from_millis(10)..=Duration::from_hours(1);

/// How long an attempt may take to be counted. It holds a core of the hash queue meanwhile, so that a store that hangs would stop
/// every log-in, also those that wait for another database.
pub(crate) const COUNT_TIMEOUT: Duration = Duration::from_secs(2);

/// The `Retry-After` of a 503 response, in seconds.
#[cfg(feature = "poem")]
pub(crate) const RETRY_AFTER_SECS: u64 = 5;

/// How often the maintenance task does what is due.
pub(crate) const MAINTENANCE_INTERVAL: Duration = Duration::from_mins(1);

/// How long a maintenance task that is stopped may take to release its lease. Otherwise the lease ends by itself.
pub(crate) const LEASE_RELEASE_TIMEOUT: Duration = Duration::from_secs(1);
