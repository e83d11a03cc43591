//! The use cases of parties. The rules are in [`super::rsvp`].

use std::sync::Arc;

use super::{
    AddError, Heads, HomeView, Invitation, LinkToken, ListError, NewParty, Outcome, Party, PartyChange, PartyCursor,
    PartyId, PartyQuery, PartyRepository, PartySummary, PartyView, ProfileCursors, ProfileView, Quotas, Refusal,
    UpdateError,
};
use crate::throttle::Throttled;
use crate::user::UserId;
use crate::{Clock, Page, PageSize, StoreError, Timestamp};

/// The use cases of parties, over a repository and a clock.
#[derive(Clone)]
pub struct Parties {
    repository: Arc<dyn PartyRepository>,
    clock: Arc<dyn Clock>,
    quotas: Quotas,
}

/// Why a party was not hosted.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The day of the party has passed, in its time zone.
    #[error("the day is in the past")]
    DayInThePast,
    /// The party is today, and its time has passed.
    #[error("the time is in the past")]
    TimeInThePast,
    /// The host has as many upcoming parties as [`Quotas::max_upcoming_parties`] allows.
    #[error("the host has {max} upcoming parties")]
    TooManyUpcoming {
        /// The most upcoming parties.
        max: u32,
    },
    /// There is no such host, or the deletion of the host is requested.
    #[error("the host is deleted")]
    UserDeleted,
    /// The host has added as many parties as [`Quotas::max_hosted_per_hour`] allows.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<AddError> for HostError {
    fn from(error: AddError) -> Self {
        match error {
            AddError::TooManyUpcoming { max } => Self::TooManyUpcoming { max },
            AddError::UserDeleted => Self::UserDeleted,
            AddError::Throttled(throttled) => Self::Throttled(throttled),
            AddError::Store(failure) => Self::Store(failure),
        }
    }
}

impl Parties {
    /// The use cases over `repository`, with the time of `clock` and the default quotas.
    #[must_use]
    pub fn new(repository: Arc<dyn PartyRepository>, clock: Arc<dyn Clock>) -> Self {
        Self { repository, clock, quotas: Quotas::default() }
    }

    /// The same use cases with other quotas.
    #[must_use]
    pub fn with_quotas(self, quotas: Quotas) -> Self {
        Self { quotas, ..self }
    }

    /// The current time, by the clock of the rules.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Adds a party of its host and returns its id.
    ///
    /// # Errors
    /// [`HostError`] if the date is not in the future, a quota is exceeded, or the store failed.
    pub async fn host(&self, party: NewParty) -> Result<PartyId, HostError> {
        let now = self.now();
        if party.date.has_begun(now) {
            let is_earlier_day = party.date.days_until(now) < 0;
            return Err(if is_earlier_day { HostError::DayInThePast } else { HostError::TimeInThePast });
        }
        let quota = self.quotas.of_host(party.host, now);
        Ok(self.repository.add(party, Some(quota)).await?)
    }

    /// Replaces the link of a party. Returns `false` if there is no such party or `host` is not its host.
    ///
    /// # Errors
    /// [`StoreError`] if the store failed.
    pub async fn replace_link(&self, party: PartyId, host: UserId, new: LinkToken) -> Result<bool, StoreError> {
        self.repository.replace_link(party, host, new).await
    }

    /// Accepts for a guest, with `heads` people.
    ///
    /// # Errors
    /// [`UpdateError`] if there is no such party, the rule refuses, the quota is exceeded, or the store failed.
    pub async fn rsvp(&self, party: PartyId, guest: UserId, heads: Heads) -> Result<Outcome, UpdateError> {
        let change = self.change(guest, false, move |party, now| party.accept(guest, heads, now));
        let quota = self.quotas.of_guest(guest, self.now());
        self.repository.update(party, Some(guest), change, Some(quota)).await
    }

    /// Declines for a guest, who may have had a seat.
    ///
    /// # Errors
    /// [`UpdateError`] if there is no such party, the rule refuses, or the store failed.
    pub async fn decline(&self, party: PartyId, guest: UserId) -> Result<Outcome, UpdateError> {
        let change = self.change(guest, false, move |party, now| party.decline(guest, now));
        self.repository.update(party, Some(guest), change, None).await
    }

