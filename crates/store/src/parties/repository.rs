//! The tables of parties and their RSVPs in SQL, one way of using them per module. No rule is here: see `domain::party`.

use async_trait::async_trait;
use domain::party::{
    Attendee, HomeView, NewParty, Outcome, PartyChange, PartyCursor, PartyId, PartyQuery, PartyRepository,
    PartySummary, PartyView, ProfileCursors, ProfileView, UpdateError,
};
use domain::user::UserId;
use domain::{Page, PageSize, StoreError, Timestamp};
use sqlx::{FromRow, query_as, query_scalar};

use super::delimited_rows::{line, lines};
use super::row::{heads, read_summaries, summaries};
use super::{add, list, update, views};
use crate::accounts::users::username;
use crate::embed::Engine;
use crate::engine::dialect::Dialect;
use crate::error::failed;

const FIND: &str = summaries!("SELECT * FROM parties WHERE id = $2", "id");
const GUESTS: &str = "SELECT rsvps.id, guest_id, username, heads FROM rsvps JOIN users ON users.id = guest_id \
     WHERE party_id = $1 AND answer = 'seated' ORDER BY place";

/// The repository of parties.
pub(crate) struct PartyTables<D: Dialect> {
    pub(crate) engine: Engine<D>,
}

#[derive(FromRow)]
struct GuestRow {
    id: i64,
    guest_id: i64,
    username: String,
    heads: i64,
}

impl GuestRow {
    fn parse(self) -> sqlx::Result<Attendee> {
        Ok(Attendee { username: username(&self.username, self.guest_id)?, heads: heads(self.heads, self.id)?.get() })
    }
}

#[async_trait]
impl<D: Dialect> PartyRepository for PartyTables<D> {
    async fn add(&self, party: NewParty) -> Result<PartyId, StoreError> {
        let added = self
            .engine
            .writer
            .write(party, |connection, party| Box::pin(async move { Ok(add::add::<D>(connection, party).await?) }));
        Ok(added.await?)
    }

    async fn find(&self, id: PartyId, viewer: UserId) -> Result<Option<PartyView>, StoreError> {
        let found = query_scalar::<_, Option<String>>(FIND).bind(viewer.get()).bind(id.get());
        let found = found.fetch_one(&self.engine.read).await.map_err(failed)?;
        let Some(summary) = read_summaries(found.as_deref()).map_err(failed)?.pop() else {
            return Ok(None);
        };
        let guests = query_as::<_, GuestRow>(GUESTS).bind(id.get()).fetch_all(&self.engine.read).await;
        let guests = guests.map_err(failed)?.into_iter().map(GuestRow::parse).collect::<sqlx::Result<_>>();
        Ok(Some(PartyView { summary, guests: guests.map_err(failed)? }))
    }

    async fn list(
        &self,
        query: PartyQuery,
        viewer: UserId,
        now: Timestamp,
        after: Option<PartyCursor>,
        size: PageSize,
    ) -> Result<Page<PartySummary, PartyCursor>, StoreError> {
        list::list(&self.engine.read, &query, viewer, now, after, size).await.map_err(failed)
    }

    async fn home(&self, viewer: UserId, now: Timestamp, size: PageSize) -> Result<HomeView, StoreError> {
        views::home(&self.engine.read, viewer, now, size).await.map_err(failed)
    }

    async fn own_profile(
        &self,
        user: UserId,
        now: Timestamp,
        after: ProfileCursors,
        size: PageSize,
    ) -> Result<ProfileView, StoreError> {
        views::own_profile(&self.engine.read, user, now, after, size).await.map_err(failed)
    }

    async fn update(&self, id: PartyId, guest: Option<UserId>, change: PartyChange) -> Result<Outcome, UpdateError> {
        let updated = self.engine.writer.write((id, guest, change), update::update::<D>).await;
        updated.map_err(|error| error.refusal().unwrap_or_else(UpdateError::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_walks_an_index;

    #[tokio::test]
    async fn a_party_is_found_among_a_million_as_among_ten() {
        for sql in [FIND, GUESTS] {
            assert_walks_an_index(sql).await;
        }
    }
}
