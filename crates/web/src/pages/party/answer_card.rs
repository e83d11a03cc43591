//! The answer card of a party's page: what the viewer has answered and can answer now.
//!
//! Each state is a variant with a template of its own in `templates/answer_card`.

use accounts::web::PageContext;
use domain::Timestamp;
use domain::party::{Answer, PartyState, PartySummary, Phase, Visibility};
use domain::user::{UserId, Username};

use super::SelectedAnswer;
use crate::messages;

/// The state of the answer card for one viewer. `status` is the viewer's answer, if any; `reason` is why the party takes no
/// RSVPs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AnswerCard {
    /// The viewer hosts a listed upcoming party with free seats.
    Hosting,
    /// The viewer hosts an upcoming party with free seats that only people with its link can find.
    HostingByLink,
    /// The viewer hosts an upcoming party that is full.
    HostingFull,
    /// The viewer hosts a party that is under way.
    BegunHosting,
    /// The viewer has a seat at a party that is under way.
    BegunSeated,
    /// The party is under way, and the viewer has no seat.
    Begun { reason: String },
    /// The viewer hosted a party that is over.
    Hosted,
    /// The viewer had a seat at a party that is over.
    Attended,
    /// The party is over, and the viewer was not there or it was cancelled.
    Over { reason: String },
    /// The viewer has a seat at an open party.
    Seated,
    /// The viewer has a seat, and the RSVP deadline has passed.
    SeatedClosed { reason: String },
    /// The viewer has a seat at an upcoming party that was cancelled.
    SeatedCancelled { reason: String },
    /// The viewer cancelled the party.
    CancelledByViewer,
    /// The party was cancelled, and the viewer has no seat.
    Cancelled { reason: String },
    /// The RSVP deadline has passed, and the viewer has no seat.
    Closed { reason: String },
    /// The party has free seats, and the viewer can accept or decline.
    Open { status: Option<&'static str> },
    /// As `Open`, and the viewer selected an answer before logging in: one press gives it.
    OpenSelected { selected: SelectedAnswer, host: Username },
    /// The party has free seats, and the viewer, who declined, can accept.
    OpenDeclined { status: &'static str },
    /// The party has free seats, and the viewer, who was removed, can only decline.
    OpenRemoved { status: &'static str },
    /// The party is full, and the viewer can decline.
    Full { status: Option<&'static str> },
    /// The party is full, and the viewer has declined.
    FullDeclined { status: &'static str },
}

impl AnswerCard {
    /// The card's state for `viewer` at the time `now`.
    pub(super) fn of(party: &PartySummary, viewer: UserId, now: Timestamp) -> Self {
        let is_host = party.host == viewer;
        let is_seated = matches!(party.my_answer, Some(Answer::Seated(_)));
        let Some(reason) = messages::closed_reason(party, now) else {
            return if is_host { Self::hosting(party) } else { Self::open(party) };
        };
        match (party.phase(now), party.state) {
            (Phase::Over, PartyState::Scheduled) if is_host => Self::Hosted,
            (Phase::Over, PartyState::Scheduled) if is_seated => Self::Attended,
            (Phase::Over, _) => Self::Over { reason },
            (_, PartyState::Cancelled) if is_host => Self::CancelledByViewer,
            (Phase::Upcoming, PartyState::Cancelled) if is_seated => Self::SeatedCancelled { reason },
            (_, PartyState::Cancelled) => Self::Cancelled { reason },
            (Phase::UnderWay, PartyState::Scheduled) if is_host => Self::BegunHosting,
            (Phase::UnderWay, PartyState::Scheduled) if is_seated => Self::BegunSeated,
            (Phase::UnderWay, PartyState::Scheduled) => Self::Begun { reason },
            (Phase::Upcoming, PartyState::Scheduled) if is_host => Self::hosting(party),
            (Phase::Upcoming, PartyState::Scheduled) if is_seated => Self::SeatedClosed { reason },
            (Phase::Upcoming, PartyState::Scheduled) => Self::Closed { reason },
        }
    }

    /// The card with the answer that the viewer selected, where the viewer can still give it.
    pub(super) fn select(self, selected: Option<SelectedAnswer>, host: &Username) -> Self {
        match (self, selected) {
            (Self::Open { .. }, Some(selected)) => Self::OpenSelected { selected, host: host.clone() },
            (card, _) => card,
        }
    }

    /// The card with the answer to `action` that a log-in has interrupted. A card without that answer stays as it is, and
    /// the form is discarded: a notice to press the button would stand above the button of the opposite answer.
    pub(super) fn resume(self, page: &PageContext, action: &str, host: &Username) -> Self {
        let Some(fields) = page.resumed(action) else { return self };
        let selected = SelectedAnswer::of_form(fields).filter(|answer| self.offers(*answer));
        if selected.is_none() {
            page.discard_resumed(action);
        }
        self.select(selected, host)
    }

    /// Whether the card has a button for the answer.
    fn offers(&self, answer: SelectedAnswer) -> bool {
        match self {
            Self::Open { .. } | Self::OpenSelected { .. } => true,
            Self::OpenDeclined { .. } => answer == SelectedAnswer::Accept,
            Self::Seated
            | Self::SeatedClosed { .. }
            | Self::SeatedCancelled { .. }
            | Self::OpenRemoved { .. }
            | Self::Full { .. } => answer == SelectedAnswer::Decline,
            Self::Hosting
            | Self::HostingByLink
            | Self::HostingFull
            | Self::BegunHosting
            | Self::BegunSeated
            | Self::Begun { .. }
            | Self::Hosted
            | Self::Attended
            | Self::Over { .. }
            | Self::CancelledByViewer
            | Self::Cancelled { .. }
            | Self::Closed { .. }
            | Self::FullDeclined { .. } => false,
        }
    }

    fn hosting(party: &PartySummary) -> Self {
        match (party.free_seats(), party.visibility) {
            (0, _) => Self::HostingFull,
            (1.., Visibility::Listed) => Self::Hosting,
            (1.., Visibility::ByLink | Visibility::ByInvitation) => Self::HostingByLink,
        }
    }

    /// The card of an open party for a viewer who is not its host.
    fn open(party: &PartySummary) -> Self {
        let status = messages::my_answer;
        match (party.my_answer, party.free_seats()) {
            (Some(Answer::Seated(_)), _) => Self::Seated,
            (Some(answer @ Answer::Declined), 0) => Self::FullDeclined { status: status(answer) },
            (Some(answer @ Answer::Declined), 1..) => Self::OpenDeclined { status: status(answer) },
            (Some(answer @ Answer::Removed), 1..) => Self::OpenRemoved { status: status(answer) },
            (answer, 0) => Self::Full { status: answer.map(status) },
            (answer, 1..) => Self::Open { status: answer.map(status) },
        }
    }
}

#[cfg(test)]
mod tests;
