//! The bound of the table of counters: what is beyond a million rows is removed, the first to expire first.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::StoreError;
use sqlx::query_scalar;
use tokio::sync::Mutex;

use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::error::into_store_error;
use crate::statements::{PerEngine, statements};

/// The most rows of the table: 103 MB on SQLite, 202 MB on PostgreSQL.
const MOST_ROWS: u64 = 1_000_000;

/// A process trims the table when it has added so many rows more than it has purged.
const GROWTH_PER_TRIM: i64 = 5_000;

/// The most rows that one trim removes. Twice what is added in between.
const TRIMMED_PER_CALL: u64 = 10_000;

/// The rows that one commit of a trim removes. On SQLite other writes wait for it.
const TRIMMED_PER_COMMIT: u64 = 250;

/// The rows of [`FIND_STEP`].
const STEP: u64 = 5_000;

/// For whom the rows are counted: no user has this id.
const NO_USER: i64 = 0;

statements! {
    /// The 5,000th key after another. The rows are counted in such steps, so that no statement is long.
    const FIND_STEP: &str = "SELECT key FROM throttles WHERE key > $1 ORDER BY key LIMIT 1 OFFSET 4999";

    /// The rows after the last step: less than 5,000.
    const COUNT_REST: &str = "SELECT count(*) FROM throttles WHERE key > $1";

    /// Skips rows that a job has locked: they count.
    const TRIM: PerEngine = PerEngine {
        sqlite: "DELETE FROM throttles
            WHERE key IN (SELECT key FROM throttles ORDER BY expires_at LIMIT ($1 + 0))
            RETURNING count",
        postgres: "DELETE FROM throttles
            WHERE key IN (SELECT key FROM throttles ORDER BY expires_at LIMIT ($1 + 0) FOR UPDATE SKIP LOCKED)
            RETURNING count",
    };
}

/// Trims the table when this process has added enough rows.
pub(super) struct TableBound<D: Dialect> {
    database: OpenDatabase<D>,
    most_rows: u64,
    growth_per_trim: i64,
    /// The rows that were added, without those that were purged, since the last trim began.
    growth: AtomicI64,
    /// Of two trims at once, each would remove all that is too much.
    is_trimming: Arc<Mutex<()>>,
}

impl<D: Dialect> TableBound<D> {
    pub(super) fn new(database: OpenDatabase<D>) -> Self {
        Self {
            database,
            most_rows: MOST_ROWS,
            growth_per_trim: GROWTH_PER_TRIM,
            growth: AtomicI64::default(),
            is_trimming: Arc::default(),
        }
    }

    /// Records that the table has grown by `rows`. Trims it beside the request, if it has grown enough.
    pub(super) fn record_growth(self: &Arc<Self>, rows: i64) {
        if self.growth.fetch_add(rows, Ordering::Relaxed) + rows < self.growth_per_trim {
            return;
        }
        let Ok(guard) = Arc::clone(&self.is_trimming).try_lock_owned() else { return };
        self.growth.store(0, Ordering::Relaxed);
        let bound = Arc::clone(self);
        tokio::spawn(async move {
            match bound.trim(bound.most_rows).await {
                Ok(0) => {}
                Ok(removed) => tracing::warn!(removed, "trimmed the throttles"),
                Err(failure) => tracing::warn!(error = ?failure, "throttle trim failed"),
            }
            drop(guard);
        });
    }

