//! The line that `check` prints for each violation. Stored values are left out, since they may be personal data.

use std::error::Error as _;

use store::{Invariant, Violation};

/// A violation as one line of text.
pub(super) fn violation(violation: &Violation) -> String {
    match violation {
        Violation::Damaged { message } => format!("the file: SQLite reports: {}", in_one_line(message)),
        Violation::Dangling { table, row, parent } => {
            format!("{}, row {row}: refers to a missing row of {}", in_one_line(table), in_one_line(parent))
        }
        Violation::Unreadable { table, row: Some(row), message } => {
            format!("{table}, row {row}: cannot be read: {}", in_one_line(message))
        }
        Violation::Unreadable { table, row: None, message } => {
            format!("{table}, a row: cannot be read: {}", in_one_line(message))
        }
        Violation::Value(value) => {
            let cause =
                value.source().map(|source| format!(": {}", in_one_line(&source.to_string()))).unwrap_or_default();
            format!("{}, row {}: {} is not what it should be{cause}", value.table, value.row, value.column)
        }
        Violation::Invariant { table, row, invariant } => {
            format!("{table}, row {row}: {}", invariant_message(*invariant))
        }
        Violation::Taken { party, taken, counted } => {
            format!("party {party}: {taken} seats are stored as taken, and {counted} are")
        }
        Violation::Overbooked { party, seats, counted } => format!("party {party}: {counted} heads on {seats} seats"),
        Violation::Waiting { party, waiting, counted } => {
            format!("party {party}: {waiting} guests are stored as waiting, and {counted} are")
        }
        Violation::Heads { party, rsvp, heads, max } => {
            format!("party {party}: row {rsvp} of rsvps has {heads} heads, and 1 to {max} are allowed")
        }
    }
}

fn invariant_message(invariant: Invariant) -> &'static str {
    match invariant {
        Invariant::HasCredential => "a user without a password",
        Invariant::DeletionIsWhole => "a deletion that is half requested, or requested and done",
        Invariant::DeletedUserHasNothing => {
            "a deleted user with a password, a registration key, a role, a reset link or a notice"
        }
        Invariant::DeletionEndsSessions => {
            "a user whose deletion is requested or done, with a session, or a deleted user with a known browser"
        }
        Invariant::DeletedUserIsAnonymous => "a deleted user with a name or an address",
        Invariant::DeletedHostHasNoParty => "a party whose host is deleted, or was to be, before it was over",
        Invariant::DeletedGuestHasNoSeat => "a seat of a guest who is deleted, or was to be, before the party began",
        Invariant::DeletedHostHasNoAddress => "the address of a deleted host",
        Invariant::DeletedHostHasNoMessage => "a message of a deleted host to guests",
        Invariant::DeletedGuestHasNoNote => "a note or allergies of a deleted guest",
        Invariant::PartyWithTextsIsMarked => "guests have written notes or allergies that would never be removed",
        Invariant::GuestHasOneRsvp => "a second RSVP of one guest at one party",
        Invariant::NoSeatIsIdle => "a guest waits for seats that are free",
        Invariant::MailboxHasOneAccount => "another account has the same mailbox: this one kept its former email_key",
        Invariant::HostIsNoGuest => "a host who is a guest of the same party",
        Invariant::PlaceIsUnique => "two guests of the party have the same place in its order",
        Invariant::FirstGuestsAreCurrent => "first_guests does not name the two guests who were seated first",
        Invariant::PlaceIsInRange => "a guest's place in the order is not among those that the party has given",
        Invariant::EndIsAfterStart => "the end is not within 72 hours after the start",
        Invariant::DeadlineIsBeforeStart => "the RSVP deadline is after the start",
        Invariant::TimestampIsInRange => "a time before 1970 or after 9999",
    }
}

/// Replaces control characters: the text of a damaged file may hold any.
fn in_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
