//! How rows of `parties` and `rsvps` are read. Which rows is decided by whoever asks.

use domain::Timestamp;
use domain::party::{
    Answer, Attendee, Heads, Invitation, Label, PartyDate, PartyId, PartyState, PartySummary, Seats, SeatsError, Zone,
};
use domain::user::UserId;
use sqlx::FromRow;

use crate::error::corrupt;
use crate::users::username;

/// The statement that gives `SummaryRow`s, to the viewer `$1`, of the parties that `$page` selects, in `$order`. The page
/// is cut before anything is joined to it, so that the joins cost what a page costs.
macro_rules! summaries {
    ($page:expr, $order:expr) => {
        concat!(
            "SELECT party.id, party.host_id, host.username AS host, party.local_time, party.zone, party.starts_at, \
             party.venue, party.main_dish, party.state, party.rsvp_deadline, party.seats, party.taken, \
             mine.id AS my_id, mine.answer AS my_answer, mine.heads AS my_heads, mine.place AS my_place, \
             one.id AS one_id, one.guest_id AS one_guest, one.heads AS one_heads, one_user.username AS one_name, \
             two.id AS two_id, two.guest_id AS two_guest, two.heads AS two_heads, two_user.username AS two_name FROM (",
            $page,
            ") AS party JOIN users AS host ON host.id = party.host_id \
             LEFT JOIN rsvps AS mine ON mine.party_id = party.id AND mine.guest_id = $1 \
             LEFT JOIN rsvps AS one ON one.id = (SELECT id FROM rsvps WHERE party_id = party.id AND answer = 'seated' \
             ORDER BY place LIMIT 1) LEFT JOIN users AS one_user ON one_user.id = one.guest_id \
             LEFT JOIN rsvps AS two ON two.id = (SELECT id FROM rsvps WHERE party_id = party.id AND answer = 'seated' \
             ORDER BY place LIMIT 1 OFFSET 1) LEFT JOIN users AS two_user ON two_user.id = two.guest_id ORDER BY party.",
            $order
        )
    };
}
pub(super) use summaries;

#[derive(FromRow)]
pub(super) struct SummaryRow {
    #[sqlx(flatten)]
    party: PartyRow,
    venue: String,
    main_dish: String,
    my_id: Option<i64>,
    my_answer: Option<String>,
    my_heads: Option<i64>,
    my_place: Option<i64>,
    one_id: Option<i64>,
    one_guest: Option<i64>,
    one_heads: Option<i64>,
    one_name: Option<String>,
    two_id: Option<i64>,
    two_guest: Option<i64>,
    two_heads: Option<i64>,
    two_name: Option<String>,
}

impl SummaryRow {
    pub(super) fn parse(self) -> sqlx::Result<PartySummary> {
        let id = self.party.id;
        let my_answer = match (self.my_id, self.my_answer, self.my_heads) {
            (Some(rsvp), Some(said), Some(heads)) => Some(answer(&said, heads, self.my_place, rsvp)?),
            _ => None,
        };
        let mut first_guests = Vec::with_capacity(PartySummary::NAMED);
        first_guests.extend(attendee(self.one_id, self.one_guest, self.one_name, self.one_heads)?);
        first_guests.extend(attendee(self.two_id, self.two_guest, self.two_name, self.two_heads)?);
        Ok(PartySummary {
            id: PartyId::new(id),
            host: UserId::new(self.party.host_id),
            venue: Label::stored(self.venue).map_err(corrupt("parties", "venue", id))?,
            main_dish: Label::stored(self.main_dish).map_err(corrupt("parties", "main_dish", id))?,
            state: self.party.state()?,
            rsvp_deadline: Timestamp::from_millis(self.party.rsvp_deadline),
            seats: self.party.seats()?,
            taken: self.party.taken()?,
            invitation: self.party.invitation()?,
            first_guests,
            my_answer,
        })
    }
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
    pub(crate) fn invitation(&self) -> sqlx::Result<Invitation> {
        let (zone, starts_at) = (zone(&self.zone, self.id)?, Timestamp::from_millis(self.starts_at));
        let date = PartyDate::stored(&self.local_time, zone, starts_at);
        Ok(Invitation {
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
    Zone::stored(stored.to_owned()).map_err(corrupt("parties", "zone", party))
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

fn attendee(
    rsvp: Option<i64>,
    guest: Option<i64>,
    name: Option<String>,
    stored_heads: Option<i64>,
) -> sqlx::Result<Option<Attendee>> {
    let (Some(rsvp), Some(guest), Some(name), Some(stored_heads)) = (rsvp, guest, name, stored_heads) else {
        return Ok(None);
    };
    Ok(Some(Attendee { username: username(&name, guest)?, heads: heads(stored_heads, rsvp)?.get() }))
}
