//! How a party is described: its seats, its guests, when it begins, and why it takes no RSVPs.

use std::borrow::Cow;
use std::fmt::Write as _;

use domain::Timestamp;
use domain::party::{PartyHeading, PartyState, PartySummary, PartyView, Phase, Refusal, Seats, Visibility};
use domain::user::Username;

use super::refusal;

/// What follows the name of the host in a list of names.
const HOST: &str = " (host)";

/// The bytes of most lines of a card. A text that begins with room for its line is allocated once; a list has two such lines in
/// each card.
const LINE_LENGTH: usize = 64;

/// The free seats, and the guests who wait: "2 seats left", "full", "full, 3 waiting".
pub(crate) fn seats_left(party: &PartySummary) -> String {
    with_waiting(seats_left_of(party.free_seats()), party.waiting)
}

/// The same for a number of free seats.
pub(super) fn seats_left_of(free: u32) -> String {
    match free {
        0 => "full".into(),
        free => format!("{} left", counted(free, "seat")),
    }
}

/// The seats of a party that takes RSVPs: "2 of 8 seats left", "All 8 seats taken, 3 waiting".
pub(crate) fn seats_open(party: &PartySummary) -> String {
    let seats = match (party.free_seats(), party.seats.get()) {
        (0, 1) => "The one seat is taken".into(),
        (0, 2) => "Both seats taken".into(),
        (0, seats) => format!("All {seats} seats taken"),
        (free, seats) => format!("{free} of {seats} seats left"),
    };
    with_waiting(seats, party.waiting)
}

/// Adds the number of guests who wait, if any: "full, 3 waiting".
pub(super) fn with_waiting(mut seats: String, waiting: u32) -> String {
    if waiting > 0 {
        let written = write!(seats, ", {waiting} waiting");
        debug_assert!(written.is_ok(), "a String takes any text");
    }
    seats
}

/// A number with its noun: "1 seat", "2 seats".
pub(super) fn counted(number: u32, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The taken seats: "5 of 8 seats taken".
pub(crate) fn seats_taken(party: &PartySummary) -> String {
    seats_taken_of(party.taken, party.seats)
}

/// The same for plain numbers.
pub(super) fn seats_taken_of(taken: u32, seats: Seats) -> String {
    let noun = if seats.get() == 1 { "seat" } else { "seats" };
    format!("{taken} of {seats} {noun} taken")
}

/// The taken seats, and the guests who wait: "8 of 8 seats taken, 3 waiting".
pub(crate) fn seats_and_waiting(party: &PartySummary) -> String {
    with_waiting(seats_taken(party), party.waiting)
}

/// The taken seats and all guests: "5 of 8 seats taken: Ada (host), Ben (you) with 1, Cyd". The guests who wait are counted.
pub(crate) fn seats_taken_by(view: &PartyView, viewer: &Username) -> String {
    let party = &view.summary;
    let guests = view.guests.iter().map(|guest| match guest.heads {
        1 => person(&guest.username, viewer),
        heads => format!("{} with {}", person(&guest.username, viewer), heads - 1).into(),
    });
    let name = &party.heading.host;
    let host = if name == viewer { format!("{} (host, you)", isolated(name)) } else { host(name) };
    let people: Vec<_> = [host.into()].into_iter().chain(guests).collect();
    format!("{}: {}", seats_and_waiting(party), people.join(", "))
}

/// The heading of a guest list.
pub(crate) fn guests_heading(party: &PartySummary, phase: Phase) -> &'static str {
    match (party.state, phase) {
        (PartyState::Cancelled, _) => "Who was coming",
        (PartyState::Scheduled, Phase::Over) => "Who came",
        (PartyState::Scheduled, Phase::Upcoming | Phase::UnderWay) => "Who's coming",
    }
}

/// The host and the first guests: "Ada (host), Ben and 3 more".
pub(crate) fn attendees(party: &PartySummary) -> String {
    let more = party.unnamed_heads();
    let mut people = String::with_capacity(LINE_LENGTH);
    people.push_str(&isolated(&party.heading.host));
    people.push_str(HOST);
    for (guests_before, guest) in party.first_guests.iter().enumerate() {
        let is_last = more == 0 && guests_before + 1 == party.first_guests.len();
        people.push_str(if is_last { " and " } else { ", " });
        people.push_str(&isolated(&guest.username));
    }
    if more > 0 {
        people.push_str(" and ");
        people.push_str(&more.to_string());
        people.push_str(" more");
    }
    people
}

/// The host's name: "Ada (host)".
pub(crate) fn host(name: &Username) -> String {
    format!("{}{HOST}", isolated(name))
}

/// A guest's name; the viewer's own is marked: "Ben (you)".
fn person<'n>(name: &'n Username, viewer: &Username) -> Cow<'n, str> {
    if name == viewer { format!("{} (you)", isolated(name)).into() } else { isolated(name) }
}

