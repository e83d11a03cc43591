//! A message of the host to guests: to whom, and what. It is read on the party's page, and no mail is sent.

mod audience;

use std::fmt;

pub use audience::{Audience, AudiencePart};

use super::{PartyId, PartyNotice};
use crate::text::Text;
use crate::throttle::Throttled;
use crate::user::UserId;
use crate::{IdempotencyKey, Notice, StoreError, Timestamp};

/// The text of a message: 1 to 1,000 code points, with line breaks.
pub type MessageText = Text<1000, true>;

/// The id of a message within its party. The first is 1, and later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(i64);

impl MessageId {
    /// Wraps a number.
    #[must_use]
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The party.
    pub party: PartyId,
    /// The host, who sends it.
    pub host: UserId,
    /// The guests who read it.
    pub audience: Audience,
    /// What the host writes.
    pub text: MessageText,
    /// The key of the form that sends it: the same message of the same form is sent once.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A message as a store returns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyMessage {
    /// The id.
    pub id: MessageId,
    /// When it was sent.
    pub at: Timestamp,
    /// The guests who read it.
    pub audience: Audience,
    /// The number of guests who had one of those answers when it was sent.
    pub recipients: u32,
    /// What the host wrote.
    pub text: MessageText,
}

/// A message that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentMessage {
    /// The id.
    pub id: MessageId,
    /// The number of guests to whom it was sent, 1 or more.
    pub recipients: u32,
}

/// Why a message was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// There is no such party, or the user is not its host.
    #[error("no such party")]
    NotFound,
    /// No guest has one of the answers.
    #[error("no guest has that answer")]
    NoRecipients,
    /// The deletion of the host is requested.
    #[error("the host is deleted")]
    UserDeleted,
    /// [`Quotas::MOST_MESSAGES`](super::Quotas::MOST_MESSAGES) were sent within a day.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NewMessage {
    /// The notice to each of `recipients` that points to the message. It names the host, so that a later one replaces it: the party's page
    /// has both messages.
    #[must_use]
    pub fn notices(&self, id: MessageId, recipients: &[UserId]) -> Vec<Notice> {
        let notice = |user: &UserId| PartyNotice::Message(id).to(*user, self.party, Some(self.host));
        recipients.iter().map(notice).collect()
    }
}
