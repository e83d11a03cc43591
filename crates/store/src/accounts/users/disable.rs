//! Disabling a user, which ends the user's sessions, and enabling one.

use domain::user::UserId;
use domain::{Alongside, Timestamp};
use futures_util::future::BoxFuture;
use sqlx::query_scalar;

use crate::accounts::{events, sessions};
use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;
use crate::statements::statements;

statements! {
    /// On PostgreSQL it locks the row: a session that opens meanwhile waits for the end, and is refused then.
    const DISABLE: &str = "UPDATE users SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL AND deleted_at IS NULL RETURNING id";

    const ENABLE: &str = "UPDATE users SET disabled_at = NULL WHERE id = $1 AND disabled_at IS NOT NULL RETURNING id";
}

/// The job of [`domain::user::UserRepository::disable`].
pub(super) fn disable<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (user, at, alongside): &'j (UserId, Timestamp, Alongside),
) -> BoxFuture<'j, Result<Option<u64>, WriteError>> {
    Box::pin(async move {
        let disable = query_scalar::<D, i64>(DISABLE).bind(user.get()).bind(at.as_millis());
        if disable.fetch_optional(&mut *connection).await?.is_none() {
            return Ok(None);
        }
        let ended = sessions::end_all::<D>(&mut *connection, *user).await?;
        events::add_alongside::<D>(connection, &alongside.clone().counting(ended), *user, None).await?;
        Ok(Some(ended))
    })
}

/// The job of [`domain::user::UserRepository::enable`].
pub(super) fn enable<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (user, alongside): &'j (UserId, Alongside),
) -> BoxFuture<'j, Result<bool, WriteError>> {
    Box::pin(async move {
        let enable = query_scalar::<D, i64>(ENABLE).bind(user.get());
        let is_enabled = enable.fetch_optional(&mut *connection).await?.is_some();
        if is_enabled {
            events::add_alongside::<D>(connection, alongside, *user, None).await?;
        }
        Ok(is_enabled)
    })
}
