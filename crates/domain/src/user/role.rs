//! Roles: names of what a user may do. What a role allows is the embedder's to decide.

use std::collections::BTreeSet;
use std::fmt;

use crate::StoreError;

/// The most roles of a user.
pub const MOST_ROLES: u32 = 32;

/// The name of a role, such as `admin`: 1 to 32 of the characters `a` to `z`, `0` to `9`, `-` and `_`, with a letter first.
///
/// There is one spelling of a role, so that no role looks like another one.
///
/// ```
/// use accounts_domain::user::Role;
///
/// assert!(Role::parse("admin").is_ok());
/// assert!(Role::parse("Admin").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Role(String);

/// The text is not the name of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role has 1 to {} of the characters a-z, 0-9, - and _, and begins with a letter", Role::MAX_LENGTH)]
pub struct RoleError;

impl Role {
    /// The most characters of a role: 32.
    pub const MAX_LENGTH: usize = 32;

    /// Parses the name of a role, as typed or as stored. It is neither trimmed nor folded.
    ///
    /// # Errors
    /// [`RoleError`]
    pub fn parse(name: &str) -> Result<Self, RoleError> {
        let is_valid = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        let has_letter_first = name.starts_with(|c: char| c.is_ascii_lowercase());
        let is_role = has_letter_first && name.len() <= Self::MAX_LENGTH && name.bytes().all(is_valid);
        if is_role { Ok(Self(name.to_owned())) } else { Err(RoleError) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The roles of a user, each once, in alphabetical order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roles(BTreeSet<Role>);

impl Roles {
    /// Whether the user has the role of that name. A text that is no role is none that a user has.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|role| role.as_str() == name)
    }

    /// The roles, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &Role> {
        self.0.iter()
    }

    /// Whether the user has no role.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().collect())
    }
}

/// Why a user did not get a role.
#[derive(Debug, thiserror::Error)]
pub enum AddRoleError {
    /// There is no such user.
    #[error("there is no such user")]
    NotFound,
    /// The user has [`MOST_ROLES`] roles.
    #[error("a user has at most {MOST_ROLES} roles")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_has_one_spelling() {
        for name in ["a", "admin", "tenant-1_editor", &"a".repeat(32)] {
            assert_eq!(Role::parse(name).unwrap().as_str(), name);
        }
        for name in ["", "Admin", "1st", "-a", "_a", " admin", "admin ", "ad min", "ädmin", "admin\n", &"a".repeat(33)]
        {
            assert_eq!(Role::parse(name), Err(RoleError), "{name:?}");
        }
    }

    #[test]
    fn roles_are_each_there_once_in_order() {
        let roles: Roles = ["editor", "admin", "editor"].map(|name| Role::parse(name).unwrap()).into_iter().collect();
        assert_eq!(roles.iter().map(Role::as_str).collect::<Vec<_>>(), ["admin", "editor"]);
        assert!(roles.has("admin") && !roles.has("adm") && !roles.has(""));
        assert!(!roles.is_empty() && Roles::default().is_empty());
    }
}
