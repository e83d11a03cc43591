//! The user that a command is about: how the operator calls the user, and how a command prints one.

use std::fmt;

use domain::Timestamp;
use domain::user::{Deletion, Email, User, UserId, Username};
use serde_json::{Value, json};

use super::CommandError;
use super::time::rfc3339;
use crate::Accounts;

/// How an operator calls a user: by username, e-mail address, or `#` and the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserName(String);

impl UserName {
    /// Wraps what was typed. Whether such a user exists is asked later.
    pub(super) fn parse(typed: &str) -> Result<Self, String> {
        if typed.trim().is_empty() {
            Err("a username, an e-mail address or #ID".to_owned())
        } else {
            Ok(Self(typed.trim().to_owned()))
        }
    }

    /// Finds the user. A name in another spelling, and a disabled user, are found too.
    pub(super) async fn find(&self, accounts: &Accounts) -> Result<User, CommandError> {
        let ports = &accounts.inner.ports;
        let found = if let Some(id) = self.id() {
            ports.users.find(id).await?
        } else if let Ok(email) = Email::parse(&self.0) {
            ports.credentials.find_by_email(&email).await?.map(|credential| credential.user)
        } else if let Ok(username) = Username::from_stored(self.0.clone()) {
            ports.users.find_by_username(&username).await?
        } else {
            None
        };
        found.ok_or_else(|| CommandError::NoSuchUser(self.to_string()))
    }

    /// As [`UserName::find`], but not a user who is deleted.
    pub(super) async fn find_not_deleted(&self, accounts: &Accounts) -> Result<User, CommandError> {
        let user = self.find(accounts).await?;
        if deleted_at(&user).is_some() { Err(CommandError::NoSuchUser(self.to_string())) } else { Ok(user) }
    }

    /// The id, where the operator calls the user by it.
    fn id(&self) -> Option<UserId> {
        let digits = self.0.strip_prefix('#')?;
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number).map(UserId::new)
    }
}

/// As typed, without control characters.
impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().take(100).try_for_each(|c| write!(f, "{}", if c.is_control() { ' ' } else { c }))
    }
}

/// A user as a JSON object.
pub(super) fn as_json(user: &User) -> Value {
    json!({
        "id": user.id.get(),
        "username": user.username.as_str(),
        "email": user.email.as_str(),
        "joined_at": rfc3339(user.joined_at),
        "disabled_at": user.disabled_at.map(rfc3339),
        "deletion_due": deletion_due(user).map(rfc3339),
        "deleted_at": deleted_at(user).map(rfc3339),
    })
}

/// When the requested deletion of a user is completed.
pub(super) fn deletion_due(user: &User) -> Option<Timestamp> {
    match user.deletion {
        Some(Deletion::Requested { due, .. }) => Some(due),
        _ => None,
    }
}

/// When the deletion of a user was completed.
pub(super) fn deleted_at(user: &User) -> Option<Timestamp> {
    match user.deletion {
        Some(Deletion::Done { at }) => Some(at),
        _ => None,
    }
}

/// A user as a line.
pub(super) fn as_line(user: &User) -> String {
    let User { id, username, email, joined_at, disabled_at, .. } = user;
    let deleted = deletion_due(user).map_or_else(String::new, |due| format!("  deleted on {}", rfc3339(due)));
    let disabled = disabled_at.map_or_else(String::new, |at| format!("  disabled {}", rfc3339(at)));
    format!("#{}  {username}  {}  joined {}{disabled}{deleted}", id.get(), email.as_str(), rfc3339(*joined_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_is_a_hash_sign_and_digits() {
        let id = |typed| UserName::parse(typed).unwrap().id().map(UserId::get);
        assert_eq!((id("#7"), id(" #007 "), id("#0")), (Some(7), Some(7), Some(0)));
        for typed in ["7", "#", "#-7", "#+7", "#7a", "##7", "ada", "#9223372036854775808"] {
            assert_eq!(id(typed), None, "{typed}");
        }
        assert!(UserName::parse(" ").is_err());
    }

    #[test]
    fn message_has_no_control_characters() {
        assert_eq!(UserName::parse("a\u{1b}[2Jb").unwrap().to_string(), "a [2Jb");
    }
}
