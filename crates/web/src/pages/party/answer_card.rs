//! The answer card of a party's page: what the viewer has answered and can answer now.
//!
//! Each state is a variant with a template of its own in `templates/answer_card`.

use accounts::web::{Fields, FormErrors, PageContext};
use domain::Timestamp;
use domain::party::{Answer, GivenUp, Heads, PartyState, PartySummary, PartyView, Phase, Refusal, Visibility};
use domain::user::{UserId, Username};

use super::SelectedAnswer;
use super::buttons::AnswerButton;
use super::heads_field::HeadsField;
use super::rsvp_form::{HEADS, typed_heads};
use super::text_fields::TextFields;
use super::typed::Typed;
use crate::messages;
use crate::pages::unsent::Unsent;

/// The answer card for one viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AnswerCard {
    pub(super) state: CardState,
    /// The number of people, where the viewer can choose it.
    pub(super) heads: Option<HeadsField>,
    /// The note and the allergies, where the viewer can change them.
    pub(super) texts: Option<TextFields>,
    /// What was typed, where the card has no field for it.
    pub(super) unsent: Unsent,
}

/// The state of the answer card. `status` is the viewer's answer; `reason` is why the party takes no RSVPs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CardState {
    /// The viewer hosts a listed upcoming party with free seats.
    Hosting,
    /// The viewer hosts an upcoming party with free seats that only people with its link can find.
    HostingByLink,
    /// The viewer hosts an upcoming party with free seats that only people invited by name can find.
    HostingByInvitation,
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
    /// The viewer had a seat at an upcoming party that was cancelled.
    SeatedCancelled { reason: String },
    /// The viewer cancelled the party.
    CancelledByViewer,
    /// The party was cancelled, and the viewer has no seat.
    Cancelled { reason: String },
    /// The host removed the viewer.
    Removed { reason: String },
    /// The RSVP deadline has passed, and the viewer is not coming.
    Closed { reason: String },
    /// The RSVP deadline has passed, and the viewer, who may come or has not answered, can decline.
    ClosedUndecided { status: Option<String>, reason: String },
    /// The party has free seats, and the viewer has none.
    Open { answer: Option<Answer>, status: Option<String> },
    /// The party is full, and the viewer does not wait.
    Full { answer: Option<Answer>, status: Option<String> },
    /// As `Open` or `Full`, and the viewer selected an answer before logging in: one press gives it.
    Selected { selected: SelectedAnswer, answer: Option<Answer>, is_full: bool, host: Username },
    /// The viewer has a seat at an open party.
    Seated { heads: Heads, status: String },
    /// The viewer has a seat, and the RSVP deadline has passed.
    SeatedClosed { heads: Heads, status: String, reason: String },
    /// The viewer is on the waiting list. `come_as` is the number of free seats, where they are too few for the viewer.
    Waitlisted { heads: Heads, status: String, come_as: Option<u32>, is_open: bool },
    /// The viewer gave up a seat a moment ago, and can take it back.
    GivenUp { answer: Answer, status: String, heads: Heads, is_open: bool },
}

impl AnswerCard {
    /// The card for `viewer` at the time `now`.
    pub(super) fn of(view: &PartyView, viewer: UserId, now: Timestamp) -> Self {
        let state = CardState::of(view, viewer, now);
        let heads = state.heads_field(&view.summary);
        let texts = state.takes_texts().then(|| TextFields::of(view));
        Self { state, heads, texts, unsent: Unsent::default() }
    }

    /// The card with the answer that the viewer selected, where the viewer can still give it.
    pub(super) fn select(self, selected: Option<SelectedAnswer>, host: &Username) -> Self {
        let Some(selected) = selected.filter(|selected| self.has_button(*selected)) else { return self };
        let host = host.clone();
        let state = match self.state {
            CardState::Open { answer, .. } => CardState::Selected { selected, answer, is_full: false, host },
            CardState::Full { answer, .. } => CardState::Selected { selected, answer, is_full: true, host },
            state => state,
        };
        Self { state, ..self }
    }

