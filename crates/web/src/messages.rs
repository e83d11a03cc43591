//! The sentences that DinnerParty shows for outcomes, refusals and invalid fields. Each outcome and refusal has its sentence
//! in one exhaustive match.
//!
//! A page's title and its own text are in its handler and its template. How a party is described is in [`description`].

mod answer;
mod description;
mod head;
mod history;
mod host;
mod invitation;
mod message;
mod notices;
mod quota;

use domain::party::{
    Details, Heads, Outcome, PartyDate, PartyDateError, PartyEndError, PartyHeading, PartySummary, PartyView, Refusal,
    Seats, SeatsError, ShortText, TextError, Visibility,
};
use domain::user::Username;

pub(crate) use self::answer::{
    ALLERGIES_LABEL, ANSWER_INVALID, LAST_SEAT_TAKEN, MY_HEADS_LABEL, NOTE_LABEL, allergies_error, come_as,
    host_counts, my_answer, my_heads_error, names_hidden, note_error, note_label, only_answer_saved, texts_hint,
    undo_offer, waiting_promise,
};
use self::answer::{not_enough_seats, too_many_companions, waiting_offer};
use self::description::is_right_to_left;
pub(crate) use self::description::{
    attendees, card_date, closed_reason, companion, ended_label, guest_note, guests_heading, host, host_note, rsvp_by,
    seats_and_waiting, seats_left, seats_open, seats_taken, seats_taken_by, time_until, visibility_note,
};
pub(crate) use self::head::{SERVICE, START_PICTURE, START_TEXT, START_TITLE, page_description, preview_heading};
pub(crate) use self::history::{HISTORY_TITLE, history_entry};
pub(crate) use self::host::{
    CSV_HEADER, DEADLINE_AFTER_START, DEADLINE_PAST, EDIT_TITLE, GUEST_HEADS_HINT, GUEST_HEADS_LABEL, GUEST_LABEL,
    GUEST_MISSING, GUESTS_OF_CANCELLED_PARTY, GUESTS_OF_PARTY_CANCELLED_FOR_GOOD, GUESTS_OF_PARTY_OVER, GUESTS_TITLE,
    KITCHEN_TITLE, NAMES_QUESTION, NAMES_SHOWN_TO_INVALID, NO_SUCH_GUEST, PART_IS_BLANK, PARTY_CHANGED,
    PARTY_CHANGED_SAVE, Recipients, STATE_IS_CANCELLED, VISIBILITY_INVALID, VISIBILITY_QUESTION, address_error,
    cancel_title, companions_error, guest_counts, guest_leaves, guest_row_note, guest_section, heads_error,
    host_refusal, kitchen_counts, kitchen_people, names_choice, notices_of_cancellation, notices_of_edit,
    notices_of_restore, removal_consequences, removal_title, unknown_guest, visibility_choice,
};
pub(crate) use self::invitation::{
    LINK_REPLACED, LINK_UNKNOWN, LINK_UNKNOWN_TITLE, invitation_closed_reason, invitation_description,
    invitation_rsvp_by, invitation_seats, invitation_state, invitation_title, invited_to, invited_to_dinner,
};
pub(crate) use self::message::{
    AUDIENCE_MISSING, MESSAGE_TITLE, NO_RECIPIENTS, audience_choice, message_error, message_note, message_sent,
    messages_heading, readers, too_many_messages,
};
pub(crate) use self::notices::{NOTICES_TITLE, PARTY_OUT_OF_SIGHT, dismiss_all, notice, notice_count, notices_noun};
pub(crate) use self::quota::{too_many_changes, too_many_hosted, too_many_rsvps, too_many_upcoming};

/// On the welcome page, where nobody may register.
pub(crate) const REGISTRATION_CLOSED: &str = "We take no new accounts at the moment.";
/// The Party ID is not a number, or the viewer may not see such a party.
pub(crate) const PARTY_ID_INVALID: &str = "Please enter a valid Party ID to RSVP!";
/// What the deletion of an account means at DinnerParty.
pub(crate) const DELETION_CONSEQUENCES: [&str; 2] = [
    "You give up your seats at parties to come, at once. Logging in again doesn't bring them back.",
    "Dinner parties that are over stay, with you as a deleted guest or host. Street addresses, notes, allergies and your messages are removed.",
];
/// The title of the page of an answer to a party that the guest may not find.
pub(crate) const ANSWER_NOT_SENT: &str = "Your answer wasn't sent";
/// The heading of what was typed and is not stored, where its form is gone.
pub(crate) const NOT_SENT: &str = "Not sent";
/// Why it is on the page.
pub(crate) const NOT_SENT_HINT: &str = "What you typed is still here, so you can copy it.";
/// The title of the page to host a party.
pub(crate) const HOST_TITLE: &str = "Host a dinner party";

