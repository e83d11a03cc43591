//! Known browsers and networks: where a user has logged in before. A limit of an account does not stop them.

mod repository;

#[cfg(feature = "contract")]
pub mod contract;

use std::fmt;
use std::time::Duration;

pub use repository::KnownBrowserRepository;
#[cfg(feature = "mock")]
pub use repository::MockKnownBrowserRepository;

use crate::Timestamp;

/// How long after the last log-in a browser or a network is known: 90 days.
pub const KNOWN_FOR: Duration = Duration::from_hours(90 * 24);

/// The most known browsers of a user, and the most known networks: 20 each. The one that expires first goes.
pub const MOST_KNOWN: u32 = 20;

/// The number of failed log-ins after which a browser is not known any more: 5.
pub const MOST_FAILURES: u32 = 5;

/// The SHA-256 of a browser's device cookie. The store has only the digest, so that a stolen table contains no cookie.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BrowserDigest([u8; 32]);

impl BrowserDigest {
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

impl fmt::Debug for BrowserDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserDigest(..)")
    }
}

/// What is known of the client of a log-in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recognition {
    /// The user has logged in with this browser.
    pub browser: bool,
    /// The user has logged in from this network.
    pub network: bool,
}

/// A known browser or a known network of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownClient {
    /// The network; `None` for a browser, of which only a digest is stored.
    pub network: Option<String>,
    /// Until when it is known.
    pub expires_at: Timestamp,
}
