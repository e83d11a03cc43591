//! The table of sessions. Whether a session has expired is not decided here.

use async_trait::async_trait;
use domain::session::{Device, EndedSession, SessionId, SessionRecord, SessionRepository, StoredSession, TokenDigest};
use domain::user::UserId;
use domain::{StoreError, Timestamp};
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::accounts::users::UserRow;
use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::error::into_store_error;
use crate::statements::statements;

statements! {
    const OPEN: &str = "INSERT INTO sessions
            (digest, user_id, created_at, last_seen_at, authenticated_at, expires_at, remembered, network, user_agent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        RETURNING id";

    const FIND: &str = "SELECT sessions.id AS session_id, created_at, last_seen_at, authenticated_at, expires_at,
            remembered, network, user_agent, users.id AS id, username, email, joined_at, disabled_at
        FROM sessions JOIN users ON users.id = user_id
        WHERE digest = $1";

    const TOUCH: &str = "UPDATE sessions SET last_seen_at = $2, expires_at = $3
        WHERE id = $1 AND last_seen_at <= $4
        RETURNING id";

    const END: &str = "DELETE FROM sessions WHERE digest = $1 RETURNING id, user_id";

    const END_ALL: &str = "DELETE FROM sessions WHERE user_id = $1 RETURNING id";

    const PURGE: &str = "DELETE FROM sessions
        WHERE id IN (SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT ($2 + 0))
        RETURNING id";
}

/// The repository of sessions.
pub(crate) struct Sessions<D: Dialect> {
    pub(crate) database: OpenDatabase<D>,
}

#[derive(FromRow)]
struct SessionRow {
    session_id: i64,
    created_at: i64,
    last_seen_at: i64,
    authenticated_at: i64,
    expires_at: i64,
    remembered: i64,
    network: Option<String>,
    user_agent: Option<String>,
    #[sqlx(flatten)]
    user: UserRow,
}

impl SessionRow {
    fn parse(self) -> sqlx::Result<StoredSession> {
        let user = self.user.parse()?;
        let record = SessionRecord {
            user: user.id,
            created_at: Timestamp::from_millis(self.created_at),
            last_seen_at: Timestamp::from_millis(self.last_seen_at),
            authenticated_at: Timestamp::from_millis(self.authenticated_at),
            expires_at: Timestamp::from_millis(self.expires_at),
            remembered: self.remembered != 0,
            device: Device { network: self.network, user_agent: self.user_agent },
        };
        Ok(StoredSession { id: SessionId::new(self.session_id), user, record })
    }
}

#[async_trait]
impl<D: Dialect> SessionRepository for Sessions<D> {
    async fn open(
        &self,
        digest: TokenDigest,
        session: SessionRecord,
        replaces: Option<TokenDigest>,
    ) -> Result<SessionId, StoreError> {
        let opened =
            self.database.writer.write((digest, session, replaces), |connection, (digest, session, replaces)| {
                Box::pin(async move {
                    if let Some(replaced) = replaces {
                        query::<D>(END).bind(&replaced.as_bytes()[..]).execute(&mut *connection).await?;
                    }
                    let id = query_scalar::<D, i64>(OPEN)
                        .bind(&digest.as_bytes()[..])
                        .bind(session.user.get())
                        .bind(session.created_at.as_millis())
                        .bind(session.last_seen_at.as_millis())
                        .bind(session.authenticated_at.as_millis())
                        .bind(session.expires_at.as_millis())
                        .bind(i64::from(session.remembered))
                        .bind(session.device.network.as_deref())
                        .bind(session.device.user_agent.as_deref())
                        .fetch_one(connection);
                    Ok(SessionId::new(id.await?))
                })
            });
        Ok(opened.await?)
    }

    async fn find(&self, digest: TokenDigest) -> Result<Option<StoredSession>, StoreError> {
        let row = query_as::<_, SessionRow>(FIND).bind(&digest.as_bytes()[..]).fetch_optional(&self.database.read);
        row.await.map_err(into_store_error)?.map(SessionRow::parse).transpose().map_err(into_store_error)
    }

    async fn touch(
        &self,
        id: SessionId,
        seen_at: Timestamp,
        expires_at: Timestamp,
        unless_seen_after: Timestamp,
    ) -> Result<bool, StoreError> {
        let times = [seen_at, expires_at, unless_seen_after].map(Timestamp::as_millis);
        let touched = self.database.writer.write((id, times), |connection, (id, times)| {
            Box::pin(async move {
                let touch = query_scalar::<D, i64>(TOUCH).bind(id.get()).bind(times[0]).bind(times[1]).bind(times[2]);
                Ok(touch.fetch_optional(connection).await?.is_some())
            })
        });
        Ok(touched.await?)
    }

    async fn end(&self, digest: TokenDigest) -> Result<Option<EndedSession>, StoreError> {
        let ended = self.database.writer.write(digest, |connection, digest| {
            Box::pin(async move {
                let end = query_as::<D, (i64, i64)>(END).bind(&digest.as_bytes()[..]);
                let ended = end.fetch_optional(connection).await?;
                Ok(ended.map(|(id, user)| EndedSession { id: SessionId::new(id), user: UserId::new(user) }))
            })
        });
        Ok(ended.await?)
    }

    async fn end_all(&self, user: UserId) -> Result<u64, StoreError> {
        let ended = self.database.writer.write(user, |connection, user| {
            Box::pin(async move {
                let ended = query_scalar::<D, i64>(END_ALL).bind(user.get()).fetch_all(connection).await?;
                Ok(ended.len() as u64)
            })
        });
        Ok(ended.await?)
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let purged = self.database.writer.write((now, limit), |connection, (now, limit)| {
            Box::pin(async move {
                let purge = query_scalar::<D, i64>(PURGE).bind(now.as_millis()).bind(i64::from(*limit));
                Ok(purge.fetch_all(connection).await?.len() as u64)
            })
        });
        Ok(purged.await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_sessions_use_indexes() {
        for sql in [FIND, TOUCH, END, END_ALL, PURGE] {
            assert_uses_indexes(sql).await;
        }
    }

    /// Of 20,000 sessions.
    #[cfg(feature = "party")]
    #[tokio::test]
    async fn postgres_purge_of_sessions_uses_indexes() {
        let plan = crate::plan::postgres_plan(PURGE, "bigint, bigint", false).await;
        assert!(plan.contains("sessions_by_expiry") && !plan.contains("Seq Scan"), "{plan}");
    }
}
