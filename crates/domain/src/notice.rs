//! Notices: short messages to a user that stay on a page until the user dismisses them.

mod repository;

#[cfg(feature = "contract")]
pub mod contract;

#[cfg(feature = "mock")]
pub use repository::MockNoticeRepository;
pub use repository::NoticeRepository;

use crate::Timestamp;
use crate::user::{UserId, Username};

/// A notice to one user. The embedder names the kinds and renders them; the store keeps the parts as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The recipient.
    pub user: UserId,
    /// The kind: a stable name of the embedder's, 1 to 40 bytes, such as `party-moved`.
    pub kind: &'static str,
    /// The embedder's own row that the notice is about, such as a party. Notices of one user about one subject are shown together.
    pub subject: i64,
    /// The user who caused it, if the notice names one. Shown by the present name.
    pub about: Option<UserId>,
    /// What the sentence needs besides, as the embedder encodes it. At most [`Notice::MOST_PARAMETERS`] bytes.
    pub parameters: String,
}

impl Notice {
    /// The most bytes of [`Notice::parameters`]: 500.
    pub const MOST_PARAMETERS: usize = 500;
}

/// The id of a stored notice. Later notices have greater ids. An id is never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoticeId(i64);

impl NoticeId {
    /// Wraps a row id.
    #[must_use]
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The row id.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A notice as a store returns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredNotice {
    /// The id of the notice.
    pub id: NoticeId,
    /// When it was added.
    pub at: Timestamp,
    /// [`Notice::kind`].
    pub kind: String,
    /// [`Notice::subject`].
    pub subject: i64,
    /// The present name of [`Notice::about`].
    pub about: Option<Username>,
    /// [`Notice::parameters`].
    pub parameters: String,
}

/// How many notices of one user about one subject are kept that name no user: the newest 20. Of those that name a user, the newest
/// about each.
pub const MOST_OF_SUBJECT: u32 = 20;

/// The most notices that are counted with a session: 10, so that a user with thousands costs a page no more than one with a few.
pub const MOST_COUNTED: u32 = 10;

/// How long a notice is kept that is not dismissed: 90 days.
pub const NOTICE_LIFETIME: std::time::Duration = std::time::Duration::from_hours(90 * 24);

/// The time before which notices are removed at `now`.
#[must_use]
pub fn oldest_notice(now: Timestamp) -> Timestamp {
    now - NOTICE_LIFETIME
}
