//! Read models: what the pages of parties show. No rule uses them.

use super::{
    Address, Answer, Details, GivenUp, LinkToken, NamesShownTo, PartyHeading, PartyId, PartyState, Phase, RsvpTexts,
    Seats, ShortText, Visibility, Zone,
};
use crate::user::{UserId, Username};
use crate::{Page, SearchWords, Timestamp};

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
    /// The end.
    pub ends_at: Timestamp,
    /// The time from which no guest gets a seat.
    pub rsvp_deadline: Timestamp,
    /// The users who may find the party.
    pub visibility: Visibility,
    /// The seats at the table, including that of the host.
    pub seats: Seats,
    /// The seats that are taken, including that of the host.
    pub taken: u32,
    /// The guests on the waiting list, each counted once.
    pub waiting: u32,
    /// The most companions of a guest.
    pub max_companions: u32,
    /// The guests who were seated first, at most [`PartySummary::MAX_NAMED_GUESTS`]. Empty if the viewer does not see names
    /// ([`NamesShownTo`]).
    pub first_guests: Vec<Attendee>,
    /// The answer of the viewer.
    pub my_answer: Option<Answer>,
    /// The viewer's number on the waiting list, 1 for the first. `None` for a viewer who does not wait.
    pub my_rank: Option<u32>,
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

    /// Whether the party is upcoming, under way or over at `now`.
    #[must_use]
    pub fn phase(&self, now: Timestamp) -> Phase {
        Phase::at(now, self.heading.date.starts_at(), self.ends_at)
    }

    /// Whether RSVPs are open: the party is scheduled, has not begun, and is before its deadline.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state.is_open(self.phase(now), self.rsvp_deadline, now)
    }
}

/// A party as its own page shows it, for one viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyView {
    /// The row of a list.
    pub summary: PartySummary,
    /// The first seated guests in seating order, at most [`PartyView::GUESTS`]. To a viewer who does not see names, at most the viewer.
    pub guests: Vec<Attendee>,
    /// The cursor of the next guests. `None` if `guests` are all whom the viewer sees.
    pub more_guests: Option<GuestCursor>,
    /// The users who see the names of guests.
    pub names_shown_to: NamesShownTo,
    /// The number of times that the host has changed the party: what [`PartyEdit::revision`](super::PartyEdit::revision) names.
    pub revision: u32,
    /// The seats that the viewer gave up with the last answer.
    pub my_given_up: Option<GivenUp>,
    /// What the viewer has written with the answer. Of other guests the host alone sees it, in [`GuestOverview`] (I9).
    pub my_texts: RsvpTexts,
    /// What the host writes about the party.
    pub details: Option<Details>,
    /// The street address, if the viewer is the host or seated (I9).
    pub address: Option<Address>,
    /// The token of the link, if the viewer is the host.
    pub link: Option<LinkToken>,
    /// The number of changes that calendars must learn of (RFC 5545, 3.8.7.4). Begins at 0.
    pub sequence: u32,
}

/// What names a party, for a notice about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyLabel {
    /// The id of the party.
    pub id: PartyId,
    /// The name of the host, and the date.
    pub heading: PartyHeading,
    /// The main dish.
    pub main_dish: ShortText,
}

impl PartyView {
    /// The most guests of a page: 50. It bounds the cost of a page of a party of a thousand guests.
    pub const GUESTS: u8 = 50;
}

/// The last guest of a page of seated guests: the next page begins after the place of that guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuestCursor(i64);

impl GuestCursor {
    /// The cursor after a place.
    #[must_use]
    pub const fn new(place: i64) -> Self {
        Self(place)
    }

    /// The place.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A party and every RSVP, for its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestOverview {
    /// The party as its host sees it.
    pub party: PartyView,
    /// Every guest with an answer: those who are seated and those who wait, each in the order of their places; then those who said
    /// maybe, are invited, declined and were removed, each in the order of their names.
    pub guests: Vec<GuestRow>,
}

