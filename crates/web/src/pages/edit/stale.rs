//! What the page says of a party that was changed after its form was shown.

use domain::Timestamp;
use domain::party::{Address, Details, PartyDate, PartyEdit, PartyState, PartyView};

use crate::messages;

/// The parts of the party that are not as in the edit, each with its name and as it is now, and that the party is cancelled.
pub(super) fn differences(edit: &PartyEdit, view: &PartyView) -> Vec<(&'static str, String)> {
    let party = &view.summary;
    let date = &party.heading.date;
    let is_dated_otherwise = *date != edit.date || party.ends_at != edit.ends_at.at();
    // A deadline at the start moves with it.
    let is_at_start = |at: Timestamp, start: &PartyDate| at == start.starts_at();
    let has_default = is_at_start(party.rsvp_deadline, date) && is_at_start(edit.rsvp_deadline.at(), &edit.date);
    let is_due_otherwise = party.rsvp_deadline != edit.rsvp_deadline.at() && !has_default;
    let deadline = || date.at_in_same_zone(party.rsvp_deadline).to_string();
    let blank = || messages::PART_IS_BLANK.to_owned();
    [
        ("State", party.state == PartyState::Cancelled, messages::STATE_IS_CANCELLED.to_owned()),
        ("Main dish", party.main_dish != edit.texts.main_dish, party.main_dish.to_string()),
        ("When", is_dated_otherwise, date.until(party.ends_at).to_string()),
        ("Seats", party.seats != edit.seats, party.seats.to_string()),
        ("RSVP by", is_due_otherwise, deadline()),
        ("Companions", party.max_companions != edit.max_companions, party.max_companions.to_string()),
        ("Details", view.details != edit.texts.details, view.details.as_ref().map_or_else(blank, Details::to_string)),
        (
            messages::VISIBILITY_QUESTION,
            party.visibility != edit.visibility,
            messages::visibility_choice(party.visibility).0.into(),
        ),
        (
            messages::NAMES_QUESTION,
            view.names_shown_to != edit.names_shown_to,
            messages::names_choice(view.names_shown_to).0.into(),
        ),
        ("Venue", party.venue != edit.texts.venue, party.venue.to_string()),
        (
            "Street address",
            view.address != edit.texts.address,
            view.address.as_ref().map_or_else(blank, Address::to_string),
        ),
    ]
    .into_iter()
    .filter_map(|(part, differs, now)| differs.then_some((part, now)))
    .collect()
}
