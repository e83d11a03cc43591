//! What lists and pages of parties show: read models, which no rule looks at.

use super::{Answer, PartyHeading, PartyId, PartyState, Seats, ShortText, Zone};
use crate::user::{UserId, Username};
use crate::{Page, Timestamp};

/// A party as a row of a list shows it, to one viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartySummary {
    /// Which one.
    pub id: PartyId,
    /// Who gives it.
    pub host: UserId,
    /// Its host's name and its date.
    pub heading: PartyHeading,
    /// Where.
    pub venue: ShortText,
    /// What there is to eat.
    pub main_dish: ShortText,
    /// Whether it is on.
    pub state: PartyState,
    /// Until when seats are given away.
    pub rsvp_deadline: Timestamp,
    /// Seats at the table, the host's included.
    pub seats: Seats,
    /// Heads at the table, the host's included.
    pub taken: u32,
    /// Who was seated first after the host: at most [`PartySummary::MAX_NAMED_GUESTS`], whatever the size of the table.
    pub first_guests: Vec<Attendee>,
    /// What the viewer has said.
    pub my_answer: Option<Answer>,
}

/// Somebody with a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// Who.
    pub username: Username,
    /// How many of them.
    pub heads: u32,
}

impl PartySummary {
    /// How many guests a row names: two.
    pub const MAX_NAMED_GUESTS: usize = 2;

    /// Seats that nobody has.
    #[must_use]
    pub fn free_seats(&self) -> u32 {
        self.seats.get().saturating_sub(self.taken)
    }

    /// Heads at the table beside the host and the named guests.
    #[must_use]
    pub fn unnamed_heads(&self) -> u32 {
        let named: u32 = self.first_guests.iter().map(|guest| guest.heads).sum();
        self.taken.saturating_sub(1 + named)
    }

    /// Whether seats are given away: scheduled, and before its deadline and its start.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == PartyState::Scheduled && now < self.rsvp_deadline && !self.heading.date.has_begun(now)
    }
}

/// A party as its own page shows it, to one viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyView {
    /// What the list shows.
    pub summary: PartySummary,
    /// Everybody seated beside the host, in the order in which they were: at most a table's 999.
    pub guests: Vec<Attendee>,
}

/// What their home shows somebody of the parties to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeView {
    /// Where they are expected next, as a host or as a guest.
    pub next: Option<PartySummary>,
    /// Parties that have a seat for them, the soonest on top.
    pub open: Vec<PartySummary>,
}

/// What their own profile shows somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileView {
    /// The parties they give.
    pub hosted: Page<PartySummary, PartyCursor>,
    /// Those where they have a seat as a guest.
    pub attended: Page<PartySummary, PartyCursor>,
    /// The zone of the party that they made last, whenever it is: where they will host the next one, most likely.
    pub last_zone: Option<Zone>,
}

/// Where the two lists of a [`ProfileView`] begin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProfileCursors {
    /// The parties they give.
    pub hosted: Option<PartyCursor>,
    /// Those where they have a seat as a guest.
    pub attended: Option<PartyCursor>,
}

/// Which parties a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyQuery {
    /// Whose.
    pub scope: Scope,
    /// Only those whose host, venue or dish holds this text, in whatever case; everything when it is blank.
    pub search: String,
    /// Only those with a seat that nobody has.
    pub with_seats: bool,
}

/// Whose parties a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    All,
    /// Those that somebody gives.
    HostedBy(UserId),
    /// Those where somebody has a seat as a guest.
    AttendedBy(UserId),
}

/// Where a page of a list begins: after this party. Parties to come stand first, the soonest on top; then the past
/// ones, the latest on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartyCursor {
    /// Whether the list has come to the past ones.
    pub past: bool,
    /// When the last party of the page before begins.
    pub starts_at: Timestamp,
    /// Which one that was: of those that begin at one moment, the lower number stands first.
    pub id: PartyId,
}
