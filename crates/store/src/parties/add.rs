//! Adding a party: once for each form that asks for it, however often that is sent.

use domain::fold;
use domain::party::{NewParty, PartyId};
use sqlx::{FromRow, query_as, query_scalar};

use crate::dialect::Dialect;

const HOST: &str = "SELECT username FROM users WHERE id = $1";
/// Where the form's party is being added at the same moment, PostgreSQL waits for what comes of that.
const ADD: &str = "INSERT INTO parties \
     (host_id, local_time, zone, starts_at, venue, main_dish, search_key, seats, rsvp_deadline, form) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (host_id, form) DO NOTHING RETURNING id";
const ASKED: &str =
    "SELECT id, local_time, zone, venue, main_dish, seats FROM parties WHERE host_id = $1 AND form = $2";

/// What a form asked for before.
#[derive(FromRow)]
struct Asked {
    id: i64,
    local_time: String,
    zone: String,
    venue: String,
    main_dish: String,
    seats: i64,
}

impl Asked {
    fn is(&self, party: &NewParty) -> bool {
        self.local_time == party.date.local()
            && self.zone == party.date.zone().as_str()
            && self.venue == party.venue.as_str()
            && self.main_dish == party.main_dish.as_str()
            && self.seats == i64::from(party.seats.get())
    }
}

/// The job of [`domain::party::PartyRepository::add`].
pub(super) async fn add<D: Dialect>(connection: &mut D::Connection, party: &NewParty) -> sqlx::Result<PartyId> {
    let host = query_scalar::<D, String>(HOST).bind(party.host.get()).fetch_one(&mut *connection).await?;
    let mut form = party.form.as_ref().map(|form| form.as_str().to_owned());
    // Looked for first, since a row that is not added would use up a number all the same. The second time round somebody
    // else's came in between, and is there.
    for _ in 0..2 {
        let asked = query_as::<D, Asked>(ASKED).bind(party.host.get()).bind(form.clone());
        match asked.fetch_optional(&mut *connection).await? {
            Some(asked) if asked.is(party) => return Ok(PartyId::new(asked.id)),
            Some(_) => form = None, // somebody went back to a form that was sent, and asks for something else by it
            None => {}
        }
        if let Some(id) = insert::<D>(connection, party, &host, form.clone()).await? {
            return Ok(PartyId::new(id));
        }
    }
    Err(sqlx::Error::RowNotFound)
}

/// The number of the new row; `None` where the form has one.
async fn insert<D: Dialect>(
    connection: &mut D::Connection,
    party: &NewParty,
    host: &str,
    form: Option<String>,
) -> sqlx::Result<Option<i64>> {
    let added = query_scalar::<D, i64>(ADD)
        .bind(party.host.get())
        .bind(party.date.local())
        .bind(party.date.zone().as_str())
        .bind(party.date.starts_at().as_millis())
        .bind(party.venue.as_str())
        .bind(party.main_dish.as_str())
        .bind(fold(&format!("{host}\n{}\n{}", party.venue, party.main_dish)))
        .bind(i64::from(party.seats.get()))
        .bind(party.date.starts_at().as_millis()) // the deadline, until a host may choose one
        .bind(form)
        .fetch_optional(connection);
    added.await
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