/// The note beside the host's name on the guest list.
pub(crate) fn host_note(is_viewer: bool) -> &'static str {
    if is_viewer { "host, you" } else { "host" }
}

/// The note beside a guest's name on the guest list: "you, with 2".
pub(crate) fn guest_note(is_viewer: bool, companions: u32) -> Option<String> {
    match (is_viewer, companions) {
        (false, 0) => None,
        (true, 0) => Some("you".into()),
        (false, with) => Some(format!("with {with}")),
        (true, with) => Some(format!("you, with {with}")),
    }
}

/// The note beside the venue of a party that is not listed.
pub(crate) fn visibility_note(visibility: Visibility) -> Option<&'static str> {
    match visibility {
        Visibility::Listed => None,
        Visibility::ByLink => Some("by link"),
        Visibility::ByInvitation => Some("by invitation"),
    }
}

/// A companion, by the name of the guest: "with Ben".
pub(crate) fn companion(of: &Username) -> String {
    format!("with {}", isolated(of))
}

/// A name for a list of names. A right-to-left name is put between U+2068 and U+2069, so that it does not reorder the names
/// beside it. A left-to-right name needs no marks.
fn isolated(name: &Username) -> Cow<'_, str> {
    if is_right_to_left(name) { format!("\u{2068}{name}\u{2069}").into() } else { Cow::Borrowed(name.as_str()) }
}

/// Whether a name is in a script that is written from right to left.
pub(super) fn is_right_to_left(name: &Username) -> bool {
    let is_of_script = |c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    !name.as_str().is_ascii() && name.as_str().contains(is_of_script)
}

/// Why the party takes no RSVPs; `None` while it does. A cancelled party never begins, but is over at its end.
pub(crate) fn closed_reason(party: &PartySummary, now: Timestamp) -> Option<String> {
    closed_reason_of(&party.heading, party.state, party.phase(now), party.rsvp_deadline, party.is_open(now))
}

/// The same by the facts of a party.
pub(super) fn closed_reason_of(
    PartyHeading { host, date }: &PartyHeading,
    state: PartyState,
    phase: Phase,
    rsvp_deadline: Timestamp,
    is_open: bool,
) -> Option<String> {
    let host = || host.clone();
    let reason = match (phase, state) {
        _ if is_open => return None,
        (Phase::Over, _) => Refusal::Over,
        (_, PartyState::Cancelled) => Refusal::Cancelled { host: host() },
        (Phase::UnderWay, PartyState::Scheduled) => Refusal::Begun,
        (Phase::Upcoming, PartyState::Scheduled) => {
            Refusal::Closed { deadline: date.at_in_same_zone(rsvp_deadline), host: host() }
        }
    };
    Some(refusal(&reason))
}

/// The RSVP deadline of an open party; `None` where it is the start, which the page says anyway.
pub(crate) fn rsvp_by(party: &PartySummary, now: Timestamp) -> Option<String> {
    rsvp_by_of(&party.heading, party.rsvp_deadline, party.is_open(now))
}

/// The same by the facts of a party.
pub(super) fn rsvp_by_of(
    PartyHeading { date, .. }: &PartyHeading,
    rsvp_deadline: Timestamp,
    is_open: bool,
) -> Option<String> {
    let is_own = is_open && rsvp_deadline != date.starts_at();
    is_own.then(|| date.at_in_same_zone(rsvp_deadline).to_string())
}

/// The label of a party that is cancelled, under way or over; `None` for an upcoming one.
pub(crate) fn ended_label(party: &PartySummary, now: Timestamp) -> Option<&'static str> {
    if party.state == PartyState::Cancelled {
        return Some("Cancelled");
    }
    match party.phase(now) {
        Phase::Upcoming => None,
        Phase::UnderWay => Some("It has begun"),
        Phase::Over => Some("It's over"),
    }
}

/// The date of a party on its card: "Saturday 14 March, 19:00". The year and the zone are added where the day and the month
/// could be those of another year.
pub(crate) fn card_date(party: &PartySummary, now: Timestamp) -> String {
    const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
    let date = &party.heading.date;
    let days = (date.starts_at().as_millis() - now.as_millis()) / DAY_MILLIS; // without the calendar of the zone, for speed
    let mut text = String::with_capacity(LINE_LENGTH);
    let written = if (-180..330).contains(&days) { write!(text, "{}", date.short()) } else { write!(text, "{date}") };
    debug_assert!(written.is_ok(), "a String takes any text");
    text
}

/// The time until a party begins: "Tomorrow", "In 3 weeks". `None` for a party that is cancelled or has begun.
///
/// Counts calendar days in the party's time zone. Weeks, months and years are rounded to the nearest.
pub(crate) fn time_until(party: &PartySummary, now: Timestamp) -> Option<String> {
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
        60..705 => format!("In {} months", nearest(30)), // 705 days would be rounded to 24 months
        _ => format!("In {} years", nearest(365)),
    })
}
