//! A change of a party: one transaction locks the party, loads it, runs the rule, and saves what the rule changed.

use std::collections::BTreeMap;

use domain::Timestamp;
use domain::party::{Answer, GuestList, LinkToken, Outcome, Party, PartyChange, PartyId, RsvpQuota, UpdateError};
use domain::throttle::{Counter, ThrottleKey};
use domain::user::UserId;
use futures_util::future::BoxFuture;
use sqlx::{FromRow, query, query_as, query_scalar};

use super::link;
use super::quota::{count_rsvp, loaded_counter};
use super::row::{PartyRow, answer, answer_columns, first_guests, state_column, visibility_column};
use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;
use crate::error::corrupt;
use crate::statements::{OnPostgres, PerEngine, statements};

statements! {
    /// The row lock. SQLite's transaction holds the write lock of the whole file already.
    const LOCK: OnPostgres = OnPostgres("SELECT id FROM parties WHERE id = $1 FOR NO KEY UPDATE");

    /// The party `$1`, the counter with the key `$2`, which may be NULL, and whether the guest `$3` is deleted. A deletion that is
    /// requested meanwhile waits for the lock of each party with an answer of the guest.
    const LOAD: &str = "SELECT parties.id, host_id, username AS host, local_time, zone, starts_at, state, rsvp_deadline,
            ends_at, visibility, seats, taken, max_companions, last_place, throttles.count, throttles.expires_at,
            (SELECT count(*) FROM users AS guest
                WHERE guest.id = $3 AND (guest.delete_due IS NOT NULL OR guest.deleted_at IS NOT NULL)) AS deleted_guests
        FROM parties JOIN users ON users.id = host_id LEFT JOIN throttles ON throttles.key = $2
        WHERE parties.id = $1";

    /// The answer of the guest `$2`, and those on the waiting list.
    const LOAD_ANSWERS: &str = "SELECT id, guest_id, answer, heads, place FROM rsvps
        WHERE party_id = $1 AND guest_id = $2
        UNION
        SELECT id, guest_id, answer, heads, place FROM rsvps
        WHERE party_id = $1 AND answer = 'waitlisted'";

    /// What an RSVP changes. It names no column of an index but that of a free seat: SQLite writes each index again of which a
    /// column is named.
    const SAVE_SEATS: &str = concat!("UPDATE parties
        SET taken = $2, last_place = $3, first_guests = ", first_guests!(), "
        WHERE id = $1");

    /// `$13` is 1 if a calendar shows what has changed, and 0 otherwise.
    const SAVE: &str = concat!("UPDATE parties
        SET local_time = $2, zone = $3, starts_at = $4, state = $5, rsvp_deadline = $6, seats = $7, taken = $8,
            max_companions = $9, last_place = $10, ends_at = $11, visibility = $12, sequence = sequence + $13,
            first_guests = ", first_guests!(), "
        WHERE id = $1");

    /// The first answer of a guest, which no lock of a party keeps from being added while the deletion of the guest is requested. So
    /// PostgreSQL waits here for the guest's row, as the foreign key does.
    const ADD_ANSWER: PerEngine = PerEngine {
        sqlite: "INSERT INTO rsvps (party_id, guest_id, answer, heads, place)
            SELECT $1, id, $3, $4, $5 FROM users WHERE id = $2 AND delete_due IS NULL AND deleted_at IS NULL
            ON CONFLICT (party_id, guest_id) DO UPDATE
            SET answer = excluded.answer, heads = excluded.heads, place = excluded.place
            RETURNING guest_id",
        postgres: "INSERT INTO rsvps (party_id, guest_id, answer, heads, place)
            SELECT $1, id, $3, $4, $5 FROM users WHERE id = $2 AND delete_due IS NULL AND deleted_at IS NULL FOR KEY SHARE
            ON CONFLICT (party_id, guest_id) DO UPDATE
            SET answer = excluded.answer, heads = excluded.heads, place = excluded.place
            RETURNING guest_id",
    };

    const SAVE_ANSWER: &str = "INSERT INTO rsvps (party_id, guest_id, answer, heads, place) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (party_id, guest_id) DO UPDATE
        SET answer = excluded.answer, heads = excluded.heads, place = excluded.place";
}

type Updated<'j> = BoxFuture<'j, Result<Outcome, WriteError<UpdateError>>>;

/// A change, the guest whom it concerns, and the quota for which it is counted.
pub(super) struct Change {
    pub(super) guest: Option<UserId>,
    pub(super) rule: PartyChange,
    pub(super) quota: Option<RsvpQuota>,
}

/// The job of [`domain::party::PartyRepository::update`].
pub(super) fn update<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (id, change): &'j (PartyId, Change),
) -> Updated<'j> {
    Box::pin(async move {
        lock::<D>(connection, *id).await?;
        run::<D>(connection, *id, change).await
    })
}

