//! The table of sessions. Whether a session has expired is not decided here.

pub(crate) mod keep_only;

use async_trait::async_trait;
use domain::credential::PasswordVersion;
use domain::notice::MOST_COUNTED;
use domain::session::{
    Device, EndedSession, KeptSession, ListedSession, MOST_SESSIONS, OpenSessionError, OtherSessions, Rotation,
    SessionId, SessionRecord, SessionRepository, StoredSession, TokenDigest,
};
use domain::user::UserId;
use domain::{Alongside, StoreError, Timestamp};
use futures_util::future::BoxFuture;
use sqlx::{query, query_as, query_scalar};

use crate::accounts::users::{self, UserRow, user_columns};
use crate::accounts::{events, roles};
use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::engine::writer::WriteError;
use crate::error::into_store_error;
use crate::statements::{PerEngine, statements};

statements! {
    /// Leaves the latest 99 sessions of a user.
    const END_OLDEST: &str = "DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions WHERE user_id = $1 ORDER BY id DESC LIMIT 1000000 OFFSET 99)";

    const OPEN: &str = "INSERT INTO sessions
            (digest, user_id, created_at, last_seen_at, authenticated_at, expires_at, remembered, network, user_agent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        RETURNING id";

    /// The roles are one text, with spaces between them. The notices are counted as far as [`MOST_COUNTED`].
    const FIND: PerEngine = PerEngine {
        sqlite: concat!(
            "SELECT sessions.id AS session_id, created_at, last_seen_at, authenticated_at, expires_at,
                remembered, network, user_agent, ", user_columns!("users.id AS id"), ",
                (SELECT group_concat(role, ' ') FROM user_roles WHERE user_roles.user_id = users.id) AS roles,
                (SELECT count(*) FROM (SELECT 1 FROM notices WHERE user_id = users.id LIMIT 10) AS counted) AS notices
            FROM sessions JOIN users ON users.id = sessions.user_id
            WHERE digest = $1"
        ),
        postgres: concat!(
            "SELECT sessions.id AS session_id, created_at, last_seen_at, authenticated_at, expires_at,
                remembered, network, user_agent, ", user_columns!("users.id AS id"), ",
                (SELECT string_agg(role, ' ') FROM user_roles WHERE user_roles.user_id = users.id) AS roles,
                (SELECT count(*) FROM (SELECT 1 FROM notices WHERE user_id = users.id LIMIT 10) AS counted) AS notices
            FROM sessions JOIN users ON users.id = sessions.user_id
            WHERE digest = $1"
        ),
    };

    const TOUCH: &str = "UPDATE sessions SET last_seen_at = $2, expires_at = $3
        WHERE id = $1 AND last_seen_at <= $4
        RETURNING id";

    const CONFIRM: &str = "UPDATE sessions SET digest = $2, authenticated_at = $3 WHERE digest = $1 RETURNING id, user_id";

    const END: &str = "DELETE FROM sessions WHERE digest = $1 RETURNING id, user_id";

    const END_ALL: &str = "DELETE FROM sessions WHERE user_id = $1 RETURNING id";

    const END_OF_USER: &str = "DELETE FROM sessions WHERE id = $1 AND user_id = $2 RETURNING id";

    const LIST: &str = "SELECT id AS session_id, user_id, created_at, last_seen_at, authenticated_at, expires_at, remembered,
            network, user_agent
        FROM sessions WHERE user_id = $1 ORDER BY id DESC LIMIT 100";

    const PURGE: &str = "DELETE FROM sessions
        WHERE id IN (SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT ($2 + 0))
        RETURNING id";
}

const _: () = assert!(MOST_SESSIONS == 100, "the OFFSET of `END_OLDEST`, the LIMIT of `LIST`");
const _: () = assert!(MOST_COUNTED == 10, "the LIMIT of `FIND`");

/// The repository of sessions.
pub(crate) struct Sessions<D: Dialect> {
    pub(crate) database: OpenDatabase<D>,
}

struct SessionRow {
    record: RecordRow,
    roles: Option<String>,
    notices: i64,
    user: UserRow,
}

from_row!(SessionRow { record: .., roles, notices, user: .. });

/// The columns of a session.
struct RecordRow {
    session_id: i64,
    created_at: i64,
    last_seen_at: i64,
    authenticated_at: i64,
    expires_at: i64,
    remembered: i64,
    network: Option<String>,
    user_agent: Option<String>,
}

from_row!(RecordRow {
    session_id,
    created_at,
    last_seen_at,
    authenticated_at,
    expires_at,
    remembered,
    network,
    user_agent
});

impl RecordRow {
    fn parse(self, user: UserId) -> ListedSession {
        let record = SessionRecord {
            user,
            created_at: Timestamp::from_millis(self.created_at),
            last_seen_at: Timestamp::from_millis(self.last_seen_at),
            authenticated_at: Timestamp::from_millis(self.authenticated_at),
            expires_at: Timestamp::from_millis(self.expires_at),
            remembered: self.remembered != 0,
            device: Device { network: self.network, user_agent: self.user_agent },
        };
        ListedSession { id: SessionId::new(self.session_id), record }
    }
}

impl SessionRow {
    fn parse(self) -> sqlx::Result<StoredSession> {
        let user = self.user.parse()?;
        let roles = roles::parse(self.roles.as_deref().unwrap_or_default().split_whitespace(), user.id.get())?;
        let ListedSession { id, record } = self.record.parse(user.id);
        let notices = u32::try_from(self.notices).unwrap_or(MOST_COUNTED);
        Ok(StoredSession { id, user, roles, notices, record })
    }
}

/// A session to open.
struct NewSession {
    digest: TokenDigest,
    session: SessionRecord,
    verified: PasswordVersion,
    replaces: Option<TokenDigest>,
    alongside: Alongside,
}

/// Why a session was not opened.
#[derive(Debug)]
enum Refusal {
    /// There is no such user, or the user is disabled or deleted.
    UserDisabled,
    PasswordChanged,
    DeletionRequested,
}

/// Ends every session of a user, and returns their number.
pub(super) async fn end_all<D: Dialect>(connection: &mut D::Connection, user: UserId) -> sqlx::Result<u64> {
    let ended = query_scalar::<D, i64>(END_ALL).bind(user.get()).fetch_all(connection).await?;
    Ok(ended.len() as u64)
}

/// The job of [`SessionRepository::open`].
fn open<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    NewSession { digest, session, verified, replaces, alongside }: &'j NewSession,
) -> BoxFuture<'j, Result<SessionId, WriteError<Refusal>>> {
    Box::pin(async move {
        let locked = users::lock::<D>(&mut *connection, session.user).await?;
        let locked = locked.filter(|locked| !locked.is_disabled());
        let locked = locked.ok_or(WriteError::Refused(Refusal::UserDisabled))?;
        match locked.delete_due() {
            Some(due) if due <= session.created_at => return Err(WriteError::Refused(Refusal::UserDisabled)),
            _ if locked.version() != *verified => return Err(WriteError::Refused(Refusal::PasswordChanged)),
            Some(_) => return Err(WriteError::Refused(Refusal::DeletionRequested)),
            None => {}
        }
        if let Some(replaced) = replaces {
            query::<D>(END).bind(&replaced.as_bytes()[..]).execute(&mut *connection).await?;
        }
        query::<D>(END_OLDEST).bind(session.user.get()).execute(&mut *connection).await?;
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
            .fetch_one(&mut *connection);
        let id = SessionId::new(id.await?);
        events::add_alongside::<D>(connection, alongside, session.user, Some(id)).await?;
        Ok(id)
    })
}

