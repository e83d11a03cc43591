//! A party as a row of a list.

use accounts::web::PageContext;
use domain::Timestamp;
use domain::party::{Answer, PartyState, PartySummary, Phase};
use domain::user::{UserId, Username};

use crate::messages;
use crate::table::Ring;

/// A party as a row shows it to one viewer.
pub(super) struct PartyRowView<'a> {
    pub(super) party: &'a PartySummary,
    pub(super) ring: Ring,
    pub(super) attendees: String,
    /// The date, as the card says it.
    pub(super) when: String,
    pub(super) seats: RowSeats,
    /// `None` for an open party that the viewer has not answered.
    pub(super) status: Option<RowStatus>,
    pub(super) host: RowHost<'a>,
    /// The answer that one press gives; `None` where the viewer can neither take a seat nor join the waiting list.
    pub(super) action: Option<RowAction>,
    /// Whether the viewer hosts the party and it will not take place any more: the viewer can host it again.
    pub(super) can_host_again: bool,
    /// Whether the button of this card was pressed: the card shows the flash messages.
    pub(super) is_pressed: bool,
}

/// The host of the party.
pub(super) enum RowHost<'a> {
    Viewer,
    /// Another user, by name.
    Other(&'a Username),
}

/// The seats, as the card says it.
pub(super) enum RowSeats {
    /// Of a party that takes RSVPs.
    Open(String),
    /// Of any other party.
    Closed(String),
}

impl RowSeats {
    fn of(party: &PartySummary, is_open: bool) -> Self {
        if is_open { Self::Open(messages::seats_open(party)) } else { Self::Closed(messages::seats_taken(party)) }
    }
}

/// What the button of a row does. Both are the same answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowAction {
    /// A seat is free.
    Accept,
    /// The party is full.
    Join,
}

/// The Party IDs of the rows that offer a free seat, separated by spaces. The form around them says so: a seat may be taken before its
/// button is pressed.
pub(crate) fn shown_free_seats(rows: &[PartyRowView<'_>]) -> String {
    let is_offered = |row: &&PartyRowView<'_>| row.action == Some(RowAction::Accept);
    rows.iter().filter(is_offered).map(|row| row.party.id.get().to_string()).collect::<Vec<_>>().join(" ")
}

impl RowAction {
    fn of(party: &PartySummary, viewer: UserId, now: Timestamp) -> Option<Self> {
        let has_button = match party.my_answer {
            None | Some(Answer::Maybe | Answer::Declined | Answer::Invited) => true,
            Some(Answer::Seated(_) | Answer::Waitlisted(_) | Answer::Removed) => false,
        };
        let is_offered = has_button && party.host != viewer && party.is_open(now);
        is_offered.then(|| if party.free_seats() > 0 { Self::Accept } else { Self::Join })
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Accept => "I'll be there",
            Self::Join => "Join the waiting list",
        }
    }
}

/// The status line of a row.
pub(super) struct RowStatus {
    pub(super) text: String,
    /// The class in the stylesheet. Only a viewer with a seat gets the green one.
    pub(super) class: &'static str,
}

impl<'a> PartyRowView<'a> {
    pub(super) fn of(party: &'a PartySummary, viewer: UserId, now: Timestamp) -> Self {
        let is_open = party.is_open(now);
        Self {
            party,
            ring: Ring::of(party),
            attendees: messages::attendees(party),
            when: messages::card_date(party, now),
            seats: RowSeats::of(party, is_open),
            status: RowStatus::of(party, viewer, now),
            host: if party.host == viewer { RowHost::Viewer } else { RowHost::Other(&party.heading.host) },
            action: RowAction::of(party, viewer, now),
            can_host_again: party.host == viewer && has_ended(party, now),
            is_pressed: false,
        }
    }

    /// The free seats; `None` for a party that takes no RSVPs.
    pub(super) fn seats_left(&self) -> Option<String> {
        matches!(self.seats, RowSeats::Open(_)).then(|| messages::seats_left(self.party))
    }

    /// "by link" or "by invitation"; `None` for a listed party.
    pub(super) fn visibility_note(&self) -> Option<&'static str> {
        messages::visibility_note(self.party.visibility)
    }

    /// The rows of a list, as the logged-in user sees them.
    pub(super) fn all(parties: &'a [PartySummary], page: &PageContext, now: Timestamp) -> Vec<Self> {
        let Some(viewer) = page.user() else { return Vec::new() };
        parties.iter().map(|party| Self::of(party, viewer.id, now)).collect()
    }
}

impl RowStatus {
    fn of(party: &PartySummary, viewer: UserId, now: Timestamp) -> Option<Self> {
        let is_host = party.host == viewer;
        let is_at_table = is_host || matches!(party.my_answer, Some(Answer::Seated(_)));
        if let Some(text) = messages::ended_label(party, now) {
            let is_under_way = party.state == PartyState::Scheduled && party.phase(now) == Phase::UnderWay;
            let class = if is_under_way && is_at_table { "state-seated" } else { "state-closed" };
            return Some(Self { text: text.into(), class });
        }
        if is_host {
            return Some(Self { text: messages::VIEWER_IS_HOST.into(), class: "state-seated" });
        }
        let answer = |answer| messages::my_answer(answer, party.my_rank);
        match (party.my_answer, messages::closed_reason(party, now)) {
            (Some(mine @ Answer::Seated(_)), _) => Some(Self { text: answer(mine), class: "state-seated" }),
            // The party may still have a seat for the viewer after the deadline.
            (Some(mine @ Answer::Waitlisted(_)), _) => Some(Self { text: answer(mine), class: "state-waiting" }),
            (_, Some(text)) => Some(Self { text, class: "state-closed" }),
            (Some(mine), None) => Some(Self { text: answer(mine), class: "state-open" }),
            (None, None) => None,
        }
    }
}

fn has_ended(party: &PartySummary, now: Timestamp) -> bool {
    party.state == PartyState::Cancelled || party.phase(now) == Phase::Over
}