/// The job of [`domain::party::PartyRepository::update_by_link`].
pub(super) fn update_by_link<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (token, change): &'j (LinkToken, Change),
) -> Updated<'j> {
    Box::pin(async move {
        match link::lock::<D>(connection, *token).await? {
            Some(id) => run::<D>(connection, id, change).await,
            None => Err(WriteError::Refused(UpdateError::NotFound)),
        }
    })
}

/// Runs the change of a party that is locked.
async fn run<D: Dialect>(
    connection: &mut D::Connection,
    id: PartyId,
    Change { guest, rule, quota }: &Change,
) -> Result<Outcome, WriteError<UpdateError>> {
    let key = quota.map(|quota| quota.limit.key);
    let Some(stored) = StoredParty::load::<D>(connection, id, *guest, key).await? else {
        return Err(WriteError::Refused(UpdateError::NotFound));
    };
    if stored.is_guest_deleted {
        return Err(WriteError::Refused(UpdateError::UserDeleted));
    }
    let mut party = stored.party.clone();
    let outcome = rule(&mut party).map_err(|error| WriteError::Refused(error.into()))?;
    if let (Some(guest), Some(quota)) = (guest, quota)
        && RsvpQuota::is_counted(*guest, &stored.party.guests, &party.guests)
    {
        count_rsvp::<D>(connection, quota, stored.counter).await?;
    }
    stored.save::<D>(connection, &party).await?;
    Ok(outcome)
}

/// Declines for a guest whose deletion is requested, at a party that is locked. What the rule refuses stays as it is, such as a seat
/// at a party that has begun.
pub(super) async fn decline<D: Dialect>(
    connection: &mut D::Connection,
    id: PartyId,
    guest: UserId,
    now: Timestamp,
) -> sqlx::Result<()> {
    let Some(stored) = StoredParty::load::<D>(connection, id, Some(guest), None).await? else { return Ok(()) };
    let mut party = stored.party.clone();
    if party.decline(guest, now).is_err() {
        return Ok(());
    }
    match stored.save::<D>(connection, &party).await {
        Err(WriteError::Failed(error)) => Err(error),
        _ => Ok(()), // a guest with an answer is not refused
    }
}

/// Makes every other change of the party wait. It is a statement of its own, and the first: what PostgreSQL reads in the
/// statement that waits for the lock may be older than the lock.
async fn lock<D: Dialect>(connection: &mut D::Connection, id: PartyId) -> sqlx::Result<()> {
    if let Some(OnPostgres(sql)) = D::pick(None, Some(LOCK)) {
        query::<D>(sql).bind(id.get()).execute(connection).await?;
    }
    Ok(())
}

/// A party as it is stored, and the columns that the rule does not see.
pub(super) struct StoredParty {
    party: Party,
    last_place: i64,
    places: BTreeMap<UserId, i64>,
    /// The counter of the guest's quota, if there is a row.
    counter: Option<Counter>,
    /// Whether the guest is deleted, or the deletion of the guest is requested.
    is_guest_deleted: bool,
}

#[derive(FromRow)]
struct LoadedRow {
    #[sqlx(flatten)]
    party: PartyRow,
    max_companions: i64,
    last_place: i64,
    count: Option<i64>,
    expires_at: Option<i64>,
    deleted_guests: i64,
}

#[derive(FromRow)]
struct AnswerRow {
    id: i64,
    guest_id: i64,
    answer: String,
    heads: i64,
    place: Option<i64>,
}

