//! Adding a party: once for each form that asks for it, however often that is sent.

use domain::caseless_key;
use domain::party::{IdempotencyKey, NewParty, PartyId};
use sqlx::query_scalar;

use crate::engine::dialect::Dialect;

const HOST: &str = "SELECT username FROM users WHERE id = $1";
const ASKED: &str = "SELECT id FROM parties WHERE host_id = $1 AND form = $2 AND local_time = $3 AND zone = $4 \
     AND venue = $5 AND main_dish = $6 AND seats = $7";
/// Where the form's party is being added at the same moment, PostgreSQL waits for what comes of that.
const ADD: &str = "INSERT INTO parties \
     (host_id, form, local_time, zone, venue, main_dish, seats, starts_at, rsvp_deadline, search_key) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
     ON CONFLICT (host_id, form, local_time, zone, venue, main_dish, seats) DO NOTHING RETURNING id";

/// The job of [`domain::party::PartyRepository::add`].
pub(super) async fn add<D: Dialect>(connection: &mut D::Connection, party: &NewParty) -> sqlx::Result<PartyId> {
    let host = query_scalar::<D, String>(HOST).bind(party.host.get()).fetch_one(&mut *connection).await?;
    // Looked for first, since a row that is not added would use up a number all the same; and last, where somebody else's
    // came in between.
    if let Some(id) = asked::<D>(connection, party).await? {
        return Ok(PartyId::new(id));
    }
    let added = query_scalar::<D, i64>(ADD)
        .bind(party.host.get())
        .bind(party.idempotency_key.as_ref().map(IdempotencyKey::as_str))
        .bind(party.date.local())
        .bind(party.date.zone().as_str())
        .bind(party.venue.as_str())
        .bind(party.main_dish.as_str())
        .bind(i64::from(party.seats.get()))
        .bind(party.date.starts_at().as_millis())
        .bind(party.date.starts_at().as_millis()) // the deadline, until a host may choose one
        .bind(caseless_key(&format!("{host}\n{}\n{}", party.venue, party.main_dish)))
        .fetch_optional(&mut *connection);
    let id = match added.await? {
        Some(id) => Some(id),
        None => asked::<D>(connection, party).await?,
    };
    id.map(PartyId::new).ok_or(sqlx::Error::RowNotFound)
}

/// The party that the form has hosted already, asking for the same.
async fn asked<D: Dialect>(connection: &mut D::Connection, party: &NewParty) -> sqlx::Result<Option<i64>> {
    let Some(key) = &party.idempotency_key else { return Ok(None) };
    let asked = query_scalar::<D, i64>(ASKED)
        .bind(party.host.get())
        .bind(key.as_str())
        .bind(party.date.local())
        .bind(party.date.zone().as_str())
        .bind(party.venue.as_str())
        .bind(party.main_dish.as_str())
        .bind(i64::from(party.seats.get()));
    asked.fetch_optional(connection).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_walks_an_index;

    #[tokio::test]
    async fn a_form_is_found_among_a_million_as_among_ten() {
        for sql in [HOST, ASKED] {
            assert_walks_an_index(sql).await;
        }
    }
}
