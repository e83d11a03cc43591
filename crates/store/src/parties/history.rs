//! The history of a party: what was done, by whom and when. Append-only.

use std::fmt::Write as _;

use domain::Timestamp;
use domain::party::{Answer, HistoryEntry, HistoryKind, PartyId, PartyPart};
use domain::user::UserId;
use sqlx::query;

use super::row::answer_columns;
use crate::engine::dialect::Dialect;
use crate::statements::{PerEngine, statements};

statements! {
    /// Entries as rows of JSON, in their order: one statement, since a thousand guests may be seated at once.
    const ADD: PerEngine = PerEngine {
        sqlite: "INSERT INTO party_history (party_id, at, by_id, kind, guest_id, before, after, seats, parts)
            SELECT $1, $2, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
            FROM json_each($3) ORDER BY key",
        postgres: "INSERT INTO party_history (party_id, at, by_id, kind, guest_id, before, after, seats, parts)
            SELECT $1, $2, (value ->> 0)::bigint, value ->> 1, (value ->> 2)::bigint, value ->> 3, value ->> 4,
                (value ->> 5)::bigint, value ->> 6
            FROM jsonb_array_elements($3::text::jsonb) WITH ORDINALITY AS entries (value, position) ORDER BY position",
    };
}

/// Adds entries to the history of a party.
pub(super) async fn add<D: Dialect>(
    connection: &mut D::Connection,
    party: PartyId,
    entries: &[HistoryEntry],
    at: Timestamp,
) -> sqlx::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = entries.iter().map(json_row).collect();
    let add = query::<D>(D::pick(ADD.sqlite, ADD.postgres)).bind(party.get()).bind(at.as_millis());
    add.bind(format!("[{}]", rows.join(","))).execute(connection).await?;
    Ok(())
}

/// A row of [`ADD`]. No text in it has a character that JSON escapes.
fn json_row(entry: &HistoryEntry) -> String {
    let mut row = format!("[{}", number(entry.by.map(UserId::get)));
    let mut text = |value: &str| {
        let _ = write!(row, ",\"{value}\""); // a String takes what is written
    };
    match &entry.what {
        HistoryKind::Answer { guest, before, after } => {
            text("answer");
            let before = before.map_or_else(|| "null".to_owned(), |before| format!("\"{}\"", answer_text(before)));
            let _ = write!(row, ",{},{before},\"{}\",null,null]", guest.get(), answer_text(*after));
        }
        HistoryKind::Edited(parts) => {
            text("edited");
            let parts: Vec<_> = parts.iter().map(PartyPart::to_string).collect();
            let _ = write!(row, ",null,null,null,null,\"{}\"]", parts.join(" "));
        }
        HistoryKind::Seats(seats) => {
            text("seats");
            let _ = write!(row, ",null,null,null,{seats},null]");
        }
        HistoryKind::Cancelled | HistoryKind::Restored => {
            text(if entry.what == HistoryKind::Cancelled { "cancelled" } else { "restored" });
            row.push_str(",null,null,null,null,null]");
        }
    }
    row
}

fn number(number: Option<i64>) -> String {
    number.map_or_else(|| "null".to_owned(), |number| number.to_string())
}

/// An answer as the history has it, such as `seated 2` or `declined`.
fn answer_text(answer: Answer) -> String {
    match answer_columns(answer) {
        (answer, 0) => answer.to_owned(),
        (answer, heads) => format!("{answer} {heads}"),
    }
}
