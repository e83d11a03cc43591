//! Saving a party after a change: the rows that differ, and no others.

use std::fmt::Write as _;

use domain::party::UpdateError;
use domain::party::{Address, Details, GivenUp, Party, Rsvp, party_search_key};
use domain::user::UserId;
use sqlx::{query, query_scalar};

use super::load::StoredParty;
use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;
use crate::parties::row::{answer_columns, first_guests, names_column, state_column, visibility_column};
use crate::parties::{link, texts};
use crate::statements::{PerEngine, statements};

statements! {
    /// What an RSVP changes. It names no column of an index but that of a free seat: SQLite writes each index again of which a
    /// column is named.
    pub(super) const SAVE_SEATS: &str = concat!("UPDATE parties
        SET taken = $2, waiting = $3, last_place = $4, first_guests = ", first_guests!(), "
        WHERE id = $1");

    /// `$13` is 1 if a calendar shows what has changed, and 0 otherwise.
    pub(super) const SAVE: &str = concat!("UPDATE parties
        SET local_time = $2, zone = $3, starts_at = $4, state = $5, rsvp_deadline = $6, seats = $7, taken = $8, waiting = $9,
            max_companions = $10, last_place = $11, ends_at = $12, sequence = sequence + $13, visibility = $14,
            names_shown_to = $15, venue = $16, main_dish = $17, details = $18, address = $19, search_key = $20, revision = $21,
            first_guests = ", first_guests!(), "
        WHERE id = $1");

    /// The first answer of a guest, which no lock of a party keeps from being added while the deletion of the guest is requested. So
    /// PostgreSQL waits here for the guest's row, as the foreign key does.
    pub(super) const ADD_RSVP: PerEngine = PerEngine {
        sqlite: "INSERT INTO rsvps (party_id, guest_id, answer, heads, place)
            SELECT $1, id, $3, $4, $5 FROM users WHERE id = $2 AND delete_due IS NULL AND deleted_at IS NULL
            RETURNING guest_id",
        postgres: "INSERT INTO rsvps (party_id, guest_id, answer, heads, place)
            SELECT $1, id, $3, $4, $5 FROM users WHERE id = $2 AND delete_due IS NULL AND deleted_at IS NULL FOR KEY SHARE
            RETURNING guest_id",
    };

    /// The RSVPs of guests who had one, as rows of JSON: one statement, since a thousand guests may be seated at once. An update of SQLite
    /// would read every RSVP of the party.
    pub(super) const SAVE_RSVPS: PerEngine = PerEngine {
        sqlite: "INSERT INTO rsvps (party_id, guest_id, answer, heads, place, given_up_heads, given_up_at)
            SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each($2) WHERE true
            ON CONFLICT (party_id, guest_id) DO UPDATE
            SET answer = excluded.answer, heads = excluded.heads, place = excluded.place,
                given_up_heads = excluded.given_up_heads, given_up_at = excluded.given_up_at",
        postgres: "UPDATE rsvps SET answer = saved.value ->> 1, heads = (saved.value ->> 2)::bigint,
                place = (saved.value ->> 3)::bigint, given_up_heads = (saved.value ->> 4)::bigint,
                given_up_at = (saved.value ->> 5)::bigint
            FROM jsonb_array_elements($2::text::jsonb) AS saved
            WHERE party_id = $1 AND guest_id = (saved.value ->> 0)::bigint",
    };
}

impl StoredParty {
    /// Writes the rows that differ, and no others: an answer that changes nothing costs no fsync.
    pub(super) async fn save<D: Dialect>(
        &self,
        connection: &mut D::Connection,
        party: &Party,
    ) -> Result<(), WriteError<UpdateError>> {
        self.save_rsvps::<D>(&mut *connection, party).await?;
        texts::save::<D>(&mut *connection, &self.party, party).await?;
        if let Some(link) = party.new_link {
            link::replace::<D>(&mut *connection, party.id, link).await?;
        }
        if columns(party) != columns(&self.party) {
            self.save_party::<D>(connection, party).await?;
        } else if party.guests.totals() != self.party.guests.totals() {
            // Who is seated changes no more than this: a seat that passes to another guest has another place.
            let totals = party.guests.totals();
            let save = query::<D>(SAVE_SEATS).bind(party.id.get()).bind(i64::from(totals.taken));
            save.bind(i64::from(totals.waiting)).bind(totals.last_place).execute(connection).await?;
        }
        Ok(())
    }

    /// Writes the RSVPs that differ.
    async fn save_rsvps<D: Dialect>(
        &self,
        connection: &mut D::Connection,
        party: &Party,
    ) -> Result<(), WriteError<UpdateError>> {
        let before = self.party.guests.rsvps();
        let mut saved = String::new();
        for (guest, rsvp) in party.guests.rsvps() {
            match before.get(guest) {
                Some(before) if before == rsvp => {}
                Some(_) => push_json(&mut saved, *guest, rsvp),
                None => add::<D>(&mut *connection, party, *guest, rsvp).await?,
            }
        }
        if !saved.is_empty() {
            let save = query::<D>(D::pick(SAVE_RSVPS.sqlite, SAVE_RSVPS.postgres)).bind(party.id.get());
            save.bind(format!("[{saved}]")).execute(connection).await?;
        }
        Ok(())
    }

    async fn save_party<D: Dialect>(&self, connection: &mut D::Connection, party: &Party) -> sqlx::Result<()> {
        let (date, texts, totals) = (&party.heading.date, &party.texts, party.guests.totals());
        let (details, host) = (texts.details.as_ref().map(Details::as_str), party.heading.host.as_str());
        let save = query::<D>(SAVE)
            .bind(party.id.get())
            .bind(date.local())
            .bind(date.zone().as_str())
            .bind(date.starts_at().as_millis())
            .bind(state_column(party.state))
            .bind(party.rsvp_deadline.as_millis())
            .bind(i64::from(totals.seats.get()))
            .bind(i64::from(totals.taken))
            .bind(i64::from(totals.waiting))
            .bind(i64::from(totals.max_companions))
            .bind(totals.last_place)
            .bind(party.ends_at.as_millis())
            .bind(i64::from(in_calendar(party) != in_calendar(&self.party)))
            .bind(visibility_column(party.visibility))
            .bind(names_column(party.names_shown_to))
            .bind(texts.venue.as_str())
            .bind(texts.main_dish.as_str())
            .bind(details)
            .bind(texts.address.as_ref().map(Address::as_str))
            .bind(party_search_key(host, texts.main_dish.as_str(), texts.venue.as_str(), details))
            .bind(i64::from(party.revision));
        save.execute(connection).await?;
        Ok(())
    }
}

/// Adds the first RSVP of a guest.
async fn add<D: Dialect>(
    connection: &mut D::Connection,
    party: &Party,
    guest: UserId,
    rsvp: &Rsvp,
) -> Result<(), WriteError<UpdateError>> {
    let (answer, heads) = answer_columns(rsvp.answer);
    let add = query_scalar::<D, i64>(D::pick(ADD_RSVP.sqlite, ADD_RSVP.postgres)).bind(party.id.get());
    let add = add.bind(guest.get()).bind(answer).bind(heads).bind(place_column(rsvp));
    match add.fetch_optional(connection).await? {
        Some(_) => Ok(()),
        None => Err(WriteError::Refused(UpdateError::UserDeleted)),
    }
}

/// The value of the column `place`.
fn place_column(rsvp: &Rsvp) -> Option<i64> {
    rsvp.answer.heads().map(|_| rsvp.place)
}

/// Appends a row of [`SAVE_RSVPS`].
fn push_json(rows: &mut String, guest: UserId, rsvp: &Rsvp) {
    let number = |number: Option<i64>| number.map_or_else(|| "null".to_owned(), |number| number.to_string());
    let (answer, heads) = answer_columns(rsvp.answer);
    let (given_up_heads, given_up_at) =
        rsvp.given_up.map(|GivenUp { heads, at }| (i64::from(heads.get()), at.as_millis())).unzip();
    let separator = if rows.is_empty() { "" } else { "," };
    let numbers = [place_column(rsvp), given_up_heads, given_up_at].map(number).join(",");
    let _ = write!(rows, "{separator}[{},\"{answer}\",{heads},{numbers}]", guest.get()); // a String takes what is written
}

/// The columns of the party's own row that a host changes.
fn columns(party: &Party) -> impl PartialEq {
    let totals = party.guests.totals();
    let limits = (totals.seats, totals.max_companions);
    let shown = (party.visibility, party.names_shown_to);
    (in_calendar(party), party.rsvp_deadline, shown, limits, party.revision)
}

/// The columns that the calendar file of a party shows, of those that a host changes.
fn in_calendar(party: &Party) -> impl PartialEq {
    (party.heading.date.clone(), party.ends_at, party.state, party.texts.clone())
}
