//! The sentences of the host's pages: the form, the page that changes a party, its cancellation, and its guests.

use domain::Timestamp;
use domain::party::{
    Address, Answer, GuestRow, Heads, NamesShownTo, PartyState, PartySummary, Phase, Refusal, SeatsError, TextError,
    Visibility,
};
use domain::user::Username;

use super::{refusal, seats_taken, text_error};
use crate::pages::guests::Section;

/// The submitted visibility is not one of the form's.
pub(crate) const VISIBILITY_INVALID: &str = "Who can find this party? Please choose.";
/// The question of the visibility.
pub(crate) const VISIBILITY_QUESTION: &str = "Who can find this party?";
/// The question of the names of guests.
pub(crate) const NAMES_QUESTION: &str = "Who sees the guests' names?";
/// The submitted answer to it is not one of the form's.
pub(crate) const NAMES_SHOWN_TO_INVALID: &str = "Who sees the guests' names? Please choose.";
/// The deadline is after the start.
pub(crate) const DEADLINE_AFTER_START: &str = "Please choose a deadline before the start.";
/// The deadline of a new party has passed.
pub(crate) const DEADLINE_PAST: &str =
    "That deadline has already passed. Please choose a later one, or leave it empty.";

/// A visibility as the form offers it, and what it means.
pub(crate) fn visibility_choice(visibility: Visibility) -> (&'static str, &'static str) {
    match visibility {
        Visibility::Listed => {
            ("Everyone here", "It's in the list of dinner parties. Anyone with an account can take a seat.")
        }
        Visibility::ByLink => {
            ("People with the link", "It's in no list. You choose who gets the link, and they can pass it on.")
        }
        Visibility::ByInvitation => {
            ("People you invite by name", "It's in no list, and the link opens it to nobody else.")
        }
    }
}

/// Who sees the names of guests, as the form offers it, and what it means.
pub(crate) fn names_choice(names: NamesShownTo) -> (&'static str, &'static str) {
    match names {
        NamesShownTo::Everyone => ("Everyone who can find the party", "Logged in, that is. Visitors never see names."),
        NamesShownTo::Guests => {
            ("Guests with a seat", "Those on the waiting list, and those who said maybe, see how many are coming.")
        }
        NamesShownTo::Host => ("Only you", "Guests see how many are coming, and not who."),
    }
}

/// Why the most companions are invalid.
pub(crate) fn companions_error(error: SeatsError) -> &'static str {
    match error {
        SeatsError::Empty | SeatsError::OutOfRange => "Please choose between 0 and 9 companions.",
        SeatsError::NotANumber => "Please use digits for the number of companions.",
    }
}

/// Why the number of people that a host adds is invalid.
pub(crate) fn heads_error(error: SeatsError) -> &'static str {
    match error {
        SeatsError::Empty | SeatsError::OutOfRange => "Please choose between 1 and 10 people.",
        SeatsError::NotANumber => "Please use digits for the number of people.",
    }
}

/// Why a street address is invalid.
pub(crate) fn address_error(error: TextError) -> String {
    text_error(error, Address::MAX_LENGTH, "")
}

/// Why a change by the host is refused. What the host reads otherwise than a guest is here.
pub(crate) fn host_refusal(reason: &Refusal) -> String {
    match reason {
        Refusal::Cancelled { .. } => {
            "You cancelled this dinner party. You can restore it until it would have begun.".into()
        }
        Refusal::TooManyCompanions { max: 0 } => "Guests can't bring anyone to this party.".into(),
        Refusal::TooManyCompanions { max } => format!("Each guest can bring up to {max}."),
        reason @ (Refusal::Over
        | Refusal::Begun
        | Refusal::IsHost
        | Refusal::Removed { .. }
        | Refusal::GuestRemoved(_)
        | Refusal::NotOnList(_)
        | Refusal::Closed { .. }
        | Refusal::NotEnoughSeats { .. }
        | Refusal::BelowTaken { .. }
        | Refusal::DateInThePast
        | Refusal::Stale
        | Refusal::NothingToUndo
        | Refusal::NoAnswer) => refusal(reason),
    }
}

/// The title of the page that changes a party.
pub(crate) const EDIT_TITLE: &str = "Edit your dinner party";
/// The party was changed after the form was shown. What follows is as it is now.
pub(crate) const PARTY_CHANGED: &str =
    "The party has changed since you opened this form. Saved now, and not as in your form:";
