//! The parties' hooks: the copies of a user's name in the rows of parties.

use async_trait::async_trait;
use domain::search_key;
use domain::user::{User, UserId, Username};
use sqlx::query;

use super::row::first_guests;
use crate::embed::{HookError, Hooks};
use crate::engine::dialect::Dialect;
use crate::statements::{OnPostgres, statements};

statements! {
    /// The parties with an answer of the guest, in the order of their ids. An RSVP that began before has written the former
    /// name, and is waited for; one that begins later waits, and reads the new name. They are locked before the row of the user,
    /// as an RSVP does, whose first answer at a party refers to the user; and again after it, with those answered meanwhile.
    const LOCK_ANSWERED: OnPostgres = OnPostgres("SELECT id FROM parties
        WHERE id IN (SELECT party_id FROM rsvps WHERE guest_id = $1) ORDER BY id FOR NO KEY UPDATE");

    const SAVE_FIRST_GUESTS: &str = concat!("UPDATE parties SET first_guests = ", first_guests!(), "
        WHERE id IN (SELECT party_id FROM rsvps WHERE guest_id = $1 AND answer = 'seated')");

    /// `$2` and `$3` are the keys of the host's new name and of the former one, with which the search key begins.
    const SAVE_SEARCH_KEYS: &str = "UPDATE parties SET search_key = $2 || substr(search_key, length($3) + 1)
        WHERE host_id = $1";
}

/// The hooks of [`PartyStore`](crate::PartyStore).
pub(super) struct PartyHooks;

#[async_trait]
impl<D: Dialect> Hooks<D> for PartyHooks {
    async fn renaming(&self, connection: &mut D::Connection, user: UserId) -> Result<(), HookError> {
        Ok(lock_answered::<D>(connection, user).await?)
    }

    /// Rewrites `first_guests` and `search_key`. A party that is hosted at the same time waits for the lock of its host.
    async fn renamed(&self, connection: &mut D::Connection, user: &User, former: &Username) -> Result<(), HookError> {
        let id = user.id.get();
        lock_answered::<D>(&mut *connection, user.id).await?;
        query::<D>(SAVE_FIRST_GUESTS).bind(id).execute(&mut *connection).await?;
        let keys = [&user.username, former].map(|name| search_key(name.as_str()));
        let save = query::<D>(SAVE_SEARCH_KEYS).bind(id).bind(keys[0].as_str()).bind(keys[1].as_str());
        save.execute(connection).await?;
        Ok(())
    }
}

async fn lock_answered<D: Dialect>(connection: &mut D::Connection, user: UserId) -> sqlx::Result<()> {
    if let Some(OnPostgres(sql)) = D::pick(None, Some(LOCK_ANSWERED)) {
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
        for sql in [SAVE_FIRST_GUESTS, SAVE_SEARCH_KEYS] {
            assert_uses_indexes(sql).await;
        }
    }
}
