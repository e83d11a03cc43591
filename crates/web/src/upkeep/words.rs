//! What is said of a breach: one line each, for a person who runs the server. Values are not repeated, since they may be
//! personal.

use std::error::Error as _;

use store::{Breach, Promise};

/// One line.
pub(super) fn breach(breach: &Breach) -> String {
    match breach {
        Breach::Damaged { said } => format!("the file: SQLite says: {}", in_one_line(said)),
        Breach::Dangling { table, row, parent } => {
            format!("{}, row {row}: refers to a row of {} that is not there", in_one_line(table), in_one_line(parent))
        }
        Breach::Unreadable { table, row: Some(row), said } => {
            format!("{table}, row {row}: cannot be read: {}", in_one_line(said))
        }
        Breach::Unreadable { table, row: None, said } => {
            format!("{table}, a row: cannot be read: {}", in_one_line(said))
        }
        Breach::Rule { table, row, rule } => format!("{table}, row {row}: breaks the schema's {rule}"),
        Breach::Value(value) => {
            let why =
                value.source().map(|source| format!(": {}", in_one_line(&source.to_string()))).unwrap_or_default();
            format!("{}, row {}: {} is not what it should be{why}", value.table, value.row, value.column)
        }
        Breach::Promise { table, row, promise } => format!("{table}, row {row}: {}", promised(*promise)),
        Breach::Taken { party, taken, counted } => {
            format!("party {party}: {taken} seats count as taken, and {counted} people hold one")
        }
        Breach::Overbooked { party, seats, counted } => format!("party {party}: {counted} people on {seats} seats"),
        Breach::Heads { party, rsvp, heads, most } => {
            format!("party {party}: the guest in row {rsvp} of rsvps comes as {heads}, and may come as 1 to {most}")
        }
    }
}

fn promised(promise: Promise) -> &'static str {
    match promise {
        Promise::HasCredential => "a user without a password",
        Promise::HostIsNoGuest => "a host who is a guest at the same table",
        Promise::PlaceIsUnique => "a place that another guest of the party has too",
        Promise::FirstGuestsAreNamed => "first_guests does not name the two who were seated first",
        Promise::PlaceIsDrawn => "a guest's place is not among those that the party has given",
        Promise::DeadlineBeforeStart => "answers are taken after the beginning",
        Promise::MomentIsOfOurTime => "a moment before 1970, or after 9999",
    }
}

/// What a damaged file says may hold anything.
fn in_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
