//! The users of another program, added to the tables of users and credentials in lists.

use domain::user::{Email, ImportOutcome, ImportedUser, TakenKeys, UserId};
use domain::{Alongside, Timestamp};
use futures_util::future::BoxFuture;
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::accounts::usernames::Clash;
use crate::accounts::{events, usernames};
use crate::engine::dialect::Dialect;
use crate::engine::read_pool::ReadPool;
use crate::engine::writer::WriteError;
use crate::statements::statements;

statements! {
    /// The users with the key `$1` of a name, or with the key `$2` of an address or its former key `$3`: at most three.
    const LIST_BY_KEYS: &str = "SELECT id, username_key, email, email_key FROM users WHERE username_key = $1
        UNION ALL
        SELECT id, username_key, email, email_key FROM users WHERE email_key IN ($2, $3)";

    const ADD: &str = "INSERT INTO users (username, username_key, username_skeleton, email, email_key, joined_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING
        RETURNING id";

    const ADD_HASH: &str = "INSERT INTO credentials (user_id, password_hash) VALUES ($1, $2)";
}

/// The unique values of a stored user.
#[derive(FromRow)]
struct KeysRow {
    id: i64,
    username_key: String,
    email: String,
    email_key: String,
}

/// The keys of a user to import: of the name, of the address, and the former one of the address.
struct Keys {
    username: String,
    email: String,
    former_email: String,
}

impl Keys {
    fn of(user: &ImportedUser) -> Self {
        let (username, email) = (user.username.key(), user.email.key());
        Self { username, email, former_email: user.email.former_key() }
    }

    /// Whether the stored user has this mailbox, by its key or, of two accounts of one mailbox, by its former key.
    fn is_mailbox_of(&self, row: &KeysRow) -> bool {
        let has_former_key = || {
            let stored = Email::from_stored(row.email.clone());
            row.email_key == self.former_email && stored.is_ok_and(|stored| stored.key() == self.email)
        };
        row.email_key == self.email || has_former_key()
    }

    /// What keeps the user out, of the rows of [`LIST_BY_KEYS`]; `None` if nothing does.
    fn outcome(&self, rows: &[KeysRow]) -> Option<ImportOutcome> {
        let of_name = rows.iter().find(|row| row.username_key == self.username).map(|row| row.id);
        let is_of_mailbox = |row: &&KeysRow| self.is_mailbox_of(row);
        match of_name {
            Some(id) if rows.iter().filter(is_of_mailbox).any(|row| row.id == id) => {
                Some(ImportOutcome::AlreadyThere(UserId::new(id)))
            }
            _ => {
                let (username, email) = (of_name.is_some(), rows.iter().any(|row| self.is_mailbox_of(row)));
                let taken = TakenKeys { username, look_alike: false, email };
                (username || email).then_some(ImportOutcome::Taken(taken))
            }
        }
    }
}

/// The outcome of a user whose name is not free.
fn of_clash(clash: Clash) -> ImportOutcome {
    let is_taken = clash == Clash::Taken;
    ImportOutcome::Taken(TakenKeys { username: is_taken, look_alike: !is_taken, email: false })
}

/// What keeps each user out; `None` where nothing does.
pub(super) async fn find_all<D: Dialect>(
    read: &ReadPool<D>,
    users: &[ImportedUser],
    now: Timestamp,
) -> sqlx::Result<Vec<Option<ImportOutcome>>> {
    let mut found = Vec::with_capacity(users.len());
    for user in users {
        let keys = Keys::of(user);
        let rows = query_as::<_, KeysRow>(LIST_BY_KEYS).bind(&keys.username).bind(&keys.email).bind(&keys.former_email);
        let rows = rows.fetch_all(read).await?;
        found.push(match keys.outcome(&rows) {
            None => usernames::read_clash(read, &user.username, now).await?.map(of_clash),
            outcome => outcome,
        });
    }
    Ok(found)
}

/// Adds the users one after another, so that a user of the list is compared with those before.
pub(super) fn add_all<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (users, now, alongside): &'j (Vec<ImportedUser>, Timestamp, Alongside),
) -> BoxFuture<'j, Result<Vec<ImportOutcome>, WriteError>> {
    Box::pin(async move {
        usernames::lock::<D>(&mut *connection, users.iter().map(|user| &user.username)).await?;
        let mut outcomes = Vec::with_capacity(users.len());
        for user in users {
            outcomes.push(add::<D>(&mut *connection, user, *now, alongside).await?);
        }
        Ok(outcomes)
    })
}

async fn add<D: Dialect>(
    connection: &mut D::Connection,
    user: &ImportedUser,
    now: Timestamp,
    alongside: &Alongside,
) -> sqlx::Result<ImportOutcome> {
    let keys = Keys::of(user);
    loop {
        let rows = query_as::<D, KeysRow>(LIST_BY_KEYS).bind(&keys.username).bind(&keys.email).bind(&keys.former_email);
        let rows = rows.fetch_all(&mut *connection).await?;
        if let Some(outcome) = keys.outcome(&rows) {
            return Ok(outcome);
        }
        if let Some(clash) = usernames::find_clash::<D>(&mut *connection, &user.username, None, now).await? {
            return Ok(of_clash(clash));
        }
        let add = query_scalar::<D, i64>(ADD).bind(user.username.as_str()).bind(&keys.username);
        let add = add
            .bind(user.username.skeleton())
            .bind(user.email.as_str())
            .bind(&keys.email)
            .bind(user.joined_at.as_millis());
        if let Some(id) = add.fetch_optional(&mut *connection).await? {
            query::<D>(ADD_HASH).bind(id).bind(user.hash.expose()).execute(&mut *connection).await?;
            let id = UserId::new(id);
            events::add_alongside::<D>(connection, alongside, id, None).await?;
            return Ok(ImportOutcome::Added(id));
        } // else another process added a user with one of the keys between the two statements
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_import_use_indexes() {
        assert_uses_indexes(LIST_BY_KEYS).await;
    }
}
