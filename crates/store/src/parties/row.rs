//! How rows of `parties` and `rsvps` are parsed and written. Which rows is decided by each statement.

use domain::Timestamp;
use domain::party::{
    Allergies, Answer, GivenUp, GuestNote, Heads, NamesShownTo, PartyDate, PartyHeading, PartyState, PartySummary,
    Seats, SeatsError, Visibility, Zone,
};

use super::delimited_rows::DelimitedRow;
use crate::accounts::users::username;
use crate::engine::from_row::from_row;
use crate::error::corrupt;

/// The expression for `parties.first_guests` of a row of `parties`: the [`PartySummary::MAX_NAMED_GUESTS`] guests who were
/// seated first, as `name/heads`, separated by a space. A username contains neither character.
macro_rules! first_guests {
    () => {
        "(SELECT coalesce(string_agg(guest, ' '), '') FROM (
            SELECT username || '/' || heads AS guest FROM rsvps JOIN users ON users.id = guest_id
            WHERE party_id = parties.id AND answer = 'seated'
            ORDER BY place LIMIT 2
        ) AS guests)"
    };
}
pub(crate) use first_guests;

const _: () = assert!(PartySummary::MAX_NAMED_GUESTS == 2, "the LIMIT of `first_guests!`");

/// The columns of a party that most statements read. `T` is a text: owned if each column is read by itself, and borrowed from a
/// delimited row.
pub(crate) struct PartyRow<T = String> {
    pub(crate) id: i64,
    pub(super) host_id: i64,
    host: T,
    local_time: T,
    pub(crate) zone: T,
    starts_at: i64,
    state: T,
    pub(super) rsvp_deadline: i64,
    pub(super) ends_at: i64,
    visibility: T,
    seats: i64,
    taken: i64,
    waiting: i64,
    max_companions: i64,
    names_shown_to: T,
}

from_row!(PartyRow {
    id,
    host_id,
    host,
    local_time,
    zone,
    starts_at,
    state,
    rsvp_deadline,
    ends_at,
    visibility,
    seats,
    taken,
    waiting,
    max_companions,
    names_shown_to
});

impl<'t> PartyRow<&'t str> {
    pub(super) fn read(row: &mut DelimitedRow<'t>) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.integer()?,
            host_id: row.integer()?,
            host: row.text()?,
            local_time: row.text()?,
            zone: row.text()?,
            starts_at: row.integer()?,
            state: row.text()?,
            rsvp_deadline: row.integer()?,
            ends_at: row.integer()?,
            visibility: row.text()?,
            seats: row.integer()?,
            taken: row.integer()?,
            waiting: row.integer()?,
            max_companions: row.integer()?,
            names_shown_to: row.text()?,
        })
    }
}

impl<T: AsRef<str>> PartyRow<T> {
    pub(crate) fn heading(&self) -> sqlx::Result<PartyHeading> {
        let host = (self.host.as_ref(), self.host_id);
        heading(host, self.local_time.as_ref(), self.zone.as_ref(), self.starts_at, self.id)
    }

    pub(crate) fn state(&self) -> sqlx::Result<PartyState> {
        match self.state.as_ref() {
            "scheduled" => Ok(PartyState::Scheduled),
            "cancelled" => Ok(PartyState::Cancelled),
            _ => Err(corrupt("parties", "state", self.id)("neither scheduled nor cancelled")),
        }
    }

    pub(crate) fn visibility(&self) -> sqlx::Result<Visibility> {
        visibility(self.visibility.as_ref(), self.id)
    }

    pub(crate) fn seats(&self) -> sqlx::Result<Seats> {
        let seats = u32::try_from(self.seats).ok().and_then(Seats::new);
        seats.ok_or_else(|| corrupt("parties", "seats", self.id)(SeatsError::OutOfRange))
    }

    pub(crate) fn taken(&self) -> sqlx::Result<u32> {
        u32::try_from(self.taken).map_err(corrupt("parties", "taken", self.id))
    }

    pub(crate) fn waiting(&self) -> sqlx::Result<u32> {
        u32::try_from(self.waiting).map_err(corrupt("parties", "waiting", self.id))
    }

    pub(crate) fn max_companions(&self) -> sqlx::Result<u32> {
        let companions = u32::try_from(self.max_companions).ok().filter(|companions| *companions < Heads::MAX);
        companions.ok_or_else(|| corrupt("parties", "max_companions", self.id)(SeatsError::OutOfRange))
    }

    pub(crate) fn names_shown_to(&self) -> sqlx::Result<NamesShownTo> {
        match self.names_shown_to.as_ref() {
            "everyone" => Ok(NamesShownTo::Everyone),
            "guests" => Ok(NamesShownTo::Guests),
            "host" => Ok(NamesShownTo::Host),
            _ => Err(corrupt("parties", "names_shown_to", self.id)("it is not a group of users")),
        }
    }
}

