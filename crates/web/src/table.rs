//! The drawing of a party's table as SVG: one plate per seat, with the guest's initials on taken seats.
//!
//! [`plate_layout`] computes where plates are, [`mod@seating`] assigns seats to guests, and [`ring`] is the small form for
//! list rows. Sentences are in [`crate::messages`], which does not know this module.

mod initials;
mod plate_layout;
mod ring;
mod seating;
mod waiting_line;

use askama::Template;
use askama::filters::HtmlSafe;
use domain::party::{InvitationView, PartyView};
use domain::user::Username;

use self::initials::initials;
use self::plate_layout::{PLATE_RADIUS, PlateLayout};
use self::seating::{Seat, seating};
use self::waiting_line::WaitingLine;
use crate::messages;

pub(crate) use self::ring::Ring;

/// The largest table that is drawn plate by plate. The plates of a larger one would be too small to read on a phone, so it
/// is drawn as a bar.
pub(crate) const MAX_PLATES: u32 = 24;

/// A party's table, as safe HTML.
#[derive(Template)]
#[template(path = "table.html")]
pub(crate) struct Table {
    /// The text alternative; `None` where the drawing is decoration.
    description: Option<String>,
    drawing: Drawing,
}

impl HtmlSafe for Table {}

enum Drawing {
    /// Plates around a table. Each tie is the SVG path through the plates of a guest and their companions.
    Plates { layout: PlateLayout, plates: Vec<Plate>, ties: Vec<String>, waiting: WaitingLine },
    /// A bar that is filled from the left; `taken` is in thousandths of its length.
    Bar { taken: u32 },
}

/// One plate at its position.
struct Plate {
    x: i32,
    y: i32,
    /// The class in the stylesheet.
    class: &'static str,
    /// Whether it is the viewer's own plate.
    is_mine: bool,
    /// Whether it is the host's.
    has_crown: bool,
    /// Whether a ring is drawn in place of a name: the seat is taken, and the page has no names.
    has_well: bool,
    /// The text on the plate: initials, or `+1` for a guest's first companion. Empty for a free seat.
    label: String,
    /// The tooltip: whose plate this is. Empty for a free seat.
    title: String,
}

impl Table {
    /// Draws the table of a party, with the names that its page shows. The viewer's own plate is marked.
    pub(crate) fn of(view: &PartyView, viewer: &Username) -> Self {
        let party = &view.summary;
        let seats = party.seats.get();
        if seats > MAX_PLATES {
            let drawing = Drawing::Bar { taken: party.taken.min(seats) * 1000 / seats };
            return Self { description: Some(messages::seats_and_waiting(party)), drawing };
        }
        let waiting = (party.waiting, party.my_rank);
        let seating = seating(seats, party.taken, &party.heading.host, &view.guests);
        let drawing = plates(&seating, Some(viewer), waiting);
        Self { description: Some(messages::seats_taken_by(view, viewer)), drawing }
    }

    /// Draws an example table without names, for the welcome page.
    pub(crate) fn example() -> Self {
        Self::without_names(8, 5)
    }

    /// Draws a table without names and without a text alternative. The host's seat is taken.
    pub(crate) fn without_names(seats: u32, taken: u32) -> Self {
        if seats > MAX_PLATES {
            return Self { description: None, drawing: Drawing::Bar { taken: taken.min(seats) * 1000 / seats } };
        }
        let guests = std::iter::repeat_n(Seat::Taken, taken.min(seats).saturating_sub(1) as usize);
        let mut all: Vec<_> = [Seat::Host(None)].into_iter().chain(guests).collect();
        all.resize(seats.max(1) as usize, Seat::Free);
        Self { description: None, drawing: plates(&all, None, (0, None)) }
    }

    /// Draws the table of an invitation: without names, with a text alternative.
    pub(crate) fn of_invitation(invitation: &InvitationView) -> Self {
        let description = Some(messages::invitation_seats(invitation));
        Self { description, ..Self::without_names(invitation.seats.get(), invitation.taken) }
    }

    /// The width and height of the drawing in CSS pixels; `None` for a bar, which is as wide as its page.
    pub(crate) fn size(&self) -> Option<(i32, i32)> {
        match &self.drawing {
            Drawing::Plates { layout, waiting, .. } => Some((layout.width, layout.height + waiting.height)),
            Drawing::Bar { .. } => None,
        }
    }
}

/// `waiting` is the number of guests on the waiting list, and the viewer's number.
fn plates(seats: &[Seat<'_>], viewer: Option<&Username>, waiting: (u32, Option<u32>)) -> Drawing {
    let layout = PlateLayout::for_seats(seats.len());
    let (mut plates, mut ties, mut positions) = (Vec::with_capacity(seats.len()), Vec::new(), layout.plates.as_slice());
    for group in seats.chunk_by(|_, next| matches!(next, Seat::Companion { .. })) {
        let (of_group, rest) = positions.split_at(group.len());
        plates.extend(group.iter().zip(of_group).map(|(seat, position)| plate(*seat, *position, viewer)));
        if group.len() > 1 {
            ties.push(tie(of_group));
        }
        positions = rest;
    }
    let waiting = WaitingLine::new(waiting.0, waiting.1, (layout.width, layout.height));
    Drawing::Plates { layout, plates, ties, waiting }
}

/// The line through the plates of a guest and their companions, as an SVG path.
fn tie(positions: &[(i32, i32)]) -> String {
    let points: Vec<_> = positions.iter().map(|(x, y)| format!("{x} {y}")).collect();
    format!("M{}", points.join("L"))
}

fn plate(seat: Seat<'_>, (x, y): (i32, i32), viewer: Option<&Username>) -> Plate {
    let is_mine = match seat {
        Seat::Host(name) => name.is_some() && name == viewer,
        Seat::Guest(name) => Some(name) == viewer,
        Seat::Companion { .. } | Seat::Taken | Seat::Free => false,
    };
    let (class, label, title) = match seat {
        Seat::Host(host) => ("host", host.map(|name| initials(name.as_str())), host.map(messages::host)),
        Seat::Guest(name) => ("guest", Some(initials(name.as_str())), Some(name.to_string())),
        Seat::Companion { of, number } => ("with", Some(format!("+{number}")), Some(messages::companion(of))),
        Seat::Taken => ("guest", None, None),
        Seat::Free => ("free", None, None),
    };
    let (has_crown, has_well) = (matches!(seat, Seat::Host(_)), matches!(seat, Seat::Host(None) | Seat::Taken));
    Plate {
        x,
        y,
        class,
        is_mine,
        has_crown,
        has_well,
        label: label.unwrap_or_default(),
        title: title.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
