//! Adding a party: once per idempotency key and content, however often a form is submitted.

use domain::caseless_key;
use domain::party::{IdempotencyKey, NewParty, PartyId};
use sqlx::query_scalar;

use crate::engine::dialect::Dialect;
use crate::statements::statements;

statements! {
    const FIND_HOST: &str = "SELECT username FROM users WHERE id = $1";

    /// The party that the same form added earlier with the same content. The column `form` holds the idempotency key.
    const FIND_ADDED: &str = "SELECT id FROM parties
        WHERE host_id = $1 AND form = $2 AND local_time = $3 AND zone = $4 AND venue = $5 AND main_dish = $6 AND seats = $7";

    /// While another transaction adds the same party, PostgreSQL waits for its end.
    const ADD: &str = "INSERT INTO parties
            (host_id, form, local_time, zone, venue, main_dish, seats, starts_at, rsvp_deadline, search_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (host_id, form, local_time, zone, venue, main_dish, seats) DO NOTHING
        RETURNING id";
}

/// The job of [`domain::party::PartyRepository::add`].
pub(super) async fn add<D: Dialect>(connection: &mut D::Connection, party: &NewParty) -> sqlx::Result<PartyId> {
    let host = query_scalar::<D, String>(FIND_HOST).bind(party.host.get()).fetch_one(&mut *connection).await?;
    // Before the insert, since a conflict would use up an id; and after a conflict, where another transaction was faster.
    if let Some(id) = find_added::<D>(connection, party).await? {
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
        .bind(party.date.starts_at().as_millis()) // the deadline, as long as a host cannot choose one
        .bind(caseless_key(&format!("{host}\n{}\n{}", party.venue, party.main_dish)))
        .fetch_optional(&mut *connection);
    let id = match added.await? {
        Some(id) => Some(id),
        None => find_added::<D>(connection, party).await?,
    };
    id.map(PartyId::new).ok_or(sqlx::Error::RowNotFound)
}

async fn find_added<D: Dialect>(connection: &mut D::Connection, party: &NewParty) -> sqlx::Result<Option<i64>> {
    let Some(key) = &party.idempotency_key else { return Ok(None) };
    let find = query_scalar::<D, i64>(FIND_ADDED)
        .bind(party.host.get())
        .bind(key.as_str())
        .bind(party.date.local())
        .bind(party.date.zone().as_str())
        .bind(party.venue.as_str())
        .bind(party.main_dish.as_str())
        .bind(i64::from(party.seats.get()));
    find.fetch_optional(connection).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_adding_use_indexes() {
        for sql in [FIND_HOST, FIND_ADDED] {
            assert_uses_indexes(sql).await;
        }
    }
}
