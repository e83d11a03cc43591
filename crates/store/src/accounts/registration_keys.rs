//! The table of registration keys. Its rows are inserted by `users`, in the commit that adds a user.

use domain::Timestamp;
use domain::user::{NewUser, RegistrationKey, UserId};
use sqlx::{query, query_as, query_scalar};

use super::users::{UserRow, user_columns};
use crate::engine::dialect::Dialect;
use crate::engine::read_pool::ReadPool;
use crate::statements::statements;

statements! {
    const ADD: &str = "INSERT INTO registration_keys (digest, user_id, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";

    const FIND_USER: &str = concat!(
        "SELECT ", user_columns!(), " FROM registration_keys JOIN users ON users.id = user_id
        WHERE digest = $1 AND expires_at > $2 AND username_key = $3 AND email_key = $4"
    );

    const PURGE: &str = "DELETE FROM registration_keys
        WHERE user_id IN (SELECT user_id FROM registration_keys WHERE expires_at <= $1 ORDER BY expires_at LIMIT ($2 + 0))
        RETURNING user_id";
}

/// Adds the registration key of a new user, where the user has one. A key that is stored already stays its first user's.
pub(super) async fn add<D: Dialect>(connection: &mut D::Connection, user: &NewUser, id: UserId) -> sqlx::Result<()> {
    if let Some(key) = &user.registration_key {
        let expires_at = user.joined_at + RegistrationKey::LIFETIME;
        let add = query::<D>(ADD).bind(&key.as_bytes()[..]).bind(id.get()).bind(expires_at.as_millis());
        add.execute(connection).await?;
    }
    Ok(())
}

/// Finds the user that the same form has added, by its key and by both names.
pub(super) async fn find_user<D: Dialect>(
    connection: &mut D::Connection,
    user: &NewUser,
) -> sqlx::Result<Option<UserRow>> {
    let Some(key) = &user.registration_key else { return Ok(None) };
    let find = query_as::<D, UserRow>(FIND_USER).bind(&key.as_bytes()[..]).bind(user.joined_at.as_millis());
    find.bind(user.username.key()).bind(user.email.key()).fetch_optional(connection).await
}

/// As [`find_user`], without a transaction.
pub(super) async fn read_user<D: Dialect>(read: &ReadPool<D>, user: &NewUser) -> sqlx::Result<Option<UserRow>> {
    let Some(key) = &user.registration_key else { return Ok(None) };
    let find = query_as::<_, UserRow>(FIND_USER).bind(&key.as_bytes()[..]).bind(user.joined_at.as_millis());
    find.bind(user.username.key()).bind(user.email.key()).fetch_optional(read).await
}

/// Removes up to `limit` keys whose lifetime has ended, the oldest first. Returns their number.
pub(super) async fn purge<D: Dialect>(connection: &mut D::Connection, now: Timestamp, limit: u32) -> sqlx::Result<u64> {
    let purge = query_scalar::<D, i64>(PURGE).bind(now.as_millis()).bind(i64::from(limit));
    Ok(purge.fetch_all(connection).await?.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_registration_keys_use_indexes() {
        for sql in [FIND_USER, PURGE] {
            assert_uses_indexes(sql).await;
        }
    }

    /// Of 20,000 registration keys.
    #[cfg(feature = "party")]
    #[tokio::test]
    async fn postgres_purge_of_registration_keys_uses_indexes() {
        let plan = crate::plan::postgres_plan(PURGE, "bigint, bigint", false).await;
        assert!(plan.contains("registration_keys_by_expiry") && !plan.contains("Seq Scan"), "{plan}");
    }
}
