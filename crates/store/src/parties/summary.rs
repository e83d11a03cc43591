//! A party's summary as a delimited row: the columns that each statement selects, and their parser.

use std::error::Error;

use domain::Timestamp;
use domain::party::{Attendee, Heads, PartyId, PartySummary, ShortText};
use domain::user::{UserId, Username};

use super::delimited_rows::{self, DelimitedRow};
use super::row::{PartyRow, answer};
use crate::error::corrupt;

/// The delimited row of a [`PartySummary`], from `party`, its host `host`, and the viewer's own RSVP `mine`.
macro_rules! summary_row {
    () => {
        "concat(party.id, '\u{1f}', party.host_id, '\u{1f}', host.username, '\u{1f}', party.local_time, '\u{1f}',
            party.zone, '\u{1f}', party.starts_at, '\u{1f}', party.state, '\u{1f}', party.rsvp_deadline, '\u{1f}',
            party.ends_at, '\u{1f}', party.visibility, '\u{1f}',
            party.seats, '\u{1f}', party.taken, '\u{1f}', party.venue, '\u{1f}', party.main_dish, '\u{1f}',
            mine.id, '\u{1f}', mine.answer, '\u{1f}', mine.heads, '\u{1f}', mine.place, '\u{1f}', party.first_guests)"
    };
}
pub(super) use summary_row;

/// Parses delimited rows of `summary_row!`.
pub(super) fn read_summaries(text: Option<&str>) -> sqlx::Result<Vec<PartySummary>> {
    delimited_rows::split(text).map(summary).collect()
}

fn summary(mut row: DelimitedRow<'_>) -> sqlx::Result<PartySummary> {
    let party = PartyRow::read(&mut row)?;
    let (id, label) = (party.id, |text: &str| ShortText::from_stored(text.to_owned()));
    let venue = label(row.text()?).map_err(corrupt("parties", "venue", id))?;
    let main_dish = label(row.text()?).map_err(corrupt("parties", "main_dish", id))?;
    let mine = (row.optional_integer()?, row.optional_text()?, row.optional_integer()?, row.optional_integer()?);
    let my_answer = match mine {
        (Some(rsvp), Some(stored), Some(heads), place) => Some(answer(stored, heads, place, rsvp)?),
        _ => None,
    };
    let first_guests = parse_first_guests(row.text()?, id)?;
    row.ensure_end()?;
    Ok(PartySummary {
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
        heading: party.heading()?,
        first_guests,
        my_answer,
    })
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