    /// The card with the form to a path below `base` that a log-in has interrupted. A card without that answer keeps what was written,
    /// and the form is discarded: a notice to press the button would stand above the button of the opposite answer.
    pub(super) fn resume(self, page: &PageContext, base: &str, view: &PartyView) -> Self {
        let (answer, undo) = (format!("{base}/rsvp"), format!("{base}/undo"));
        if let Some(fields) = page.resumed(&undo) {
            if matches!(self.state, CardState::GivenUp { .. }) || self.would_write(None, fields) {
                return self.typed(view, fields);
            }
            page.discard_resumed(&undo);
            return self.written(view, fields);
        }
        let Some(fields) = page.resumed(&answer) else { return self };
        let submitted = SelectedAnswer::of_form(fields);
        let selected = submitted.filter(|answer| self.would_change(*answer, typed_heads(fields)));
        if selected.is_none() && !self.would_write(submitted, fields) {
            page.discard_resumed(&answer);
            return self.written(view, fields);
        }
        self.typed(view, fields).select(selected, &view.summary.heading.host)
    }

    /// Whether the card has a field of that name, or gets it where a number of people is refused.
    pub(super) fn has_field(&self, name: &str) -> bool {
        if name == HEADS { self.state.takes_heads() } else { self.texts.is_some() }
    }

    /// The card with what was typed, and why its fields are refused.
    pub(super) fn refuse(self, view: &PartyView, fields: &Fields, errors: &FormErrors) -> Self {
        let max = self.heads.as_ref().map_or(1, HeadsField::max);
        let refused = errors.of(HEADS).map(|error| HeadsField::refused(typed_heads(fields), max, error.to_owned()));
        let card = Self { heads: refused.or(self.heads), ..self }.typed(view, fields);
        Self { texts: card.texts.map(|texts| texts.refused(fields, errors)), ..card }
    }

    /// The card with what was typed. What it has no field for is shown as text.
    fn typed(self, view: &PartyView, fields: &Fields) -> Self {
        let typed = typed_heads(fields);
        let heads = self.heads.map(|field| if typed.is_empty() { field } else { field.typed(typed) });
        Self { heads, ..self }.written(view, fields)
    }

    /// The card with what was written.
    fn written(self, view: &PartyView, fields: &Fields) -> Self {
        let typed = Typed::beside(fields, view.summary.my_answer, &view.my_texts);
        let note_label = messages::note_label(&view.summary.heading.host);
        let unsent = typed.unsent(&note_label, self.heads.is_some(), self.texts.is_some());
        Self { texts: self.texts.map(|texts| texts.typed(fields)), unsent, ..self }
    }

    /// The buttons, in their order.
    pub(super) fn buttons(&self) -> Vec<AnswerButton> {
        let change = self.heads.as_ref().map(|_| AnswerButton::Change);
        let and_change = |others: &[AnswerButton]| change.iter().chain(others).copied().collect();
        match &self.state {
            CardState::Open { answer, .. } => AnswerButton::of_undecided(AnswerButton::Accept, *answer),
            CardState::Full { answer, .. } => AnswerButton::of_undecided(AnswerButton::Join, *answer),
            CardState::Selected { selected, answer, is_full, .. } => {
                let first = if *is_full { AnswerButton::Join } else { AnswerButton::Accept };
                let mut buttons = AnswerButton::of_undecided(first, *answer);
                buttons.sort_by_key(|button| button.selects() != Some(*selected));
                buttons
            }
            CardState::Seated { .. } | CardState::SeatedClosed { .. } => {
                and_change(&[AnswerButton::Maybe, AnswerButton::GiveUp])
            }
            CardState::Waitlisted { come_as, is_open, .. } => {
                let mut others: Vec<_> = come_as.map(AnswerButton::ComeAs).into_iter().collect();
                others.extend(is_open.then_some(AnswerButton::Maybe));
                others.push(AnswerButton::Leave);
                and_change(&others)
            }
            CardState::GivenUp { answer: Answer::Declined, is_open: true, .. } => {
                vec![AnswerButton::Undo, AnswerButton::Maybe]
            }
            CardState::GivenUp { answer: Answer::Maybe, .. } => vec![AnswerButton::Undo, AnswerButton::Decline],
            CardState::GivenUp { .. } => vec![AnswerButton::Undo],
            CardState::ClosedUndecided { .. } => vec![AnswerButton::Decline],
            _ => vec![],
        }
    }

