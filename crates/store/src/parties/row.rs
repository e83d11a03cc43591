//! How rows of `parties` and `rsvps` are read. Which rows is decided by whoever asks.

use std::error::Error;

use domain::Timestamp;
use domain::party::{
    Answer, Attendee, Heads, PartyDate, PartyHeading, PartyId, PartyState, PartySummary, Seats, SeatsError, ShortText,
    Zone,
};
use domain::user::{UserId, Username};
use sqlx::FromRow;

use super::delimited_rows::{self as lines, Fields};
use crate::accounts::users::username;
use crate::error::corrupt;

/// The statement that gives, as one text, a line for each of the parties that `$page` selects, to the viewer `$1`, in
/// `$order`. The page is cut before anything is joined to it, so that the joins cost what a page costs.
///
/// `($1 + 0)`: see `super::list`.
macro_rules! summaries {
    ($page:expr, $order:expr) => {
        lines!(concat!(
            "SELECT ",
            line!(
                "party.id",
                "party.host_id",
                "host.username",
                "party.local_time",
                "party.zone",
                "party.starts_at",
                "party.state",
                "party.rsvp_deadline",
                "party.seats",
                "party.taken",
                "party.venue",
                "party.main_dish",
                "mine.id",
                "mine.answer",
                "mine.heads",
                "mine.place",
                "party.first_guests",
            ),
            " AS line FROM (",
            $page,
            ") AS party JOIN users AS host ON host.id = party.host_id \
             LEFT JOIN rsvps AS mine ON mine.party_id = party.id AND mine.guest_id = ($1 + 0) ORDER BY party.",
            $order
        ))
    };
}
pub(super) use summaries;

/// What `parties.first_guests` must be for the party `$id`: [`PartySummary::MAX_NAMED_GUESTS`] guests as `name/heads`, with a space
/// between two. No name has either.
macro_rules! first_guests {
    ($id:literal) => {
        concat!(
            "(SELECT coalesce(string_agg(guest, ' '), '') FROM (SELECT username || '/' || heads AS guest FROM rsvps \
             JOIN users ON users.id = guest_id WHERE party_id = ",
            $id,
            " AND answer = 'seated' ORDER BY place LIMIT 2) AS guests)"
        )
    };
}
pub(crate) use first_guests;

const _: () = assert!(PartySummary::MAX_NAMED_GUESTS == 2); // as the statement says

/// Reads what a statement of `summaries` gave.
pub(super) fn read_summaries(text: Option<&str>) -> sqlx::Result<Vec<PartySummary>> {
    lines::read(text).map(summary).collect()
}

/// Reads a party from its line.
fn summary(mut line: Fields<'_>) -> sqlx::Result<PartySummary> {
    let party = PartyRow::read(&mut line)?;
    let (id, label) = (party.id, |text: &str| ShortText::from_stored(text.to_owned()));
    let venue = label(line.text()?).map_err(corrupt("parties", "venue", id))?;
    let main_dish = label(line.text()?).map_err(corrupt("parties", "main_dish", id))?;
    let mine = (line.some_number()?, line.some_text()?, line.some_number()?, line.some_number()?);
    let my_answer = match mine {
        (Some(rsvp), Some(said), Some(heads), place) => Some(answer(said, heads, place, rsvp)?),
        _ => None,
    };
    let first_guests = named(line.text()?, id)?;
    line.end()?;
    Ok(PartySummary {
        id: PartyId::new(id),
        host: UserId::new(party.host_id),
        venue,
        main_dish,
        state: party.state()?,
        rsvp_deadline: Timestamp::from_millis(party.rsvp_deadline),
        seats: party.seats()?,
        taken: party.taken()?,
        heading: party.heading()?,
        first_guests,
        my_answer,
    })
}

/// What every statement about a party reads of it.
#[derive(FromRow)]
pub(crate) struct PartyRow {
    pub(crate) id: i64,
    pub(super) host_id: i64,
    host: String,
    local_time: String,
    zone: String,
    starts_at: i64,
    state: String,
    pub(super) rsvp_deadline: i64,
    seats: i64,
    taken: i64,
}