/// A party was hosted.
pub(crate) fn party_hosted(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Listed | Visibility::ByLink => "Your table is set. Share the link below with your friends.",
        Visibility::ByInvitation => "Your table is set. Now invite your friends by name.",
    }
}

/// The day of a new party has passed.
pub(crate) const PARTY_DAY_PAST: &str = "That day has already passed. Please choose a later one.";
/// A new party is today, and its time has passed.
pub(crate) const PARTY_TIME_PAST: &str = "That time has already passed. Please choose a later one.";
/// A search has more words than are searched for.
pub(crate) const SEARCH_TOO_MANY_WORDS: &str = "Try fewer words.";

/// The search has more than 200 code points.
pub(crate) const SEARCH_TOO_LONG: &str = "Please use at most 200 characters.";
/// Another search of the user is still running.
pub(crate) const SEARCH_RUNNING: &str = "Your last search is still running. Please try again in a moment.";
/// Searches of other users are running.
pub(crate) const SEARCHES_BUSY: &str = "Lots of people are searching right now. Please try again in a moment.";
/// The search was ended.
pub(crate) const SEARCH_TOOK_TOO_LONG: &str =
    "That search took too long. Please try fewer words, or try again in a moment.";
/// The viewer hosts the party.
pub(crate) const VIEWER_IS_HOST: &str = "You're hosting";
/// The body of a successful health response.
pub(crate) const HEALTH_OK: &str = "ok";
/// The body of `/health/ready` while the database is unavailable.
pub(crate) const HEALTH_DATABASE_UNAVAILABLE: &str = "the database does not answer";

/// The title of a party's calendar event, of its page and of a shared link: "Mushroom risotto at Marta's".
pub(crate) fn party_title(party: &PartySummary) -> String {
    title_of(&party.main_dish, &party.heading.host)
}

/// The title of a party with that dish and that host.
pub(crate) fn title_of(main_dish: &ShortText, host: &Username) -> String {
    format!("{main_dish} at {host}'s")
}

/// The text of a party's calendar event, for a viewer. It has the start in the party's time zone, since a calendar shows it in the
/// reader's.
pub(crate) fn event_description(view: &PartyView) -> String {
    let party = &view.summary;
    let mine = party.my_answer.map(|answer| format!("\n{}.", my_answer(answer, party.my_rank))).unwrap_or_default();
    let details = view.details.as_ref().map(|details| format!("\n\n{details}")).unwrap_or_default();
    format!("{}\nHost: {}{mine}{details}", party.heading.date, party.heading.host)
}

/// The text alternative of the QR code.
pub(crate) const QR_CODE: &str = "QR code of the link to this party";

/// The venue that the form suggests. A text is shown in the direction of its first letter: with a right-to-left name in front,
/// "'s place" would be on its other side.
pub(crate) fn venue_of(host: &Username) -> String {
    if is_right_to_left(host) { format!("Home of {host}") } else { format!("{host}'s place") }
}

/// The result of an RSVP.
pub(crate) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Seated(PartyHeading { host, date }) => {
            format!("You successfully RSVP'd to {host}'s dinner party on {date}!")
        }
        Outcome::Waitlisted { heading: PartyHeading { host, date }, rank, free } => {
            let offer = waiting_offer(*free);
            format!("{host}'s dinner party on {date} is full. You're number {rank} on the waiting list.{offer}")
        }
        Outcome::AlreadySeated(PartyHeading { host, date }) => {
            format!("You're already going to {host}'s dinner party on {date}.")
        }
        Outcome::HeadsChanged { heading: PartyHeading { host, date }, heads } => {
            let people = if *heads == Heads::ONE { "just you".to_owned() } else { format!("{} of you", heads.get()) };
            format!("You're going to {host}'s dinner party on {date}, {people}.")
        }
        Outcome::Maybe => "Noted: maybe. A maybe doesn't hold a seat.".into(),
        Outcome::GaveUpSeat => "You've given up your seat.".into(),
        Outcome::Declined(PartyHeading { host, .. }) => format!("Thanks for letting {host} know."),
        Outcome::SeatOpenedUp(PartyHeading { host, date }) => {
            format!("A seat opened up. You're going to {host}'s dinner party on {date}!")
        }
        Outcome::TextsSaved(PartyHeading { host, .. }) => format!("Saved. {host} can see it."),
        Outcome::Removed(guest) => format!("You removed {guest}."),
        Outcome::Reinstated(guest) => format!("{guest} is on your list again, as invited."),
        Outcome::Added(guest) => format!("{guest} is coming."),
        Outcome::Invited(guest) => format!("You invited {guest}."),
        Outcome::AlreadyAnswered(guest) => format!("{guest} is on your list already. Nothing changed."),
        Outcome::Edited => "Saved.".into(),
        Outcome::Unchanged => "Nothing changed.".into(),
        Outcome::Cancelled => "You cancelled this dinner party.".into(),
        Outcome::Restored => "This dinner party takes place again.".into(),
        Outcome::LinkReplaced => LINK_REPLACED.into(),
    }
}

