//! The table of registration codes. A code is used up by `users`, in the commit that adds a user.

use async_trait::async_trait;
use domain::event::Event;
use domain::registration_code::{
    CodeDigest, CodeId, CodeNote, CodeUses, LISTED_FOR, NewCode, RegistrationCodeRepository, StoredCode,
};
use domain::{Alongside, Page, PageSize, StoreError, Timestamp};
use sqlx::{query_as, query_scalar};

use super::events;
use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::error::{corrupt, into_store_error};
use crate::statements::statements;

statements! {
    const ADD: &str = "INSERT INTO registration_codes (digest, uses, used, note, created_at, expires_at)
        VALUES ($1, $2, 0, $3, $4, $5) RETURNING id";

    const FIND_USABLE: &str = "SELECT id, uses, used, note, created_at, expires_at, revoked_at FROM registration_codes
        WHERE digest = $1 AND used < uses AND expires_at > $2 AND revoked_at IS NULL";

    /// On PostgreSQL it locks the row: another registration with the code waits, and then reads the new count.
    const USE: &str = "UPDATE registration_codes SET used = used + 1
        WHERE digest = $1 AND used < uses AND expires_at > $2 AND revoked_at IS NULL RETURNING id";

    const REVOKE: &str = "UPDATE registration_codes SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id";

    const LIST: &str = "SELECT id, uses, used, note, created_at, expires_at, revoked_at FROM registration_codes
        WHERE id < $1 ORDER BY id DESC LIMIT ($2 + 0)";

    const PURGE: &str = "DELETE FROM registration_codes
        WHERE id IN (SELECT id FROM registration_codes WHERE expires_at <= $1 ORDER BY expires_at LIMIT ($2 + 0))
        RETURNING id";
}

/// The repository of registration codes.
pub(crate) struct RegistrationCodes<D: Dialect> {
    pub(crate) database: OpenDatabase<D>,
}

struct CodeRow {
    id: i64,
    uses: i64,
    used: i64,
    note: Option<String>,
    created_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
}

from_row!(CodeRow { id, uses, used, note, created_at, expires_at, revoked_at });

impl CodeRow {
    fn parse(self) -> sqlx::Result<StoredCode> {
        let id = self.id;
        let uses = u32::try_from(self.uses).map_err(corrupt("registration_codes", "uses", id))?;
        let note = self.note.as_deref().map(CodeNote::parse).transpose();
        Ok(StoredCode {
            id: CodeId::new(id),
            uses: CodeUses::new(uses).map_err(corrupt("registration_codes", "uses", id))?,
            used: u32::try_from(self.used).map_err(corrupt("registration_codes", "used", id))?,
            note: note.map_err(corrupt("registration_codes", "note", id))?,
            created_at: Timestamp::from_millis(self.created_at),
            expires_at: Timestamp::from_millis(self.expires_at),
            revoked_at: self.revoked_at.map(Timestamp::from_millis),
        })
    }
}

/// Uses a code once. `false` if it registers nobody at `now`; then nothing was written.
pub(super) async fn use_once<D: Dialect>(
    connection: &mut D::Connection,
    digest: CodeDigest,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let used = query_scalar::<D, i64>(USE).bind(&digest.as_bytes()[..]).bind(now.as_millis());
    Ok(used.fetch_optional(connection).await?.is_some())
}

/// Writes the events of a code, which are about no user.
async fn add_events<D: Dialect>(connection: &mut D::Connection, all: impl Iterator<Item = Event>) -> sqlx::Result<()> {
    for event in all.collect::<Vec<_>>() {
        events::add::<D>(&mut *connection, &event).await?;
    }
    Ok(())
}

#[async_trait]
impl<D: Dialect> RegistrationCodeRepository for RegistrationCodes<D> {
    async fn add(&self, code: NewCode, alongside: Alongside) -> Result<CodeId, StoreError> {
        let added = self.database.writer.write((code, alongside), |connection, (code, alongside)| {
            Box::pin(async move {
                let add = query_scalar::<D, i64>(ADD)
                    .bind(&code.digest.as_bytes()[..])
                    .bind(i64::from(code.uses.get()))
                    .bind(code.note.as_ref().map(CodeNote::as_str))
                    .bind(code.created_at.as_millis())
                    .bind(code.expires_at.as_millis());
                let id = add.fetch_one(&mut *connection).await?;
                let (id, events) = (CodeId::new(id), alongside.events.iter().cloned());
                let named = |event: Event| if event.detail.is_none() { event.about(&id.name()) } else { event };
                add_events::<D>(connection, events.map(named)).await?;
                Ok(id)
            })
        });
        Ok(added.await?)
    }

    async fn find_usable(&self, digest: CodeDigest, now: Timestamp) -> Result<Option<StoredCode>, StoreError> {
        let find = query_as::<_, CodeRow>(FIND_USABLE).bind(&digest.as_bytes()[..]).bind(now.as_millis());
        let row = find.fetch_optional(&self.database.read).await.map_err(into_store_error)?;
        row.map(CodeRow::parse).transpose().map_err(into_store_error)
    }

    async fn revoke(&self, code: CodeId, at: Timestamp, alongside: Alongside) -> Result<bool, StoreError> {
        let revoked = self.database.writer.write((code, at, alongside), |connection, (code, at, alongside)| {
            Box::pin(async move {
                let revoke = query_scalar::<D, i64>(REVOKE).bind(code.get()).bind(at.as_millis());
                let is_revoked = revoke.fetch_optional(&mut *connection).await?.is_some();
                if is_revoked {
                    add_events::<D>(connection, alongside.events.iter().cloned()).await?;
                }
                Ok(is_revoked)
            })
        });
        Ok(revoked.await?)
    }

    async fn list(&self, before: Option<CodeId>, size: PageSize) -> Result<Page<StoredCode, CodeId>, StoreError> {
        let list = query_as::<_, CodeRow>(LIST).bind(before.map_or(i64::MAX, CodeId::get)).bind(size.rows_and_one());
        let rows = list.fetch_all(&self.database.read).await.map_err(into_store_error)?;
        let codes = rows.into_iter().map(CodeRow::parse).collect::<sqlx::Result<_>>().map_err(into_store_error)?;
        Ok(Page::from_rows(codes, size, |code: &StoredCode| code.id))
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let purged = self.database.writer.write((now - LISTED_FOR, limit), |connection, (ended, limit)| {
            Box::pin(async move {
                let purge = query_scalar::<D, i64>(PURGE).bind(ended.as_millis()).bind(i64::from(*limit));
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
    async fn statements_of_registration_codes_use_indexes() {
        for sql in [FIND_USABLE, USE, REVOKE, LIST, PURGE] {
            assert_uses_indexes(sql).await;
        }
    }
}
