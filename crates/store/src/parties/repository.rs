//! The port of parties over the tables: each method runs the statements of one module.

use async_trait::async_trait;
use domain::party::{
    AddError, Attendee, ChangeQuota, ExportedAnswer, ExportedMessage, ExportedParty, GuestCursor, GuestOverview,
    HistoryId, HomeView, HostQuota, Invitation, LinkToken, ListError, MessageId, NewMessage, NewParty, Outcome,
    PartyChange, PartyCursor, PartyId, PartyLabel, PartyMessage, PartyQuery, PartyRepository, PartySummary, PartyView,
    ProfileCursors, ProfileView, SendError, SentMessage, StoredHistory, UpdateError,
};
use domain::user::UserId;
use domain::{Page, PageSize, StoreError, Timestamp};

use super::update::Change;
use super::{add, export, find, guests, history, labels, list, messages, over_marks, texts, update, views};
use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::error::into_store_error;

/// The repository of parties.
pub(crate) struct PartyTables<D: Dialect> {
    database: OpenDatabase<D>,
}

impl<D: Dialect> PartyTables<D> {
    pub(super) fn new(database: OpenDatabase<D>) -> Self {
        Self { database }
    }
}

#[async_trait]
impl<D: Dialect> PartyRepository for PartyTables<D> {
    async fn add(&self, party: NewParty, quota: Option<HostQuota>) -> Result<PartyId, AddError> {
        let added = self.database.writer.write((party, quota), add::add::<D>).await;
        added.map_err(|error| error.refusal().unwrap_or_else(AddError::from))
    }

    async fn find(&self, id: PartyId, viewer: UserId) -> Result<Option<PartyView>, StoreError> {
        find::find(&self.database.read, id, viewer).await.map_err(into_store_error)
    }

    async fn find_by_link(&self, token: LinkToken, viewer: UserId) -> Result<Option<PartyView>, StoreError> {
        find::find_by_link(&self.database.read, token, viewer).await.map_err(into_store_error)
    }

    async fn list_guests(&self, id: PartyId, after: GuestCursor) -> Result<Page<Attendee, GuestCursor>, StoreError> {
        find::list_guests(&self.database.read, id, after).await.map_err(into_store_error)
    }

    async fn guests(&self, id: PartyId, host: UserId) -> Result<Option<GuestOverview>, StoreError> {
        guests::guests(&self.database.read, id, host).await.map_err(into_store_error)
    }

    async fn list_labels(&self, ids: Vec<PartyId>, viewer: UserId) -> Result<Vec<PartyLabel>, StoreError> {
        labels::list(&self.database.read, &ids, viewer).await.map_err(into_store_error)
    }

    async fn history(
        &self,
        id: PartyId,
        host: UserId,
        before: Option<HistoryId>,
        size: PageSize,
    ) -> Result<Option<Page<StoredHistory, HistoryId>>, StoreError> {
        history::list(&self.database.read, id, host, before, size).await.map_err(into_store_error)
    }

    async fn find_invitation(&self, token: LinkToken) -> Result<Option<Invitation>, StoreError> {
        find::find_invitation(&self.database.read, token).await.map_err(into_store_error)
    }

    async fn list(
        &self,
        query: PartyQuery,
        viewer: UserId,
        now: Timestamp,
        after: Option<PartyCursor>,
        size: PageSize,
    ) -> Result<Page<PartySummary, PartyCursor>, ListError> {
        list::list(&self.database, &query, viewer, now, after, size).await
    }

    async fn home(&self, viewer: UserId, now: Timestamp, size: PageSize) -> Result<HomeView, StoreError> {
        views::home(&self.database.read, viewer, now, size).await.map_err(into_store_error)
    }

    async fn own_profile(
        &self,
        user: UserId,
        now: Timestamp,
        after: ProfileCursors,
        size: PageSize,
    ) -> Result<ProfileView, StoreError> {
        views::own_profile(&self.database.read, user, now, after, size).await.map_err(into_store_error)
    }

    async fn update(
        &self,
        id: PartyId,
        guest: Option<UserId>,
        change: PartyChange,
        quota: Option<ChangeQuota>,
        now: Timestamp,
    ) -> Result<Outcome, UpdateError> {
        let change = Change { guest, rule: change, quota, now };
        let updated = self.database.writer.write((id, change), update::update::<D>).await;
        updated.map_err(|error| error.refusal().unwrap_or_else(UpdateError::from))
    }

    async fn update_by_link(
        &self,
        token: LinkToken,
        guest: UserId,
        change: PartyChange,
        quota: Option<ChangeQuota>,
        now: Timestamp,
    ) -> Result<Outcome, UpdateError> {
        let change = Change { guest: Some(guest), rule: change, quota, now };
        let updated = self.database.writer.write((token, change), update::update_by_link::<D>).await;
        updated.map_err(|error| error.refusal().unwrap_or_else(UpdateError::from))
    }

    async fn send_message(
        &self,
        message: NewMessage,
        quota: Option<ChangeQuota>,
        now: Timestamp,
    ) -> Result<SentMessage, SendError> {
        let sent = self.database.writer.write((message, quota, now), messages::send::<D>).await;
        sent.map_err(|error| error.refusal().unwrap_or_else(SendError::from))
    }

    async fn list_messages(&self, id: PartyId, viewer: UserId, limit: u32) -> Result<Vec<PartyMessage>, StoreError> {
        messages::list(&self.database.read, id, viewer, limit).await.map_err(into_store_error)
    }

    async fn mark_over(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let marked = self.database.writer.write((now, limit), |connection, (now, limit)| {
            Box::pin(async move { Ok(over_marks::mark::<D>(connection, *now, *limit).await?) })
        });
        Ok(marked.await?)
    }

    async fn purge_texts(&self, ended_by: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let purged = self.database.writer.write((ended_by, limit), |connection, (ended_by, limit)| {
            Box::pin(async move { Ok(texts::purge::<D>(connection, *ended_by, *limit).await?) })
        });
        Ok(purged.await?)
    }

    async fn export_hosted(
        &self,
        host: UserId,
        after: Option<PartyId>,
        limit: u32,
    ) -> Result<Vec<ExportedParty>, StoreError> {
        export::hosted(&self.database.read, host, after, limit).await.map_err(into_store_error)
    }

    async fn export_answers(
        &self,
        guest: UserId,
        after: Option<PartyId>,
        limit: u32,
    ) -> Result<Vec<ExportedAnswer>, StoreError> {
        export::answers(&self.database.read, guest, after, limit).await.map_err(into_store_error)
    }

    async fn export_messages(
        &self,
        host: UserId,
        after: Option<(PartyId, MessageId)>,
        limit: u32,
    ) -> Result<Vec<ExportedMessage>, StoreError> {
        messages::export(&self.database.read, host, after, limit).await.map_err(into_store_error)
    }
}