    /// Removes what is beyond `most` rows, up to [`TRIMMED_PER_CALL`]. Returns how many rows were removed.
    pub(super) async fn trim(&self, most: u64) -> Result<u64, StoreError> {
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

    /// The number of rows. It may take long, and is counted as a search is.
    async fn count_rows(&self) -> Result<u64, StoreError> {
        let (mut rows, mut last) = (0, Vec::new());
        loop {
            let search = self.database.searches.begin(NO_USER).await.map_err(StoreError::new)?;
            let step = query_scalar::<_, Vec<u8>>(FIND_STEP).bind(&last[..]).fetch_optional(search.executor());
            if let Some(key) = step.await.map_err(into_store_error)? {
                (rows, last) = (rows + STEP, key);
                continue;
            }
            let rest = query_scalar::<_, i64>(COUNT_REST).bind(last).fetch_one(search.executor());
            let rest = rest.await.map_err(into_store_error)?;
            return Ok(rows + u64::try_from(rest).unwrap_or(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::Timestamp;
    use domain::throttle::ThrottleRepository as _;
    use sqlx::query;

    use super::super::Throttles;
    use super::super::tests::{NOW, limit, on_both};
    use super::*;
    use crate::engine::writer::WriteError;
    use crate::plan::{assert_uses_indexes, query_plan};

    /// Keys that all begin alike, as those of one quota do.
    async fn counted<D: Dialect>(database: OpenDatabase<D>) {
        let filled = database.writer.write((), |connection, ()| {
            Box::pin(async move {
                let fill = D::pick(
                    "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 12344)
                        INSERT INTO throttles SELECT CAST(printf('%032d', n) AS BLOB), 1, n FROM numbers",
                    "INSERT INTO throttles SELECT lpad(n::text, 32, '0')::bytea, 1, n FROM generate_series(0, 12344) AS n",
                );
                Ok::<_, WriteError>(query::<D>(fill).execute(connection).await.map(drop)?)
            })
        });
        filled.await.unwrap();
        let bound = TableBound::new(database);
        for (most, removed, left) in [(20_000, 0, 12_345), (12_345, 0, 12_345), (10_000, 2_345, 10_000), (0, 10_000, 0)]
        {
            assert_eq!(bound.trim(most).await.unwrap(), removed);
            assert_eq!(bound.count_rows().await.unwrap(), left);
        }
    }

    #[tokio::test]
    async fn rows_are_counted_in_steps() {
        on_both!(counted);
    }

    /// At most 20 rows, and the nine that may be added before the next trim.
    async fn trimmed<D: Dialect>(database: OpenDatabase<D>) {
        let bound = TableBound { most_rows: 20, growth_per_trim: 10, ..TableBound::new(database.clone()) };
        let throttles = Throttles { database, bound: Arc::new(bound) };
        for n in 0..100 {
            throttles.count(&[limit(n, 1)], NOW).await.unwrap().unwrap();
        }
        let last = limit(99, u32::MAX);
        for attempt in 0.. {
            let rows = throttles.bound.count_rows().await.unwrap();
            assert!(attempt < 500, "{rows} rows");
            if rows < 30 {
                break;
            }
            throttles.count(&[last], NOW).await.unwrap().unwrap(); // after a trim that had begun with fewer rows
            tokio::time::sleep(Duration::from_millis(10)).await; // the trim runs beside the counts
        }
        throttles.check(&[limit(99, 1)], NOW).await.unwrap().unwrap_err();
    }

    #[tokio::test]
    async fn table_that_has_grown_is_trimmed() {
        on_both!(trimmed);
    }

    /// The rows that are purged leave room for as many new ones.
    async fn not_trimmed<D: Dialect>(database: OpenDatabase<D>) {
        let bound = TableBound { most_rows: 0, growth_per_trim: 5, ..TableBound::new(database.clone()) };
        let throttles = Throttles { database, bound: Arc::new(bound) };
        let mut now: Timestamp = NOW;
        for n in 0..20 {
            for n in 4 * n..4 * (n + 1) {
                throttles.count(&[limit(n, 1)], now).await.unwrap().unwrap();
            }
            now = now + Duration::from_hours(1);
        }
        assert_eq!(throttles.bound.growth.load(Ordering::Relaxed), 4);
        assert_eq!(throttles.bound.count_rows().await.unwrap(), 4);
    }

    #[tokio::test]
    async fn table_that_does_not_grow_is_not_trimmed() {
        on_both!(not_trimmed);
    }

    #[tokio::test]
    async fn statements_of_the_bound_use_indexes() {
        for sql in [FIND_STEP, COUNT_REST] {
            assert_uses_indexes(sql).await;
        }
        let by_expiry = "SCAN throttles USING COVERING INDEX throttles_by_expiry"; // as far as the LIMIT
        let trim = ["SEARCH throttles USING PRIMARY KEY (key=?)", "LIST SUBQUERY 1", by_expiry, "CREATE BLOOM FILTER"];
        assert_eq!(query_plan(TRIM.sqlite).await, trim);
    }

    /// Of 20,000 counters.
    #[cfg(feature = "party")]
    #[tokio::test]
    async fn postgres_statements_of_the_bound_use_indexes() {
        for (sql, types, index) in [
            (FIND_STEP, "bytea", "throttles_pkey"),
            (COUNT_REST, "bytea", "throttles_pkey"),
            (TRIM.postgres, "bigint", "throttles_by_expiry"),
        ] {
            let plan = crate::plan::postgres_plan(sql, types, false).await;
            assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{sql}\n{plan}");
        }
    }
}
