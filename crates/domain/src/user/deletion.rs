//! The deletion of an account: requested by its user, and completed when there was time to undo it.

use std::time::Duration;

use super::{UserId, Username};
use crate::{HookRefusal, StoreError, Timestamp};

/// The deletion of a user, as far as it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// The user asked for it. A log-in before `due` undoes it.
    Requested {
        /// When the user asked for it.
        at: Timestamp,
        /// From when on it is completed, and no log-in undoes it.
        due: Timestamp,
    },
    /// The account is deleted. The row stays under another name, for what refers to it.
    Done {
        /// When it was completed.
        at: Timestamp,
    },
}

impl Deletion {
    /// How long a log-in undoes a deletion: 14 days.
    pub const UNDO_PERIOD: Duration = Duration::from_hours(14 * 24);

    /// What the names of deleted users begin with. No other user gets such a name.
    pub const NAME_PREFIX: &'static str = "deleted-";

    /// Whether a log-in at `now` can undo it.
    #[must_use]
    pub fn can_be_undone(self, now: Timestamp) -> bool {
        matches!(self, Self::Requested { due, .. } if now < due)
    }

    /// The name of a deleted user: `deleted-7`. A user who had that name before it was reserved keeps it; the names of further
    /// attempts are `deleted-7-1`, `deleted-7-2`, ….
    #[must_use]
    pub fn name_of(user: UserId, attempt: u32) -> Username {
        let id = user.get();
        Username(match attempt {
            0 => format!("{}{id}", Self::NAME_PREFIX),
            _ => format!("{}{id}-{attempt}", Self::NAME_PREFIX),
        })
    }

    /// Whether a name has the form of [`Deletion::name_of`]. A user who had such a name before it was reserved keeps it.
    #[must_use]
    pub fn is_name(name: &Username) -> bool {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        name.as_str().strip_prefix(Self::NAME_PREFIX).is_some_and(|rest| rest.split('-').all(digits))
    }
}

/// A deletion that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueDeletion {
    /// From when on it is due.
    pub due: Timestamp,
    /// The user.
    pub user: UserId,
}

/// What a request to delete an account has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestedDeletion {
    /// From when on the deletion is completed.
    pub due: Timestamp,
    /// The number of sessions that it ended.
    pub sessions: u64,
    /// Whether it was requested before: nothing was written but an earlier `due`.
    pub is_repeated: bool,
}

/// Why the deletion of an account was not requested.
#[derive(Debug, thiserror::Error)]
pub enum RequestDeletionError {
    /// There is no such user, or the account is deleted.
    #[error("there is no such user")]
    NotFound,
    /// A hook of the embedder refuses the deletion.
    #[error(transparent)]
    Refused(HookRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why the deletion of an account was not completed.
#[derive(Debug, thiserror::Error)]
pub enum CompleteDeletionError {
    /// It is not requested any more, or not due.
    #[error("the deletion is not due")]
    NotDue,
    /// A hook of the embedder refuses the deletion.
    #[error(transparent)]
    Refused(HookRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user::UsernameError;

    #[test]
    fn deletion_is_undone_before_it_is_due() {
        let at = Timestamp::from_millis;
        let requested = Deletion::Requested { at: at(0), due: at(10) };
        assert!(requested.can_be_undone(at(9)) && !requested.can_be_undone(at(10)));
        assert!(!Deletion::Done { at: at(10) }.can_be_undone(at(9)));
    }

    #[test]
    fn names_of_deleted_users_are_reserved_and_read() {
        for (attempt, name) in [(0, "deleted-7"), (2, "deleted-7-2")] {
            let of_deleted = Deletion::name_of(UserId::new(7), attempt);
            assert_eq!(of_deleted.as_str(), name);
            assert!(Deletion::is_name(&of_deleted));
            assert_eq!(of_deleted.ensure_assignable(), Err(UsernameError::Reserved));
            assert_eq!(Username::parse(name), Ok(of_deleted), "its page is found by the path");
        }
        for other in ["deleted-", "deleted-ada", "deleted--1", "deleted-7-", "ada"] {
            assert!(!Deletion::is_name(&Username::parse(other).unwrap()), "{other}");
        }
        let longest = Deletion::name_of(UserId::new(i64::MAX), 99);
        assert!(longest.as_str().len() <= Username::MAX_LENGTH);
    }
}
