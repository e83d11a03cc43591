//! What migrations compute in Rust: the keys of e-mail addresses that an earlier version stored, and below, the skeletons of
//! usernames.

pub(crate) mod skeletons;

use std::collections::HashSet;

use domain::user::Email;
use futures_util::future::BoxFuture;
use sqlx::{Postgres, Sqlite, query, query_as};

use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::engine::row_steps::{BATCH_ROWS, Batch, RowStep};
use crate::statements::statements;

/// After the third migration.
pub(super) const EMAIL_KEYS: RowStep = RowStep {
    name: "accounts: e-mail keys",
    sqlite: rewrite_email_keys::<Sqlite>,
    postgres: rewrite_email_keys::<Postgres>,
};

statements! {
    const LIST: &str = "SELECT id, email, email_key FROM users WHERE id > $1 ORDER BY id LIMIT 1000";

    const FIND_BY_KEY: &str = "SELECT id, email, email_key FROM users WHERE email_key = $1";

    const SAVE: &str = "UPDATE users SET email_key = $2 WHERE id = $1";
}

const _: () = assert!(BATCH_ROWS == 1000, "the LIMIT of `LIST`");

/// The address of a user, and its key.
struct StoredEmail {
    id: i64,
    email: String,
    email_key: String,
}

from_row!(StoredEmail { id, email, email_key });

impl StoredEmail {
    /// The key that the address should have; `None` if it has it, or cannot be read.
    fn missing_key(&self) -> Option<String> {
        let key = Email::from_stored(self.email.clone()).ok()?.key();
        (key != self.email_key).then_some(key)
    }
}

fn rewrite_email_keys<D: Dialect>(
    connection: &mut D::Connection,
    after: i64,
) -> BoxFuture<'_, sqlx::Result<Option<Batch>>> {
    Box::pin(async move {
        let rows = query_as::<D, StoredEmail>(LIST).bind(after).fetch_all(&mut *connection).await?;
        let batch = rows.last().map(|row| Batch { last_id: row.id, rows: rows.len() });
        for row in rows {
            rewrite::<D>(connection, row).await?;
        }
        Ok(batch)
    })
}

/// Gives a user the key of the address. If another user has that key, the users keep the keys they have, so that both can
/// log in.
///
/// A holder whose own key changes is rewritten first: the key that it has only in the earlier version is not in the way. The
/// users come in the order of their ids, so that of two with one new key the older gets it.
async fn rewrite<D: Dialect>(connection: &mut D::Connection, user: StoredEmail) -> sqlx::Result<()> {
    let (mut waiting, mut seen) = (vec![user], HashSet::new());
    while let Some(user) = waiting.pop() {
        let Some(key) = user.missing_key() else { continue };
        let holder =
            query_as::<D, StoredEmail>(FIND_BY_KEY).bind(key.as_str()).fetch_optional(&mut *connection).await?;
        match holder {
            None => drop(query::<D>(SAVE).bind(user.id).bind(key).execute(&mut *connection).await?),
            // It was rewritten in this batch, as the holder of another user's key.
            Some(holder) if holder.id == user.id => {}
            Some(holder) if holder.missing_key().is_some() && seen.insert(holder.id) => {
                waiting.extend([user, holder]);
            }
            // `check` reports the row.
            Some(holder) => {
                tracing::warn!(
                    user = user.id,
                    other = holder.id,
                    "two users have one mailbox, one keeps its former key"
                );
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