/// What follows that.
pub(crate) const PARTY_CHANGED_SAVE: &str = "What you typed is still in the form. Save it to replace this.";
/// The party was cancelled after the form was shown.
pub(crate) const STATE_IS_CANCELLED: &str = "Cancelled. Saving doesn't restore it.";
/// A text of the party that its host has left blank.
pub(crate) const PART_IS_BLANK: &str = "left empty";

/// How many guests will see a notice of a change, and what more seats do where guests wait.
pub(crate) fn notices_of_edit(guests: usize, waiting: u32) -> String {
    let notices = match guests {
        0 => "Nobody will see a notice: nobody is coming, waiting, or said maybe.".into(),
        guests => format!("{} There is none for the number of seats or for who sees the names.", will_see(guests)),
    };
    let seats = if waiting > 0 {
        " More seats go to the waiting list at once, and those who get one see a notice."
    } else {
        ""
    };
    format!("{notices}{seats}")
}

fn will_see(guests: usize) -> String {
    if guests == 1 { "1 guest will see a notice.".into() } else { format!("{guests} guests will see a notice.") }
}

/// The title of the page that cancels or restores a party.
pub(crate) fn cancel_title(party: &PartySummary) -> &'static str {
    match party.state {
        PartyState::Scheduled => "Cancel your dinner party?",
        PartyState::Cancelled => "Restore your dinner party?",
    }
}

/// The guests who get a notice of a cancellation or a restore, by their answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Recipients {
    pub(crate) coming: usize,
    pub(crate) waiting: usize,
    pub(crate) maybe: usize,
    pub(crate) invited: usize,
}

/// How many guests will see a notice that the party is cancelled.
pub(crate) fn notices_of_cancellation(recipients: &Recipients) -> String {
    notices_of_state(recipients, "that it's cancelled")
}

/// How many guests will see a notice that the party takes place.
pub(crate) fn notices_of_restore(recipients: &Recipients) -> String {
    notices_of_state(recipients, "that it's on again")
}

fn notices_of_state(recipients: &Recipients, what: &str) -> String {
    let Recipients { coming, waiting, maybe, invited } = *recipients;
    let guests = coming + waiting + maybe + invited;
    if guests == 0 {
        return format!("Nobody will see a notice {what}: nobody is coming or invited.");
    }
    let all = [(coming, "coming"), (waiting, "waiting"), (maybe, "maybe"), (invited, "invited")];
    let counts: Vec<_> =
        all.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let noun = if guests == 1 { "guest" } else { "guests" };
    format!("{guests} {noun} will see a notice {what}: {}.", counts.join(", "))
}

/// The title of the list of guests.
pub(crate) const GUESTS_TITLE: &str = "Guests";
/// Instead of the form, at a party that is over.
pub(crate) const GUESTS_OF_PARTY_OVER: &str = "That dinner party has already happened. The list stays as it is.";
/// Instead of the form, at a cancelled party that could still take place.
pub(crate) const GUESTS_OF_CANCELLED_PARTY: &str =
    "You cancelled this dinner party. Restore it to add or invite someone.";
/// Instead of the form, at a cancelled party that would have begun.
pub(crate) const GUESTS_OF_PARTY_CANCELLED_FOR_GOOD: &str =
    "You cancelled this dinner party. Nobody can be added or invited anymore.";
/// The name of a guest is missing.
pub(crate) const GUEST_MISSING: &str = "Who is it? Please type a username.";
/// The guest to be removed is not on the list.
pub(crate) const NO_SUCH_GUEST: &str = "There is no such guest on your list.";
/// The first line of the file of guests.
pub(crate) const CSV_HEADER: [&str; 6] =
    ["Name", "Answer", "People", "Number on the waiting list", "Note", "Allergies"];
/// The title of the sheet of allergies.
pub(crate) const KITCHEN_TITLE: &str = "Kitchen sheet";

/// The field for the name of a guest.
pub(crate) const GUEST_LABEL: &str = "Username";
/// The field for the number of people whom the host adds.
pub(crate) const GUEST_HEADS_LABEL: &str = "How many of them?";
/// What a blank one means.
pub(crate) const GUEST_HEADS_HINT: &str =
    "Only for a guest whom you add. Leave it empty to add as many as they've said, or just the guest.";