/// Parses the host's name and the date of the party with the id `party`.
pub(super) fn heading(
    (host, host_id): (&str, i64),
    local_time: &str,
    zone_id: &str,
    starts_at: i64,
    party: i64,
) -> sqlx::Result<PartyHeading> {
    let date = PartyDate::from_stored(local_time, zone(zone_id, party)?, Timestamp::from_millis(starts_at));
    Ok(PartyHeading { host: username(host, host_id)?, date: date.map_err(corrupt("parties", "local_time", party))? })
}

/// Parses the visibility of the party with the id `party`.
pub(super) fn visibility(stored: &str, party: i64) -> sqlx::Result<Visibility> {
    match stored {
        "listed" => Ok(Visibility::Listed),
        "by-link" => Ok(Visibility::ByLink),
        "by-invitation" => Ok(Visibility::ByInvitation),
        _ => Err(corrupt("parties", "visibility", party)("it is not a visibility")),
    }
}

/// Parses the zone of the party with the id `party`.
pub(super) fn zone(stored: &str, party: i64) -> sqlx::Result<Zone> {
    Zone::from_stored(stored).map_err(corrupt("parties", "zone", party))
}

/// The value of the column `state`.
pub(super) fn state_column(state: PartyState) -> &'static str {
    match state {
        PartyState::Scheduled => "scheduled",
        PartyState::Cancelled => "cancelled",
    }
}

/// The value of the column `visibility`.
pub(super) fn visibility_column(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Listed => "listed",
        Visibility::ByLink => "by-link",
        Visibility::ByInvitation => "by-invitation",
    }
}

/// The value of the column `names_shown_to`.
pub(super) fn names_column(names: NamesShownTo) -> &'static str {
    match names {
        NamesShownTo::Everyone => "everyone",
        NamesShownTo::Guests => "guests",
        NamesShownTo::Host => "host",
    }
}

/// The columns that [`PartyRow`] reads, of `parties` and the host's row of `users`.
macro_rules! party_columns {
    () => {
        "parties.id, host_id, username AS host, local_time, zone, starts_at, state, rsvp_deadline, ends_at, visibility, seats,
            taken, waiting, max_companions, names_shown_to"
    };
}
pub(crate) use party_columns;

/// Parses an answer from its columns in the row `rsvp` of `rsvps`.
pub(crate) fn answer(stored: &str, stored_heads: i64, rsvp: i64) -> sqlx::Result<Answer> {
    match stored {
        "seated" => Ok(Answer::Seated(heads(stored_heads, rsvp)?)),
        "waitlisted" => Ok(Answer::Waitlisted(heads(stored_heads, rsvp)?)),
        "maybe" => Ok(Answer::Maybe),
        "declined" => Ok(Answer::Declined),
        "invited" => Ok(Answer::Invited),
        "removed" => Ok(Answer::Removed),
        _ => Err(corrupt("rsvps", "answer", rsvp)("it is not an answer")),
    }
}

/// The values of the columns `answer` and `heads`.
pub(super) fn answer_columns(answer: Answer) -> (&'static str, i64) {
    let stored = match answer {
        Answer::Seated(_) => "seated",
        Answer::Waitlisted(_) => "waitlisted",
        Answer::Maybe => "maybe",
        Answer::Declined => "declined",
        Answer::Invited => "invited",
        Answer::Removed => "removed",
    };
    (stored, answer.heads().map_or(0, |heads| heads.get().into()))
}

/// Parses the seats that were given up from their columns in the row `rsvp` of `rsvps`.
pub(crate) fn given_up(stored_heads: Option<i64>, at: Option<i64>, rsvp: i64) -> sqlx::Result<Option<GivenUp>> {
    let given_up = |(heads, at)| Ok(GivenUp { heads, at: Timestamp::from_millis(at) });
    stored_heads.map(|stored| heads(stored, rsvp)).transpose()?.zip(at).map(given_up).transpose()
}

/// Parses the column `note` of the row `rsvp` of `rsvps`.
pub(crate) fn note(stored: Option<String>, rsvp: i64) -> sqlx::Result<Option<GuestNote>> {
    stored.map(GuestNote::from_stored).transpose().map_err(corrupt("rsvps", "note", rsvp))
}

/// Parses the column `allergies` of the row `rsvp` of `rsvps`.
pub(crate) fn allergies(stored: Option<String>, rsvp: i64) -> sqlx::Result<Option<Allergies>> {
    stored.map(Allergies::from_stored).transpose().map_err(corrupt("rsvps", "allergies", rsvp))
}

/// Parses a number on the waiting list, counted for the row `rsvp` of `rsvps`.
pub(super) fn rank(counted: Option<i64>, rsvp: i64) -> sqlx::Result<Option<u32>> {
    counted.map(u32::try_from).transpose().map_err(corrupt("rsvps", "place", rsvp))
}

pub(super) fn heads(stored: i64, rsvp: i64) -> sqlx::Result<Heads> {
    let heads = u32::try_from(stored).ok().and_then(Heads::new);
    heads.ok_or_else(|| corrupt("rsvps", "heads", rsvp)("the number of heads is out of range"))
}