    /// Whether the first button is the one that the card asks for.
    pub(super) fn has_primary_button(&self) -> bool {
        matches!(self.state, CardState::Open { .. } | CardState::Full { .. } | CardState::Selected { .. })
    }

    /// Whether the viewer selected the answer of the first button.
    pub(super) fn is_selected(&self) -> bool {
        matches!(self.state, CardState::Selected { .. })
    }

    /// Whether the card shows a free seat. A form says so: the seat may be taken before the form is sent.
    pub(super) fn shows_free_seat(&self) -> bool {
        matches!(self.state, CardState::Open { .. } | CardState::Selected { is_full: false, .. })
    }

    fn has_button(&self, answer: SelectedAnswer) -> bool {
        self.buttons().iter().any(|button| button.selects() == Some(answer))
    }

    /// Whether the form would change a text with an answer that the card has a button for: the submitted one, or the one that the
    /// viewer has given.
    fn would_write(&self, submitted: Option<SelectedAnswer>, fields: &Fields) -> bool {
        let Some(texts) = &self.texts else { return false };
        let given = texts.given();
        let has_button = submitted.map_or(given.is_some(), |answer| Some(answer) == given || self.has_button(answer));
        has_button && texts.would_change(fields)
    }

    /// Whether the card has the button of the answer, and the answer is not the one that the viewer has.
    fn would_change(&self, answer: SelectedAnswer, typed_heads: &str) -> bool {
        let held = match self.state {
            CardState::Seated { heads, .. }
            | CardState::SeatedClosed { heads, .. }
            | CardState::Waitlisted { heads, .. } => Some(heads),
            _ => None,
        };
        let is_held = typed_heads.is_empty() || Heads::parse(typed_heads).ok() == held;
        let is_given = answer == SelectedAnswer::Accept && held.is_some() && is_held;
        self.has_button(answer) && !is_given
    }
}

impl CardState {
    fn of(view: &PartyView, viewer: UserId, now: Timestamp) -> Self {
        let party = &view.summary;
        let is_seated = matches!(party.my_answer, Some(Answer::Seated(_)));
        if party.host == viewer {
            return Self::of_host(party, now);
        }
        let reason = messages::closed_reason(party, now);
        match (party.phase(now), party.state, reason) {
            (Phase::Over, PartyState::Scheduled, _) if is_seated => Self::Attended,
            (Phase::Over, _, reason) => Self::Over { reason: reason.unwrap_or_default() },
            (Phase::Upcoming, PartyState::Cancelled, Some(reason)) if is_seated => Self::SeatedCancelled { reason },
            (_, PartyState::Cancelled, reason) => Self::Cancelled { reason: reason.unwrap_or_default() },
            (Phase::UnderWay, PartyState::Scheduled, _) if is_seated => Self::BegunSeated,
            (Phase::UnderWay, PartyState::Scheduled, reason) => Self::Begun { reason: reason.unwrap_or_default() },
            (Phase::Upcoming, PartyState::Scheduled, reason) => Self::of_guest(view, reason, now),
        }
    }

    fn of_host(party: &PartySummary, now: Timestamp) -> Self {
        match (party.phase(now), party.state, party.free_seats(), party.visibility) {
            (Phase::Over, PartyState::Scheduled, ..) => Self::Hosted,
            (Phase::Over, PartyState::Cancelled, ..) => Self::Over { reason: messages::refusal(&Refusal::Over) },
            (_, PartyState::Cancelled, ..) => Self::CancelledByViewer,
            (Phase::UnderWay, ..) => Self::BegunHosting,
            (Phase::Upcoming, _, 0, _) => Self::HostingFull,
            (Phase::Upcoming, _, 1.., Visibility::Listed) => Self::Hosting,
            (Phase::Upcoming, _, 1.., Visibility::ByLink) => Self::HostingByLink,
            (Phase::Upcoming, _, 1.., Visibility::ByInvitation) => Self::HostingByInvitation,
        }
    }

