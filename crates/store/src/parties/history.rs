//! The history of a party: what was done, by whom and when. Append-only.

use std::fmt::Write as _;

use domain::party::{Answer, Audience, Heads, HistoryEntry, HistoryId, HistoryKind, PartyId, PartyPart, StoredHistory};
use domain::user::{UserId, Username};
use domain::{Page, PageSize, Timestamp};
use sqlx::{query, query_as, query_scalar};

use super::row::answer_columns;
use crate::accounts::users::username;
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::engine::read_pool::ReadPool;
use crate::error::corrupt;
use crate::statements::{PerEngine, statements};

statements! {
    /// Entries as rows of JSON, in their order: one statement, since a thousand guests may be seated at once. The lock of the party keeps
    /// other entries of it away meanwhile.
    const ADD: PerEngine = PerEngine {
        sqlite: "INSERT INTO party_history (party_id, id, at, by_id, kind, guest_id, before, after, seats, parts, recipients)
            SELECT $1, (SELECT coalesce(max(id), 0) FROM party_history WHERE party_id = $1) + key + 1, $2, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
            FROM json_each($3)",
        postgres: "INSERT INTO party_history (party_id, id, at, by_id, kind, guest_id, before, after, seats, parts, recipients)
            SELECT $1, (SELECT coalesce(max(id), 0) FROM party_history WHERE party_id = $1) + position, $2, (value ->> 0)::bigint, value ->> 1, (value ->> 2)::bigint, value ->> 3, value ->> 4,
                (value ->> 5)::bigint, value ->> 6, (value ->> 7)::bigint
            FROM jsonb_array_elements($3::text::jsonb) WITH ORDINALITY AS entries (value, position)",
    };

    const FIND_HOSTED: &str = "SELECT id FROM parties WHERE id = $1 AND host_id = $2";

    /// The entries of the party `$1` before `$2`.
    const LIST: &str = "SELECT party_history.id, at, by_id, actor.username AS by_name, kind, guest_id, guest.username AS guest_name,
            before, after, seats, parts, recipients
        FROM party_history LEFT JOIN users AS actor ON actor.id = by_id LEFT JOIN users AS guest ON guest.id = guest_id
        WHERE party_id = $1 AND party_history.id < $2 ORDER BY party_history.id DESC LIMIT ($3 + 0)";
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
            let _ = write!(row, ",{},{before},\"{}\",null,null,null]", guest.get(), answer_text(*after));
        }
        HistoryKind::Edited(parts) => {
            text("edited");
            let parts: Vec<_> = parts.iter().map(PartyPart::to_string).collect();
            let _ = write!(row, ",null,null,null,null,\"{}\",null]", parts.join(" "));
        }
        HistoryKind::Seats(seats) => {
            text("seats");
            let _ = write!(row, ",null,null,null,{seats},null,null]");
        }
        HistoryKind::Cancelled | HistoryKind::Restored => {
            text(if entry.what == HistoryKind::Cancelled { "cancelled" } else { "restored" });
            row.push_str(",null,null,null,null,null,null]");
        }
        HistoryKind::Message { audience, recipients } => {
            text("message");
            let _ = write!(row, ",null,null,null,null,\"{audience}\",{recipients}]");
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

/// Parses what [`answer_text`] wrote.
fn parse_answer(stored: &str) -> Option<Answer> {
    let heads = |heads: &str| Heads::new(heads.parse().ok()?);
    match stored.split_once(' ').unwrap_or((stored, "")) {
        ("seated", stored) => heads(stored).map(Answer::Seated),
        ("waitlisted", stored) => heads(stored).map(Answer::Waitlisted),
        ("maybe", "") => Some(Answer::Maybe),
        ("declined", "") => Some(Answer::Declined),
        ("invited", "") => Some(Answer::Invited),
        ("removed", "") => Some(Answer::Removed),
        _ => None,
    }
}

struct HistoryRow {
    id: i64,
    at: i64,
    by_id: Option<i64>,
    by_name: Option<String>,
    kind: String,
    guest_id: Option<i64>,
    guest_name: Option<String>,
    before: Option<String>,
    after: Option<String>,
    seats: Option<i64>,
    parts: Option<String>,
    recipients: Option<i64>,
}

from_row!(HistoryRow { id, at, by_id, by_name, kind, guest_id, guest_name, before, after, seats, parts, recipients });

impl HistoryRow {
    fn parse(self) -> sqlx::Result<StoredHistory> {
        let name = |name: &Option<String>, user: Option<i64>| -> sqlx::Result<Option<Username>> {
            name.as_deref().zip(user).map(|(name, user)| username(name, user)).transpose()
        };
        let what = self.what().ok_or_else(|| corrupt("party_history", "kind", self.id)("it is not an entry"))?;
        Ok(StoredHistory {
            id: HistoryId::new(self.id),
            at: Timestamp::from_millis(self.at),
            by: name(&self.by_name, self.by_id)?,
            guest: name(&self.guest_name, self.guest_id)?,
            what,
        })
    }

    fn what(&self) -> Option<HistoryKind> {
        match self.kind.as_str() {
            "answer" => Some(HistoryKind::Answer {
                guest: UserId::new(self.guest_id?),
                before: match &self.before {
                    Some(before) => Some(parse_answer(before)?),
                    None => None,
                },
                after: parse_answer(self.after.as_deref()?)?,
            }),
            "edited" => {
                self.parts.as_deref()?.split(' ').map(PartyPart::parse).collect::<Option<_>>().map(HistoryKind::Edited)
            }
            "seats" => u32::try_from(self.seats?).ok().map(HistoryKind::Seats),
            "message" => Some(HistoryKind::Message {
                audience: Audience::parse(self.parts.as_deref()?)?,
                recipients: u32::try_from(self.recipients?).ok()?,
            }),
            "cancelled" => Some(HistoryKind::Cancelled),
            "restored" => Some(HistoryKind::Restored),
            _ => None,
        }
    }
}

/// A page of the history of the party, if `host` is its host.
pub(super) async fn list<D: Dialect>(
    read: &ReadPool<D>,
    party: PartyId,
    host: UserId,
    before: Option<HistoryId>,
    size: PageSize,
) -> sqlx::Result<Option<Page<StoredHistory, HistoryId>>> {
    let hosted = query_scalar::<_, i64>(FIND_HOSTED).bind(party.get()).bind(host.get());
    if hosted.fetch_optional(read).await?.is_none() {
        return Ok(None);
    }
    let rows = query_as::<_, HistoryRow>(LIST).bind(party.get()).bind(before.map_or(i64::MAX, HistoryId::get));
    let rows = rows.bind(size.rows_and_one()).fetch_all(read).await?;
    let entries = rows.into_iter().map(HistoryRow::parse).collect::<sqlx::Result<_>>()?;
    Ok(Some(Page::from_rows(entries, size, |entry: &StoredHistory| entry.id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn history_is_read_by_indexes() {
        for sql in [FIND_HOSTED, LIST] {
            assert_uses_indexes(sql).await;
        }
    }

    #[test]
    fn written_answer_is_parsed_to_the_same_answer() {
        let two = Heads::new(2).unwrap();
        for answer in [
            Answer::Seated(two),
            Answer::Waitlisted(Heads::ONE),
            Answer::Maybe,
            Answer::Declined,
            Answer::Invited,
            Answer::Removed,
        ] {
            assert_eq!(parse_answer(&answer_text(answer)), Some(answer));
        }
        for text in ["", "seated", "seated 0", "seated 11", "seated 2 3", "maybe 1", "gone"] {
            assert_eq!(parse_answer(text), None, "{text}");
        }
    }
}