impl PartyRow {
    fn read(line: &mut Fields<'_>) -> sqlx::Result<Self> {
        Ok(Self {
            id: line.number()?,
            host_id: line.number()?,
            host: line.text()?.to_owned(),
            local_time: line.text()?.to_owned(),
            zone: line.text()?.to_owned(),
            starts_at: line.number()?,
            state: line.text()?.to_owned(),
            rsvp_deadline: line.number()?,
            seats: line.number()?,
            taken: line.number()?,
        })
    }

    pub(crate) fn heading(&self) -> sqlx::Result<PartyHeading> {
        let (zone, starts_at) = (zone(&self.zone, self.id)?, Timestamp::from_millis(self.starts_at));
        let date = PartyDate::from_stored(&self.local_time, zone, starts_at);
        Ok(PartyHeading {
            host: username(&self.host, self.host_id)?,
            date: date.map_err(corrupt("parties", "local_time", self.id))?,
        })
    }

    pub(crate) fn state(&self) -> sqlx::Result<PartyState> {
        match self.state.as_str() {
            "scheduled" => Ok(PartyState::Scheduled),
            "cancelled" => Ok(PartyState::Cancelled),
            _ => Err(corrupt("parties", "state", self.id)("neither scheduled nor cancelled")),
        }
    }

    pub(crate) fn seats(&self) -> sqlx::Result<Seats> {
        let seats = u32::try_from(self.seats).ok().and_then(Seats::new);
        seats.ok_or_else(|| corrupt("parties", "seats", self.id)(SeatsError::OutOfRange))
    }

    pub(crate) fn taken(&self) -> sqlx::Result<u32> {
        u32::try_from(self.taken).map_err(corrupt("parties", "taken", self.id))
    }
}

/// Reads the zone of the party with that number.
pub(super) fn zone(stored: &str, party: i64) -> sqlx::Result<Zone> {
    Zone::from_stored(stored.to_owned()).map_err(corrupt("parties", "zone", party))
}

/// The column's word for a state.
pub(super) fn state_word(state: PartyState) -> &'static str {
    match state {
        PartyState::Scheduled => "scheduled",
        PartyState::Cancelled => "cancelled",
    }
}

/// Reads an answer from its columns in the row `rsvp`.
pub(crate) fn answer(word: &str, stored_heads: i64, place: Option<i64>, rsvp: i64) -> sqlx::Result<Answer> {
    match word {
        "seated" => Ok(Answer::Seated(heads(stored_heads, rsvp)?)),
        "waitlisted" => Ok(Answer::Waitlisted {
            heads: heads(stored_heads, rsvp)?,
            place: place.ok_or_else(|| corrupt("rsvps", "place", rsvp)("waiting without a place"))?,
        }),
        "maybe" => Ok(Answer::Maybe),
        "declined" => Ok(Answer::Declined),
        "invited" => Ok(Answer::Invited),
        "removed" => Ok(Answer::Removed),
        _ => Err(corrupt("rsvps", "answer", rsvp)("not an answer")),
    }
}

/// The columns' word for an answer, and its heads.
pub(super) fn answer_columns(answer: Answer) -> (&'static str, i64) {
    match answer {
        Answer::Seated(heads) => ("seated", heads.get().into()),
        Answer::Waitlisted { heads, .. } => ("waitlisted", heads.get().into()),
        Answer::Maybe => ("maybe", 0),
        Answer::Declined => ("declined", 0),
        Answer::Invited => ("invited", 0),
        Answer::Removed => ("removed", 0),
    }
}

pub(super) fn heads(stored: i64, rsvp: i64) -> sqlx::Result<Heads> {
    let heads = u32::try_from(stored).ok().and_then(Heads::new);
    heads.ok_or_else(|| corrupt("rsvps", "heads", rsvp)("no table seats so many"))
}

/// Reads what [`first_guests!`] wrote.
fn named(stored: &str, party: i64) -> sqlx::Result<Vec<Attendee>> {
    let guests = stored.split(' ').filter(|guest| !guest.is_empty());
    guests.map(|guest| attendee(guest).map_err(corrupt("parties", "first_guests", party))).collect()
}

fn attendee(stored: &str) -> Result<Attendee, Box<dyn Error + Send + Sync>> {
    let (name, heads) = stored.split_once('/').ok_or("a name without heads")?;
    let heads = Heads::new(heads.parse()?).ok_or("no table seats so many")?;
    Ok(Attendee { username: Username::from_stored(name.to_owned())?, heads: heads.get() })
}
