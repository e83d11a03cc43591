//! What names parties, for notices about many of them.

use domain::party::{PartyId, PartyLabel, ShortText};
use domain::user::UserId;
use sqlx::query_as;

use super::row::{answer, heading, visibility};
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::engine::read_pool::ReadPool;
use crate::error::corrupt;
use crate::statements::{PerEngine, statements};

statements! {
    /// The parties `$1`, a list in JSON, with the answer of the viewer `$2`.
    const LIST: PerEngine = PerEngine {
        sqlite: "SELECT parties.id, host_id, username AS host, local_time, zone, starts_at, main_dish, visibility,
                mine.id AS rsvp_id, mine.answer, mine.heads
            FROM json_each($1) AS asked CROSS JOIN parties ON parties.id = asked.value JOIN users ON users.id = host_id
            LEFT JOIN rsvps AS mine ON mine.party_id = parties.id AND mine.guest_id = $2",
        postgres: "SELECT parties.id, host_id, username AS host, local_time, zone, starts_at, main_dish, visibility,
                mine.id AS rsvp_id, mine.answer, mine.heads
            FROM jsonb_array_elements_text($1::text::jsonb) AS asked
            JOIN parties ON parties.id = asked.value::bigint JOIN users ON users.id = host_id
            LEFT JOIN rsvps AS mine ON mine.party_id = parties.id AND mine.guest_id = $2",
    };
}

struct LabelRow {
    id: i64,
    host_id: i64,
    host: String,
    local_time: String,
    zone: String,
    starts_at: i64,
    main_dish: String,
    visibility: String,
    rsvp_id: Option<i64>,
    answer: Option<String>,
    heads: Option<i64>,
}

from_row!(LabelRow { id, host_id, host, local_time, zone, starts_at, main_dish, visibility, rsvp_id, answer, heads });

impl LabelRow {
    /// Whether `viewer` may find the party by its id.
    fn admits(&self, viewer: UserId) -> sqlx::Result<bool> {
        let rsvp = self.rsvp_id.zip(self.heads).zip(self.answer.as_deref());
        let answer = rsvp.map(|((rsvp, heads), stored)| answer(stored, heads, rsvp)).transpose()?;
        let visibility = visibility(&self.visibility, self.id)?;
        Ok(self.host_id == viewer.get() || visibility.admits(answer, false))
    }

    fn parse(self) -> sqlx::Result<PartyLabel> {
        let host = (self.host.as_str(), self.host_id);
        Ok(PartyLabel {
            id: PartyId::new(self.id),
            heading: heading(host, &self.local_time, &self.zone, self.starts_at, self.id)?,
            main_dish: ShortText::from_stored(self.main_dish).map_err(corrupt("parties", "main_dish", self.id))?,
        })
    }
}

/// The parties of `ids` that `viewer` may find. Without any, no statement is run.
pub(super) async fn list<D: Dialect>(
    read: &ReadPool<D>,
    ids: &[PartyId],
    viewer: UserId,
) -> sqlx::Result<Vec<PartyLabel>> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let asked: Vec<_> = ids.iter().map(|id| id.get().to_string()).collect();
    let rows = query_as::<_, LabelRow>(D::pick(LIST.sqlite, LIST.postgres)).bind(format!("[{}]", asked.join(",")));
    let mut labels = vec![];
    for row in rows.bind(viewer.get()).fetch_all(read).await? {
        if row.admits(viewer)? {
            labels.push(row.parse()?);
        }
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::query_plan;

    #[tokio::test]
    async fn labels_are_read_by_indexes() {
        let steps = query_plan(LIST.sqlite).await;
        let scans = steps.iter().filter(|step| step.starts_with("SCAN ")).collect::<Vec<_>>();
        assert!(scans.iter().all(|step| step.starts_with("SCAN asked")), "{steps:#?}");
        assert!(steps.iter().any(|step| step.starts_with("SEARCH parties USING INTEGER PRIMARY KEY")), "{steps:#?}");
    }
}
