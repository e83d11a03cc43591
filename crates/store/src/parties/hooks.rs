//! The parties' hooks: the copies of a user's name in the rows of parties, and what the deletion of a user changes there.

use async_trait::async_trait;
use domain::party::{HostedAhead, PartyDate, PartyId, ShortText, refused_deletion};
use domain::user::{User, UserId, Username};
use domain::{Timestamp, search_key};
use sqlx::{query, query_as, query_scalar};

use super::row::{first_guests, zone};
use super::{messages, update};
use crate::embed::{HookError, Hooks};
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::error::corrupt;
use crate::statements::{OnPostgres, PerEngine, statements};

statements! {
    /// The parties that the user hosts or has answered, in the order of their ids. An RSVP that began before has written the former
    /// name, and is waited for; one that begins later waits, and reads the new name. They are locked before the row of the user,
    /// as an RSVP does, whose first answer at a party refers to the user; and again after it, with those answered meanwhile.
    const LOCK_OWN: OnPostgres = OnPostgres("SELECT id FROM parties
        WHERE id IN (SELECT party_id FROM rsvps WHERE guest_id = $1 UNION SELECT id FROM parties WHERE host_id = $1)
        ORDER BY id FOR NO KEY UPDATE");

    /// The first parties of a host that are not over, and their number.
    const LIST_HOSTED_AHEAD: &str = "SELECT main_dish, local_time, zone, starts_at, id, count(*) OVER () AS all_ahead
        FROM parties WHERE host_id = $1 AND ends_at > $2 AND state = 'scheduled'
        ORDER BY starts_at, id LIMIT 3";

    /// The parties to come with an answer of the guest that is not a refusal.
    const LIST_ANSWERED_AHEAD: PerEngine = PerEngine {
        sqlite: "SELECT parties.id FROM rsvps CROSS JOIN parties
            WHERE guest_id = $1 AND answer IN ('seated', 'waitlisted', 'maybe', 'invited')
                AND parties.id = party_id AND starts_at > $2",
        postgres: "SELECT parties.id FROM rsvps JOIN parties ON parties.id = party_id
            WHERE guest_id = $1 AND answer IN ('seated', 'waitlisted', 'maybe', 'invited') AND starts_at > $2",
    };

    /// The address is for seated guests alone. What every guest has read stays.
    const REMOVE_ADDRESSES: &str = "UPDATE parties SET address = NULL WHERE host_id = $1 AND address IS NOT NULL";

    /// What a guest told the hosts is for them, while the guest is there.
    const REMOVE_NOTES: &str = "UPDATE rsvps SET note = NULL, allergies = NULL
        WHERE guest_id = $1 AND (note IS NOT NULL OR allergies IS NOT NULL)";

    const SAVE_FIRST_GUESTS: &str = concat!("UPDATE parties SET first_guests = ", first_guests!(), "
        WHERE id IN (SELECT party_id FROM rsvps WHERE guest_id = $1 AND answer = 'seated')");

    /// `$2` and `$3` are the keys of the host's new name and of the former one, with which the search key begins.
    const SAVE_SEARCH_KEYS: &str = "UPDATE parties SET search_key = $2 || substr(search_key, length($3) + 1)
        WHERE host_id = $1";
}

/// The hooks of [`PartyStore`](crate::PartyStore).
pub(super) struct PartyHooks;

struct HostedRow {
    main_dish: String,
    local_time: String,
    zone: String,
    starts_at: i64,
    id: i64,
    all_ahead: i64,
}

from_row!(HostedRow { main_dish, local_time, zone, starts_at, id, all_ahead });

impl HostedRow {
    fn parse(self) -> sqlx::Result<HostedAhead> {
        let date = PartyDate::from_stored(
            &self.local_time,
            zone(&self.zone, self.id)?,
            Timestamp::from_millis(self.starts_at),
        );
        Ok(HostedAhead {
            main_dish: ShortText::from_stored(self.main_dish).map_err(corrupt("parties", "main_dish", self.id))?,
            date: date.map_err(corrupt("parties", "local_time", self.id))?,
        })
    }
}

#[async_trait]
impl<D: Dialect> Hooks<D> for PartyHooks {
    async fn locking(&self, connection: &mut D::Connection, user: UserId) -> Result<(), HookError> {
        Ok(lock_own::<D>(connection, user).await?)
    }

    /// Rewrites `first_guests` and `search_key`. A party that is hosted at the same time waits for the lock of its host.
    async fn renamed(&self, connection: &mut D::Connection, user: &User, former: &Username) -> Result<(), HookError> {
        let id = user.id.get();
        lock_own::<D>(&mut *connection, user.id).await?;
        query::<D>(SAVE_FIRST_GUESTS).bind(id).execute(&mut *connection).await?;
        let keys = [&user.username, former].map(|name| search_key(name.as_str()));
        let save = query::<D>(SAVE_SEARCH_KEYS).bind(id).bind(keys[0].as_str()).bind(keys[1].as_str());
        save.execute(connection).await?;
        Ok(())
    }

    /// Refuses the deletion of a host with parties that are not over, and withdraws the guest from parties to come.
    async fn deletion_requested(
        &self,
        connection: &mut D::Connection,
        user: &User,
        at: Timestamp,
    ) -> Result<(), HookError> {
        let hosted = query_as::<D, HostedRow>(LIST_HOSTED_AHEAD).bind(user.id.get()).bind(at.as_millis());
        let hosted = hosted.fetch_all(&mut *connection).await?;
        if let Some(first) = hosted.first() {
            let all = u64::try_from(first.all_ahead).unwrap_or(u64::MAX);
            let hosted = hosted.into_iter().map(HostedRow::parse).collect::<sqlx::Result<Vec<_>>>()?;
            return Err(HookError::refused("account", refused_deletion(&hosted, all, at)));
        }
        lock_own::<D>(&mut *connection, user.id).await?;
        let list = query_scalar::<D, i64>(D::pick(LIST_ANSWERED_AHEAD.sqlite, LIST_ANSWERED_AHEAD.postgres));
        let answered = list.bind(user.id.get()).bind(at.as_millis()).fetch_all(&mut *connection).await?;
        for party in answered {
            update::withdraw::<D>(&mut *connection, PartyId::new(party), user.id, at).await?;
        }
        Ok(())
    }

    /// Parties that are over, and seats at them, stay under the name of the deleted user.
    async fn deleting(&self, connection: &mut D::Connection, user: &User) -> Result<(), HookError> {
        lock_own::<D>(&mut *connection, user.id).await?;
        for sql in [REMOVE_ADDRESSES, REMOVE_NOTES] {
            query::<D>(sql).bind(user.id.get()).execute(&mut *connection).await?;
        }
        Ok(messages::remove_of_host::<D>(connection, user.id).await?)
    }
}

async fn lock_own<D: Dialect>(connection: &mut D::Connection, user: UserId) -> sqlx::Result<()> {
    if let Some(OnPostgres(sql)) = D::pick(None, Some(LOCK_OWN)) {
        query::<D>(sql).bind(user.get()).execute(connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_hooks_use_indexes() {
        for sql in [SAVE_FIRST_GUESTS, SAVE_SEARCH_KEYS, LIST_ANSWERED_AHEAD.sqlite, REMOVE_ADDRESSES, REMOVE_NOTES] {
            assert_uses_indexes(sql).await;
        }
    }
}
