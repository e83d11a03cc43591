//! The quotas of a user, counted in the commit that adds a party or saves an answer.

use domain::Timestamp;
use domain::party::{AddError, ChangeQuota, HostQuota, UpdateError};
use domain::throttle::{Attempt, Counted, Counter, Limit, Throttled};
use domain::user::UserId;
use sqlx::query_scalar;

use crate::accounts::throttles;
use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;
use crate::error::corrupt;
use crate::statements::statements;

statements! {
    /// The first party of a host beyond the number `$3` of those that begin after `$2`.
    const FIND_BEYOND: &str = "SELECT id FROM parties WHERE host_id = $1 AND starts_at > $2
        ORDER BY starts_at, id LIMIT 1 OFFSET ($3 + 0)";

    /// Stores a counter that was loaded as `$4` and `$5`, or that had no row. Returns no row where another transaction has
    /// counted since.
    const SAVE_LOADED: &str = "INSERT INTO throttles (key, count, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (key) DO UPDATE SET count = excluded.count, expires_at = excluded.expires_at
        WHERE throttles.count = $4 AND throttles.expires_at = $5
        RETURNING count";
}

/// Counts a party that `host` adds. The row of the host is locked, so that no other party is added meanwhile.
pub(super) async fn count_hosted<D: Dialect>(
    connection: &mut D::Connection,
    host: UserId,
    HostQuota { max_upcoming, limit, now }: &HostQuota,
) -> Result<(), WriteError<AddError>> {
    let beyond = query_scalar::<D, i64>(FIND_BEYOND).bind(host.get()).bind(now.as_millis());
    let beyond = beyond.bind(i64::from(max_upcoming.saturating_sub(1))).fetch_optional(&mut *connection).await?;
    if beyond.is_some() || *max_upcoming == 0 {
        return Err(WriteError::Refused(AddError::TooManyUpcoming { max: *max_upcoming }));
    }
    match throttles::count::<D>(connection, &[*limit], *now).await? {
        Ok(Attempt::Allowed | Attempt::QuietlyRefused) => Ok(()),
        Err(throttled) => Err(WriteError::Refused(throttled.into())),
    }
}

/// Counts a change. `loaded` is the counter as it was read with the party, so that the one statement that
/// stores the next suffices. Where another change of the user was faster, both are counted one after the other.
pub(super) async fn count_change<D: Dialect>(
    connection: &mut D::Connection,
    ChangeQuota { limit, now }: &ChangeQuota,
    loaded: Option<Counter>,
) -> Result<(), WriteError<UpdateError>> {
    let refused = |throttled: Throttled| WriteError::Refused(throttled.into());
    let stored = |_| loaded.unwrap_or(Counter::EMPTY);
    let Counted { counters, .. } = Limit::count_all(&[*limit], stored, *now).map_err(refused)?;
    for (key, counter) in counters {
        let save = query_scalar::<D, i64>(SAVE_LOADED)
            .bind(&key.as_bytes()[..])
            .bind(i64::from(counter.count))
            .bind(counter.expires_at.as_millis())
            .bind(loaded.map(|loaded| i64::from(loaded.count)))
            .bind(loaded.map(|loaded| loaded.expires_at.as_millis()));
        if save.fetch_optional(&mut *connection).await?.is_none() {
            throttles::count::<D>(connection, &[*limit], *now).await?.map_err(refused)?;
        }
    }
    Ok(())
}

/// The counter with the columns that were loaded; `None` where there is no row.
pub(super) fn loaded_counter(count: Option<i64>, expires_at: Option<i64>) -> sqlx::Result<Option<Counter>> {
    let Some((count, expires_at)) = count.zip(expires_at) else { return Ok(None) };
    let count = u32::try_from(count).map_err(corrupt("throttles", "count", 0))?;
    Ok(Some(Counter { count, expires_at: Timestamp::from_millis(expires_at) }))
}

#[cfg(test)]
mod tests;
