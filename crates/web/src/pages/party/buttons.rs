//! The buttons of the answer card. Each sends one answer, with what is written beside it.

use std::borrow::Cow;

use domain::party::Answer;

use super::SelectedAnswer;
use super::rsvp_form::{COME_AS, UNDO};
use crate::messages;

/// A button of the answer card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswerButton {
    /// Takes seats that are free.
    Accept,
    /// Asks for seats at a full table.
    Join,
    /// Comes with another number of people.
    Change,
    /// Comes with as many people as seats are free. It has the number, whatever is in the field.
    ComeAs(u32),
    /// Takes back the seats just given up.
    Undo,
    Maybe,
    Decline,
    /// Declines, and gives up seats.
    GiveUp,
    /// Declines, and leaves the waiting list.
    Leave,
}

impl AnswerButton {
    /// The buttons of a guest who has no seat and does not wait: `first`, and the answers that the guest has not given.
    pub(super) fn of_undecided(first: Self, answer: Option<Answer>) -> Vec<Self> {
        let mut buttons = vec![first];
        buttons.extend((answer != Some(Answer::Maybe)).then_some(Self::Maybe));
        buttons.extend((answer != Some(Answer::Declined)).then_some(Self::Decline));
        buttons
    }

    /// The answer that the button sends; `None` for the one that takes an answer back.
    pub(super) fn selects(self) -> Option<SelectedAnswer> {
        match self {
            Self::Accept | Self::Join | Self::Change | Self::ComeAs(_) => Some(SelectedAnswer::Accept),
            Self::Maybe => Some(SelectedAnswer::Maybe),
            Self::Decline | Self::GiveUp | Self::Leave => Some(SelectedAnswer::Decline),
            Self::Undo => None,
        }
    }

    /// The field of the form that the button sends.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ComeAs(_) => COME_AS,
            Self::Undo => UNDO,
            _ => "answer",
        }
    }

    /// The value of that field.
    pub(super) fn value(self) -> Cow<'static, str> {
        match self {
            Self::ComeAs(free) => free.to_string().into(),
            button => button.selects().map_or("1", SelectedAnswer::as_str).into(),
        }
    }

    pub(super) fn label(self) -> Cow<'static, str> {
        match self {
            Self::Accept => "I'll be there".into(),
            Self::Join => "Join the waiting list".into(),
            Self::Change => "Change".into(),
            Self::ComeAs(free) => messages::come_as(free).into(),
            Self::Undo => "Undo".into(),
            Self::Maybe => "Maybe".into(),
            Self::Decline => "Can't make it".into(),
            Self::GiveUp => "I can't make it anymore".into(),
            Self::Leave => "Leave the waiting list".into(),
        }
    }

    /// Whether the button sends what is in the field for the number of people. The others send it too, but a browser need not check it.
    pub(super) fn needs_heads(self) -> bool {
        matches!(self, Self::Accept | Self::Join | Self::Change)
    }

    /// Whether the button is an offer that stands out among the answers.
    pub(super) fn is_offer(self) -> bool {
        matches!(self, Self::ComeAs(_) | Self::Undo)
    }

    /// Whether the form goes to the path of the undo.
    pub(super) fn is_undo(self) -> bool {
        self == Self::Undo
    }
}
