//! The sentences of the history of a party, as its host reads them.

use domain::party::{Answer, Heads, HistoryKind, PartyPart, StoredHistory};
use domain::user::Username;

use super::message::sent_message;
use super::notices::{list_parts, of_them, seats_given_up};

/// The title of the page.
pub(crate) const HISTORY_TITLE: &str = "What happened";

/// What an entry says to the host of the party.
pub(crate) fn history_entry(entry: &StoredHistory, host: &Username) -> String {
    match &entry.what {
        HistoryKind::Answer { before, after, .. } => {
            let guest = entry.guest.as_ref().map_or("A guest", Username::as_str);
            let is_by_host = entry.by.as_ref() == Some(host);
            if is_by_host { by_host(guest, *before, *after) } else { by_guest(guest, *before, *after) }
        }
        HistoryKind::Edited(parts) => format!("You changed {}.", list_parts(parts, part_name)),
        HistoryKind::Seats(1) => "You set the table for 1 seat.".into(),
        HistoryKind::Seats(seats) => format!("You set the table for {seats} seats."),
        HistoryKind::Message { audience, recipients } => sent_message(*audience, *recipients),
        HistoryKind::Cancelled => "You cancelled the dinner party.".into(),
        HistoryKind::Restored => "You restored the dinner party.".into(),
    }
}

/// An answer that the host gave for a guest.
fn by_host(guest: &str, before: Option<Answer>, after: Answer) -> String {
    match (after, before) {
        (Answer::Seated(heads), _) => format!("You added {guest}{}.", of_them(heads)),
        (Answer::Invited, Some(Answer::Removed)) => format!("You let {guest} back in."),
        (Answer::Invited, _) => format!("You invited {guest}."),
        (Answer::Removed, Some(Answer::Seated(heads))) => {
            format!("You removed {guest} from the table{}.", of_them(heads))
        }
        (Answer::Removed, Some(Answer::Waitlisted(_))) => format!("You removed {guest} from the waiting list."),
        (Answer::Removed, _) => format!("You removed {guest}."),
        // No command of a host gives these.
        (Answer::Waitlisted(_) | Answer::Maybe | Answer::Declined, _) => by_guest(guest, before, after),
    }
}

/// An answer of a guest, or a seat from the waiting list.
fn by_guest(guest: &str, before: Option<Answer>, after: Answer) -> String {
    match (after, before) {
        (Answer::Seated(now), Some(Answer::Seated(_))) => {
            format!("{guest} comes with another number: {}.", people(now))
        }
        (Answer::Seated(heads), Some(Answer::Waitlisted(_))) => {
            format!("{guest} got a seat from the waiting list{}.", of_them(heads))
        }
        (Answer::Seated(heads), _) => format!("{guest} accepted{}.", of_them(heads)),
        (Answer::Waitlisted(now), Some(Answer::Waitlisted(_))) => {
            format!("{guest} waits with another number: {}.", people(now))
        }
        (Answer::Waitlisted(heads), _) => format!("{guest} joined the waiting list{}.", of_them(heads)),
        (Answer::Maybe, Some(Answer::Seated(heads))) => {
            format!("{guest} gave up {}, and said maybe.", seats_given_up(heads))
        }
        (Answer::Maybe, Some(Answer::Waitlisted(_))) => format!("{guest} left the waiting list, and said maybe."),
        (Answer::Maybe, _) => format!("{guest} said maybe."),
        (Answer::Declined, Some(Answer::Seated(heads))) => format!("{guest} gave up {}.", seats_given_up(heads)),
        (Answer::Declined, Some(Answer::Waitlisted(_))) => format!("{guest} left the waiting list."),
        (Answer::Declined, _) => format!("{guest} can't make it."),
        (Answer::Invited, _) => format!("{guest} was invited."),
        (Answer::Removed, _) => format!("{guest} was removed."),
    }
}

/// "2 people"; "1 person".
fn people(heads: Heads) -> String {
    if heads == Heads::ONE { "1 person".to_owned() } else { format!("{} people", heads.get()) }
}

