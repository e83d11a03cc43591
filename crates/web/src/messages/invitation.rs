//! The texts of an invitation: its page, and the link to it in a chat.

use domain::Timestamp;
use domain::party::{InvitationView, PartyState, Phase};
use domain::user::Username;

use super::description::{closed_reason_of, rsvp_by_of, seats_left_of, seats_taken_of, with_waiting};

/// The title of the page of a link that opens no party.
pub(crate) const LINK_UNKNOWN_TITLE: &str = "This invitation doesn't work";
/// The link is cut off, replaced or made up.
pub(crate) const LINK_UNKNOWN: &str =
    "The link may be cut off, or the host may have made a new one. Ask your host to send it again.";
/// The host replaced the link.
pub(crate) const LINK_REPLACED: &str = "Here's your new link. The old one doesn't work anymore.";

/// The heading of an invitation: "Marta invited you to dinner".
pub(crate) fn invited_to_dinner(host: &Username) -> String {
    format!("{host} invited you to dinner")
}

/// The reason on the log-in page and the registration page: "Marta invited you to Mushroom risotto".
pub(crate) fn invited_to(invitation: &InvitationView) -> String {
    format!("{} invited you to {}", invitation.heading.host, invitation.main_dish)
}

/// The title of a shared invitation: "Mushroom risotto at Marta's".
pub(crate) fn invitation_title(invitation: &InvitationView) -> String {
    format!("{} at {}'s", invitation.main_dish, invitation.heading.host)
}

/// The text below the title of a shared invitation: "Saturday 12 December, 19:00 · 2 seats left".
pub(crate) fn invitation_description(invitation: &InvitationView, now: Timestamp) -> String {
    format!("{} · {}", invitation.heading.date.short(), invitation_state(invitation, now))
}

/// The state of an invitation in a few words: "2 seats left", "Full, 3 waiting", "Cancelled".
pub(crate) fn invitation_state(invitation: &InvitationView, now: Timestamp) -> String {
    match (invitation.state, invitation.phase(now)) {
        (PartyState::Cancelled, _) => "Cancelled".into(),
        (_, Phase::Over) => "It's over".into(),
        (_, Phase::UnderWay) => "It has begun".into(),
        (_, Phase::Upcoming) if !invitation.is_open(now) => "RSVPs are closed".into(),
        (_, Phase::Upcoming) if invitation.free_seats() == 0 => with_waiting("Full".into(), invitation.waiting),
        (_, Phase::Upcoming) => with_waiting(seats_left_of(invitation.free_seats()), invitation.waiting),
    }
}

/// The RSVP deadline of an open party; `None` where it is the start.
pub(crate) fn invitation_rsvp_by(invitation: &InvitationView, now: Timestamp) -> Option<String> {
    rsvp_by_of(&invitation.heading, invitation.rsvp_deadline, invitation.is_open(now))
}

/// The seats of an invitation: "5 of 8 seats taken".
pub(crate) fn invitation_seats(invitation: &InvitationView) -> String {
    seats_taken_of(invitation.taken, invitation.seats)
}

/// Why the party of an invitation takes no RSVPs; `None` while it does.
pub(crate) fn invitation_closed_reason(invitation: &InvitationView, now: Timestamp) -> Option<String> {
    let is_open = invitation.is_open(now);
    closed_reason_of(&invitation.heading, invitation.state, invitation.phase(now), invitation.rsvp_deadline, is_open)
}
