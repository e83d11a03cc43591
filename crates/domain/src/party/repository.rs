//! The port to stored parties.

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    HomeView, NewParty, Outcome, Party, PartyCursor, PartyId, PartyQuery, PartySummary, PartyView, ProfileCursors,
    ProfileView, Refusal,
};
use crate::user::UserId;
use crate::{Page, PageSize, StoreError, Timestamp};

/// A change of one party: a rule with everything it was asked, ready to run on the party as it is stored.
///
/// `Fn` and not `FnOnce`, since a lost lock or connection runs it again; it cannot await, so the time is captured.
pub type PartyChange = Arc<dyn Fn(&mut Party) -> Result<Outcome, Refusal> + Send + Sync>;

/// Stored parties. Each method is one commit; `Ok` means that it is on the disk.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PartyRepository: Send + Sync {
    /// Adds a party with its host seated. Its number was never used before, and is higher than all others.
    ///
    /// Where the host has asked for this very party by the same form before, it is that one's number and nothing is added,
    /// also where both come at the same time.
    async fn add(&self, party: NewParty) -> Result<PartyId, StoreError>;

    /// The party as `viewer` may see it, or `None` if there is no such party.
    async fn find(&self, id: PartyId, viewer: UserId) -> Result<Option<PartyView>, StoreError>;

    /// Of the parties to come at `now`, and not cancelled: the first at which `viewer` has a seat, as its host or as a
    /// guest, and at most `size` that have one for them (RSVPs are open, a seat is free, it is not theirs, and they
    /// neither have one nor were removed).
    ///
    /// The cost of the second follows how many are full before so many are found.
    async fn home(&self, viewer: UserId, now: Timestamp, size: PageSize) -> Result<HomeView, StoreError>;

    /// What `user` gives and where they have a seat as a guest, after `after`, each as [`PartyRepository::list`] tells
    /// it to themselves, and the zone of the party that they made last.
    async fn own_profile(
        &self,
        user: UserId,
        now: Timestamp,
        after: ProfileCursors,
        size: PageSize,
    ) -> Result<ProfileView, StoreError>;

    /// The parties of `query` that come after `after` (or the first), as `viewer` may see them.
    ///
    /// Those to come at `now` stand first, the soonest on top; then those past, the latest on top. A party added
    /// meanwhile shifts no page. The cost follows the page's size, not the number of parties; a search's does not.
    async fn list(
        &self,
        query: PartyQuery,
        viewer: UserId,
        now: Timestamp,
        after: Option<PartyCursor>,
        size: PageSize,
    ) -> Result<Page<PartySummary, PartyCursor>, StoreError>;

    /// Runs `change` alone on the party, with `guest`'s answer loaded, and saves what it changed in the same commit.
    ///
    /// `guest` is whom the change is about, not who asks. Whatever runs at the same time, in this process or in
    /// another, comes before or after, so that no seat is given twice. If `change` refuses, nothing is written. It
    /// may run more than once; what its last run said is told.
    async fn update(&self, id: PartyId, guest: Option<UserId>, change: PartyChange) -> Result<Outcome, UpdateError>;
}

/// Why a party was not changed. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// There is no such party.
    #[error("no such party")]
    NotFound,
    /// The rule refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store could not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}
