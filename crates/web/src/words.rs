//! What DinnerParty says of what happened, of what was refused, and of what is wrong with a field. A page's title and its
//! own text stand in its handler and its template; which of these sentences is said is decided elsewhere.

use domain::Timestamp;
use domain::party::{
    Answer, Outcome, PartyDateError, PartyHeading, PartyState, PartySummary, PartyView, Refusal, Seats, SeatsError,
    ShortText, ShortTextError,
};
use domain::user::Username;

use crate::table::MOST_PLATES;

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
        Outcome::Seated(PartyHeading { host, date }) => {
            format!("You successfully RSVP'd to {host}'s dinner party on {date}!")
        }
        Outcome::Full(PartyHeading { host, date }) => format!("{host}'s dinner party on {date} is full."),
        Outcome::AlreadySeated(PartyHeading { host, date }) => {
            format!("You're already going to {host}'s dinner party on {date}.")
        }
        Outcome::Maybe => "Noted: maybe. A maybe doesn't hold a seat.".into(),
        Outcome::GaveUpSeat => "You've given up your seat.".into(),
        Outcome::Declined(PartyHeading { host, .. }) => format!("Thanks for letting {host} know."),
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
        Refusal::TooManyCompanions { max } => format!("You can bring up to {max}."),
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
pub(crate) fn label(error: ShortTextError, what: &str) -> String {
    match error {
        ShortTextError::Empty => format!("Please say {what}."),
        ShortTextError::TooLong => format!("Please use at most {} characters.", ShortText::MAX_LENGTH),
        ShortTextError::Character => "This holds a character that cannot be shown. Please type it again.".into(),
    }
}

/// Why a text is no number of seats.
pub(crate) fn seats(error: SeatsError) -> String {
    match error {
        SeatsError::Empty => "Please say how many seats there are.".into(),
        SeatsError::NotANumber => "Please write the number of seats in digits.".into(),
        SeatsError::OutOfRange => format!("Please choose between 1 and {} seats.", Seats::MAX),
    }
}

/// How many seats are left, to be told after how many are taken.
pub(crate) fn seats_left(party: &PartySummary) -> String {
    match party.free_seats() {
        0 => "full".into(),
        1 => "1 seat left".into(),
        free => format!("{free} seats left"),
    }
}

/// Who is coming: "Ada (host), Ben and 3 more".
pub(crate) fn attendees(party: &PartySummary) -> String {
    let mut people = vec![host(&party.heading.host)];
    people.extend(party.first_guests.iter().map(|guest| isolated(&guest.username)));
    match (party.unnamed_heads(), people.len()) {
        (0, 1) => people.concat(),
        (0, n) => format!("{} and {}", people[..n - 1].join(", "), people[n - 1]),
        (more, _) => format!("{} and {more} more", people.join(", ")),
    }
}

/// Who set the table.
pub(crate) fn host(name: &Username) -> String {
    format!("{} (host)", isolated(name))
}

/// Whose companion somebody is who is not named.
pub(crate) fn companion(of: &Username) -> String {
    format!("with {}", isolated(of))
}

/// What the drawing of a table shows: "5 of 8 seats taken: Ada (host), Ben with 1, Cyd". A table too large to be drawn
/// plate by plate is told in numbers: its guests are named below it.
pub(crate) fn table(view: &PartyView) -> String {
    let party = &view.summary;
    let noun = if party.seats.get() == 1 { "seat" } else { "seats" };
    let told = format!("{} of {} {noun} taken", party.taken, party.seats);
    if party.seats.get() > MOST_PLATES {
        return told;
    }
    let guests = view.guests.iter().map(|guest| match guest.heads {
        1 => isolated(&guest.username),
        heads => format!("{} with {}", isolated(&guest.username), heads - 1),
    });
    let people: Vec<_> = [host(&party.heading.host)].into_iter().chain(guests).collect();
    format!("{told}: {}", people.join(", "))
}

/// A name in a row of names, between marks that keep its direction from reordering the names beside it. Names that run
/// from left to right need none.
fn isolated(name: &Username) -> String {
    let runs_left = |c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    if name.as_str().contains(runs_left) { format!("\u{2068}{name}\u{2069}") } else { name.to_string() }
}

/// Why a party takes no answers, where it takes none.
pub(crate) fn closed(party: &PartySummary, now: Timestamp) -> Option<String> {
    let PartyHeading { host, date } = &party.heading;
    if date.has_begun(now) {
        return Some(refusal(&Refusal::Past));
    }
    if party.state == PartyState::Cancelled {
        return Some(refusal(&Refusal::Cancelled { host: host.clone() }));
    }
    let deadline = || date.at_in_same_zone(party.rsvp_deadline);
    (!party.is_open(now)).then(|| refusal(&Refusal::Closed { deadline: deadline(), host: host.clone() }))
}

/// In a word, that a party will not begin any more.
pub(crate) fn off(party: &PartySummary, now: Timestamp) -> Option<&'static str> {
    if party.state == PartyState::Cancelled {
        return Some("Cancelled");
    }
    party.heading.date.has_begun(now).then_some("It's over")
}

/// How long until a party begins, by the days of the calendar on its host's wall: nobody counts hours to a dinner. Weeks,
/// months and years are rounded to the nearest. Nothing where it will not be, or has begun.
pub(crate) fn until(party: &PartySummary, now: Timestamp) -> Option<String> {
    let date = &party.heading.date;
    if party.state == PartyState::Cancelled || date.has_begun(now) {
        return None;
    }
    let days = date.days_until(now);
    let nearest = |unit| (days + unit / 2) / unit;
    Some(match days {
        ..=0 => "Today".into(),
        1 => "Tomorrow".into(),
        2..14 => format!("In {days} days"),
        14..60 => format!("In {} weeks", nearest(7)),
        60..705 => format!("In {} months", nearest(30)), // from then on it would be 24 of them
        _ => format!("In {} years", nearest(365)),
    })
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
