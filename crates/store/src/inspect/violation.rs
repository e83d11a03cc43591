//! What `check` finds, as types. The texts for the operator are the program's.

use domain::CorruptValue;

/// A row, or a part of the file, for which something does not hold that must hold in every committed state.
#[derive(Debug)]
pub enum Violation {
    /// SQLite's `integrity_check` finds the file damaged, or a row that breaks a NOT NULL, CHECK or UNIQUE constraint.
    Damaged {
        /// SQLite's message.
        message: String,
    },
    /// A row refers to a row that does not exist. On PostgreSQL only the tables of this crate are checked.
    Dangling {
        /// The table.
        table: String,
        /// Its row: the id, or the user's id where the table has no id of its own.
        row: i64,
        /// The table that it refers to.
        parent: String,
    },
    /// A row that cannot be read.
    Unreadable {
        /// The table.
        table: &'static str,
        /// Its row, if at least its id can be read.
        row: Option<i64>,
        /// The driver's message, without the value.
        message: String,
    },
    /// A value that does not parse, or that differs from what it is derived from.
    Value(CorruptValue),
    /// An invariant that no schema can express does not hold.
    Invariant {
        /// The table.
        table: &'static str,
        /// Its row.
        row: i64,
        /// The invariant.
        invariant: Invariant,
    },
    /// Invariant I1 (`docs/RSVP.md`): `taken` differs from the heads of the host and of the seated guests.
    Taken {
        /// The party.
        party: i64,
        /// The stored number.
        taken: i64,
        /// The counted number.
        counted: i64,
    },
    /// Invariant I1: more heads than seats.
    Overbooked {
        /// The party.
        party: i64,
        /// Its seats.
        seats: i64,
        /// The counted heads, including the host's.
        counted: i64,
    },
    /// The stored number of guests on the waiting list differs from theirs.
    Waiting {
        /// The party.
        party: i64,
        /// The stored number.
        waiting: i64,
        /// The counted number.
        counted: i64,
    },
    /// Invariant I2: a guest with fewer heads than one, or with more than any party allows.
    Heads {
        /// The party.
        party: i64,
        /// The row of `rsvps`.
        rsvp: i64,
        /// The heads.
        heads: i64,
        /// The most heads allowed.
        max: i64,
    },
}

/// An invariant between rows or columns that no schema can express.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invariant {
    /// Every user who is not deleted has a credential: both are inserted in one commit.
    HasCredential,
    /// A deletion is requested with the time when it is due, or done, and not both.
    DeletionIsWhole,
    /// A deleted user has no credential, no registration key, no role, no reset token, and no notice; and no notice is about one.
    DeletedUserHasNothing,
    /// A user whose deletion is requested or done has no session; one who is deleted, no known browser or network.
    DeletionEndsSessions,
    /// A deleted user has neither a name of its own nor an address.
    DeletedUserIsAnonymous,
    /// A user whose deletion is requested or done hosts no party that was not over then.
    DeletedHostHasNoParty,
    /// A user whose deletion is requested or done has no seat at a party that had not begun then.
    DeletedGuestHasNoSeat,
    /// The address of a party of a deleted host is removed.
    DeletedHostHasNoAddress,
    /// The messages of a deleted host are removed.
    DeletedHostHasNoMessage,
    /// What a deleted guest told the hosts is removed.
    DeletedGuestHasNoNote,
    /// A party at which a guest has written a note or allergies is marked, so that the maintenance task finds what it is to remove.
    PartyWithTextsIsMarked,
    /// Invariant I2: a guest has one RSVP at a party.
    GuestHasOneRsvp,
    /// Invariant I3: at a scheduled party before its start, each guest on the waiting list comes with more heads than seats are free.
    NoSeatIsIdle,
    /// No two accounts have one mailbox. The account that has the key of a former version is reported.
    MailboxHasOneAccount,
    /// The host always holds a seat, and is no guest of the party.
    HostIsNoGuest,
    /// No two guests of a party have the same place.
    PlaceIsUnique,
    /// Every place is between 1 and the party's `last_place`.
    PlaceIsInRange,
    /// `first_guests` names the guests who were seated first.
    FirstGuestsAreCurrent,
    /// The RSVP deadline is not after the start.
    DeadlineIsBeforeStart,
    /// A party ends after its start, at most 72 hours later.
    EndIsAfterStart,
    /// Every timestamp is between 1970 and 9999.
    TimestampIsInRange,
}