/// Nobody has the name that the host typed. The link is of use while it lets its visitors answer.
pub(crate) fn unknown_guest(typed: &str, party: &PartySummary, now: Timestamp) -> String {
    let shown: String = typed.chars().filter(|c| !c.is_control()).take(40).collect();
    let is_link_of_use = party.visibility != Visibility::ByInvitation && party.is_open(now);
    let else_do = if is_link_of_use {
        "Please check the spelling, or send them the link."
    } else {
        "Please check the spelling. Only people with an account here can be on your list."
    };
    format!("Nobody here is called “{shown}”. {else_do}")
}

/// The heading of a part of the list.
pub(crate) fn guest_section(section: Section) -> &'static str {
    match section {
        Section::Coming => "Coming",
        Section::Waiting => "Waiting",
        Section::Maybe => "Maybe",
        Section::Invited => "No reply",
        Section::Declined => "Can't make it",
        Section::Removed => "Removed",
    }
}

/// The taken seats, and how many guests each part of the list has: "5 of 8 seats taken · 3 coming · 2 waiting".
pub(crate) fn guest_counts(party: &PartySummary, counts: &[usize; 6]) -> String {
    let sections = Section::ALL.iter().zip(counts).filter(|(_, count)| **count > 0);
    let counts = sections.map(|(section, count)| format!("{count} {}", guest_section(*section).to_lowercase()));
    [seats_taken(party)].into_iter().chain(counts).collect::<Vec<_>>().join(" · ")
}

/// The note beside a guest on the list: "with 2", "number 1, with 2".
pub(crate) fn guest_row_note(guest: &GuestRow) -> Option<String> {
    let with = guest.answer.heads().map(Heads::companions).filter(|with| *with > 0).map(|with| format!("with {with}"));
    let number = guest.rank.map(|rank| format!("number {rank}"));
    let parts: Vec<_> = number.into_iter().chain(with).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The title of the page that asks before a guest is removed.
pub(crate) fn removal_title(guest: &Username) -> String {
    format!("Remove {guest}?")
}

/// The people at the table, and how many guests have written allergies: "6 at the table, yourself included. 2 of 3 guests have
/// written allergies."
pub(crate) fn kitchen_counts(people: u32, guests: usize, with_allergies: usize) -> String {
    let written = match (guests, with_allergies) {
        (0, _) => return "Nobody else is coming yet.".into(),
        (1, 0) => "Your guest has written no allergies".to_owned(),
        (1, _) => "Your guest has written allergies".to_owned(),
        (_, 0) => "No guest has written allergies".to_owned(),
        (guests, with) if with == guests => format!("All {guests} guests have written allergies"),
        (guests, 1) => format!("1 of {guests} guests has written allergies"),
        (guests, with) => format!("{with} of {guests} guests have written allergies"),
    };
    format!("{people} at the table, yourself included. {written}.")
}

/// The people that one guest is, where there are several: "3 people".
pub(crate) fn kitchen_people(heads: Heads) -> Option<String> {
    (heads != Heads::ONE).then(|| format!("{} people", heads.get()))
}

/// The account of the guest whom the host removes or lets back in is being deleted.
pub(crate) fn guest_leaves(guest: &Username) -> String {
    format!("{guest}'s account is being deleted. Nothing on your list changed.")
}

/// What the removal of a guest does at a party in that phase.
pub(crate) fn removal_consequences(guest: &GuestRow, party: &PartySummary, phase: Phase) -> String {
    let GuestRow { username, answer, texts, .. } = guest;
    let is_upcoming = phase == Phase::Upcoming;
    let promotes = is_upcoming && party.state == PartyState::Scheduled && party.waiting > 0;
    let seats = match *answer {
        Answer::Seated(Heads::ONE) if promotes => {
            format!("{username}'s seat is free then, and goes to the waiting list first. ")
        }
        Answer::Seated(Heads::ONE) => format!("{username}'s seat is free then. "),
        Answer::Seated(heads) if promotes => {
            format!("{username}'s {} seats are free then, and go to the waiting list first. ", heads.get())
        }
        Answer::Seated(heads) => format!("{username}'s {} seats are free then. ", heads.get()),
        Answer::Waitlisted(_) => format!("{username} leaves the waiting list. "),
        Answer::Maybe | Answer::Declined | Answer::Invited | Answer::Removed => String::new(),
    };
    let answers = if is_upcoming {
        format!(
            ", and can't RSVP to this party anymore. You can let {username} back in later, but only to answer anew."
        )
    } else {
        ".".to_owned()
    };
    let texts =
        if texts.is_empty() { String::new() } else { format!(" What {username} has written to you is deleted.") };
    format!("{seats}{username} will see a notice{answers}{texts}")
}

#[cfg(test)]
mod tests;
