//! The port of stored parties.

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    Attendee, ChangeError, ChangeQuota, Changed, ExportedAnswer, ExportedMessage, ExportedParty, GuestCursor,
    GuestOverview, HistoryId, HomeView, HostQuota, Invitation, LinkToken, MessageId, NewMessage, NewParty, Outcome,
    Party, PartyCursor, PartyId, PartyLabel, PartyMessage, PartyQuery, PartySummary, PartyView, ProfileCursors,
    ProfileView, Refusal, SendError, SentMessage, StoredHistory,
};
use crate::throttle::Throttled;
use crate::user::UserId;
use crate::{Page, PageSize, StoreError, Timestamp};

/// A change of one party: a rule with its arguments, to run on the stored party.
///
/// It is `Fn` and not `FnOnce`, since it runs again after a lost lock or connection. It cannot await, so it captures
/// the time as a value.
pub type PartyChange = Arc<dyn Fn(&mut Party) -> Result<Changed, ChangeError> + Send + Sync>;

/// Stored parties.
///
/// Each method that writes is one commit: `Ok` means that the commit is durable. One that only reads may see what others commit between
/// two of its statements. A [`StoreError`] means that nothing changed,
/// unless [its outcome is unknown](StoreError::is_outcome_unknown).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PartyRepository: Send + Sync {
    /// Adds a party with one seat taken by its host, and returns its id. The id is greater than all ids before.
    ///
    /// If the host has added an equal party with the same idempotency key, the id of that party is returned and nothing
    /// is added or counted. This also holds for concurrent calls.
    ///
    /// The party is counted for `quota` in the same commit. Where a quota is exceeded, nothing is written. Concurrent
    /// calls, from any process, together never exceed one. The cost depends on the quota, and not on the number of parties.
    async fn add(&self, party: NewParty, quota: Option<HostQuota>) -> Result<PartyId, AddError>;

    /// Returns the party as `viewer` may see it, or `None` if there is no such party or `viewer` may not find it
    /// ([`Visibility`](super::Visibility)).
    async fn find(&self, id: PartyId, viewer: UserId) -> Result<Option<PartyView>, StoreError>;

    /// Returns the party with that link as `viewer` may see it, or `None` if there is no such link, or the link does not
    /// open the party to `viewer`.
    async fn find_by_link(&self, token: LinkToken, viewer: UserId) -> Result<Option<PartyView>, StoreError>;

    /// Lists the seated guests after the cursor `after` in seating order, at most [`PartyView::GUESTS`]; none if there is no such party.
    /// Whether a viewer sees them is not asked here: see [`Parties::more_guests`](super::Parties::more_guests).
    async fn list_guests(&self, id: PartyId, after: GuestCursor) -> Result<Page<Attendee, GuestCursor>, StoreError>;

    /// Returns the party with every RSVP, or `None` if there is no such party or `host` is not its host.
    async fn guests(&self, id: PartyId, host: UserId) -> Result<Option<GuestOverview>, StoreError>;

    /// Lists what names the parties of `ids` that `viewer` may find by their ids, in any order. Unknown parties and those that `viewer`
    /// may not find are left out.
    async fn list_labels(&self, ids: Vec<PartyId>, viewer: UserId) -> Result<Vec<PartyLabel>, StoreError>;

    /// Lists what was done at the party, the newest first: the entries before the cursor `before`, or from the newest. `None` if there is
    /// no such party or `host` is not its host.
    async fn history(
        &self,
        id: PartyId,
        host: UserId,
        before: Option<HistoryId>,
        size: PageSize,
    ) -> Result<Option<Page<StoredHistory, HistoryId>>, StoreError>;

    /// Returns what the link shows a visitor who is logged out, or `None` if there is no such link.
    async fn find_invitation(&self, token: LinkToken) -> Result<Option<Invitation>, StoreError>;

    /// Returns parties that are not cancelled: the first at which `viewer` has a seat as host or guest and that is not
    /// over at `now`, at most `size` upcoming ones with a free seat for `viewer`, and at most `size` upcoming ones on whose waiting
    /// list `viewer` is, the soonest first.
    ///
    /// The second are the first of [`PartyFilter::has_seat_for_viewer`](super::PartyFilter::has_seat_for_viewer). Full parties and
    /// parties that are not listed do not change their cost.
    async fn home(&self, viewer: UserId, now: Timestamp, size: PageSize) -> Result<HomeView, StoreError>;

    /// Returns the parties that `user` hosts and those at which `user` has a seat as a guest, each after its cursor in
    /// `after` and equal to [`PartyRepository::list`], and the time zone of the user's newest party.
    async fn own_profile(
        &self,
        user: UserId,
        now: Timestamp,
        after: ProfileCursors,
        size: PageSize,
    ) -> Result<ProfileView, StoreError>;

    /// Lists the parties of `query` after the cursor `after`, or from the first, as `viewer` may see them.
    ///
    /// The order is that of [`PartyCursor`], by the parties that are over at `now`. A party that is added between
    /// two pages does not shift the second. The cost depends on the size of the page and not on the number of parties.
    ///
    /// A search is the exception: a list with a filter, or of the parties that a user attends. A viewer has one search at a time.
    /// A second waits for 2 seconds at most ([`ListError::OwnSearchRunning`]), and so does a search while those of other
    /// viewers run ([`ListError::Busy`]). A search ends after 500 ms ([`ListError::TookTooLong`]), and when it is dropped.
    async fn list(
        &self,
        query: PartyQuery,
        viewer: UserId,
        now: Timestamp,
        after: Option<PartyCursor>,
        size: PageSize,
    ) -> Result<Page<PartySummary, PartyCursor>, ListError>;

    /// Runs `change` on the party under a row lock, and stores the changed party, the notices and the history in the same commit.
    ///
    /// `guest` is the user whom the change concerns, not the user who requests it. The guest list has the RSVP of `guest`, with its
    /// rank and its texts; and, if `guest` is seated at a scheduled party, at least those on the waiting list to whom
    /// first fit gives seats if all of `guest` become free, of one number of heads the first. `None` is a change of the party itself:
    /// the guest list has all RSVPs, without texts. Texts that are not loaded stay as they are. A [new link](Party::new_link) replaces the old one, which is unknown from then on. Concurrent changes of one party, from any process, run one after the other, so
    /// that no seat is given twice. If `change` refuses, nothing is written. It may run more than once; the outcome of
    /// the last run is returned. Notices and history entries have the time `now`.
    ///
    /// A change that [is counted](Changed::is_counted) is counted for `quota` in the same commit.
    /// Where the quota is exceeded, nothing is written. Concurrent calls, from any process, together never exceed it.
    async fn update(
        &self,
        id: PartyId,
        guest: Option<UserId>,
        change: PartyChange,
        quota: Option<ChangeQuota>,
        now: Timestamp,
    ) -> Result<Outcome, UpdateError>;

    /// As [`PartyRepository::update`], on the party with that link. [`UpdateError::NotFound`] if there is no such link.
    async fn update_by_link(
        &self,
        token: LinkToken,
        guest: UserId,
        change: PartyChange,
        quota: Option<ChangeQuota>,
        now: Timestamp,
    ) -> Result<Outcome, UpdateError>;

    /// Sends a message: stores it with its notice to each recipient and its entry in the history, in one commit. Recipients are the guests with
    /// an answer of its audience who are not deleted.
    ///
    /// The same message of the same form is sent once, also by concurrent calls: then what was sent is returned, and nothing is written or
    /// counted. A message is counted for `quota` in the same commit. Where the quota is exceeded, or there is no recipient, nothing is
    /// written. The number of statements does not depend on the recipients. Notices and the entry have the time `now`.
    async fn send_message(
        &self,
        message: NewMessage,
        quota: Option<ChangeQuota>,
        now: Timestamp,
    ) -> Result<SentMessage, SendError>;

    /// Lists the messages of the party that `viewer` reads, the newest first, at most `limit`: for the host every one, for a guest those whose
    /// audience includes the guest's present answer, and the one of which a guest who is not removed has a notice; for others none.
    async fn list_messages(&self, id: PartyId, viewer: UserId, limit: u32) -> Result<Vec<PartyMessage>, StoreError>;

    /// Marks at most `limit` listed parties that are over at `now` and are not marked, and removes the marks of at most `limit`
    /// that are not over. Returns how many parties that were.
    ///
    /// A mark changes the cost of a list and never what it shows: see [`PartyRepository::list`]. It may be late, and it may be set
    /// by a clock that is ahead.
    async fn mark_over(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// Removes the notes and allergies of guests at parties that ended at `ended_by` or earlier, those that ended first first. Returns
    /// how many rows were changed, at most `limit`: while it returns `limit`, there may be more. The cost depends on what is
    /// removed, and not on the texts that stay. Answers and the texts of the party stay.
    async fn purge_texts(&self, ended_by: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// Lists at most `limit` parties that `host` hosts, cancelled ones too, with everything that the host has written: those after
    /// the party `after`, in the order of their ids.
    async fn export_hosted(
        &self,
        host: UserId,
        after: Option<PartyId>,
        limit: u32,
    ) -> Result<Vec<ExportedParty>, StoreError>;

    /// Lists at most `limit` answers of `guest`, of every kind: those to parties after `after`, in the order of their ids.
    async fn export_answers(
        &self,
        guest: UserId,
        after: Option<PartyId>,
        limit: u32,
    ) -> Result<Vec<ExportedAnswer>, StoreError>;

    /// Lists at most `limit` messages to the guests of parties that `host` hosts: those after the message `after` of a party, in the order of
    /// the ids of the parties and of the messages.
    async fn export_messages(
        &self,
        host: UserId,
        after: Option<(PartyId, MessageId)>,
        limit: u32,
    ) -> Result<Vec<ExportedMessage>, StoreError>;
}

/// Why parties were not listed. All but the last concern searches.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// Another search of the viewer was still running.
    #[error("another search of the viewer is running")]
    OwnSearchRunning,
    /// Searches of other viewers were running.
    #[error("searches of other viewers are running")]
    Busy,
    /// The search was ended, since it took too long.
    #[error("the search took too long")]
    TookTooLong,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a party was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The host has as many upcoming parties as [`HostQuota::max_upcoming`] allows.
    #[error("the host has {max} upcoming parties")]
    TooManyUpcoming {
        /// The most upcoming parties.
        max: u32,
    },
    /// There is no such host, or the deletion of the host is requested.
    #[error("the host is deleted")]
    UserDeleted,
    /// The host has added too many parties in a short time.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a party was not changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// There is no such party, or the user may not find it.
    #[error("no such party")]
    NotFound,
    /// The rule refused the change.
    #[error(transparent)]
    Refused(Refusal),
    /// There is no such guest, or the deletion of the guest is requested; or that of the host who changes the party itself.
    #[error("the user is deleted")]
    UserDeleted,
    /// The guest has asked for seats too often in a short time, or the host has changed parties too often.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ChangeError> for UpdateError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Hidden => Self::NotFound,
            ChangeError::Refused(refusal) => Self::Refused(refusal),
        }
    }
}
