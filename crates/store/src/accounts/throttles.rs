//! The table of counters: loaded, counted by the rules of `domain`, and stored in one commit.

pub(crate) mod table_bound;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use domain::throttle::{Attempt, Counter, Limit, ThrottleKey, ThrottleRepository, Throttled};
use domain::{StoreError, Timestamp};
use futures_util::future::BoxFuture;
use sqlx::query::QueryAs;
use sqlx::{Executor, query, query_as, query_scalar};

use self::table_bound::TableBound;
use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::engine::writer::WriteError;
use crate::error::{corrupt, into_store_error};
use crate::statements::{OnPostgres, PerEngine, statements};

/// The keys of one statement: [`FIND`] and [`LOCK`] have as many parameters.
const KEYS: usize = 8;

/// The expired rows that a count removes, if it adds a row: as many as a log-in adds.
const PURGED_PER_COUNT: u32 = 4;

statements! {
    const FIND: &str = "SELECT key, count, expires_at FROM throttles WHERE key IN ($1, $2, $3, $4, $5, $6, $7, $8)";

    /// Locks the rows of the keys, and inserts those that are missing, in the order of the keys: two jobs that share keys
    /// never wait for each other. SQLite's transaction holds the write lock of the whole file already.
    const LOCK: OnPostgres = OnPostgres("INSERT INTO throttles (key, count, expires_at)
        SELECT key, 0, 0 FROM (VALUES ($1), ($2), ($3), ($4), ($5), ($6), ($7), ($8)) AS keys (key)
        WHERE key IS NOT NULL ORDER BY key
        ON CONFLICT (key) DO UPDATE SET count = throttles.count
        RETURNING key, count, expires_at");

    const SAVE: &str = "INSERT INTO throttles (key, count, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (key) DO UPDATE SET count = excluded.count, expires_at = excluded.expires_at";

    const GIVE_BACK: &str = "UPDATE throttles SET count = count - 1 WHERE key = $1 AND count > 0";

    const FORGET: &str = "DELETE FROM throttles WHERE key = $1";

    /// Skips rows that another job has locked: it may be waiting for a row of this one.
    const PURGE: PerEngine = PerEngine {
        sqlite: "DELETE FROM throttles
            WHERE key IN (SELECT key FROM throttles WHERE expires_at <= $1 ORDER BY expires_at LIMIT ($2 + 0))
            RETURNING count",
        postgres: "DELETE FROM throttles
            WHERE key IN (SELECT key FROM throttles WHERE expires_at <= $1 ORDER BY expires_at LIMIT ($2 + 0)
                FOR UPDATE SKIP LOCKED)
            RETURNING count",
    };
}

/// The repository of counters.
pub(crate) struct Throttles<D: Dialect> {
    database: OpenDatabase<D>,
    bound: Arc<TableBound<D>>,
}

struct CounterRow {
    key: Vec<u8>,
    count: i64,
    expires_at: i64,
}

from_row!(CounterRow { key, count, expires_at });

impl CounterRow {
    fn parse(self) -> sqlx::Result<(ThrottleKey, Counter)> {
        let key = self.key.try_into().map_err(|_| "it is not 32 bytes long");
        let key = ThrottleKey::new(key.map_err(corrupt("throttles", "key", 0))?);
        let count = u32::try_from(self.count).map_err(corrupt("throttles", "count", 0))?;
        Ok((key, Counter { count, expires_at: Timestamp::from_millis(self.expires_at) }))
    }
}

/// The stored counters by key. A key without a row has none.
type Counters = BTreeMap<ThrottleKey, Counter>;

/// Loads the counters of up to [`KEYS`] keys by [`FIND`] or [`LOCK`].
async fn load<'e, D: Dialect>(
    executor: impl Executor<'e, Database = D>,
    sql: &'static str,
    keys: &[ThrottleKey],
) -> sqlx::Result<Vec<(ThrottleKey, Counter)>> {
    let keys = (0..KEYS).map(|n| keys.get(n).map(|key| key.as_bytes().to_vec()));
    let load = keys.fold(query_as::<D, CounterRow>(sql), QueryAs::bind);
    load.fetch_all(executor).await?.into_iter().map(CounterRow::parse).collect()
}

/// The keys of limits, each once and in their order, in parts for one statement each.
fn keys(limits: &[Limit]) -> Vec<Vec<ThrottleKey>> {
    let keys: Vec<_> = limits.iter().map(|limit| limit.key).collect::<BTreeSet<_>>().into_iter().collect();
    keys.chunks(KEYS).map(<[_]>::to_vec).collect()
}

fn counter(counters: &Counters) -> impl Fn(ThrottleKey) -> Counter {
    |key| counters.get(&key).copied().unwrap_or(Counter::EMPTY)
}

/// Counts an attempt in the commit of another job. Where it is throttled, that job must refuse too, so that it is rolled
/// back.
#[cfg(any(test, feature = "party"))]
pub(crate) async fn count<D: Dialect>(
    connection: &mut D::Connection,
    limits: &[Limit],
    now: Timestamp,
) -> sqlx::Result<Result<Attempt, Throttled>> {
    Ok(store::<D>(connection, limits, now).await?.map(|stored| stored.attempt))
}