#[async_trait]
impl<D: Dialect> SessionRepository for Sessions<D> {
    async fn open(
        &self,
        digest: TokenDigest,
        session: SessionRecord,
        verified: PasswordVersion,
        replaces: Option<TokenDigest>,
        alongside: Alongside,
    ) -> Result<SessionId, OpenSessionError> {
        let new = NewSession { digest, session, verified, replaces, alongside };
        let opened = self.database.writer.write(new, open::<D>).await;
        opened.map_err(|error| match error.refusal() {
            Ok(Refusal::UserDisabled) => OpenSessionError::UserDisabled,
            Ok(Refusal::PasswordChanged) => OpenSessionError::PasswordChanged,
            Ok(Refusal::DeletionRequested) => OpenSessionError::DeletionRequested,
            Err(failure) => failure.into(),
        })
    }

    async fn find(&self, digest: TokenDigest) -> Result<Option<StoredSession>, StoreError> {
        let row = query_as::<_, SessionRow>(D::pick(FIND.sqlite, FIND.postgres))
            .bind(&digest.as_bytes()[..])
            .fetch_optional(&self.database.read);
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

    async fn confirm(
        &self,
        digest: TokenDigest,
        fresh: TokenDigest,
        at: Timestamp,
        alongside: Alongside,
    ) -> Result<Option<SessionId>, StoreError> {
        let confirmed = self.database.writer.write((digest, fresh, at, alongside), |connection, input| {
            Box::pin(async move {
                let (digest, fresh, at, alongside) = input;
                let confirm = query_as::<D, (i64, i64)>(CONFIRM).bind(&digest.as_bytes()[..]);
                let confirm = confirm.bind(&fresh.as_bytes()[..]).bind(at.as_millis());
                let Some((id, user)) = confirm.fetch_optional(&mut *connection).await? else { return Ok(None) };
                let id = SessionId::new(id);
                events::add_alongside::<D>(connection, alongside, UserId::new(user), Some(id)).await?;
                Ok(Some(id))
            })
        });
        Ok(confirmed.await?)
    }

    async fn end(&self, digest: TokenDigest, alongside: Alongside) -> Result<Option<EndedSession>, StoreError> {
        let ended = self.database.writer.write((digest, alongside), |connection, (digest, alongside)| {
            Box::pin(async move {
                let end = query_as::<D, (i64, i64)>(END).bind(&digest.as_bytes()[..]);
                let Some((id, user)) = end.fetch_optional(&mut *connection).await? else { return Ok(None) };
                let ended = EndedSession { id: SessionId::new(id), user: UserId::new(user) };
                events::add_alongside::<D>(connection, alongside, ended.user, Some(ended.id)).await?;
                Ok(Some(ended))
            })
        });
        Ok(ended.await?)
    }

    async fn end_all(&self, user: UserId, alongside: Alongside) -> Result<u64, StoreError> {
        let ended = self.database.writer.write((user, alongside), |connection, (user, alongside)| {
            Box::pin(async move {
                let sessions = end_all::<D>(&mut *connection, *user).await?;
                if sessions > 0 {
                    events::add_alongside::<D>(connection, &alongside.clone().counting(sessions), *user, None).await?;
                }
                Ok(sessions)
            })
        });
        Ok(ended.await?)
    }

    async fn end_of_user(&self, user: UserId, id: SessionId, alongside: Alongside) -> Result<bool, StoreError> {
        let ended = self.database.writer.write((user, id, alongside), |connection, (user, id, alongside)| {
            Box::pin(async move {
                let end = query_scalar::<D, i64>(END_OF_USER).bind(id.get()).bind(user.get());
                let is_ended = end.fetch_optional(&mut *connection).await?.is_some();
                if is_ended {
                    events::add_alongside::<D>(connection, alongside, *user, Some(*id)).await?;
                }
                Ok(is_ended)
            })
        });
        Ok(ended.await?)
    }

    async fn keep_only(&self, user: UserId, keep: Option<Rotation>) -> Result<OtherSessions, StoreError> {
        Ok(self.database.writer.write((user, keep), keep_only::keep_only_locked::<D>).await?)
    }

    async fn end_others(
        &self,
        digest: TokenDigest,
        fresh: TokenDigest,
        alongside: Alongside,
    ) -> Result<Option<KeptSession>, StoreError> {
        Ok(self.database.writer.write((digest, fresh, alongside), keep_only::end_others::<D>).await?)
    }

    async fn list(&self, user: UserId) -> Result<Vec<ListedSession>, StoreError> {
        let rows = query_as::<_, RecordRow>(LIST).bind(user.get()).fetch_all(&self.database.read);
        Ok(rows.await.map_err(into_store_error)?.into_iter().map(|row| row.parse(user)).collect())
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
        for sql in [END_OLDEST, FIND.sqlite, TOUCH, CONFIRM, END, END_ALL, END_OF_USER, LIST, PURGE] {
            assert_uses_indexes(sql).await;
        }
    }

    /// Of 20,000 sessions, and of a user with 10,000 notices.
    #[cfg(feature = "party")]
    #[tokio::test]
    async fn postgres_finds_a_session_by_indexes() {
        let plan = crate::plan::postgres_plan(FIND.postgres, "bytea", false).await;
        assert!(plan.contains("notices_by_user") && !plan.contains("Seq Scan on notices"), "{plan}");
        assert!(!plan.contains("Seq Scan on sessions") && !plan.contains("Seq Scan on users"), "{plan}");
    }

    /// Of 20,000 sessions.
    #[cfg(feature = "party")]
    #[tokio::test]
    async fn postgres_purge_of_sessions_uses_indexes() {
        let plan = crate::plan::postgres_plan(PURGE, "bigint, bigint", false).await;
        assert!(plan.contains("sessions_by_expiry") && !plan.contains("Seq Scan"), "{plan}");
    }
}
