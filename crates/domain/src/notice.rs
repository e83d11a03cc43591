//! Notices: what a user is told on the next page, until the user dismisses it.

use crate::Timestamp;
use crate::user::UserId;

/// A notice to one user. The embedder names the kinds and renders them; the store keeps the parts as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The user who is told.
    pub user: UserId,
    /// What is told, as the embedder's own stable name of 1 to 40 bytes, such as `party-moved`.
    pub kind: &'static str,
    /// The embedder's own row that the notice is about, such as a party. Notices of one user about one subject are shown together.
    pub subject: i64,
    /// The user who caused it, if the notice names one. Shown by the present name.
    pub about: Option<UserId>,
    /// What the sentence needs besides, as the embedder encodes it. At most 500 bytes.
    pub parameters: String,
}

/// How long a notice is kept that is not dismissed: 90 days.
pub const NOTICE_LIFETIME: std::time::Duration = std::time::Duration::from_hours(90 * 24);

/// The time before which notices are removed at `now`.
#[must_use]
pub fn oldest_notice(now: Timestamp) -> Timestamp {
    now - NOTICE_LIFETIME
}
