//! The use cases of parties. The rules are in [`super::rsvp`] and [`super::hosting`].

use std::sync::Arc;

use super::{
    AddError, Attendee, Changed, Guest, GuestAnswer, GuestCursor, GuestOverview, Heads, HistoryId, HomeView,
    Invitation, LinkToken, ListError, NewMessage, NewParty, Outcome, Party, PartyChange, PartyCursor, PartyEdit,
    PartyId, PartyLabel, PartyMessage, PartyQuery, PartyRepository, PartySummary, PartyView, ProfileCursors,
    ProfileView, Quotas, Refusal, SendError, SentMessage, StoredHistory, UpdateError,
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

/// By what a guest found the party that is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// By its id, on a page that the guest may see.
    ById(PartyId),
    /// By its link.
    ByLink(LinkToken),
}

/// What a guest answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuestCommand {
    /// Rows 1 to 4 and 8: the guest comes, with that many people.
    Accept(Heads),
    /// Rows 1 to 3 and 8: the guest comes with as many people as the guest's answer has, or else alone. For a button that names no
    /// number: pressed on an old page, it gives up no companion's seat.
    Come,
    /// Rows 1, 2 and 8: the guest comes with that many people, fewer than those who wait. A guest who has got seats by then keeps them: the
    /// offer, pressed on an old page, gives up no companion's seat.
    ComeAs(Heads),
    /// Rows 5 and 6: the guest may come.
    Maybe,
    /// Rows 6 and 7: the guest does not come.
    Decline,
    /// Row 16: the guest takes back the seats just given up.
    Undo,
    /// The answer stays; where it has a number of people and the guest typed another one, it is that (rows 3, 4 and 8). For a guest who
    /// changes what is written with the answer, also on an old page.
    Keep(Option<Heads>),
}

