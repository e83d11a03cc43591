//! What a guest reads about an answer: on the answer card, in lists, and beside the number of people.

use domain::Timestamp;
use domain::party::{
    Allergies, Answer, GuestNote, Heads, NamesShownTo, PartyHeading, PartySummary, PartyView, SeatsError, TextError,
};
use domain::user::Username;

use super::description::{counted, seats_and_waiting};
use super::text_error;

/// The field for the number of people.
pub(crate) const MY_HEADS_LABEL: &str = "How many of you?";
/// The label of the guest's note to a host who is not named.
pub(crate) const NOTE_LABEL: &str = "Your note";
/// The submitted answer is none of the form's.
pub(crate) const ANSWER_INVALID: &str = "Are you coming? Please choose an answer.";
/// The page of the form showed a free seat, and the guest is on the waiting list.
pub(crate) const LAST_SEAT_TAKEN: &str = "Someone just took the last seat.";

/// The viewer's own answer, as a short statement. `rank` is the viewer's number on the waiting list.
pub(crate) fn my_answer(answer: Answer, rank: Option<u32>) -> String {
    match (answer, rank) {
        (Answer::Seated(Heads::ONE), _) => "You're coming".into(),
        (Answer::Seated(heads), _) => format!("You're coming, {} of you", heads.get()),
        (Answer::Waitlisted(_), Some(rank)) => format!("You're number {rank} on the waiting list"),
        (Answer::Waitlisted(_), None) => "You're on the waiting list".into(),
        (Answer::Maybe, _) => "You said maybe".into(),
        (Answer::Declined, _) => "You said you can't make it".into(),
        (Answer::Invited, _) => "You're invited".into(),
        (Answer::Removed, _) => "You can't RSVP".into(),
    }
}

/// What a guest on the waiting list can count on.
pub(crate) fn waiting_promise(heads: Heads) -> String {
    match heads {
        Heads::ONE => "We'll seat you as soon as there's room.".into(),
        heads => format!("We'll seat the {} of you as soon as there's room.", heads.get()),
    }
}

/// The offer to a group on the waiting list: "1 seat is free: come as 1".
pub(crate) fn come_as(free: u32) -> String {
    let verb = if free == 1 { "is" } else { "are" };
    format!("{} {verb} free: come as {free}", counted(free, "seat"))
}

/// The same offer after the message that the group waits; empty where no seat is free.
pub(super) fn waiting_offer(free: u32) -> String {
    match free {
        0 => String::new(),
        1 => " 1 seat is free: you can come as 1 instead.".into(),
        free => format!(" {free} seats are free: you can come as {free} instead."),
    }
}

/// The offer to take seats back.
pub(crate) fn undo_offer(heads: Heads) -> String {
    let (seats, pronoun) = if heads == Heads::ONE { ("seat", "it's") } else { ("seats", "they're") };
    format!(
        "Changed your mind? For ten minutes you can take your {seats} back. If {pronoun} gone by then, you join the \
         waiting list."
    )
}

/// Why a number of people is invalid, where a guest may bring `max_companions`.
pub(crate) fn my_heads_error(error: SeatsError, max_companions: u32) -> String {
    match (error, max_companions) {
        (SeatsError::Empty | SeatsError::NotANumber, _) => "Please use digits for how many of you come.".into(),
        (SeatsError::OutOfRange, 0) => too_many_companions(0),
        (SeatsError::OutOfRange, max) => format!("Please choose between 1 and {}, yourself included.", 1 + max),
    }
}

/// The guest brings more companions than the party allows.
pub(super) fn too_many_companions(max: u32) -> String {
    if max == 0 { "You can't bring anyone to this party.".into() } else { format!("You can bring up to {max}.") }
}

/// Too few seats are free for a guest who holds seats, and keeps them.
pub(super) fn not_enough_seats(free: u32, held: Heads) -> String {
    let more = match free {
        0 => "No more seats.".to_owned(),
        1 => "Only 1 more seat.".to_owned(),
        free => format!("Only {free} more seats."),
    };
    match held {
        Heads::ONE => format!("{more} Yours is still yours."),
        held => format!("{more} Your {} are still yours.", held.get()),
    }
}

/// The label of the guest's allergies.
pub(crate) const ALLERGIES_LABEL: &str = "Allergies";

/// The label of the guest's note.
pub(crate) fn note_label(host: &Username) -> String {
    format!("Note for {host}")
}

/// Why a note is invalid.
pub(crate) fn note_error(error: TextError) -> String {
    text_error(error, GuestNote::MAX_LENGTH, "")
}

/// Why allergies are invalid.
pub(crate) fn allergies_error(error: TextError) -> String {
    text_error(error, Allergies::MAX_LENGTH, "")
}

/// The error of a text of an answer that is stored without it.
pub(crate) fn only_answer_saved(error: &str) -> String {
    format!("Your answer is saved, but not this text. {error}")
}

/// Who reads what a guest writes, below the field for allergies.
pub(crate) fn texts_hint(host: &Username, max_companions: u32) -> String {
    let lines = if max_companions == 0 { "" } else { "A line for each of you. " };
    format!("{lines}Only {host} and you can see this.")
}

/// What a host knows of an upcoming party: "5 of 8 seats taken, 2 waiting. RSVPs close on Friday 13 March, 18:00." A deadline that is
/// the start is left out.
pub(crate) fn host_counts(party: &PartySummary, now: Timestamp) -> String {
    let PartySummary { heading: PartyHeading { date, .. }, rsvp_deadline, .. } = party;
    let verb = if now < *rsvp_deadline { "close" } else { "closed" };
    let deadline = (*rsvp_deadline != date.starts_at())
        .then(|| format!(" RSVPs {verb} on {}.", date.at_in_same_zone(*rsvp_deadline).short()));
    format!("{}.{}", seats_and_waiting(party), deadline.unwrap_or_default())
}

/// Why a viewer who is not the host sees no names of guests; `None` where the viewer sees them.
pub(crate) fn names_hidden(view: &PartyView) -> Option<&'static str> {
    match view.names_shown_to {
        _ if view.names_shown_to.includes(view.summary.my_answer) => None,
        NamesShownTo::Everyone => None,
        NamesShownTo::Guests => Some("Only guests with a seat see who's coming."),
        NamesShownTo::Host => Some("Only the host sees who's coming."),
    }
}
