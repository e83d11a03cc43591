//! The table of reset tokens. A change of the password uses one up in its own commit.

use domain::credential::{MOST_RESET_TOKENS, NewResetToken, RESET_LIFETIME, ResetDigest};
use domain::user::{User, UserId};
use domain::{Alongside, Timestamp};
use futures_util::future::BoxFuture;
use sqlx::{query, query_as, query_scalar};

use crate::accounts::events;
use crate::accounts::users::{self, UserRow, user_columns};
use crate::engine::dialect::Dialect;
use crate::engine::read_pool::ReadPool;
use crate::engine::writer::WriteError;
use crate::statements::{PerEngine, statements};

statements! {
    const ADD: &str = "INSERT INTO reset_tokens (digest, user_id, expires_at) VALUES ($1, $2, $3)";

    /// Leaves the 19 tokens of a user that expire last.
    const BOUND: &str = "DELETE FROM reset_tokens WHERE digest IN (
        SELECT digest FROM reset_tokens WHERE user_id = $1 ORDER BY expires_at DESC LIMIT 1000 OFFSET 19)";

    /// Skips rows that another job has locked.
    const PURGE: PerEngine = PerEngine {
        sqlite: "DELETE FROM reset_tokens WHERE digest IN (
            SELECT digest FROM reset_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT ($2 + 0))
            RETURNING user_id",
        postgres: "DELETE FROM reset_tokens WHERE digest IN (
            SELECT digest FROM reset_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT ($2 + 0)
            FOR UPDATE SKIP LOCKED)
            RETURNING user_id",
    };

    const LIST: &str = "SELECT expires_at FROM reset_tokens WHERE user_id = $1 ORDER BY expires_at";

    const FIND_USER: &str = concat!(
        "SELECT ", user_columns!(), " FROM reset_tokens JOIN users ON users.id = user_id
        WHERE digest = $1 AND expires_at > $2 AND disabled_at IS NULL"
    );

    const USE_UP: &str = "DELETE FROM reset_tokens WHERE digest = $1 AND user_id = $2 AND expires_at > $3 RETURNING user_id";

    const REMOVE_ALL: &str = "DELETE FROM reset_tokens WHERE user_id = $1";
}

const _: () = assert!(MOST_RESET_TOKENS == 20, "the OFFSET of `BOUND`");

/// The job of [`domain::credential::CredentialRepository::add_reset_token`].
pub(super) fn add<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (token, alongside): &'j (NewResetToken, Alongside),
) -> BoxFuture<'j, Result<bool, WriteError>> {
    Box::pin(async move {
        let NewResetToken { digest, user, made_at } = token;
        // Tokens of a user are added one after another, so that there are no more than are allowed.
        if users::lock::<D>(&mut *connection, *user).await?.is_none() {
            return Ok(false);
        }
        query::<D>(BOUND).bind(user.get()).execute(&mut *connection).await?;
        let add = query::<D>(ADD).bind(&digest.as_bytes()[..]).bind(user.get());
        add.bind((*made_at + RESET_LIFETIME).as_millis()).execute(&mut *connection).await?;
        events::add_alongside::<D>(connection, alongside, *user, None).await?;
        Ok(true)
    })
}

pub(super) async fn find_user<D: Dialect>(
    read: &ReadPool<D>,
    digest: ResetDigest,
    now: Timestamp,
) -> sqlx::Result<Option<User>> {
    let find = query_as::<_, UserRow>(FIND_USER).bind(&digest.as_bytes()[..]).bind(now.as_millis());
    find.fetch_optional(read).await?.map(UserRow::parse).transpose()
}

/// When the tokens of a user expire.
pub(super) async fn list<D: Dialect>(read: &ReadPool<D>, user: UserId) -> sqlx::Result<Vec<Timestamp>> {
    let rows = query_scalar::<_, i64>(LIST).bind(user.get()).fetch_all(read).await?;
    Ok(rows.into_iter().map(Timestamp::from_millis).collect())
}

/// Removes up to `limit` tokens that have expired, the first to expire first. Returns their number.
pub(super) async fn purge<D: Dialect>(connection: &mut D::Connection, now: Timestamp, limit: u32) -> sqlx::Result<u64> {
    let purge = query_scalar::<D, i64>(D::pick(PURGE.sqlite, PURGE.postgres)).bind(now.as_millis());
    Ok(purge.bind(i64::from(limit)).fetch_all(connection).await?.len() as u64)
}

/// Uses up a token of a user. Returns whether it worked.
pub(super) async fn use_up<D: Dialect>(
    connection: &mut D::Connection,
    user: UserId,
    digest: ResetDigest,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let use_up = query_scalar::<D, i64>(USE_UP).bind(&digest.as_bytes()[..]).bind(user.get()).bind(now.as_millis());
    Ok(use_up.fetch_optional(connection).await?.is_some())
}

pub(super) async fn remove_all<D: Dialect>(connection: &mut D::Connection, user: UserId) -> sqlx::Result<()> {
    query::<D>(REMOVE_ALL).bind(user.get()).execute(connection).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{assert_uses_indexes, query_plan};

    #[tokio::test]
    async fn statements_of_reset_tokens_use_indexes() {
        for sql in [PURGE.sqlite, FIND_USER, USE_UP, REMOVE_ALL] {
            assert_uses_indexes(sql).await;
        }
    }

    /// At most 21 rows are sorted: those of one user.
    #[tokio::test]
    async fn bound_sorts_the_tokens_of_one_user() {
        let plan = query_plan(BOUND).await.join("\n");
        assert!(plan.contains("USING INDEX reset_tokens_by_user") && !plan.contains("SCAN"), "{plan}");
    }
}
