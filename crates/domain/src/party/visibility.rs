//! The visibility of a party: the users who may find it.

use super::Answer;

/// The users who may find a party, besides its host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Visibility {
    /// Every user. Lists contain the party.
    #[default]
    Listed,
    /// Users who have the link, or an answer that is not [`Answer::Removed`].
    ByLink,
    /// Users whom the host invited by name: those who have an answer that is not [`Answer::Removed`].
    ByInvitation,
}

impl Visibility {
    /// Whether a user other than the host may see the party, by the user's own `answer` and by whether the user
    /// `has_link`.
    #[must_use]
    pub fn admits(self, answer: Option<Answer>, has_link: bool) -> bool {
        let has_answer = answer.is_some_and(|answer| answer != Answer::Removed);
        match self {
            Self::Listed => true,
            Self::ByLink => has_answer || (has_link && answer.is_none()),
            Self::ByInvitation => has_answer,
        }
    }
}

/// The users who see the names of the guests, besides the host and the guest. Lists, pages and calendar files obey it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NamesShownTo {
    /// Every user who may see the party.
    #[default]
    Everyone,
    /// Guests who are seated.
    Guests,
    /// The host alone.
    Host,
}

impl NamesShownTo {
    /// Whether a user other than the host sees the names, by the user's own `answer`.
    #[must_use]
    pub fn includes(self, answer: Option<Answer>) -> bool {
        match self {
            Self::Everyone => true,
            Self::Guests => matches!(answer, Some(Answer::Seated(_))),
            Self::Host => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::Heads;

    #[test]
    fn unlisted_party_is_open_by_link_or_answer() {
        use Visibility::{ByInvitation, ByLink, Listed};
        let open = |visibility: Visibility, answer| [false, true].map(|link| visibility.admits(answer, link));
        for (visibility, without_answer, removed) in [
            (Listed, [true, true], [true, true]),
            (ByLink, [false, true], [false, false]),
            (ByInvitation, [false, false], [false, false]),
        ] {
            assert_eq!(open(visibility, None), without_answer, "{visibility:?}");
            assert_eq!(open(visibility, Some(Answer::Removed)), removed, "{visibility:?}");
            for answer in [Answer::Seated(Heads::ONE), Answer::Maybe, Answer::Declined, Answer::Invited] {
                assert_eq!(open(visibility, Some(answer)), [true, true], "{visibility:?} {answer:?}");
            }
        }
    }
}
