//! Limits of attempts: how often a key may be counted in a time. The rules are pure functions; the counters are stored.
//!
//! A key is a digest, since what is counted may be personal: an address, or a password that was typed as a name. This module
//! makes no digests, and does not decide what is counted.

mod attempt;
mod repository;
mod rule;

#[cfg(feature = "contract")]
pub mod contract;

use std::fmt;

pub use attempt::{Attempt, Counted, Throttled};
#[cfg(feature = "mock")]
pub use repository::MockThrottleRepository;
pub use repository::ThrottleRepository;
pub use rule::{Counter, LimitRule, Wait};

/// The key of a counter: the SHA-256 of what is counted, such as a kind of attempt and a network.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThrottleKey([u8; 32]);

impl ThrottleKey {
    /// Wraps the 32 bytes of a digest.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for ThrottleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ThrottleKey(..)")
    }
}

/// A rule for the attempts of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What is counted.
    pub key: ThrottleKey,
    /// How often it may be counted.
    pub rule: LimitRule,
    /// Whether the limit is quiet: the client of a refused attempt must not learn of it.
    ///
    /// If only quiet limits refuse, the others are counted, and the attempt is [`Attempt::QuietlyRefused`].
    pub is_quiet: bool,
}

impl Limit {
    /// A limit whose refusal the client may see.
    #[must_use]
    pub const fn new(key: ThrottleKey, rule: LimitRule) -> Self {
        Self { key, rule, is_quiet: false }
    }

    /// A limit whose refusal the client must not learn of.
    #[must_use]
    pub const fn quiet(key: ThrottleKey, rule: LimitRule) -> Self {
        Self { key, rule, is_quiet: true }
    }
}
