//! A party's summary as a delimited row: the columns that each statement selects, and their parser.

use std::error::Error;

use domain::Timestamp;
use domain::party::{Answer, Attendee, Heads, NamesShownTo, PartyId, PartySummary, ShortText};
use domain::user::{UserId, Username};

use super::delimited_rows::{self, DelimitedRow};
use super::row::{PartyRow, answer, rank};
use crate::error::corrupt;

/// The delimited row of a [`PartySummary`], from `party`, its host `host`, and the viewer's own RSVP `mine`, whose columns are
/// one field: it is empty in most rows of a list. `concat_ws` leaves out a NULL, and no other column is one. The last of them is the
/// number on the waiting list: those before the viewer are counted, and only where the viewer waits.
macro_rules! summary_row {
    () => {
        "concat_ws('\u{1f}', party.id, party.host_id, host.username, party.local_time, party.zone, party.starts_at,
            party.state, party.rsvp_deadline, party.ends_at, party.visibility, party.seats, party.taken, party.waiting,
            party.max_companions, party.names_shown_to, party.venue, party.main_dish,
            CASE WHEN mine.id IS NULL THEN '' ELSE concat_ws(' ', mine.id, mine.answer, mine.heads,
                CASE mine.answer WHEN 'waitlisted' THEN (
                    SELECT count(*) + 1 FROM rsvps AS ahead
                    WHERE ahead.party_id = mine.party_id AND ahead.answer = 'waitlisted' AND ahead.place < mine.place
                ) END) END,
            party.first_guests)"
    };
}
pub(super) use summary_row;

/// Parses delimited rows of `summary_row!`, as `viewer` may see them.
pub(super) fn read_summaries(text: Option<&str>, viewer: Option<UserId>) -> sqlx::Result<Vec<PartySummary>> {
    let seen = |row| read(row).map(|(summary, names)| seen_by(viewer, summary, names));
    delimited_rows::split(text).map(seen).collect()
}

/// Parses one delimited row: the party with every name, and who sees the names.
pub(super) fn read(mut row: DelimitedRow<'_>) -> sqlx::Result<(PartySummary, NamesShownTo)> {
    let party = PartyRow::read(&mut row)?;
    let (id, label) = (party.id, |text: &str| ShortText::from_stored(text.to_owned()));
    let venue = label(row.text()?).map_err(corrupt("parties", "venue", id))?;
    let main_dish = label(row.text()?).map_err(corrupt("parties", "main_dish", id))?;
    let (mine, first_guests) = (row.optional_text()?, row.text()?);
    row.ensure_end()?; // first: after a separator inside a text the fields are those of other columns
    let mine = mine.map(parse_mine).transpose()?;
    let first_guests = parse_first_guests(first_guests, id)?;
    let summary = PartySummary {
        id: PartyId::new(id),
        host: UserId::new(party.host_id),
        venue,
        main_dish,
        state: party.state()?,
        ends_at: Timestamp::from_millis(party.ends_at),
        rsvp_deadline: Timestamp::from_millis(party.rsvp_deadline),
        visibility: party.visibility()?,
        seats: party.seats()?,
        taken: party.taken()?,
        waiting: party.waiting()?,
        max_companions: party.max_companions()?,
        heading: party.heading()?,
        first_guests,
        my_answer: mine.map(|(answer, _)| answer),
        my_rank: mine.and_then(|(_, rank)| rank),
    };
    Ok((summary, party.names_shown_to()?))
}

/// The row without the names that the viewer, or a visitor who is logged out, does not see.
fn seen_by(viewer: Option<UserId>, mut summary: PartySummary, names: NamesShownTo) -> PartySummary {
    if !sees_names(viewer, &summary, names) {
        summary.first_guests.clear();
    }
    summary
}

/// Whether the viewer sees the names of the guests of a party, whose row has the viewer's own answer.
pub(super) fn sees_names(viewer: Option<UserId>, summary: &PartySummary, names: NamesShownTo) -> bool {
    viewer == Some(summary.host) || names.includes(summary.my_answer)
}

/// Parses the columns of an RSVP: its id, answer and heads, and the number on the waiting list, separated by spaces.
fn parse_mine(stored: &str) -> sqlx::Result<(Answer, Option<u32>)> {
    let mut columns = stored.split(' ');
    let rsvp = columns.next().and_then(|id| id.parse().ok()).unwrap_or_default();
    let stored = columns.next().unwrap_or_default();
    let mut number = |column| {
        let parse = |text: &str| text.parse::<i64>().map_err(corrupt("rsvps", column, rsvp));
        columns.next().map(parse).transpose()
    };
    let (heads, counted) = (number("heads")?, number("place")?);
    Ok((answer(stored, heads.unwrap_or_default(), rsvp)?, rank(counted, rsvp)?))
}

/// Parses what [`first_guests!`](super::row::first_guests) wrote.
fn parse_first_guests(stored: &str, party: i64) -> sqlx::Result<Vec<Attendee>> {
    let guests = stored.split(' ').filter(|guest| !guest.is_empty());
    guests.map(|guest| attendee(guest).map_err(corrupt("parties", "first_guests", party))).collect()
}

fn attendee(stored: &str) -> Result<Attendee, Box<dyn Error + Send + Sync>> {
    let (name, heads) = stored.split_once('/').ok_or("a name without heads")?;
    let heads = Heads::new(heads.parse()?).ok_or("the number of heads is out of range")?;
    Ok(Attendee { username: Username::from_stored(name.to_owned())?, heads: heads.get() })
}