/// A guest with an answer, as the host sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestRow {
    /// The guest.
    pub id: UserId,
    /// The name of the guest.
    pub username: Username,
    /// The answer.
    pub answer: Answer,
    /// The guest's number on the waiting list, 1 for the first. `None` for a guest who does not wait.
    pub rank: Option<u32>,
    /// What the guest has written with the answer.
    pub texts: RsvpTexts,
}

/// What the link of a party shows a visitor who is logged out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invitation {
    /// The party, without names of guests and without its place.
    Shown(Box<InvitationView>),
    /// The party is by invitation only: the visitor is asked to log in, and learns nothing of it.
    LogInRequired,
}

/// A party as its link shows it to a visitor who is logged out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationView {
    /// The name of the host, and the date.
    pub heading: PartyHeading,
    /// The main dish.
    pub main_dish: ShortText,
    /// What the host writes about the party.
    pub details: Option<Details>,
    /// Whether the party is scheduled or cancelled.
    pub state: PartyState,
    /// The end.
    pub ends_at: Timestamp,
    /// The time from which no guest gets a seat.
    pub rsvp_deadline: Timestamp,
    /// The seats at the table, including that of the host.
    pub seats: Seats,
    /// The seats that are taken, including that of the host.
    pub taken: u32,
    /// The guests on the waiting list.
    pub waiting: u32,
}

impl InvitationView {
    /// The seats that are not taken.
    #[must_use]
    pub fn free_seats(&self) -> u32 {
        self.seats.get().saturating_sub(self.taken)
    }

    /// Whether the party is upcoming, under way or over at `now`.
    #[must_use]
    pub fn phase(&self, now: Timestamp) -> Phase {
        Phase::at(now, self.heading.date.starts_at(), self.ends_at)
    }

    /// Whether RSVPs are open: the party is scheduled, has not begun, and is before its deadline.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state.is_open(self.phase(now), self.rsvp_deadline, now)
    }
}

impl Invitation {
    /// What the link of a party shows.
    #[must_use]
    pub fn of(summary: PartySummary, details: Option<Details>) -> Self {
        if summary.visibility == Visibility::ByInvitation {
            return Self::LogInRequired;
        }
        Self::Shown(Box::new(InvitationView {
            heading: summary.heading,
            main_dish: summary.main_dish,
            details,
            state: summary.state,
            ends_at: summary.ends_at,
            rsvp_deadline: summary.rsvp_deadline,
            seats: summary.seats,
            taken: summary.taken,
            waiting: summary.waiting,
        }))
    }
}

/// The parties on a user's home page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeView {
    /// The party at which the user has a seat, as host or guest, that is under way or begins soonest.
    pub next: Option<PartySummary>,
    /// Parties with a free seat for the user, the soonest first.
    pub open: Vec<PartySummary>,
    /// Parties on whose waiting list the user is, the soonest first.
    pub waiting: Vec<PartySummary>,
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

/// Which parties a list shows. A list shows no party that its viewer may not find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartyQuery {
    /// Listed parties.
    Listed(PartyFilter),
    /// Parties of which the user is the host.
    HostedBy(UserId),
    /// Parties at which the user has a seat as a guest, and at which the viewer sees the names of guests ([`NamesShownTo`]).
    AttendedBy(UserId),
}

/// The filter of the listed parties. The default shows all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartyFilter {
    /// Only parties with each of these words in the name of the host, the dish, the venue or the first 300 code points
    /// of the details.
    pub words: SearchWords,
    /// Only parties with a seat that the viewer could take: scheduled parties of other hosts that have not begun, with
    /// open RSVPs and a free seat, at which the viewer neither has a seat nor was removed.
    pub has_seat_for_viewer: bool,
}

/// The cursor of a list of parties: a page starts after this party.
///
/// Parties that are under way or upcoming come first, in the order in which they begin, so that those under way are on
/// top. Then come those that are over, the latest on top. At equal times the lower id comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartyCursor {
    /// Whether the party is among those that are over.
    pub is_past: bool,
    /// When the party begins.
    pub starts_at: Timestamp,
    /// The id of the party.
    pub id: PartyId,
}
