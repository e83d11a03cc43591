//! A row of a file of users, and how it is parsed.

use auth::is_verifiable;
use domain::Timestamp;
use domain::credential::PasswordHash;
use domain::user::{Email, ImportedUser, Username};
use std::fmt;

use super::RowRefusal;

/// A row as it was read.
#[derive(Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// The line of the file where the row begins. The first line is 1.
    pub line: u64,
    /// The username.
    pub username: String,
    /// The e-mail address.
    pub email: String,
    /// The stored hash of the other program. Empty, or Django's mark of an unusable password, which begins with `!`: the
    /// account has no password.
    pub password_hash: String,
    /// When the user registered there; `None` where that is not known.
    pub joined_at: Option<Timestamp>,
}

impl ImportRow {
    /// Parses the row with the types and the rules of a registration. Its time is `now` where there is none.
    pub(super) fn parse(&self, now: Timestamp) -> Result<ImportedUser, RowRefusal> {
        let (username, email) = (Username::parse(&self.username)?, Email::parse(&self.email)?);
        username.ensure_assignable()?;
        let hash = match self.password_hash.trim() {
            text if text.is_empty() || text.starts_with('!') => PasswordHash::no_password(),
            text => PasswordHash::new(text.to_owned()),
        };
        if !is_verifiable(&hash) {
            return Err(RowRefusal::UnreadableHash);
        }
        let joined_at = self.joined_at.unwrap_or(now);
        if !(Timestamp::from_millis(0)..=now).contains(&joined_at) {
            return Err(RowRefusal::JoinedAt);
        }
        Ok(ImportedUser { username, email, hash, joined_at })
    }
}

/// Without the address and the hash, so that a log line has neither.
impl fmt::Debug for ImportRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportRow").field("line", &self.line).finish_non_exhaustive()
    }
}
