//! What can be found that must not be. Each says where, as a type; in which words is the program's to say.

use domain::CorruptValue;

/// Something in the database that must not be there.
#[derive(Debug)]
pub enum Violation {
    /// SQLite finds its file damaged, or a row that its own schema refuses.
    Damaged {
        /// What SQLite says.
        said: String,
    },
    /// A row of a table that is not ours refers to one that is not there. Told on SQLite, which does not always check.
    Dangling {
        /// The table.
        table: String,
        /// Its row.
        row: i64,
        /// The table that it refers to.
        parent: String,
    },
    /// A row that cannot even be read.
    Unreadable {
        /// The table.
        table: &'static str,
        /// Its row, if that much can be read.
        row: Option<i64>,
        /// What the driver says, without the value.
        said: String,
    },
    /// A rule of the schema, which a row breaks all the same.
    Rule {
        /// The table.
        table: &'static str,
        /// Its row: the id, or the user's where the table has no id of its own.
        row: i64,
        /// The rule, as the schema has it.
        rule: &'static str,
    },
    /// A value that does not parse, or that is not what it is derived from.
    Value(CorruptValue),
    /// A rule that no schema can keep.
    Invariant {
        /// The table.
        table: &'static str,
        /// Its row.
        row: i64,
        /// The rule.
        promise: Invariant,
    },
    /// Invariant I1: `taken` is not the host and the heads of those seated.
    Taken {
        /// The party.
        party: i64,
        /// What is stored.
        taken: i64,
        /// What was counted.
        counted: i64,
    },
    /// Invariant I1: more heads than seats.
    Overbooked {
        /// The party.
        party: i64,
        /// Its seats.
        seats: i64,
        /// The heads counted, the host's too.
        counted: i64,
    },
    /// Invariant I2: a guest with fewer heads than one, or more than the party lets a guest bring.
    Heads {
        /// The party.
        party: i64,
        /// The row of `rsvps`.
        rsvp: i64,
        /// The heads.
        heads: i64,
        /// The most there may be.
        most: i64,
    },
}

/// A rule between rows or columns that no schema can keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invariant {
    /// Whoever is a user can log in: both are written in one commit.
    HasCredential,
    /// The host holds a seat for good, and is no guest.
    HostIsNoGuest,
    /// Two guests of a party never came to their places at once.
    PlaceIsUnique,
    /// Places are drawn from 1 on, and the next one past all that are given.
    PlaceIsDrawn,
    /// A row of a list names who was seated first.
    FirstGuestsAreNamed,
    /// Answers are taken until a moment that is not after the beginning.
    DeadlineBeforeStart,
    /// No moment is before 1970 or after 9999.
    MomentIsOfOurTime,
}
