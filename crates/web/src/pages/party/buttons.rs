//! The buttons of the answer card. Each sends one answer.

use domain::party::Answer;

use super::SelectedAnswer;

/// A button of the answer card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswerButton {
    /// Takes seats that are free.
    Accept,
    /// Asks for seats at a full table.
    Join,
    /// Comes with another number of people.
    Change,
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

    /// The answer that the button sends.
    pub(super) fn selects(self) -> SelectedAnswer {
        match self {
            Self::Accept | Self::Join | Self::Change => SelectedAnswer::Accept,
            Self::Maybe => SelectedAnswer::Maybe,
            Self::Decline | Self::GiveUp | Self::Leave => SelectedAnswer::Decline,
        }
    }

    /// The value of the form's field `answer`.
    pub(super) fn value(self) -> &'static str {
        self.selects().as_str()
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Accept => "I'll be there",
            Self::Join => "Join the waiting list",
            Self::Change => "Change",
            Self::Maybe => "Maybe",
            Self::Decline => "Can't make it",
            Self::GiveUp => "I can't make it anymore",
            Self::Leave => "Leave the waiting list",
        }
    }

    /// Whether the button sends the number of people. The others send it too, but a browser need not check it.
    pub(super) fn needs_heads(self) -> bool {
        self.selects() == SelectedAnswer::Accept
    }
}
