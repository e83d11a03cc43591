//! The sentences of notices. Nothing here says that a mail was sent.

use domain::notice::MOST_COUNTED;
use domain::party::{Answer, Heads, PartyHeading, PartyNotice, PartyPart};
use domain::user::Username;

/// The heading of the notices on the home page.
pub(crate) const NOTICES_TITLE: &str = "What's new";
/// The heading of the notices of a party that the user can no longer see.
pub(crate) const PARTY_OUT_OF_SIGHT: &str = "A dinner party";

/// The link of the navigation to the notices: "3 new", or "9+ new" for more than nine. `None` where there are none.
pub(crate) fn notice_count(notices: u32) -> Option<String> {
    match notices {
        0 => None,
        1..MOST_COUNTED => Some(format!("{notices} new")),
        MOST_COUNTED.. => Some(format!("{}+ new", MOST_COUNTED - 1)),
    }
}

/// What a screen reader adds to that: "1 new notice", "3 new notices".
pub(crate) fn notices_noun(notices: u32) -> &'static str {
    if notices == 1 { "notice" } else { "notices" }
}

/// The button that dismisses every notice. It says so where there are some that the page does not show.
pub(crate) fn dismiss_all(has_older: bool) -> &'static str {
    if has_older { "Dismiss all, also those not shown" } else { "Dismiss all" }
}

/// The sentence of a notice. `heading` is that of the party, if the user may find it; `about` is the guest whom a host is told of, `None`
/// where the account is gone.
pub(crate) fn notice(notice: &PartyNotice, heading: Option<&PartyHeading>, about: Option<&Username>) -> String {
    let host = heading.map_or_else(|| "The host".to_owned(), |heading| heading.host.to_string());
    let dinner = heading.map_or_else(
        || "a dinner party".to_owned(),
        |PartyHeading { host, date }| format!("{host}'s dinner party on {date}"),
    );
    let on = heading.map_or_else(String::new, |heading| format!(" on {}", heading.date));
    let guest = about.map_or("A guest", Username::as_str);
    match notice {
        PartyNotice::SeatOpenedUp => format!("A seat opened up. You're going to {dinner}!"),
        PartyNotice::Added => format!("{host} saved you a seat. You're going to {dinner}."),
        PartyNotice::Invited => format!("{host} invited you to dinner{on}."),
        PartyNotice::Message(_) => format!("{host} sent you a message about the dinner party{on}."),
        PartyNotice::Removed { date, main_dish } => {
            format!("{host} took you off the guest list for {main_dish} on {date}.")
        }
        PartyNotice::Edited(changed) if changed.contains(&PartyPart::Date) => {
            // An end moves with the start.
            let is_other = |part: &PartyPart| !matches!(part, PartyPart::Date | PartyPart::End);
            let others: Vec<_> = changed.iter().copied().filter(is_other).collect();
            let others = if others.is_empty() {
                String::new()
            } else {
                format!(" {} changed too.", sentence_case(&list_parts(&others, part_name)))
            };
            format!("{host} moved the dinner party. It's now{on}.{others}")
        }
        PartyNotice::Edited(changed) => {
            format!("{host}'s dinner party{on} has changed: {}.", list_parts(changed, part_name))
        }
        PartyNotice::Cancelled => format!("{host} cancelled the dinner party{on}."),
        PartyNotice::Restored => format!("{host}'s dinner party{on} takes place after all."),
        PartyNotice::Accepted(heads) => format!("{guest} accepted{}.", of_them(*heads)),
        PartyNotice::Promoted(heads) => format!("{guest} got a seat from the waiting list{}.", of_them(*heads)),
        PartyNotice::JoinedWaitingList(heads) => format!("{guest} joined the waiting list{}.", of_them(*heads)),
        PartyNotice::GaveUpSeat(heads) => format!("{guest} gave up {}.", seats_given_up(*heads)),
        PartyNotice::Declined => format!("{guest} can't make it."),
        PartyNotice::SaidMaybe => format!("{guest} said maybe."),
        PartyNotice::Wrote(answer) => {
            format!("{guest}{} wrote something new: see your guest list.", with_answer(*answer))
        }
    }
}

/// The clause after the name of a guest that says the answer: ", who is coming,". Empty for a guest without an answer.
fn with_answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Seated(_) => ", who's coming,",
        Answer::Waitlisted(_) => ", who's on the waiting list,",
        Answer::Maybe => ", who said maybe,",
        Answer::Declined => ", who can't make it,",
        Answer::Invited | Answer::Removed => "",
    }
}

/// ", 2 of them"; empty for one person.
pub(super) fn of_them(heads: Heads) -> String {
    if heads == Heads::ONE { String::new() } else { format!(", {} of them", heads.get()) }
}

/// "a seat", "2 seats".
pub(super) fn seats_given_up(heads: Heads) -> String {
    if heads == Heads::ONE { "a seat".to_owned() } else { format!("{} seats", heads.get()) }
}

