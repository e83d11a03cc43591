//! Ending every session of a user but one, which gets a new token.

use domain::session::{OtherSessions, Rotation, SessionId};
use domain::user::UserId;
use sqlx::query_scalar;

use crate::engine::dialect::Dialect;
use crate::statements::statements;

statements! {
    const ROTATE: &str = "UPDATE sessions SET digest = $3, authenticated_at = $4 WHERE digest = $1 AND user_id = $2
        RETURNING id";

    /// The session that an earlier call has given its new token.
    const FIND_ROTATED: &str = "SELECT id FROM sessions WHERE digest = $1 AND user_id = $2";

    const END_OTHERS: &str = "DELETE FROM sessions WHERE user_id = $1 AND id <> $2 RETURNING id";
}

/// Ends every session of a user but the one to keep.
pub(crate) async fn keep_only<D: Dialect>(
    connection: &mut D::Connection,
    user: UserId,
    keep: Option<Rotation>,
) -> sqlx::Result<OtherSessions> {
    let kept = match keep {
        Some(rotation) => rotate::<D>(&mut *connection, user, rotation).await?,
        None => None,
    };
    let kept_id = kept.map_or(0, SessionId::get); // row ids begin at 1
    let ended = query_scalar::<D, i64>(END_OTHERS).bind(user.get()).bind(kept_id).fetch_all(connection).await?;
    Ok(OtherSessions { ended: ended.len() as u64, kept })
}

async fn rotate<D: Dialect>(
    connection: &mut D::Connection,
    user: UserId,
    Rotation { from, to, authenticated_at }: Rotation,
) -> sqlx::Result<Option<SessionId>> {
    let rotate = query_scalar::<D, i64>(ROTATE).bind(&from.as_bytes()[..]).bind(user.get());
    let rotate = rotate.bind(&to.as_bytes()[..]).bind(authenticated_at.as_millis());
    let mut found = rotate.fetch_optional(&mut *connection).await?;
    if found.is_none() {
        let find = query_scalar::<D, i64>(FIND_ROTATED).bind(&to.as_bytes()[..]).bind(user.get());
        found = find.fetch_optional(connection).await?;
    }
    Ok(found.map(SessionId::new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_other_sessions_use_indexes() {
        for sql in [ROTATE, FIND_ROTATED, END_OTHERS] {
            assert_uses_indexes(sql).await;
        }
    }
}