fn part_name(part: PartyPart) -> &'static str {
    match part {
        PartyPart::Companions => "how many guests may bring",
        part @ (PartyPart::Date
        | PartyPart::End
        | PartyPart::Venue
        | PartyPart::Address
        | PartyPart::Dish
        | PartyPart::Details
        | PartyPart::Deadline
        | PartyPart::Visibility
        | PartyPart::Names
        | PartyPart::Link) => super::notices::part_name(part),
    }
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;
    use domain::party::HistoryId;
    use domain::user::UserId;

    use super::*;

    fn name(name: &str) -> Username {
        Username::parse(name).unwrap()
    }

    fn entry(by: Option<&str>, what: HistoryKind) -> StoredHistory {
        let guest = matches!(what, HistoryKind::Answer { .. }).then(|| name("ben"));
        StoredHistory { id: HistoryId::new(1), at: Timestamp::from_millis(0), by: by.map(name), guest, what }
    }

    #[test]
    fn each_answer_has_its_sentence() {
        let (one, two) = (Heads::ONE, Heads::new(2).unwrap());
        let (seated, waits) = (Answer::Seated, Answer::Waitlisted);
        for (by, before, after, sentence) in [
            (Some("ben"), None, seated(one), "ben accepted."),
            (Some("ben"), Some(Answer::Maybe), seated(two), "ben accepted, 2 of them."),
            (Some("ben"), Some(seated(one)), seated(two), "ben comes with another number: 2 people."),
            (Some("ben"), Some(seated(two)), seated(one), "ben comes with another number: 1 person."),
            (Some("ben"), Some(waits(two)), seated(one), "ben got a seat from the waiting list."),
            (None, Some(waits(two)), seated(two), "ben got a seat from the waiting list, 2 of them."),
            (Some("ben"), None, waits(two), "ben joined the waiting list, 2 of them."),
            (Some("ben"), Some(waits(two)), waits(one), "ben waits with another number: 1 person."),
            (Some("ben"), None, Answer::Maybe, "ben said maybe."),
            (Some("ben"), Some(seated(two)), Answer::Maybe, "ben gave up 2 seats, and said maybe."),
            (Some("ben"), Some(waits(one)), Answer::Maybe, "ben left the waiting list, and said maybe."),
            (Some("ben"), Some(Answer::Invited), Answer::Declined, "ben can't make it."),
            (Some("ben"), Some(seated(one)), Answer::Declined, "ben gave up a seat."),
            (Some("ben"), Some(waits(one)), Answer::Declined, "ben left the waiting list."),
            (Some("ada"), Some(waits(two)), seated(two), "You added ben, 2 of them."),
            (Some("ada"), None, Answer::Invited, "You invited ben."),
            (Some("ada"), Some(Answer::Removed), Answer::Invited, "You let ben back in."),
            (Some("ada"), Some(seated(one)), Answer::Removed, "You removed ben from the table."),
            (Some("ada"), Some(seated(two)), Answer::Removed, "You removed ben from the table, 2 of them."),
            (Some("ada"), Some(waits(two)), Answer::Removed, "You removed ben from the waiting list."),
            (Some("ada"), Some(Answer::Maybe), Answer::Removed, "You removed ben."),
        ] {
            let entry = entry(by, HistoryKind::Answer { guest: UserId::new(2), before, after });
            assert_eq!(history_entry(&entry, &name("ada")), sentence);
        }
    }

    #[test]
    fn each_change_of_the_party_has_its_sentence() {
        for (what, sentence) in [
            (HistoryKind::Edited(vec![PartyPart::Date]), "You changed the date."),
            (
                HistoryKind::Edited(PartyPart::ALL.map(|(part, _)| part).to_vec()),
                "You changed the date, the end, the venue, the address, the main dish, the details, the RSVP deadline, how \
                 many guests may bring, who can find it, who sees the guests' names and the link.",
            ),
            (HistoryKind::Seats(1), "You set the table for 1 seat."),
            (HistoryKind::Seats(9), "You set the table for 9 seats."),
            (HistoryKind::Cancelled, "You cancelled the dinner party."),
            (HistoryKind::Restored, "You restored the dinner party."),
        ] {
            assert_eq!(history_entry(&entry(Some("ada"), what), &name("ada")), sentence);
        }
    }
}