/// "the venue, the address and the details".
pub(super) fn list_parts(parts: &[PartyPart], part_name: fn(PartyPart) -> &'static str) -> String {
    let names: Vec<_> = parts.iter().map(|part| part_name(*part)).collect();
    match names.as_slice() {
        [] => "something".into(),
        [one] => (*one).into(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A part of a party, as its guests read it.
pub(super) fn part_name(part: PartyPart) -> &'static str {
    match part {
        PartyPart::Date => "the date",
        PartyPart::End => "the end",
        PartyPart::Venue => "the venue",
        PartyPart::Address => "the address",
        PartyPart::Dish => "the main dish",
        PartyPart::Details => "the details",
        PartyPart::Deadline => "the RSVP deadline",
        PartyPart::Companions => "how many you may bring",
        PartyPart::Visibility => "who can find it",
        PartyPart::Names => "who sees the guests' names",
        PartyPart::Link => "the link",
    }
}

/// The text with a capital at its beginning.
fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::party::{MessageId, ShortText};

    use super::*;
    use crate::fixtures::heading;

    fn removal() -> PartyNotice {
        PartyNotice::Removed { date: heading().date, main_dish: ShortText::parse("Soup").unwrap() }
    }

    #[test]
    fn each_notice_has_its_sentence() {
        let date = "Saturday 14 March 2026, 19:00 (Berlin time)";
        let (one, two) = (Heads::ONE, Heads::new(2).unwrap());
        let edited = |parts: &[PartyPart]| PartyNotice::Edited(parts.to_vec());
        let all = PartyPart::ALL.map(|(part, _)| part).into_iter().filter(|part| part.concerns_guests());
        let all: Vec<_> = all.collect();
        for (told, sentence) in [
            (PartyNotice::SeatOpenedUp, format!("A seat opened up. You're going to Ada's dinner party on {date}!")),
            (PartyNotice::Added, format!("Ada saved you a seat. You're going to Ada's dinner party on {date}.")),
            (PartyNotice::Invited, format!("Ada invited you to dinner on {date}.")),
            (removal(), format!("Ada took you off the guest list for Soup on {date}.")),
            (edited(&[PartyPart::Date]), format!("Ada moved the dinner party. It's now on {date}.")),
            (
                edited(&[PartyPart::Date, PartyPart::End, PartyPart::Venue]),
                format!("Ada moved the dinner party. It's now on {date}. The venue changed too."),
            ),
            (edited(&[PartyPart::Dish]), format!("Ada's dinner party on {date} has changed: the main dish.")),
            (
                edited(&all[1..]),
                format!(
                    "Ada's dinner party on {date} has changed: the end, the venue, the address, the main dish, the details, the \
                     RSVP deadline, how many you may bring and who can find it."
                ),
            ),
            (
                PartyNotice::Message(MessageId::new(1)),
                format!("Ada sent you a message about the dinner party on {date}."),
            ),
            (PartyNotice::Cancelled, format!("Ada cancelled the dinner party on {date}.")),
            (PartyNotice::Restored, format!("Ada's dinner party on {date} takes place after all.")),
            (PartyNotice::Accepted(one), "Ben accepted.".into()),
            (PartyNotice::Accepted(two), "Ben accepted, 2 of them.".into()),
            (PartyNotice::Promoted(two), "Ben got a seat from the waiting list, 2 of them.".into()),
            (PartyNotice::JoinedWaitingList(one), "Ben joined the waiting list.".into()),
            (PartyNotice::GaveUpSeat(one), "Ben gave up a seat.".into()),
            (PartyNotice::GaveUpSeat(two), "Ben gave up 2 seats.".into()),
            (PartyNotice::Declined, "Ben can't make it.".into()),
            (PartyNotice::SaidMaybe, "Ben said maybe.".into()),
            (
                PartyNotice::Wrote(Answer::Seated(two)),
                "Ben, who's coming, wrote something new: see your guest list.".into(),
            ),
            (
                PartyNotice::Wrote(Answer::Waitlisted(one)),
                "Ben, who's on the waiting list, wrote something new: see your guest list.".into(),
            ),
            (
                PartyNotice::Wrote(Answer::Maybe),
                "Ben, who said maybe, wrote something new: see your guest list.".into(),
            ),
            (
                PartyNotice::Wrote(Answer::Declined),
                "Ben, who can't make it, wrote something new: see your guest list.".into(),
            ),
            (PartyNotice::Wrote(Answer::Invited), "Ben wrote something new: see your guest list.".into()),
        ] {
            assert_eq!(notice(&told, Some(&heading()), Some(&Username::parse("Ben").unwrap())), sentence);
        }
    }

    #[test]
    fn number_of_notices_is_exact_up_to_nine() {
        let counts = [0, 1, 9, 10, u32::MAX].map(notice_count);
        assert_eq!(
            counts,
            [None, Some("1 new".into()), Some("9 new".into()), Some("9+ new".into()), Some("9+ new".into())]
        );
        assert_eq!([1, 2, 10].map(notices_noun), ["notice", "notices", "notices"]);
    }

    #[test]
    fn notice_of_a_party_out_of_sight_names_neither_party_nor_guest() {
        for (told, sentence) in [
            (PartyNotice::Cancelled, "The host cancelled the dinner party."),
            (PartyNotice::SeatOpenedUp, "A seat opened up. You're going to a dinner party!"),
            (PartyNotice::Declined, "A guest can't make it."),
        ] {
            assert_eq!(notice(&told, None, None), sentence);
        }
    }
}