impl StoredParty {
    async fn load<D: Dialect>(
        connection: &mut D::Connection,
        id: PartyId,
        guest: Option<UserId>,
        key: Option<ThrottleKey>,
    ) -> sqlx::Result<Option<Self>> {
        let load = query_as::<D, LoadedRow>(LOAD).bind(id.get()).bind(key.map(|key| key.as_bytes().to_vec()));
        let load = load.bind(guest.map(UserId::get));
        let Some(row) = load.fetch_optional(&mut *connection).await? else { return Ok(None) };
        let answers = query_as::<D, AnswerRow>(LOAD_ANSWERS).bind(id.get()).bind(guest.map(UserId::get));
        let (mut loaded, mut places) = (BTreeMap::new(), BTreeMap::new());
        for row in answers.fetch_all(connection).await? {
            let guest = UserId::new(row.guest_id);
            loaded.insert(guest, answer(&row.answer, row.heads, row.place, row.id)?);
            places.extend(row.place.map(|place| (guest, place)));
        }
        let party = &row.party;
        let max_companions =
            u32::try_from(row.max_companions).map_err(corrupt("parties", "max_companions", party.id))?;
        let guests = GuestList::from_stored(party.seats()?, party.taken()?, max_companions, loaded);
        Ok(Some(Self {
            party: Party {
                id,
                host: UserId::new(party.host_id),
                heading: party.heading()?,
                state: party.state()?,
                ends_at: Timestamp::from_millis(party.ends_at),
                rsvp_deadline: Timestamp::from_millis(party.rsvp_deadline),
                visibility: party.visibility()?,
                guests: guests.map_err(corrupt("parties", "taken", party.id))?,
            },
            last_place: row.last_place,
            places,
            counter: loaded_counter(row.count, row.expires_at)?,
            is_guest_deleted: row.deleted_guests > 0,
        }))
    }

    /// Writes the rows that differ, and no others: an answer that changes nothing costs no fsync.
    async fn save<D: Dialect>(
        &self,
        connection: &mut D::Connection,
        party: &Party,
    ) -> Result<(), WriteError<UpdateError>> {
        let (mut last_place, mut has_seats_changed) = (self.last_place, false);
        for (guest, answer) in party.guests.answers() {
            let before = self.party.guests.answer(*guest);
            if before == Some(*answer) {
                continue;
            }
            let place = match answer {
                Answer::Seated(_) => match before {
                    Some(Answer::Seated(_)) => self.places.get(guest).copied(), // with another number of heads
                    _ => Some(last_place + 1),
                },
                Answer::Waitlisted { position, .. } => Some(*position),
                _ => None,
            };
            last_place = last_place.max(place.unwrap_or(0));
            has_seats_changed |= before.map_or(0, Answer::seats_held) != answer.seats_held();
            let (stored, heads) = answer_columns(*answer);
            if before.is_none() {
                let add = query_scalar::<D, i64>(D::pick(ADD_ANSWER.sqlite, ADD_ANSWER.postgres)).bind(party.id.get());
                let add = add.bind(guest.get()).bind(stored).bind(heads).bind(place);
                if add.fetch_optional(&mut *connection).await?.is_none() {
                    return Err(WriteError::Refused(UpdateError::UserDeleted));
                }
                continue;
            }
            let save =
                query::<D>(SAVE_ANSWER).bind(party.id.get()).bind(guest.get()).bind(stored).bind(heads).bind(place);
            save.execute(&mut *connection).await?;
        }
        if columns(party) == columns(&self.party) {
            if party.guests.taken() == self.party.guests.taken() && last_place == self.last_place && !has_seats_changed
            {
                return Ok(());
            }
            let save =
                query::<D>(SAVE_SEATS).bind(party.id.get()).bind(i64::from(party.guests.taken())).bind(last_place);
            save.execute(connection).await?;
            return Ok(());
        }
        let date = &party.heading.date;
        let save = query::<D>(SAVE)
            .bind(party.id.get())
            .bind(date.local())
            .bind(date.zone().as_str())
            .bind(date.starts_at().as_millis())
            .bind(state_column(party.state))
            .bind(party.rsvp_deadline.as_millis())
            .bind(i64::from(party.guests.seats().get()))
            .bind(i64::from(party.guests.taken()))
            .bind(i64::from(party.guests.max_companions()))
            .bind(last_place)
            .bind(party.ends_at.as_millis())
            .bind(visibility_column(party.visibility))
            .bind(i64::from(in_calendar(party) != in_calendar(&self.party)));
        save.execute(connection).await?;
        Ok(())
    }
}

/// The columns of the party's own row that a rule may change, except those that an RSVP changes.
fn columns(party: &Party) -> impl PartialEq {
    let limits = (party.guests.seats(), party.guests.max_companions());
    let times = (party.ends_at, party.rsvp_deadline);
    (party.heading.date.clone(), party.state, times, party.visibility, limits)
}

/// The columns that the calendar file of a party shows, of those that a rule may change.
fn in_calendar(party: &Party) -> impl PartialEq {
    (party.heading.date.clone(), party.ends_at, party.state)
}

#[cfg(test)]
mod tests;
