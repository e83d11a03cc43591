//! Loading a party for a change: its row, and the RSVPs that a rule needs.

use std::collections::BTreeMap;

use domain::Timestamp;
use domain::party::{
    Address, Details, GuestList, Heads, Party, PartyId, PartyState, PartyTexts, Rsvp, RsvpTexts, ShortText, Totals,
};
use domain::throttle::{Counter, ThrottleKey};
use domain::user::UserId;
use sqlx::query_as;

use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::error::corrupt;
use crate::parties::quota::loaded_counter;
use crate::parties::row::{PartyRow, answer, given_up, party_columns, rank};
use crate::parties::texts;
use crate::statements::statements;

/// The guests on the waiting list of the party `$1` with that many heads who fit on `$2` seats, in their order.
macro_rules! fitting {
    ($heads:literal) => {
        concat!(
            "SELECT * FROM (SELECT id, guest_id, answer, heads, place, given_up_heads, given_up_at,
                    CAST(NULL AS BIGINT) AS waiting_rank
                FROM rsvps WHERE party_id = $1 AND answer = 'waitlisted' AND heads = ",
            $heads,
            "
                ORDER BY place LIMIT ($2 / ",
            $heads,
            ")) AS fitting"
        )
    };
}

statements! {
    /// The party `$1`, the counter with the key `$2`, which may be NULL, whether the guest `$3`, or the host where that is NULL, is
    /// deleted, and the RSVP of the guest, with its texts and the number on the waiting list. A deletion that is requested meanwhile waits for the lock
    /// of each party of the user.
    pub(super) const LOAD: &str = concat!("SELECT ", party_columns!(), ", last_place, revision, venue, main_dish, details, address,
            throttles.count, throttles.expires_at,
            (SELECT count(*) FROM users AS concerned WHERE concerned.id = coalesce($3, host_id)
                AND (concerned.delete_due IS NOT NULL OR concerned.deleted_at IS NOT NULL)) AS deleted_users,
            own.id AS own_id, own.answer AS own_answer, own.heads AS own_heads, own.place AS own_place,
            own.given_up_heads, own.given_up_at, own.note, own.allergies,
            CASE own.answer WHEN 'waitlisted' THEN (
                SELECT count(*) + 1 FROM rsvps AS ahead
                WHERE ahead.party_id = $1 AND ahead.answer = 'waitlisted' AND ahead.place < own.place
            ) END AS waiting_rank
        FROM parties JOIN users ON users.id = host_id LEFT JOIN throttles ON throttles.key = $2
        LEFT JOIN rsvps AS own ON own.party_id = parties.id AND own.guest_id = $3
        WHERE parties.id = $1");

    /// The guests on the waiting list who may get a seat if `$2` seats become free: of those with one number of heads, the first that fit if
    /// all seats are theirs. First fit seats no other, since it seats of those with one number the first.
    pub(super) const LOAD_FITTING: &str = concat!(
        fitting!("1"), " UNION ALL ", fitting!("2"), " UNION ALL ", fitting!("3"), " UNION ALL ", fitting!("4"), " UNION ALL ",
        fitting!("5"), " UNION ALL ", fitting!("6"), " UNION ALL ", fitting!("7"), " UNION ALL ", fitting!("8"), " UNION ALL ",
        fitting!("9"), " UNION ALL ", fitting!("10")
    );

    /// Every RSVP.
    pub(super) const LOAD_RSVPS: &str = "SELECT id, guest_id, answer, heads, place, given_up_heads, given_up_at,
            CAST(NULL AS BIGINT) AS waiting_rank
        FROM rsvps WHERE party_id = $1";
}

/// A party as it is stored, and what the rule does not see.
pub(crate) struct StoredParty {
    pub(super) party: Party,
    /// The counter of the user's quota, if there is a row.
    pub(super) counter: Option<Counter>,
    /// Whether the guest whom the change concerns is deleted, or the deletion of the guest is requested; of a change of the party, its host.
    pub(super) is_deleted: bool,
}

struct LoadedRow {
    party: PartyRow,
    last_place: i64,
    revision: i64,
    venue: String,
    main_dish: String,
    details: Option<String>,
    address: Option<String>,
    count: Option<i64>,
    expires_at: Option<i64>,
    deleted_users: i64,
    own_id: Option<i64>,
    own_answer: Option<String>,
    own_heads: Option<i64>,
    own_place: Option<i64>,
    given_up_heads: Option<i64>,
    given_up_at: Option<i64>,
    note: Option<String>,
    allergies: Option<String>,
    waiting_rank: Option<i64>,
}

from_row!(LoadedRow {
    note,
    allergies,
    party: ..,
    last_place,
    revision,
    venue,
    main_dish,
    details,
    address,
    count,
    expires_at,
    deleted_users,
    own_id,
    own_answer,
    own_heads,
    own_place,
    given_up_heads,
    given_up_at,
    waiting_rank
});

struct RsvpRow {
    id: i64,
    guest_id: i64,
    answer: String,
    heads: i64,
    place: Option<i64>,
    given_up_heads: Option<i64>,
    given_up_at: Option<i64>,
    waiting_rank: Option<i64>,
}

from_row!(RsvpRow { id, guest_id, answer, heads, place, given_up_heads, given_up_at, waiting_rank });

impl RsvpRow {
    fn parse(self) -> sqlx::Result<(UserId, Rsvp)> {
        let rsvp = Rsvp {
            answer: answer(&self.answer, self.heads, self.id)?,
            place: self.place.unwrap_or_default(),
            rank: rank(self.waiting_rank, self.id)?,
            given_up: given_up(self.given_up_heads, self.given_up_at, self.id)?,
        };
        Ok((UserId::new(self.guest_id), rsvp))
    }
}

impl LoadedRow {
    /// The RSVP of `guest`, of whom the row was loaded.
    fn own(&self, guest: UserId) -> Option<RsvpRow> {
        Some(RsvpRow {
            id: self.own_id?,
            guest_id: guest.get(),
            answer: self.own_answer.clone()?,
            heads: self.own_heads?,
            place: self.own_place,
            given_up_heads: self.given_up_heads,
            given_up_at: self.given_up_at,
            waiting_rank: self.waiting_rank,
        })
    }

    /// What the guest has written, of whom the row was loaded.
    fn take_own_texts(&mut self) -> sqlx::Result<RsvpTexts> {
        texts::texts(self.note.take(), self.allergies.take(), self.own_id.unwrap_or_default())
    }

    fn texts(&self) -> sqlx::Result<PartyTexts> {
        let id = self.party.id;
        let details = self.details.clone().map(Details::from_stored).transpose();
        let address = self.address.clone().map(Address::from_stored).transpose();
        Ok(PartyTexts {
            venue: ShortText::from_stored(self.venue.clone()).map_err(corrupt("parties", "venue", id))?,
            main_dish: ShortText::from_stored(self.main_dish.clone()).map_err(corrupt("parties", "main_dish", id))?,
            details: details.map_err(corrupt("parties", "details", id))?,
            address: address.map_err(corrupt("parties", "address", id))?,
        })
    }

    fn parse(self, rsvps: BTreeMap<UserId, Rsvp>) -> sqlx::Result<StoredParty> {
        let (party, texts) = (&self.party, self.texts()?);
        let totals = Totals {
            seats: party.seats()?,
            taken: party.taken()?,
            waiting: party.waiting()?,
            max_companions: party.max_companions()?,
            last_place: self.last_place,
        };
        let party = Party {
            id: PartyId::new(party.id),
            host: UserId::new(party.host_id),
            heading: party.heading()?,
            state: party.state()?,
            ends_at: Timestamp::from_millis(party.ends_at),
            rsvp_deadline: Timestamp::from_millis(party.rsvp_deadline),
            visibility: party.visibility()?,
            names_shown_to: party.names_shown_to()?,
            texts,
            new_link: None,
            revision: u32::try_from(self.revision).map_err(corrupt("parties", "revision", party.id))?,
            guests: GuestList::from_stored(totals, rsvps).map_err(corrupt("parties", "taken", party.id))?,
        };
        let counter = loaded_counter(self.count, self.expires_at)?;
        Ok(StoredParty { party, counter, is_deleted: self.deleted_users > 0 })
    }
}

impl StoredParty {
    /// The party `id`, with the RSVPs that a change needs that concerns `guest`, or the party itself.
    pub(super) async fn load<D: Dialect>(
        connection: &mut D::Connection,
        id: PartyId,
        guest: Option<UserId>,
        key: Option<ThrottleKey>,
    ) -> sqlx::Result<Option<Self>> {
        let load = query_as::<D, LoadedRow>(LOAD).bind(id.get()).bind(key.map(|key| key.as_bytes().to_vec()));
        let load = load.bind(guest.map(UserId::get));
        let Some(mut row) = load.fetch_optional(&mut *connection).await? else { return Ok(None) };
        let own_texts = row.take_own_texts()?;
        let rsvps = match guest {
            Some(guest) => load_for::<D>(connection, &row, guest).await?,
            None => query_as::<D, RsvpRow>(LOAD_RSVPS).bind(id.get()).fetch_all(connection).await?,
        };
        let rsvps = rsvps.into_iter().map(RsvpRow::parse).collect::<sqlx::Result<_>>()?;
        let mut stored = row.parse(rsvps)?;
        if let Some(guest) = guest {
            stored.party.guests = stored.party.guests.with_texts(guest, own_texts);
        }
        Ok(Some(stored))
    }
}

/// The RSVP of a guest; and, if the guest holds seats of a scheduled party, those who may get them.
async fn load_for<D: Dialect>(
    connection: &mut D::Connection,
    row: &LoadedRow,
    guest: UserId,
) -> sqlx::Result<Vec<RsvpRow>> {
    let Some(own) = row.own(guest) else { return Ok(vec![]) };
    let (held, mut rsvps) = ((own.answer == "seated").then_some(own.heads), vec![own]);
    if let Some(held) = held
        && row.party.waiting()? > 0
        && row.party.state()? == PartyState::Scheduled
    {
        let free = i64::from(row.party.seats()?.get().saturating_sub(row.party.taken()?)) + held;
        let fitting = query_as::<D, RsvpRow>(LOAD_FITTING).bind(row.party.id).bind(free);
        rsvps.extend(fitting.fetch_all(connection).await?);
    }
    Ok(rsvps)
}

const _: () = assert!(Heads::MAX == 10, "the parts of `LOAD_FITTING`");
