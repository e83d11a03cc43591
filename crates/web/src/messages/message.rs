//! The sentences of messages from hosts to guests. Nothing here says that a mail was sent.

use domain::party::{Audience, AudiencePart, MessageText, PartyMessage, PartySummary, Quotas, TextError};
use domain::throttle::Wait;

use super::quota::in_hours;
use super::text_error;

/// The title of the page on which a host writes to guests, and the link to it.
pub(crate) const MESSAGE_TITLE: &str = "Write to your guests";
/// No group of guests is chosen.
pub(crate) const AUDIENCE_MISSING: &str = "Who gets your message? Please choose.";
/// No guest has one of the chosen answers.
pub(crate) const NO_RECIPIENTS: &str = "Nobody has given that answer, so there is nobody to read it. Nothing was sent.";

/// A group of guests as the form offers it: "Coming (3)".
pub(crate) fn audience_choice(part: AudiencePart, guests: usize) -> String {
    let label = match part {
        AudiencePart::Coming => "Coming",
        AudiencePart::Waiting => "On the waiting list",
        AudiencePart::Maybe => "Said maybe",
        AudiencePart::Invited => "Invited, no reply yet",
    };
    format!("{label} ({guests})")
}

/// Why the text of a message is invalid.
pub(crate) fn message_error(error: TextError) -> String {
    text_error(error, MessageText::MAX_LENGTH, "What would you like to tell them?")
}

/// How many guests will read a message to these groups.
pub(crate) fn readers(groups: &[(AudiencePart, usize)]) -> String {
    let counts: Vec<_> = groups.iter().filter(|(_, count)| *count > 0).collect();
    match counts.iter().map(|(_, count)| count).sum() {
        0 => "Nobody will read this: nobody has given that answer.".into(),
        all => {
            let counts: Vec<_> = counts.iter().map(|(part, count)| format!("{count} {}", group(*part))).collect();
            let guests = if all == 1 { "1 guest".to_owned() } else { format!("{all} guests") };
            format!("{guests} will read this: {}.", counts.join(", "))
        }
    }
}

fn group(part: AudiencePart) -> &'static str {
    match part {
        AudiencePart::Coming => "coming",
        AudiencePart::Waiting => "waiting",
        AudiencePart::Maybe => "maybe",
        AudiencePart::Invited => "invited",
    }
}

/// The groups of an audience: "coming, waiting and maybe".
fn groups(audience: Audience) -> String {
    let names: Vec<_> = audience.parts().map(group).collect();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        names => names.concat(),
    }
}

/// The message was sent.
pub(crate) fn message_sent(recipients: u32) -> String {
    let guests = if recipients == 1 { "1 guest".to_owned() } else { format!("{recipients} guests") };
    format!("Your message is on the party's page. {guests} will see a notice.")
}

/// A host has sent as many messages as a day allows.
pub(crate) fn too_many_messages(wait: Wait) -> String {
    let most = Quotas::MOST_MESSAGES;
    format!(
        "You've sent {most} messages within a day, the most for one party. You can send this one {}.",
        in_hours(wait)
    )
}

/// What the history of a party says of a message.
pub(super) fn sent_message(audience: Audience, recipients: u32) -> String {
    let guests = if recipients == 1 { "1 guest".to_owned() } else { format!("{recipients} guests") };
    format!("You sent a message to {guests}: {}.", groups(audience))
}

/// The heading of the messages on the party's page.
pub(crate) fn messages_heading(party: &PartySummary, is_host: bool) -> String {
    if is_host { "Your messages".into() } else { format!("Messages from {}", party.heading.host) }
}

/// The note below a message: when it was sent, and for the host to whom.
pub(crate) fn message_note(message: &PartyMessage, party: &PartySummary, is_host: bool) -> String {
    let at = party.heading.date.at_in_same_zone(message.at);
    match (is_host, message.recipients) {
        (false, _) => at.to_string(),
        (true, 1) => format!("{at} · to 1 guest: {}", groups(message.audience)),
        (true, guests) => format!("{at} · to {guests} guests: {}", groups(message.audience)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_counted_by_group() {
        use AudiencePart::{Coming, Invited, Maybe, Waiting};
        for (groups, sentence) in [
            (&[][..], "Nobody will read this: nobody has given that answer."),
            (&[(Coming, 0)], "Nobody will read this: nobody has given that answer."),
            (&[(Coming, 1), (Waiting, 0)], "1 guest will read this: 1 coming."),
            (
                &[(Coming, 3), (Waiting, 1), (Maybe, 2), (Invited, 4)],
                "10 guests will read this: 3 coming, 1 waiting, 2 maybe, 4 invited.",
            ),
        ] {
            assert_eq!(readers(groups), sentence);
        }
    }

    #[test]
    fn sent_message_names_its_groups() {
        let all = AudiencePart::ALL.map(|(part, _)| part);
        assert_eq!(sent_message(Audience::of([all[0]]), 1), "You sent a message to 1 guest: coming.");
        assert_eq!(
            sent_message(Audience::of(all), 9),
            "You sent a message to 9 guests: coming, waiting, maybe and invited."
        );
    }
}
