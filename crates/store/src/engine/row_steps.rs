//! Row steps: the part of a migration that SQL cannot compute, such as search keys.
//!
//! A step runs after the migrations and before the program serves, in batches. A batch and its cursor are one commit, so that a
//! step that was interrupted resumes where it stopped. The reasons are in `docs/adr/0011-row-steps.md`.

use futures_util::future::BoxFuture;
use sqlx::{Database, Postgres, Sqlite, query, query_as, query_scalar};
use tokio::time::Instant;

use super::dialect::Dialect;
use super::migrate::lock;
use super::sqlite::error_code::is_busy;
use super::writer::begin;
use crate::error::{ConnectError, OpenError};
use crate::statements::statements;

/// The rows of one batch: 1,000. A batch's statement has the number as its LIMIT.
pub(crate) const BATCH_ROWS: usize = 1000;

/// The table of the cursors.
pub(super) const TABLE: &str = "_row_steps";

/// Rewrites the rows after an id.
pub(crate) type BatchFn<D> =
    for<'c> fn(&'c mut <D as Database>::Connection, i64) -> BoxFuture<'c, sqlx::Result<Option<Batch>>>;

/// What one call of a [`BatchFn`] did. It returns `None` if there was no row after the id.
#[derive(Debug, Clone, Copy)]
pub struct Batch {
    /// The id of the last row, at which the next batch goes on.
    pub(crate) last_id: i64,
    /// The number of rows, at most [`BATCH_ROWS`].
    pub(crate) rows: usize,
}

/// A step of a migration set.
#[derive(Debug, Clone, Copy)]
pub struct RowStep {
    /// The name, which is stored and never changes.
    pub(crate) name: &'static str,
    /// The function on SQLite.
    pub(crate) sqlite: BatchFn<Sqlite>,
    /// The function on PostgreSQL.
    pub(crate) postgres: BatchFn<Postgres>,
}

statements! {
    const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS _row_steps (
            step     TEXT   NOT NULL PRIMARY KEY,
            last_id  BIGINT NOT NULL, -- the cursor: rows up to this id are rewritten
            finished BIGINT NOT NULL CHECK (finished IN (0, 1))
        )";

    const REGISTER: &str = "INSERT INTO _row_steps (step, last_id, finished) VALUES ($1, $2, $3)
        ON CONFLICT (step) DO NOTHING";

    const FIND: &str = "SELECT last_id, finished FROM _row_steps WHERE step = $1";

    const SAVE: &str = "UPDATE _row_steps SET last_id = $2, finished = $3 WHERE step = $1";

    const COUNT: &str = "SELECT count(*) FROM _row_steps WHERE step = $1";
}

/// Creates the table of the cursors, in the transaction of the migrations.
pub(super) async fn create_table<D: Dialect>(connection: &mut D::Connection) -> sqlx::Result<()> {
    query::<D>(CREATE_TABLE).execute(connection).await?;
    Ok(())
}

/// Stores a step's first cursor, in the transaction of its set's migrations. The step of a new set has no rows to rewrite.
pub(super) async fn register<D: Dialect>(
    connection: &mut D::Connection,
    step: &RowStep,
    is_new: bool,
) -> sqlx::Result<()> {
    query::<D>(REGISTER).bind(step.name).bind(i64::MIN).bind(i64::from(is_new)).execute(connection).await?;
    Ok(())
}

/// Whether a step has a cursor: its set's migrations have run.
pub(super) async fn is_registered<D: Dialect>(connection: &mut D::Connection, step: &RowStep) -> sqlx::Result<bool> {
    Ok(query_scalar::<D, i64>(COUNT).bind(step.name).fetch_one(connection).await? > 0)
}

/// Whether a step has finished.
pub(super) async fn is_finished<D: Dialect>(connection: &mut D::Connection, step: &RowStep) -> sqlx::Result<bool> {
    Ok(matches!(find_cursor::<D>(connection, step).await?, Some((_, 1))))
}

/// The cursor of a step, and whether it has finished (1).
async fn find_cursor<D: Dialect>(connection: &mut D::Connection, step: &RowStep) -> sqlx::Result<Option<(i64, i64)>> {
    query_as::<D, (i64, i64)>(FIND).bind(step.name).fetch_optional(connection).await
}

/// Runs a step of the set `set` until it has finished. Processes that start at once take turns, one batch each.
pub(super) async fn run<D: Dialect>(
    connection: &mut D::Connection,
    set: &'static str,
    step: &RowStep,
) -> Result<(), OpenError> {
    let (begun, mut rows, mut seen) = (Instant::now(), 0, None);
    loop {
        let cursor = find_cursor::<D>(&mut *connection, step).await?;
        if let Some((_, 1)) = cursor {
            break;
        }
        match run_batch::<D>(&mut *connection, step).await {
            Ok(Some(batch)) => {
                rows += batch.rows;
                tracing::info!(step = step.name, rows, last_id = batch.last_id, "migrated a batch of rows");
            }
            Ok(None) => {}
            // Another process has SQLite's write lock. It may be running this step: then the cursor moves.
            Err(error) if is_busy(&error) && cursor != seen => seen = cursor,
            Err(error) if is_busy(&error) => return Err(error.into()),
            Err(source) => return Err(ConnectError::RowStep { set, step: step.name, source }.into()),
        }
    }
    if rows > 0 {
        let elapsed_ms = begun.elapsed().as_millis();
        tracing::info!(step = step.name, rows, elapsed_ms, "finished a row step");
    }
    Ok(())
}

/// Runs the next batch and stores its cursor in one transaction, under the lock of the migrations. `None` if there was none.
async fn run_batch<D: Dialect>(connection: &mut D::Connection, step: &RowStep) -> sqlx::Result<Option<Batch>> {
    let mut transaction = begin::<D>(connection).await?;
    lock::<D>(&mut transaction).await?;
    let Some((last_id, 0)) = find_cursor::<D>(&mut transaction, step).await? else {
        transaction.rollback().await?; // another process has finished it
        return Ok(None);
    };
    let batch = D::batch_fn(step)(&mut transaction, last_id).await?;
    let (last_id, finished) = batch.map_or((last_id, 1), |batch| (batch.last_id, 0));
    query::<D>(SAVE).bind(step.name).bind(last_id).bind(finished).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(batch)
}
