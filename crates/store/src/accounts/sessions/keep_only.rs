//! Ending every session of a user but one, which gets a new token.
//!
//! On PostgreSQL the user is locked before any session: two calls for two sessions of a user would each wait for the session of
//! the other.

use domain::session::{KeptSession, OtherSessions, Rotation, SessionId, TokenDigest};
use domain::user::UserId;
use domain::{Alongside, Timestamp};
use futures_util::future::BoxFuture;
use sqlx::query_scalar;

use crate::accounts::{events, users};
use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;
use crate::statements::statements;

statements! {
    const FIND_USER: &str = "SELECT user_id FROM sessions WHERE digest = $1";

    /// Leaves the time of authentication where `$4` is none.
    const ROTATE: &str = "UPDATE sessions SET digest = $3, authenticated_at = coalesce($4, authenticated_at)
        WHERE digest = $1 AND user_id = $2
        RETURNING id";

    const FIND: &str = "SELECT id FROM sessions WHERE digest = $1 AND user_id = $2";

    const END_OTHERS: &str = "DELETE FROM sessions WHERE user_id = $1 AND id <> $2 RETURNING id";
}

/// The job of [`domain::session::SessionRepository::keep_only`].
pub(super) fn keep_only_locked<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (user, keep): &'j (UserId, Option<Rotation>),
) -> BoxFuture<'j, Result<OtherSessions, WriteError>> {
    Box::pin(async move {
        users::lock::<D>(&mut *connection, *user).await?;
        Ok(keep_only::<D>(connection, *user, *keep).await?)
    })
}

/// Ends every session of a user but the one to keep. The row of the user is locked.
pub(crate) async fn keep_only<D: Dialect>(
    connection: &mut D::Connection,
    user: UserId,
    keep: Option<Rotation>,
) -> sqlx::Result<OtherSessions> {
    let kept = match keep {
        Some(Rotation { from, to, authenticated_at }) => {
            let rotated = rotate::<D>(&mut *connection, user, from, to, Some(authenticated_at)).await?;
            match rotated {
                None => find::<D>(&mut *connection, user, to).await?, // an earlier call has rotated it
                rotated => rotated,
            }
        }
        None => None,
    };
    Ok(OtherSessions { ended: end_all_but::<D>(connection, user, kept).await?, kept })
}

/// The job of [`domain::session::SessionRepository::end_others`].
pub(super) fn end_others<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (digest, fresh, alongside): &'j (TokenDigest, TokenDigest, Alongside),
) -> BoxFuture<'j, Result<Option<KeptSession>, WriteError>> {
    Box::pin(async move {
        let find = query_scalar::<D, i64>(FIND_USER).bind(&digest.as_bytes()[..]);
        let Some(user) = find.fetch_optional(&mut *connection).await?.map(UserId::new) else { return Ok(None) };
        users::lock::<D>(&mut *connection, user).await?;
        let Some(id) = rotate::<D>(&mut *connection, user, *digest, *fresh, None).await? else { return Ok(None) };
        let ended = end_all_but::<D>(&mut *connection, user, Some(id)).await?;
        if ended > 0 {
            events::add_alongside::<D>(connection, &alongside.clone().counting(ended), user, None).await?;
        }
        Ok(Some(KeptSession { id, user, ended }))
    })
}

async fn rotate<D: Dialect>(
    connection: &mut D::Connection,
    user: UserId,
    from: TokenDigest,
    to: TokenDigest,
    authenticated_at: Option<Timestamp>,
) -> sqlx::Result<Option<SessionId>> {
    let rotate = query_scalar::<D, i64>(ROTATE).bind(&from.as_bytes()[..]).bind(user.get());
    let rotate = rotate.bind(&to.as_bytes()[..]).bind(authenticated_at.map(Timestamp::as_millis));
    Ok(rotate.fetch_optional(connection).await?.map(SessionId::new))
}

async fn find<D: Dialect>(
    connection: &mut D::Connection,
    user: UserId,
    digest: TokenDigest,
) -> sqlx::Result<Option<SessionId>> {
    let find = query_scalar::<D, i64>(FIND).bind(&digest.as_bytes()[..]).bind(user.get());
    Ok(find.fetch_optional(connection).await?.map(SessionId::new))
}

/// Ends every session of a user but that one, and returns their number.
async fn end_all_but<D: Dialect>(
    connection: &mut D::Connection,
    user: UserId,
    kept: Option<SessionId>,
) -> sqlx::Result<u64> {
    let kept = kept.map_or(0, SessionId::get); // row ids begin at 1
    let ended = query_scalar::<D, i64>(END_OTHERS).bind(user.get()).bind(kept).fetch_all(connection).await?;
    Ok(ended.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_other_sessions_use_indexes() {
        for sql in [FIND_USER, ROTATE, FIND, END_OTHERS] {
            assert_uses_indexes(sql).await;
        }
    }
}
