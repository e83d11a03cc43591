//! The deletion of an account: requested by its user, and completed when there was time to undo it.

use std::time::Duration;

use super::{UserId, Username};
use crate::{HookRefusal, StoreError, Timestamp, caseless_key};

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

    /// Whether a key of a username is one of a deleted user.
    pub(super) fn is_name_key(key: &str) -> bool {
        key.starts_with(Self::NAME_PREFIX)
    }

    /// The name of a deleted user as it was typed, such as in the path of a page; `None` for any other text.
    #[must_use]
    pub fn parse_name(typed: &str) -> Option<Username> {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let key = (typed.len() <= Username::MAX_LENGTH).then(|| caseless_key(typed))?;
        let rest = key.strip_prefix(Self::NAME_PREFIX)?;
        rest.split('-').all(digits).then(|| Username(key.clone()))
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
    /// Whether it was requested before: nothing was written.
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
    fn names_of_deleted_users_are_reserved_and_found() {
        for (attempt, name) in [(0, "deleted-7"), (2, "deleted-7-2")] {
            assert_eq!(Deletion::name_of(UserId::new(7), attempt).as_str(), name);
            assert_eq!(Username::parse(name), Err(UsernameError::Reserved));
            assert_eq!(Username::from_stored(name.to_owned()).map(|name| name.key()).as_deref(), Ok(name));
            assert_eq!(Deletion::parse_name(&name.to_uppercase()).unwrap().as_str(), name);
        }
        for reserved in ["Deleted-ada", "ＤＥＬＥＴＥＤ-7"] {
            assert_eq!(Username::parse(reserved), Err(UsernameError::Reserved), "{reserved}");
        }
        for other in ["deleted", "deleted7", "undeleted-7", "Deleted_7"] {
            assert!(Username::parse(other).is_ok(), "{other}");
        }
        for other in ["deleted-", "deleted-ada", "deleted--1", "deleted-7-", "ada", "", "deleted-٧"] {
            assert_eq!(Deletion::parse_name(other), None, "{other}");
        }
        assert_eq!(Deletion::parse_name(&format!("deleted-{}", "7".repeat(57))), None);
        let longest = Deletion::name_of(UserId::new(i64::MAX), 99);
        assert!(longest.as_str().len() <= Username::MAX_LENGTH);
    }
}
