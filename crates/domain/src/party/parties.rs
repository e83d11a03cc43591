//! What people do with parties. Each use case reads as one sentence; the rules are [`super::rsvp`]'s.

use std::sync::Arc;

use super::{
    Heads, HomeView, NewParty, Outcome, Party, PartyCursor, PartyId, PartyQuery, PartyRepository, PartySummary,
    PartyView, ProfileCursors, ProfileView, Refusal, UpdateError,
};
use crate::user::UserId;
use crate::{Clock, Page, PageSize, StoreError, Timestamp};

/// The use cases of parties, over any store and by any clock.
#[derive(Clone)]
pub struct Parties {
    repository: Arc<dyn PartyRepository>,
    clock: Arc<dyn Clock>,
}

/// Why a party is not hosted. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// A party is hosted in the future.
    #[error("the date is in the past")]
    InThePast,
    /// The store could not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Parties {
    /// Parties kept in `repository`, by `clock`.
    #[must_use]
    pub fn new(repository: Arc<dyn PartyRepository>, clock: Arc<dyn Clock>) -> Self {
        Self { repository, clock }
    }

    /// The moment it is now, by the clock that the rules go by.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Hosts a party, as oneself.
    ///
    /// # Errors
    /// [`HostError`]: the date has passed, or the store could not answer.
    pub async fn host(&self, party: NewParty) -> Result<PartyId, HostError> {
        if party.date.has_begun(self.now()) {
            return Err(HostError::InThePast);
        }
        Ok(self.repository.add(party).await?)
    }

    /// A guest comes, `heads` of them.
    ///
    /// # Errors
    /// [`UpdateError`]: no such party, refused by the rule, or the store could not answer.
    pub async fn rsvp(&self, party: PartyId, guest: UserId, heads: Heads) -> Result<Outcome, UpdateError> {
        self.answer(party, guest, move |party, now| party.accept(guest, heads, now)).await
    }

    /// A guest does not come, or not any more.
    ///
    /// # Errors
    /// [`UpdateError`]: no such party, refused by the rule, or the store could not answer.
    pub async fn decline(&self, party: PartyId, guest: UserId) -> Result<Outcome, UpdateError> {
        self.answer(party, guest, move |party, now| party.decline(guest, now)).await
    }

    /// A guest may come.
    ///
    /// # Errors
    /// [`UpdateError`]: no such party, refused by the rule, or the store could not answer.
    pub async fn maybe(&self, party: PartyId, guest: UserId) -> Result<Outcome, UpdateError> {
        self.answer(party, guest, move |party, now| party.maybe(guest, now)).await
    }

    /// The party as `viewer` may see it, or `None` if there is no such party.
    ///
    /// # Errors
    /// [`StoreError`]: the store could not answer.
    pub async fn find(&self, id: PartyId, viewer: UserId) -> Result<Option<PartyView>, StoreError> {
        self.repository.find(id, viewer).await
    }

    /// Where `viewer` is expected next, and at most `size` parties that have a seat for them.
    ///
    /// # Errors
    /// [`StoreError`]: the store could not answer.
    pub async fn home(&self, viewer: UserId, size: PageSize) -> Result<HomeView, StoreError> {
        self.repository.home(viewer, self.now(), size).await
    }

    /// What `user` gives and where they go, for themselves, a page of each.
    ///
    /// # Errors
    /// [`StoreError`]: the store could not answer.
    pub async fn own_profile(
        &self,
        user: UserId,
        after: ProfileCursors,
        size: PageSize,
    ) -> Result<ProfileView, StoreError> {
        self.repository.own_profile(user, self.now(), after, size).await
    }

    /// A page of the parties of `query`, those to come first.
    ///
    /// # Errors
    /// [`StoreError`]: the store could not answer.
    pub async fn list(
        &self,
        query: PartyQuery,
        viewer: UserId,
        after: Option<PartyCursor>,
        size: PageSize,
    ) -> Result<Page<PartySummary, PartyCursor>, StoreError> {
        self.repository.list(query, viewer, self.now(), after, size).await
    }

    async fn answer(
        &self,
        party: PartyId,
        guest: UserId,
        rule: impl Fn(&mut Party, Timestamp) -> Result<Outcome, Refusal> + Send + Sync + 'static,
    ) -> Result<Outcome, UpdateError> {
        let now = self.now();
        self.repository.update(party, Some(guest), Arc::new(move |party| rule(party, now))).await
    }
}