    /// The state of a scheduled upcoming party for a viewer who is not its host. `closed` is why it takes no RSVPs.
    fn of_guest(view: &PartyView, closed: Option<String>, now: Timestamp) -> Self {
        let party = &view.summary;
        let status = |answer| messages::my_answer(answer, party.my_rank);
        let undo = |given_up: &GivenUp| given_up.can_be_undone(now);
        match (party.my_answer, view.my_given_up.filter(undo), closed) {
            (Some(Answer::Removed), ..) => {
                Self::Removed { reason: messages::refusal(&Refusal::Removed { host: party.heading.host.clone() }) }
            }
            (Some(answer @ Answer::Seated(heads)), _, None) => Self::Seated { heads, status: status(answer) },
            (Some(answer @ Answer::Seated(heads)), _, Some(reason)) => {
                Self::SeatedClosed { heads, status: status(answer), reason }
            }
            (Some(answer @ Answer::Waitlisted(heads)), _, closed) => {
                let come_as = (party.free_seats() > 0).then(|| party.free_seats());
                Self::Waitlisted { heads, status: status(answer), come_as, is_open: closed.is_none() }
            }
            (Some(answer @ (Answer::Maybe | Answer::Declined)), Some(given_up), closed) => {
                Self::GivenUp { answer, status: status(answer), heads: given_up.heads, is_open: closed.is_none() }
            }
            (Some(Answer::Declined), _, Some(reason)) => Self::Closed { reason },
            (answer @ (None | Some(Answer::Maybe | Answer::Invited)), _, Some(reason)) => {
                Self::ClosedUndecided { status: answer.map(status), reason }
            }
            (answer, _, None) if party.free_seats() == 0 => Self::Full { answer, status: answer.map(status) },
            (answer, _, None) => Self::Open { answer, status: answer.map(status) },
        }
    }

    /// Whether the viewer can accept with a number of people.
    fn takes_heads(&self) -> bool {
        match self {
            Self::Open { .. }
            | Self::Full { .. }
            | Self::Selected { .. }
            | Self::Seated { .. }
            | Self::SeatedClosed { .. }
            | Self::Waitlisted { .. } => true,
            Self::Hosting
            | Self::HostingByLink
            | Self::HostingByInvitation
            | Self::HostingFull
            | Self::BegunHosting
            | Self::BegunSeated
            | Self::Begun { .. }
            | Self::Hosted
            | Self::Attended
            | Self::Over { .. }
            | Self::SeatedCancelled { .. }
            | Self::CancelledByViewer
            | Self::Cancelled { .. }
            | Self::Removed { .. }
            | Self::Closed { .. }
            | Self::ClosedUndecided { .. }
            | Self::GivenUp { .. } => false,
        }
    }

    /// Whether the viewer can write a note and allergies.
    fn takes_texts(&self) -> bool {
        match self {
            Self::Closed { .. } | Self::ClosedUndecided { .. } | Self::GivenUp { .. } => true,
            state => state.takes_heads(),
        }
    }

    /// The field for the number of people, where more than one number could be accepted.
    fn heads_field(&self, party: &PartySummary) -> Option<HeadsField> {
        let allowed = 1 + party.max_companions;
        match self {
            Self::Open { .. } | Self::Full { .. } | Self::Selected { .. } => HeadsField::new(1, allowed),
            Self::Seated { heads, .. } | Self::Waitlisted { heads, is_open: true, .. } => {
                HeadsField::new(heads.get(), allowed.max(heads.get()))
            }
            // After the deadline a guest can come with fewer people alone.
            Self::SeatedClosed { heads, .. } | Self::Waitlisted { heads, is_open: false, .. } => {
                HeadsField::new(heads.get(), heads.get())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
