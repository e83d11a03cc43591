//! The table of leases: one statement each to acquire one and to release it.

use std::time::Duration;

use async_trait::async_trait;
use domain::lease::{LeaseHolder, LeaseRepository};
use domain::{StoreError, Timestamp};
use sqlx::query_scalar;

use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::statements::statements;

statements! {
    /// On PostgreSQL a concurrent statement waits for the row, and then sees the holder that was faster. `$4` is the current time,
    /// and `$5` the latest end of a lease that was not given by a clock that was ahead.
    const ACQUIRE: &str = "INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
        WHERE leases.holder = excluded.holder OR leases.expires_at <= $4 OR leases.expires_at > $5
        RETURNING expires_at";

    const RELEASE: &str = "DELETE FROM leases WHERE name = $1 AND holder = $2 RETURNING expires_at";
}

/// The repository of leases.
pub(crate) struct Leases<D: Dialect> {
    pub(crate) database: OpenDatabase<D>,
}

#[async_trait]
impl<D: Dialect> LeaseRepository for Leases<D> {
    async fn acquire(
        &self,
        name: &str,
        holder: LeaseHolder,
        now: Timestamp,
        duration: Duration,
    ) -> Result<bool, StoreError> {
        let (expires_at, latest) = (now + duration, now + 2 * duration);
        let lease = (name.to_owned(), holder, [expires_at, now, latest].map(Timestamp::as_millis));
        let acquired = self.database.writer.write(lease, |connection, (name, holder, [expires_at, now, latest])| {
            Box::pin(async move {
                let acquire = query_scalar::<D, i64>(ACQUIRE).bind(name.as_str()).bind(&holder.as_bytes()[..]);
                let acquire = acquire.bind(*expires_at).bind(*now).bind(*latest);
                Ok(acquire.fetch_optional(connection).await?.is_some())
            })
        });
        Ok(acquired.await?)
    }

    async fn release(&self, name: &str, holder: LeaseHolder) -> Result<bool, StoreError> {
        let released = self.database.writer.write((name.to_owned(), holder), |connection, (name, holder)| {
            Box::pin(async move {
                let release = query_scalar::<D, i64>(RELEASE).bind(name.as_str()).bind(&holder.as_bytes()[..]);
                Ok(release.fetch_optional(connection).await?.is_some())
            })
        });
        Ok(released.await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_leases_use_indexes() {
        assert_uses_indexes(RELEASE).await;
    }
}
