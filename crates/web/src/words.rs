//! What DinnerParty says of what happened, of what was refused, and of what is wrong with a field. A page's title and its
//! own text stand in its handler and its template; which of these sentences is said is decided elsewhere.

use domain::Timestamp;
use domain::party::{
    Answer, Invitation, Label, LabelError, Outcome, PartyDateError, PartyState, PartySummary, Refusal, Seats,
    SeatsError,
};

/// No such party, or no number at all.
pub(crate) const NO_SUCH_PARTY: &str = "Please enter a valid Party ID to RSVP!";
/// A party was made.
pub(crate) const HOSTED: &str = "Your table is set. Send your friends the link to this page.";
/// The date of a new party has passed.
pub(crate) const DATE_IN_THE_PAST: &str = "That time has already passed. Please choose a later one.";
/// An answer that is neither yes nor no.
pub(crate) const WHICH_ANSWER: &str = "Please say whether you are coming.";

/// What happened to an answer.
pub(crate) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Seated(Invitation { host, date }) => {
            format!("You successfully RSVP'd to {host}'s dinner party on {date}!")
        }
        Outcome::Full(Invitation { host, date }) => format!("{host}'s dinner party on {date} is full."),
        Outcome::AlreadySeated(Invitation { host, date }) => {
            format!("You're already going to {host}'s dinner party on {date}.")
        }
        Outcome::Maybe => "Noted: maybe. A maybe doesn't hold a seat.".into(),
        Outcome::GaveUpSeat => "You've given up your seat.".into(),
        Outcome::Declined(Invitation { host, .. }) => format!("Thanks for letting {host} know."),
    }
}

/// Why an answer is refused.
pub(crate) fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Past => "That dinner party has already happened.".into(),
        Refusal::Cancelled { host } => format!("{host} cancelled this dinner party."),
        Refusal::IsHost => "You're hosting this one. Your seat is already counted.".into(),
        Refusal::Removed { host } => format!("You can't RSVP to this party. Ask {host}."),
        Refusal::Closed { deadline, host } => format!("RSVPs closed on {deadline}. Ask {host}."),
        Refusal::TooMany { max } => format!("You can bring up to {max}."),
    }
}

/// Why a date, time or zone is none.
pub(crate) fn date(error: PartyDateError) -> &'static str {
    match error {
        PartyDateError::Date => "Please choose a date, such as 2030-01-15.",
        PartyDateError::Time => "Please choose a time, such as 19:00.",
        PartyDateError::Zone => "Please choose a time zone from the list, such as Europe/Berlin.",
        PartyDateError::Gap => "Clocks are set forward over that time on that day. Please choose another time.",
    }
}

/// Why a text is no venue or dish; `what` is how to ask for it.
pub(crate) fn label(error: LabelError, what: &str) -> String {
    match error {
        LabelError::Empty => format!("Please say {what}."),
        LabelError::TooLong => format!("Please use at most {} characters.", Label::MAX),
        LabelError::Character => "This holds a character that cannot be shown. Please type it again.".into(),
    }
}

/// Why a text is no number of seats.
pub(crate) fn seats(error: SeatsError) -> String {
    match error {
        SeatsError::Empty => "Please say how many seats there are.".into(),
        SeatsError::NotANumber => "Please write the number of seats in digits.".into(),
        SeatsError::OutOfRange => format!("A table has 1 to {} seats.", Seats::MAX),
    }
}

/// How many seats are left.
pub(crate) fn seats_left(party: &PartySummary) -> String {
    match party.free() {
        0 => "Full".into(),
        1 => "1 seat left".into(),
        free => format!("{free} seats left"),
    }
}

/// Who is coming: "Ada (host), Ben and 3 more".
pub(crate) fn attendees(party: &PartySummary) -> String {
    let mut people = vec![format!("{} (host)", party.invitation.host)];
    people.extend(party.first_guests.iter().map(|guest| guest.username.to_string()));
    match (party.unnamed(), people.len()) {
        (0, 1) => people.concat(),
        (0, n) => format!("{} and {}", people[..n - 1].join(", "), people[n - 1]),
        (more, _) => format!("{} and {more} more", people.join(", ")),
    }
}

/// Why a party takes no answers, where it takes none.
pub(crate) fn closed(party: &PartySummary, now: Timestamp) -> Option<String> {
    let Invitation { host, date } = &party.invitation;
    if date.has_begun(now) {
        return Some(refusal(&Refusal::Past));
    }
    if party.state == PartyState::Cancelled {
        return Some(refusal(&Refusal::Cancelled { host: host.clone() }));
    }
    let deadline = || date.on_the_same_wall(party.rsvp_deadline);
    (!party.is_open(now)).then(|| refusal(&Refusal::Closed { deadline: deadline(), host: host.clone() }))
}

/// What the viewer has said.
pub(crate) fn my_answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Seated(_) => "You're coming",
        Answer::Waitlisted { .. } => "You're on the waiting list",
        Answer::Maybe => "You said maybe",
        Answer::Declined => "You said no",
        Answer::Invited => "You're invited",
        Answer::Removed => "You can't RSVP",
    }
}

/// What the viewer is who set the table.
pub(crate) const MINE: &str = "You're hosting";

/// The server, or its database, does what it should.
pub(crate) const HEALTHY: &str = "ok";
/// The database does not.
pub(crate) const NOT_READY: &str = "the database does not answer";

#[cfg(test)]
mod tests;
