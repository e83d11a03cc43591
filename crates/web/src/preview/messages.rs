//! The words on a picture that are not the party's own.

/// The name of the service.
pub(super) const SERVICE: &str = "DinnerParty";
/// The title of the start page's picture: that of the page itself.
pub(super) const START_TITLE: &str = "Dinner is better with friends";
/// The text of the start page's picture.
pub(super) const START_TEXT: &str = "Cook for your friends, or take a seat.";

/// The line above the dish: "Dinner at Marta's".
pub(super) fn party_heading(host: &str) -> String {
    format!("Dinner at {host}’s")
}
