//! The table as a drawing: a plate for each seat, those taken with somebody's initials. What is drawn; where plates stand
//! is [`place`]'s, who sits at them [`seating`]'s. No sentence is here: what the drawing says in words is `words`'.

mod initials;
mod place;
mod ring;
mod seating;

use askama::Template;
use askama::filters::HtmlSafe;
use domain::party::PartyView;

use self::initials::initials;
use self::place::{PLATE, Places, places};
use self::seating::{Seat, seating};
use crate::words;

pub(crate) use self::ring::Ring;

/// The largest table whose plates are drawn: more would be too small to read on a phone, and are a bar.
pub(crate) const MOST_PLATES: u32 = 24;

/// A party's table, as safe HTML.
#[derive(Template)]
#[template(path = "table.html")]
pub(crate) struct Table {
    /// What it shows, in words; `None` where it shows nothing that is not said beside it.
    words: Option<String>,
    drawing: Drawing,
}

impl HtmlSafe for Table {}

enum Drawing {
    /// Plates around a table.
    Plates { places: Places, plates: Vec<Plate>, ties: Vec<String> },
    /// How much of a long bar is taken, in thousandths.
    Bar { taken: u32 },
}

/// A plate where it stands.
struct Plate {
    x: i32,
    y: i32,
    /// Its class in the stylesheet.
    class: &'static str,
    /// What stands on it: initials, or which companion it is.
    mark: String,
    /// Whose it is, for who points at it.
    name: String,
}

impl Table {
    /// The table of a party, with the names that its page shows.
    pub(crate) fn of(view: &PartyView) -> Self {
        let party = &view.summary;
        let words = Some(words::table(view));
        let seats = party.seats.get();
        if seats > MOST_PLATES {
            return Self { words, drawing: Drawing::Bar { taken: party.taken.min(seats) * 1000 / seats } };
        }
        Self { words, drawing: drawing(&seating(seats, party.taken, &party.heading.host, &view.guests)) }
    }

    /// A table that stands for all of them, with nobody's names: for the page that says what this is.
    pub(crate) fn for_everybody() -> Self {
        let seats =
            [Seat::Host(None), Seat::Taken, Seat::Taken, Seat::Taken, Seat::Taken, Seat::Free, Seat::Free, Seat::Free];
        Self { words: None, drawing: drawing(&seats) }
    }
}

fn drawing(seats: &[Seat<'_>]) -> Drawing {
    let table = places(seats.len());
    let (mut plates, mut ties, mut stands) = (Vec::with_capacity(seats.len()), Vec::new(), table.plates.as_slice());
    for group in seats.chunk_by(|_, next| matches!(next, Seat::Companion { .. })) {
        let (theirs, others) = stands.split_at(group.len());
        plates.extend(group.iter().zip(theirs).map(|(seat, stand)| plate(*seat, *stand)));
        if group.len() > 1 {
            ties.push(tie(theirs));
        }
        stands = others;
    }
    Drawing::Plates { places: table, plates, ties }
}

/// The line through the plates of those who come together, as a path.
fn tie(stands: &[(i32, i32)]) -> String {
    let points: Vec<_> = stands.iter().map(|(x, y)| format!("{x} {y}")).collect();
    format!("M{}", points.join("L"))
}

fn plate(seat: Seat<'_>, (x, y): (i32, i32)) -> Plate {
    let (class, mark, name) = match seat {
        Seat::Host(host) => ("host", host.map(|name| initials(name.as_str())), host.map(words::host)),
        Seat::Guest(name) => ("guest", Some(initials(name.as_str())), Some(name.to_string())),
        Seat::Companion { of, number } => ("with", Some(format!("+{number}")), Some(words::companion(of))),
        Seat::Taken => ("guest", None, None),
        Seat::Free => ("free", None, None),
    };
    Plate { x, y, class, mark: mark.unwrap_or_default(), name: name.unwrap_or_default() }
}

#[cfg(test)]
mod tests;