/// An attempt that was counted, and by how many rows the table grew.
struct Stored {
    attempt: Attempt,
    growth: i64,
}

async fn store<D: Dialect>(
    connection: &mut D::Connection,
    limits: &[Limit],
    now: Timestamp,
) -> sqlx::Result<Result<Stored, Throttled>> {
    let (keys, mut counters) = (keys(limits), Counters::new());
    for keys in &keys {
        counters.extend(load::<D>(&mut *connection, FIND, keys).await?);
    }
    let missing = keys.iter().flatten().filter(|key| !counters.contains_key(key)).count();
    let mut counted = Limit::count_all(limits, counter(&counters), now);
    // What is refused already locks nothing, so that a flood of attempts leaves no dead rows.
    if let (Ok(_), Some(OnPostgres(lock))) = (&counted, D::pick(None, Some(LOCK))) {
        for keys in &keys {
            counters.extend(load::<D>(&mut *connection, lock, keys).await?);
        }
        counted = Limit::count_all(limits, counter(&counters), now);
    }
    let counted = match counted {
        Ok(counted) => counted,
        Err(throttled) => return Ok(Err(throttled)),
    };
    for (key, counter) in counted.counters {
        let save = query::<D>(SAVE).bind(&key.as_bytes()[..]).bind(i64::from(counter.count));
        save.bind(counter.expires_at.as_millis()).execute(&mut *connection).await?;
    }
    let purged = if missing > 0 { purge::<D>(connection, now, PURGED_PER_COUNT).await? } else { 0 };
    let growth = i64::try_from(missing).unwrap_or(0) - i64::try_from(purged).unwrap_or(0);
    Ok(Ok(Stored { attempt: counted.attempt, growth }))
}

async fn purge<D: Dialect>(connection: &mut D::Connection, now: Timestamp, limit: u32) -> sqlx::Result<u64> {
    let purge = query_scalar::<D, i64>(D::pick(PURGE.sqlite, PURGE.postgres));
    let purged = purge.bind(now.as_millis()).bind(i64::from(limit)).fetch_all(connection).await?;
    Ok(purged.len() as u64)
}

/// The job of [`ThrottleRepository::count`].
fn count_job<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (limits, now): &'j (Vec<Limit>, Timestamp),
) -> BoxFuture<'j, Result<Stored, WriteError<Throttled>>> {
    Box::pin(async move { store::<D>(connection, limits, *now).await?.map_err(WriteError::Refused) })
}

impl<D: Dialect> Throttles<D> {
    pub(crate) fn new(database: OpenDatabase<D>) -> Self {
        Self { bound: Arc::new(TableBound::new(database.clone())), database }
    }

    /// Runs `sql` for each key, in one commit and in the order of the keys.
    async fn for_each(&self, sql: &'static str, keys: &[ThrottleKey]) -> Result<(), StoreError> {
        let keys: BTreeSet<_> = keys.iter().copied().collect();
        let written = self.database.writer.write((sql, keys), |connection, (sql, keys)| {
            Box::pin(async move {
                for key in keys {
                    query::<D>(*sql).bind(&key.as_bytes()[..]).execute(&mut *connection).await?;
                }
                Ok(())
            })
        });
        Ok(written.await?)
    }
}

#[async_trait]
impl<D: Dialect> ThrottleRepository for Throttles<D> {
    async fn check(&self, limits: &[Limit], now: Timestamp) -> Result<Result<Attempt, Throttled>, StoreError> {
        let mut counters = Counters::new();
        for keys in keys(limits) {
            counters.extend(load(&self.database.read, FIND, &keys).await.map_err(into_store_error)?);
        }
        Ok(Limit::check_all(limits, counter(&counters), now))
    }

    async fn count(&self, limits: &[Limit], now: Timestamp) -> Result<Result<Attempt, Throttled>, StoreError> {
        let counted = self.database.writer.write((limits.to_vec(), now), count_job::<D>).await;
        match counted {
            Ok(Stored { attempt, growth }) => {
                self.bound.record_growth(growth);
                Ok(Ok(attempt))
            }
            Err(error) => Ok(Err(error.refusal()?)),
        }
    }

    async fn give_back(&self, keys: &[ThrottleKey]) -> Result<(), StoreError> {
        self.for_each(GIVE_BACK, keys).await
    }

    async fn forget(&self, keys: &[ThrottleKey]) -> Result<(), StoreError> {
        self.for_each(FORGET, keys).await
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let purged = self.database.writer.write((now, limit), |connection, (now, limit)| {
            Box::pin(async move { Ok(purge::<D>(connection, *now, *limit).await?) })
        });
        Ok(purged.await?)
    }

    async fn trim(&self, most: u64) -> Result<u64, StoreError> {
        self.bound.trim(most).await
    }
}

#[cfg(test)]
mod tests;
