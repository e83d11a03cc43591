//! Read models: what the pages of parties show. No rule uses them.

use super::{Answer, PartyHeading, PartyId, PartyState, Seats, ShortText, Zone};
use crate::user::{UserId, Username};
use crate::{Page, Timestamp};

/// A party as a row of a list, for one viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartySummary {
    /// The id of the party.
    pub id: PartyId,
    /// The host.
    pub host: UserId,
    /// The name of the host, and the date.
    pub heading: PartyHeading,
    /// The venue.
    pub venue: ShortText,
    /// The main dish.
    pub main_dish: ShortText,
    /// Whether the party is scheduled or cancelled.
    pub state: PartyState,
    /// The time from which no guest gets a seat.
    pub rsvp_deadline: Timestamp,
    /// The seats at the table, including that of the host.
    pub seats: Seats,
    /// The seats that are taken, including that of the host.
    pub taken: u32,
    /// The guests who were seated first, at most [`PartySummary::MAX_NAMED_GUESTS`].
    pub first_guests: Vec<Attendee>,
    /// The answer of the viewer.
    pub my_answer: Option<Answer>,
}

/// A guest with a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// The name of the guest.
    pub username: Username,
    /// The number of people, including the guest.
    pub heads: u32,
}

impl PartySummary {
    /// The most guests that a row names: 2.
    pub const MAX_NAMED_GUESTS: usize = 2;

    /// The seats that are not taken.
    #[must_use]
    pub fn free_seats(&self) -> u32 {
        self.seats.get().saturating_sub(self.taken)
    }

    /// The taken seats that are neither the host's nor of a named guest.
    #[must_use]
    pub fn unnamed_heads(&self) -> u32 {
        let named: u32 = self.first_guests.iter().map(|guest| guest.heads).sum();
        self.taken.saturating_sub(1 + named)
    }

    /// Whether RSVPs are open: the party is scheduled, has not begun, and is before its deadline.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == PartyState::Scheduled && now < self.rsvp_deadline && !self.heading.date.has_begun(now)
    }
}

/// A party as its own page shows it, for one viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyView {
    /// The row of a list.
    pub summary: PartySummary,
    /// All seated guests in seating order, at most 999.
    pub guests: Vec<Attendee>,
}

/// The upcoming parties on a user's home page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeView {
    /// The soonest party at which the user has a seat, as host or guest.
    pub next: Option<PartySummary>,
    /// Parties with a free seat for the user, the soonest first.
    pub open: Vec<PartySummary>,
}

/// The parties on a user's own profile page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileView {
    /// The parties of which the user is the host.
    pub hosted: Page<PartySummary, PartyCursor>,
    /// The parties at which the user has a seat as a guest.
    pub attended: Page<PartySummary, PartyCursor>,
    /// The time zone of the user's newest party, as the default for the next one.
    pub last_zone: Option<Zone>,
}

/// The cursors of the two lists of a [`ProfileView`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProfileCursors {
    /// The cursor of the hosted parties.
    pub hosted: Option<PartyCursor>,
    /// The cursor of the attended parties.
    pub attended: Option<PartyCursor>,
}

/// The filter of a list of parties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyQuery {
    /// All parties, or those of one user.
    pub scope: Scope,
    /// Only parties with this text in the name of the host, the venue or the dish, compared by
    /// [`caseless_key`](crate::caseless_key). Blank text matches every party.
    pub search: String,
    /// Only parties with a free seat.
    pub has_free_seats: bool,
}

/// The user whose parties a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All parties.
    All,
    /// Parties of which the user is the host.
    HostedBy(UserId),
    /// Parties at which the user has a seat as a guest.
    AttendedBy(UserId),
}

/// The cursor of a list of parties: a page starts after this party.
///
/// Upcoming parties come first, the soonest on top, then past ones, the latest on top. At equal times the lower id
/// comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartyCursor {
    /// Whether the party is among the past ones.
    pub is_past: bool,
    /// When the party begins.
    pub starts_at: Timestamp,
    /// The id of the party.
    pub id: PartyId,
}
