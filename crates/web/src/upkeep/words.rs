//! What is said of a breach: one line each, for a person who runs the server. Values are not repeated, since they may be
//! personal.

use std::error::Error as _;

use store::{Invariant, Violation};

/// One line.
pub(super) fn breach(breach: &Violation) -> String {
    match breach {
        Violation::Damaged { said } => format!("the file: SQLite says: {}", in_one_line(said)),
        Violation::Dangling { table, row, parent } => {
            format!("{}, row {row}: refers to a row of {} that is not there", in_one_line(table), in_one_line(parent))
        }
        Violation::Unreadable { table, row: Some(row), said } => {
            format!("{table}, row {row}: cannot be read: {}", in_one_line(said))
        }
        Violation::Unreadable { table, row: None, said } => {
            format!("{table}, a row: cannot be read: {}", in_one_line(said))
        }
        Violation::Rule { table, row, rule } => format!("{table}, row {row}: breaks the schema's {rule}"),
        Violation::Value(value) => {
            let why =
                value.source().map(|source| format!(": {}", in_one_line(&source.to_string()))).unwrap_or_default();
            format!("{}, row {}: {} is not what it should be{why}", value.table, value.row, value.column)
        }
        Violation::Invariant { table, row, promise } => format!("{table}, row {row}: {}", promised(*promise)),
        Violation::Taken { party, taken, counted } => {
            format!("party {party}: {taken} seats count as taken, and {counted} people hold one")
        }
        Violation::Overbooked { party, seats, counted } => format!("party {party}: {counted} people on {seats} seats"),
        Violation::Heads { party, rsvp, heads, most } => {
            format!("party {party}: the guest in row {rsvp} of rsvps comes as {heads}, and may come as 1 to {most}")
        }
    }
}

fn promised(promise: Invariant) -> &'static str {
    match promise {
        Invariant::HasCredential => "a user without a password",
        Invariant::HostIsNoGuest => "a host who is a guest at the same table",
        Invariant::PlaceIsUnique => "a place that another guest of the party has too",
        Invariant::FirstGuestsAreNamed => "first_guests does not name the two who were seated first",
        Invariant::PlaceIsDrawn => "a guest's place is not among those that the party has given",
        Invariant::DeadlineBeforeStart => "answers are taken after the beginning",
        Invariant::MomentIsOfOurTime => "a moment before 1970, or after 9999",
    }
}

/// What a damaged file says may hold anything.
fn in_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