/// What a host does with a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostCommand {
    /// Row 12: seats the guest, with that many people. `None` is as many as the guest's answer has, or one: a group that waits does
    /// not become smaller because the host names no number.
    Add(Option<Heads>),
    /// Row 12: invites the guest.
    Invite,
    /// Row 10: removes the guest.
    Remove,
    /// Row 11: lets the removed guest answer again.
    Reinstate,
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
    /// The RSVP deadline that the host chose has passed: the party would be closed from the beginning.
    #[error("the deadline is in the past")]
    DeadlineInThePast,
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
    /// [`HostError`] if the date or the deadline is not in the future, a quota is exceeded, or the store failed.
    pub async fn host(&self, party: NewParty) -> Result<PartyId, HostError> {
        let now = self.now();
        if party.date.has_begun(now) {
            let is_earlier_day = party.date.days_until(now) < 0;
            return Err(if is_earlier_day { HostError::DayInThePast } else { HostError::TimeInThePast });
        }
        if party.rsvp_deadline.at() <= now {
            return Err(HostError::DeadlineInThePast);
        }
        let quota = self.quotas.of_host(party.host, now);
        Ok(self.repository.add(party, Some(quota)).await?)
    }

    /// Gives the answer of a guest, with what the guest writes, to a party that the guest names or opened by a link.
    ///
    /// # Errors
    /// [`UpdateError`] if there is no such party, the link does not open it to the guest, the rules refuse, the quota is exceeded, or
    /// the store failed.
    pub async fn answer(
        &self,
        to: Opened,
        guest: UserId,
        answer: impl Into<GuestAnswer>,
    ) -> Result<Outcome, UpdateError> {
        let (now, answer) = (self.now(), answer.into());
        let has_link = matches!(to, Opened::ByLink(_));
        let change: PartyChange = Arc::new(move |party| {
            party.ensure_findable_by(guest, has_link)?;
            Ok(Changed::by(party, guest, Some(guest), |party| party.answer(guest, &answer, now))?)
        });
        let quota = self.quotas.of_guest(guest, now);
        match to {
            Opened::ById(id) => self.repository.update(id, Some(guest), change, Some(quota), now).await,
            Opened::ByLink(token) => self.repository.update_by_link(token, guest, change, Some(quota), now).await,
        }
    }

    /// Changes the answer of a guest for the host.
    ///
    /// # Errors
    /// [`UpdateError`] if there is no such party of the host, the rules refuse, or the store failed.
    pub async fn change_guest(
        &self,
        id: PartyId,
        host: UserId,
        guest: Guest,
        command: HostCommand,
    ) -> Result<Outcome, UpdateError> {
        let (now, concerned) = (self.now(), guest.id);
        let change: PartyChange = Arc::new(move |party| {
            party.ensure_hosted_by(host)?;
            let changed = Changed::by(party, host, Some(concerned), |party| match command {
                HostCommand::Add(heads) => party.add(&guest, heads, now),
                HostCommand::Invite => party.invite(&guest, now),
                HostCommand::Remove => party.remove(&guest, now),
                HostCommand::Reinstate => party.reinstate(&guest, now),
            });
            Ok(changed?)
        });
        let quota = self.quotas.of_host_change(host, now);
        self.repository.update(id, Some(concerned), change, Some(quota), now).await
    }

    /// Changes a party for its host.
    ///
    /// # Errors
    /// [`UpdateError`] if there is no such party of the host, the rules refuse, or the store failed.
    pub async fn edit(&self, id: PartyId, host: UserId, edit: PartyEdit) -> Result<Outcome, UpdateError> {
        self.change_party(id, host, move |party, now| party.edit(edit.clone(), now)).await
    }

    /// Cancels a party for its host.
    ///
    /// # Errors
    /// [`UpdateError`] if there is no such party of the host, the rules refuse, or the store failed.
    pub async fn cancel(&self, id: PartyId, host: UserId) -> Result<Outcome, UpdateError> {
        self.change_party(id, host, Party::cancel).await
    }

    /// Restores a cancelled party for its host.
    ///
    /// # Errors
    /// [`UpdateError`] if there is no such party of the host, the rules refuse, or the store failed.
    pub async fn restore(&self, id: PartyId, host: UserId) -> Result<Outcome, UpdateError> {
        self.change_party(id, host, Party::restore).await
    }

    /// Replaces the link of a party for its host.
    ///
    /// # Errors
    /// [`UpdateError`] if there is no such party of the host, a quota is exceeded, or the store failed.
    pub async fn replace_link(&self, id: PartyId, host: UserId, new: LinkToken) -> Result<Outcome, UpdateError> {
        self.change_party(id, host, move |party, _| Ok(party.replace_link(new))).await
    }

    async fn change_party(
        &self,
        id: PartyId,
        host: UserId,
        rule: impl Fn(&mut Party, Timestamp) -> Result<Outcome, Refusal> + Send + Sync + 'static,
    ) -> Result<Outcome, UpdateError> {
        let now = self.now();
        let change: PartyChange = Arc::new(move |party| {
            party.ensure_hosted_by(host)?;
            Ok(Changed::by(party, host, None, |party| rule(party, now))?)
        });
        self.repository.update(id, None, change, Some(self.quotas.of_host_change(host, now)), now).await
    }

    /// Sends a message of a host to guests.
    ///
    /// # Errors
    /// [`SendError`] if there is no such party of the host, no guest has such an answer, the quota of the day is exceeded, or the store
    /// failed.
    pub async fn send_message(&self, message: NewMessage) -> Result<SentMessage, SendError> {
        let now = self.now();
        let quota = Quotas::of_message(message.party, now);
        self.repository.send_message(message, Some(quota), now).await
    }

    /// Returns the newest messages of the party that `viewer` reads, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the store failed.
    pub async fn list_messages(
        &self,
        id: PartyId,
        viewer: UserId,
        limit: u32,
    ) -> Result<Vec<PartyMessage>, StoreError> {
        self.repository.list_messages(id, viewer, limit).await
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

    /// Returns the guests of a party after the cursor `after`, as the viewer of `view` may see them: none if `view` has all.
    ///
    /// # Errors
    /// [`StoreError`] if the store failed.
    pub async fn more_guests(
        &self,
        view: &PartyView,
        after: GuestCursor,
    ) -> Result<Page<Attendee, GuestCursor>, StoreError> {
        match view.more_guests {
            Some(_) => self.repository.list_guests(view.summary.id, after).await,
            None => Ok(Page { items: vec![], next: None }),
        }
    }

    /// Returns the party with every RSVP, or `None` if there is no such party or `host` is not its host.
    ///
    /// # Errors
    /// [`StoreError`] if the store failed.
    pub async fn guests(&self, id: PartyId, host: UserId) -> Result<Option<GuestOverview>, StoreError> {
        self.repository.guests(id, host).await
    }

    /// Returns what names the parties of `ids` that `viewer` may find, in any order.
    ///
    /// # Errors
    /// [`StoreError`] if the store failed.
    pub async fn list_labels(&self, ids: Vec<PartyId>, viewer: UserId) -> Result<Vec<PartyLabel>, StoreError> {
        self.repository.list_labels(ids, viewer).await
    }

    /// Returns a page of what was done at the party, the newest first, or `None` if there is no such party or `host` is not its host.
    ///
    /// # Errors
    /// [`StoreError`] if the store failed.
    pub async fn history(
        &self,
        id: PartyId,
        host: UserId,
        before: Option<HistoryId>,
        size: PageSize,
    ) -> Result<Option<Page<StoredHistory, HistoryId>>, StoreError> {
        self.repository.history(id, host, before, size).await
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
}
