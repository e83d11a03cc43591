//! What is stored about the parties of a user, page by page.

use domain::Timestamp;
use domain::party::{Address, Details, ExportedAnswer, ExportedParty, PartyHeading, PartyId, ShortText};
use domain::user::UserId;
use sqlx::query_as;

use super::row::{PartyRow, allergies, answer, heading, note, party_columns, visibility};
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::engine::read_pool::ReadPool;
use crate::error::corrupt;
use crate::statements::{PerEngine, statements};

statements! {
    const LIST_HOSTED: &str = concat!("SELECT ", party_columns!(), ", venue, main_dish, details, address
        FROM parties JOIN users ON users.id = host_id
        WHERE host_id = $1 AND parties.id > $2 ORDER BY parties.id LIMIT ($3 + 0)");

    /// The answers of the guest are few beside the parties, and sorted.
    const LIST_ANSWERS: PerEngine = PerEngine {
        sqlite: "SELECT rsvps.id, party_id, username AS host, host_id, local_time, zone, starts_at, main_dish, visibility, answer, heads, note, allergies
            FROM rsvps CROSS JOIN parties ON parties.id = party_id JOIN users ON users.id = host_id
            WHERE guest_id = $1 AND party_id > $2 ORDER BY party_id LIMIT ($3 + 0)",
        postgres: "SELECT rsvps.id, party_id, username AS host, host_id, local_time, zone, starts_at, main_dish, visibility, answer, heads, note, allergies
            FROM rsvps JOIN parties ON parties.id = party_id JOIN users ON users.id = host_id
            WHERE guest_id = $1 AND party_id > $2 ORDER BY party_id LIMIT ($3 + 0)",
    };
}

struct HostedRow {
    party: PartyRow,
    venue: String,
    main_dish: String,
    details: Option<String>,
    address: Option<String>,
}

from_row!(HostedRow { party: .., venue, main_dish, details, address });

impl HostedRow {
    fn parse(self) -> sqlx::Result<ExportedParty> {
        let (id, party) = (PartyId::new(self.party.id), self.party);
        let label = |stored, column| ShortText::from_stored(stored).map_err(corrupt("parties", column, party.id));
        let details = self.details.map(Details::from_stored).transpose();
        let address = self.address.map(Address::from_stored).transpose();
        Ok(ExportedParty {
            id,
            heading: party.heading()?,
            ends_at: Timestamp::from_millis(party.ends_at),
            state: party.state()?,
            rsvp_deadline: Timestamp::from_millis(party.rsvp_deadline),
            max_companions: party.max_companions()?,
            visibility: party.visibility()?,
            names_shown_to: party.names_shown_to()?,
            venue: label(self.venue, "venue")?,
            main_dish: label(self.main_dish, "main_dish")?,
            details: details.map_err(corrupt("parties", "details", party.id))?,
            address: address.map_err(corrupt("parties", "address", party.id))?,
            seats: party.seats()?.get(),
            taken: party.taken()?,
        })
    }
}

struct AnswerRow {
    id: i64,
    party_id: i64,
    host: String,
    host_id: i64,
    local_time: String,
    zone: String,
    starts_at: i64,
    main_dish: String,
    visibility: String,
    answer: String,
    heads: i64,
    note: Option<String>,
    allergies: Option<String>,
}

from_row!(AnswerRow {
    id,
    party_id,
    host,
    host_id,
    local_time,
    zone,
    starts_at,
    main_dish,
    visibility,
    answer,
    heads,
    note,
    allergies
});

impl AnswerRow {
    fn parse(self) -> sqlx::Result<ExportedAnswer> {
        let party = self.party_id;
        let main_dish = ShortText::from_stored(self.main_dish).map_err(corrupt("parties", "main_dish", party))?;
        let heading: PartyHeading =
            heading((&self.host, self.host_id), &self.local_time, &self.zone, self.starts_at, party)?;
        let answer = answer(&self.answer, self.heads, self.id)?;
        let is_found = visibility(&self.visibility, party)?.admits(Some(answer), false);
        let note = note(self.note, self.id)?;
        let allergies = allergies(self.allergies, self.id)?;
        let shown = is_found.then_some((heading, main_dish));
        Ok(ExportedAnswer { party: PartyId::new(party), shown, answer, note, allergies })
    }
}

fn after_id(after: Option<PartyId>) -> i64 {
    after.map_or(0, PartyId::get)
}

/// The parties that `host` hosts.
pub(super) async fn hosted<D: Dialect>(
    read: &ReadPool<D>,
    host: UserId,
    after: Option<PartyId>,
    limit: u32,
) -> sqlx::Result<Vec<ExportedParty>> {
    let rows = query_as::<_, HostedRow>(LIST_HOSTED).bind(host.get()).bind(after_id(after)).bind(i64::from(limit));
    rows.fetch_all(read).await?.into_iter().map(HostedRow::parse).collect()
}

/// The answers of `guest`.
pub(super) async fn answers<D: Dialect>(
    read: &ReadPool<D>,
    guest: UserId,
    after: Option<PartyId>,
    limit: u32,
) -> sqlx::Result<Vec<ExportedAnswer>> {
    let rows = query_as::<_, AnswerRow>(D::pick(LIST_ANSWERS.sqlite, LIST_ANSWERS.postgres)).bind(guest.get());
    let rows = rows.bind(after_id(after)).bind(i64::from(limit));
    rows.fetch_all(read).await?.into_iter().map(AnswerRow::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{assert_uses_indexes, query_plan};

    #[tokio::test]
    async fn exports_are_read_by_indexes() {
        assert_uses_indexes(LIST_HOSTED).await;
        let steps = query_plan(LIST_ANSWERS.sqlite).await;
        assert!(steps.iter().any(|step| step.contains("rsvps_by_guest (guest_id=?")), "{steps:#?}");
        assert!(!steps.iter().any(|step| step.starts_with("SCAN ")), "{steps:#?}");
    }
}
