//! The table of the kinds of events.

use std::fmt;

/// Declares the kinds: a line each.
macro_rules! event_kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)+) => {
        /// What happened to an account. More kinds may be added.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum EventKind {
            $($(#[$doc])* $kind,)+
        }

        impl EventKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// The name: the stored text, and the message of the log line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }
        }
    };
}

event_kinds! {
    /// An account was registered.
    Registered = "registered",
    /// A user of another program was imported.
    Imported = "imported",
    /// A user logged in.
    LoggedIn = "logged in",
    /// A user gave the password again in a session, which then has another token.
    PasswordConfirmed = "password confirmed",
    /// A password was refused: at a log-in, or where it was asked again in a session. For the operator and the user alone: the
    /// account shows that the address or the name has one.
    LogInFailed = "log-in failed",
    /// An attempt was refused by a limit. It is logged, and passed to the listener; it is not stored.
    Throttled = "throttled",
    /// A session was ended with its token.
    LoggedOut = "logged out",
    /// A session was ended by its user, from another one.
    SessionEnded = "session ended",
    /// All other sessions of a user were ended from one of them.
    OtherSessionsEnded = "other sessions ended",
    /// All sessions of a user were ended.
    LoggedOutEverywhere = "logged out everywhere",
    /// A link was made that sets a new password.
    ResetLinkMade = "reset link made",
    /// The password of a user was changed, and the other sessions of the user ended.
    PasswordChanged = "password changed",
    /// A user has another username.
    Renamed = "renamed",
    /// A user has another e-mail address.
    EmailChanged = "email changed",
    /// A user got a role, which is the detail.
    RoleAdded = "role added",
    /// A user lost a role, which is the detail.
    RoleRemoved = "role removed",
    /// A user was disabled, and every session of the user ended.
    Disabled = "disabled",
    /// A disabled user was enabled.
    Enabled = "enabled",
    /// The deletion of an account was requested, and every session of the user ended.
    DeletionRequested = "deletion requested",
    /// A log-in undid the deletion of an account before it was completed.
    DeletionUndone = "deletion undone",
    /// An account was deleted.
    Deleted = "deleted",
    /// A registration code was made; the detail has its number.
    RegistrationCodeMade = "registration code made",
    /// A registration code was revoked; the detail has its number.
    RegistrationCodeRevoked = "registration code revoked",
    /// An account was registered with a registration code; the detail has its number.
    RegistrationCodeUsed = "registration code used",
}

/// What [`Event::count`](super::Event::count) counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// How often it happened.
    Times,
    /// The sessions that ended.
    Sessions,
    /// The registrations that a code allows.
    Uses,
}

impl EventKind {
    /// What the count of an event of this kind counts.
    #[must_use]
    pub const fn counts(self) -> Counted {
        match self {
            Self::OtherSessionsEnded | Self::LoggedOutEverywhere | Self::Disabled | Self::DeletionRequested => {
                Counted::Sessions
            }
            Self::RegistrationCodeMade => Counted::Uses,
            Self::Registered
            | Self::Imported
            | Self::LoggedIn
            | Self::PasswordConfirmed
            | Self::LogInFailed
            | Self::Throttled
            | Self::LoggedOut
            | Self::SessionEnded
            | Self::ResetLinkMade
            | Self::PasswordChanged
            | Self::Renamed
            | Self::EmailChanged
            | Self::RoleAdded
            | Self::RoleRemoved
            | Self::Enabled
            | Self::DeletionUndone
            | Self::Deleted
            | Self::RegistrationCodeRevoked
            | Self::RegistrationCodeUsed => Counted::Times,
        }
    }

    /// The kind with that name; `None` for an unknown name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether it can be stored. An attempt that is refused by a limit writes nothing.
    #[must_use]
    pub const fn is_stored(self) -> bool {
        !matches!(self, Self::Throttled)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name_alone() {
        let names: BTreeSet<_> = EventKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), EventKind::ALL.len());
        for kind in EventKind::ALL {
            assert_eq!(EventKind::by_name(kind.name()), Some(*kind));
            assert!((1..=64).contains(&kind.name().len()), "the column of {kind}");
        }
        assert_eq!(EventKind::by_name("Registered"), None);
    }
}
