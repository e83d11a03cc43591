//! The table of counters: loaded, counted by the rules of `domain`, and stored in one commit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use domain::throttle::{Attempt, Counter, Limit, ThrottleKey, ThrottleRepository, Throttled};
use domain::{StoreError, Timestamp};
use futures_util::future::BoxFuture;
use sqlx::query::QueryAs;
use sqlx::{Executor, FromRow, query, query_as, query_scalar};

use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;
use crate::error::{corrupt, into_store_error};
use crate::statements::{OnPostgres, PerEngine, statements};

/// The keys of one statement: [`FIND`] and [`LOCK`] have as many parameters.
const KEYS: usize = 8;

/// The expired rows that a count removes: more than a log-in adds.
const PURGED_PER_COUNT: u32 = 4;

/// The most rows of the table, about 100 MB.
const MOST_ROWS: u64 = 1_000_000;

/// A process trims the table at each of so many counts.
const COUNTS_PER_TRIM: u64 = 1_000;

/// The most rows that one call of `trim` removes. More than are added in [`COUNTS_PER_TRIM`] counts.
const TRIMMED_PER_CALL: u64 = 10_000;

/// The rows that one commit of `trim` removes. Other writes wait for it on SQLite.
const TRIMMED_PER_COMMIT: u64 = 1_000;

/// The parts in which the rows are counted. Keys are digests, so that the parts are equal.
const PARTS: u8 = 16;

/// For whom the rows are counted: no user has this id.
const NO_USER: i64 = 0;

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

    /// A part of the rows, so that a statement is short however many there are.
    const COUNT_PART: &str = "SELECT count(*) FROM throttles WHERE key >= $1 AND key < $2";

    const TRIM: PerEngine = PerEngine {
        sqlite: "DELETE FROM throttles
            WHERE key IN (SELECT key FROM throttles ORDER BY expires_at LIMIT ($1 + 0))
            RETURNING count",
        postgres: "DELETE FROM throttles
            WHERE key IN (SELECT key FROM throttles ORDER BY expires_at LIMIT ($1 + 0) FOR UPDATE SKIP LOCKED)
            RETURNING count",
    };
}

/// The repository of counters.
pub(crate) struct Throttles<D: Dialect> {
    database: OpenDatabase<D>,
    /// How often this process has counted.
    counts: Arc<AtomicU64>,
    bound: Bound,
}

/// When the table is trimmed, and to what.
#[derive(Clone, Copy)]
struct Bound {
    most_rows: u64,
    counts_per_trim: u64,
}

// A derive would require `D: Clone`.
impl<D: Dialect> Clone for Throttles<D> {
    fn clone(&self) -> Self {
        Self { database: self.database.clone(), counts: Arc::clone(&self.counts), bound: self.bound }
    }
}

#[derive(FromRow)]
struct CounterRow {
    key: Vec<u8>,
    count: i64,
    expires_at: i64,
}

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

/// The first key of a part, and the first key after it. The last part ends after all keys.
fn bounds(part: u8) -> (Vec<u8>, Vec<u8>) {
    let first = |part: u8| part.checked_mul(u8::MAX / PARTS + 1).map_or(vec![u8::MAX; 33], |byte| vec![byte]);
    (first(part), first(part + 1))
}

fn counter(counters: &Counters) -> impl Fn(ThrottleKey) -> Counter {
    |key| counters.get(&key).copied().unwrap_or(Counter::EMPTY)
}

/// Counts an attempt in the commit of another job. Where it is throttled, that job must refuse too, so that it is rolled
/// back.
pub(crate) async fn count<D: Dialect>(
    connection: &mut D::Connection,
    limits: &[Limit],
    now: Timestamp,
) -> sqlx::Result<Result<Attempt, Throttled>> {
    let (keys, mut counters) = (keys(limits), Counters::new());
    for keys in &keys {
        counters.extend(load::<D>(&mut *connection, FIND, keys).await?);
    }
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
    purge::<D>(connection, now, PURGED_PER_COUNT).await?;
    Ok(Ok(counted.attempt))
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
) -> BoxFuture<'j, Result<Attempt, WriteError<Throttled>>> {
    Box::pin(async move { count::<D>(connection, limits, *now).await?.map_err(WriteError::Refused) })
}

type Keys = BTreeSet<ThrottleKey>;

impl<D: Dialect> Throttles<D> {
    pub(crate) fn new(database: OpenDatabase<D>) -> Self {
        let bound = Bound { most_rows: MOST_ROWS, counts_per_trim: COUNTS_PER_TRIM };
        Self { database, counts: Arc::default(), bound }
    }

    /// Runs `sql` for each key, in one commit and in the order of the keys.
    async fn for_each(&self, sql: &'static str, keys: &[ThrottleKey]) -> Result<(), StoreError> {
        let keys: Keys = keys.iter().copied().collect();
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

    /// The number of rows, by the search pool: it may take long.
    async fn count_rows(&self) -> Result<u64, StoreError> {
        let mut rows = 0;
        for (from, to) in (0..PARTS).map(bounds) {
            let search = self.database.searches.begin(NO_USER).await.map_err(StoreError::new)?;
            let count = query_scalar::<_, i64>(COUNT_PART).bind(from).bind(to).fetch_one(search.executor());
            rows += u64::try_from(count.await.map_err(into_store_error)?).unwrap_or(0);
        }
        Ok(rows)
    }

    /// Trims the table beside the response, now and then.
    fn trim_in_background(&self) {
        let counts = self.counts.fetch_add(1, Ordering::Relaxed) + 1;
        if counts.is_multiple_of(self.bound.counts_per_trim) {
            let throttles = self.clone();
            tokio::spawn(async move {
                match throttles.trim(throttles.bound.most_rows).await {
                    Ok(0) => {}
                    Ok(removed) => tracing::warn!(removed, "trimmed the throttles"),
                    Err(failure) => tracing::warn!(error = ?failure, "throttle trim failed"),
                }
            });
        }
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
            Ok(attempt) => {
                self.trim_in_background();
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
        let excess = self.count_rows().await?.saturating_sub(most).min(TRIMMED_PER_CALL);
        let mut removed = 0;
        while removed < excess {
            let limit = (excess - removed).min(TRIMMED_PER_COMMIT);
            let trimmed = self.database.writer.write(limit, |connection, limit| {
                let limit = i64::try_from(*limit).unwrap_or(i64::MAX);
                Box::pin(async move {
                    let trim = query_scalar::<D, i64>(D::pick(TRIM.sqlite, TRIM.postgres)).bind(limit);
                    Ok(trim.fetch_all(connection).await?.len() as u64)
                })
            });
            match trimmed.await? {
                0 => break, // another process removed them, or has locked them
                trimmed => removed += trimmed,
            }
        }
        Ok(removed)
    }
}

#[cfg(test)]
mod tests;