    /// Answers "maybe" for a guest, who may have had a seat.
    ///
    /// # Errors
    /// [`UpdateError`] if there is no such party, the rule refuses, or the store failed.
    pub async fn maybe(&self, party: PartyId, guest: UserId) -> Result<Outcome, UpdateError> {
        let change = self.change(guest, false, move |party, now| party.maybe(guest, now));
        self.repository.update(party, Some(guest), change, None).await
    }

    /// Accepts by the link of a party, with `heads` people.
    ///
    /// # Errors
    /// [`UpdateError`] if the link does not open a party to the guest, the rule refuses, the quota is exceeded, or the store
    /// failed.
    pub async fn rsvp_by_link(&self, token: LinkToken, guest: UserId, heads: Heads) -> Result<Outcome, UpdateError> {
        let change = self.change(guest, true, move |party, now| party.accept(guest, heads, now));
        let quota = self.quotas.of_guest(guest, self.now());
        self.repository.update_by_link(token, guest, change, Some(quota)).await
    }

    /// Declines by the link of a party.
    ///
    /// # Errors
    /// [`UpdateError`] if the link does not open a party to the guest, the rule refuses, or the store failed.
    pub async fn decline_by_link(&self, token: LinkToken, guest: UserId) -> Result<Outcome, UpdateError> {
        let change = self.change(guest, true, move |party, now| party.decline(guest, now));
        self.repository.update_by_link(token, guest, change, None).await
    }

    /// Returns the party with that link as `viewer` may see it, or `None` if the link opens none.
    ///
    /// # Errors
    /// [`StoreError`] if the store failed.
    pub async fn find_by_link(&self, token: LinkToken, viewer: UserId) -> Result<Option<PartyView>, StoreError> {
        self.repository.find_by_link(token, viewer).await
    }

    /// Returns what the link shows a visitor who is logged out, or `None` if there is no such link.
    ///
    /// # Errors
    /// [`StoreError`] if the store failed.
    pub async fn find_invitation(&self, token: LinkToken) -> Result<Option<Invitation>, StoreError> {
        self.repository.find_invitation(token).await
    }

    /// Returns the party as `viewer` may see it, or `None` if there is no such party or `viewer` may not find it.
    ///
    /// # Errors
    /// [`StoreError`] if the store failed.
    pub async fn find(&self, id: PartyId, viewer: UserId) -> Result<Option<PartyView>, StoreError> {
        self.repository.find(id, viewer).await
    }

    /// Returns the next party of `viewer`, and at most `size` parties with a free seat for `viewer`.
    ///
    /// # Errors
    /// [`StoreError`] if the store failed.
    pub async fn home(&self, viewer: UserId, size: PageSize) -> Result<HomeView, StoreError> {
        self.repository.home(viewer, self.now(), size).await
    }

    /// Returns a page of the parties that `user` hosts and a page of those that `user` attends, as `user` may see them.
    ///
    /// # Errors
    /// [`StoreError`] if the store failed.
    pub async fn own_profile(
        &self,
        user: UserId,
        after: ProfileCursors,
        size: PageSize,
    ) -> Result<ProfileView, StoreError> {
        self.repository.own_profile(user, self.now(), after, size).await
    }

    /// Returns a page of the parties of `query` that `viewer` may find, those that are over last.
    ///
    /// # Errors
    /// [`ListError`] if the store failed, or a search had to wait or took too long.
    pub async fn list(
        &self,
        query: PartyQuery,
        viewer: UserId,
        after: Option<PartyCursor>,
        size: PageSize,
    ) -> Result<Page<PartySummary, PartyCursor>, ListError> {
        self.repository.list(query, viewer, self.now(), after, size).await
    }

    /// The change that runs `rule`, if `guest` may find the party.
    fn change(
        &self,
        guest: UserId,
        has_link: bool,
        rule: impl Fn(&mut Party, Timestamp) -> Result<Outcome, Refusal> + Send + Sync + 'static,
    ) -> PartyChange {
        let now = self.now();
        Arc::new(move |party| {
            party.ensure_open_to(guest, has_link)?;
            Ok(rule(party, now)?)
        })
    }
}
