//! The port of known browsers and networks.

use async_trait::async_trait;

use super::{BrowserDigest, KnownClient, Recognition};
use crate::credential::PasswordVersion;
use crate::user::UserId;
use crate::{StoreError, Timestamp};

/// Stored browsers and networks of users. The rows of a user are removed with the user.
///
/// Each method is one commit. `Ok` means that the commit is durable. A [`StoreError`] means that nothing changed,
/// unless [its outcome is unknown](StoreError::is_outcome_unknown).
///
/// A network is a text of 1 to 64 code points, as in [`crate::session::Device::network`].
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait KnownBrowserRepository: Send + Sync {
    /// Whether the browser and the network of a client are known at `now`. `None` is not known. Writes nothing.
    async fn find(
        &self,
        user: UserId,
        digest: Option<BrowserDigest>,
        network: Option<String>,
        now: Timestamp,
    ) -> Result<Recognition, StoreError>;

    /// Makes the browser and the network of a log-in at `now` known for [`KNOWN_FOR`](super::KNOWN_FOR). The failures of the
    /// browser are forgotten. Of more than [`MOST_KNOWN`](super::MOST_KNOWN) of a user, the first to expire is removed.
    ///
    /// Does nothing if there is no such user, if the deletion of the user is requested, or if the password of the user has another
    /// version than the one at which the log-in has verified it: a change of the password has forgotten the browsers since.
    async fn remember(
        &self,
        user: UserId,
        verified: PasswordVersion,
        digest: Option<BrowserDigest>,
        network: Option<String>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Counts a failure of a known browser, before it is known whether the log-in fails. Returns whether the browser was
    /// known at `now`.
    ///
    /// The fifth failure ([`MOST_FAILURES`](super::MOST_FAILURES)) removes the browser and still returns `true`. So of
    /// concurrent calls, from any process, at most five return `true`.
    async fn count_failure(&self, user: UserId, digest: BrowserDigest, now: Timestamp) -> Result<bool, StoreError>;

    /// Lists the known browsers and networks of a user, those that expire last first. Some may have expired.
    async fn list(&self, user: UserId) -> Result<Vec<KnownClient>, StoreError>;

    /// Removes every known browser and network of a user. Returns the number of browsers.
    async fn forget_all(&self, user: UserId) -> Result<u64, StoreError>;

    /// Removes at most `limit` browsers and at most `limit` networks that have expired at `now`. Returns their number.
    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