/// Why an RSVP is refused.
pub(crate) fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Over => "That dinner party has already happened.".into(),
        Refusal::Begun => "That dinner party has already begun.".into(),
        Refusal::Cancelled { host } => format!("{host} cancelled this dinner party."),
        Refusal::IsHost => "You're hosting this one. Your seat is already counted.".into(),
        Refusal::Removed { host } => format!("You can't RSVP to this party. Ask {host}."),
        Refusal::Closed { deadline, host } => format!("RSVPs closed on {deadline}. Ask {host}."),
        Refusal::TooManyCompanions { max } => too_many_companions(*max),
        Refusal::GuestRemoved(guest) => format!("You removed {guest} from this party. Let them back in first."),
        Refusal::NotOnList(guest) => format!("{guest} isn't on your list. You can invite them."),
        Refusal::NotEnoughSeats { free, held: Some(held) } => not_enough_seats(*free, *held),
        Refusal::NotEnoughSeats { held: None, .. } => "Raise the seats first.".into(),
        Refusal::BelowTaken { taken } => {
            format!("{taken} people are already seated; remove someone first.")
        }
        Refusal::DateInThePast => "Please choose a date in the future.".into(),
        Refusal::Stale => "The party was changed after this form was opened.".into(),
        Refusal::NoAnswer => "Please answer first: can you make it?".into(),
        Refusal::NothingToUndo => "There's nothing to take back anymore. You can answer again here.".into(),
    }
}

/// Why a date, time or time zone is invalid.
pub(crate) fn date_error(error: PartyDateError) -> &'static str {
    match error {
        PartyDateError::Date => "Please choose a date, such as 2030-01-15.",
        PartyDateError::Time => "Please choose a time, such as 19:00.",
        PartyDateError::Zone => "Please choose a time zone from the list, such as Europe/Berlin.",
        PartyDateError::TooLate => "That is too far away. Please choose an earlier date.",
        PartyDateError::Gap => "The clocks jump forward over that time on that day. Please choose another time.",
    }
}

/// Why an end is invalid.
pub(crate) fn end_error(error: PartyEndError) -> &'static str {
    match error {
        PartyEndError::NotAfterStart => "Please choose an end after the start, or leave it empty.",
        PartyEndError::TooLate => "A party takes up to three days. Please choose an earlier end.",
        PartyEndError::Gap => date_error(PartyDateError::Gap),
    }
}

/// An end so long after the start that the host may have meant another one. It says which end was understood.
pub(crate) fn end_unlikely(end: &PartyDate) -> String {
    format!(
        "That's {}, more than 12 hours after the start. Please choose an earlier end, or say which day it ends.",
        end.short()
    )
}

/// Why the details are invalid.
pub(crate) fn details_error(error: TextError) -> String {
    text_error(error, Details::MAX_LENGTH, "")
}

/// Why a venue is invalid.
pub(crate) fn venue_error(error: TextError) -> String {
    text_error(error, ShortText::MAX_LENGTH, "Please say where it is.")
}

/// Why a main dish is invalid.
pub(crate) fn main_dish_error(error: TextError) -> String {
    text_error(error, ShortText::MAX_LENGTH, "What's for dinner?")
}

fn text_error(error: TextError, max_length: usize, missing: &str) -> String {
    match error {
        TextError::Empty => missing.into(),
        TextError::TooLong => format!("Please use at most {max_length} characters."),
        TextError::Character => {
            "There was a character in here that can't be shown. Please check this and send it again.".into()
        }
    }
}

/// Why a number of seats is invalid.
pub(crate) fn seats_error(error: SeatsError) -> String {
    match error {
        SeatsError::Empty => "How many seats are there?".into(),
        SeatsError::NotANumber => "Please use digits for the number of seats.".into(),
        SeatsError::OutOfRange => format!("Please choose between 1 and {} seats.", Seats::MAX),
    }
}

#[cfg(test)]
mod tests;
