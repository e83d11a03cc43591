//! What a host can do with a party, by its state: the links and the button below the answer card.

use domain::party::{PartyState, Phase};

/// What the host of a party can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HostActions {
    /// Edit it, change its guests, cancel it.
    Upcoming,
    /// Restore it, edit it, change its guests, host it again.
    Cancelled,
    /// Change its guests.
    UnderWay,
    /// See its guests, host it again.
    Over,
}

impl HostActions {
    /// The actions at a party in that state and phase. A cancelled party is restored before its start alone.
    pub(super) fn of(state: PartyState, phase: Phase) -> Self {
        match (state, phase) {
            (PartyState::Scheduled, Phase::Upcoming) => Self::Upcoming,
            (PartyState::Cancelled, Phase::Upcoming) => Self::Cancelled,
            (PartyState::Scheduled, Phase::UnderWay) => Self::UnderWay,
            (PartyState::Cancelled, Phase::UnderWay) | (_, Phase::Over) => Self::Over,
        }
    }
}
