//! What SQLite and PostgreSQL do differently, as associated items of one trait. No table is known here.

mod bounds;

use sqlx::migrate::Migrate;
use sqlx::{ColumnIndex, Database, Encode, Executor, IntoArguments, Postgres, Sqlite, Type};

use self::bounds::{Bind, Column, Where};
use super::guarded_pool::GuardedPool;
use super::postgres::transaction::TransactionPerJob;
use super::read_pool::ReadConnections;
use super::row_steps::{BatchFn, RowStep};
use super::sqlite::connection_cache::ConnectionCache;
use super::sqlite::group_commit::GroupCommit;
use super::writer::JobRunner;

/// A database engine: [`Sqlite`] or [`Postgres`]. The only bound that a repository needs.
///
/// The supertraits carry every bound that sqlx asks for. They are also the list of column types: [`i64`], [`String`],
/// `Vec<u8>` and their `Option`s. A timestamp is an `i64` of milliseconds, a boolean is 0 or 1.
///
/// The trait cannot be implemented outside of this crate.
pub trait Dialect:
    Database<Arguments: IntoArguments<Self>, Connection: Migrate>
    + for<'c> Where<&'c mut Self::Connection, Is: Executor<'c, Database = Self>>
    + for<'n> Where<&'n str, Is: ColumnIndex<Self::Row> + Bind<Self>>
    + for<'b> Where<&'b [u8], Is: Bind<Self>>
    + for<'s> Where<Option<&'s str>, Is: Type<Self> + Encode<'s, Self>>
    + Where<usize, Is: ColumnIndex<Self::Row>>
    + Where<i64, Is: Column<Self>>
    + Where<Option<i64>, Is: Column<Self>>
    + Where<String, Is: Column<Self>>
    + Where<Option<String>, Is: Column<Self>>
    + Where<Vec<u8>, Is: Column<Self>>
    + Where<Option<Vec<u8>>, Is: Column<Self>>
{
    /// Begins a transaction that will write. SQLite takes its write lock at once: a lock that is wanted only after a read
    /// is refused without waiting.
    const BEGIN_WRITE: &'static str;

    /// The connections for the statements of pages, and others for those of searches.
    #[doc(hidden)]
    type ReadConnections: ReadConnections<Self>;

    /// How write jobs are committed.
    #[doc(hidden)]
    type JobRunner: JobRunner<Self>;

    /// This engine's function of a row step.
    #[doc(hidden)]
    fn batch_fn(step: &RowStep) -> BatchFn<Self>;

    /// Selects this engine's value, for the few statements that must differ.
    fn pick<T>(sqlite: T, postgres: T) -> T;

    /// Whether the engine ended the statement before its end, as after the time limit of a [`SearchPool`](super::search_pool::SearchPool).
    fn is_interrupted(error: &sqlx::Error) -> bool;
}

impl Dialect for Sqlite {
    const BEGIN_WRITE: &'static str = "BEGIN IMMEDIATE";
    type ReadConnections = ConnectionCache;
    type JobRunner = GroupCommit;

    fn batch_fn(step: &RowStep) -> BatchFn<Self> {
        step.sqlite
    }

    fn pick<T>(sqlite: T, _: T) -> T {
        sqlite
    }

    fn is_interrupted(error: &sqlx::Error) -> bool {
        super::sqlite::error_code::is_interrupted(error)
    }
}

impl Dialect for Postgres {
    const BEGIN_WRITE: &'static str = "BEGIN";
    type ReadConnections = GuardedPool<Self>;
    type JobRunner = TransactionPerJob;

    fn batch_fn(step: &RowStep) -> BatchFn<Self> {
        step.postgres
    }

    fn pick<T>(_: T, postgres: T) -> T {
        postgres
    }

    fn is_interrupted(error: &sqlx::Error) -> bool {
        super::postgres::error_code::is_interrupted(error)
    }
}

/// Whether a write failed because `column` (`table.column`, declared `UNIQUE` in its own line) holds the value already.
///
/// PostgreSQL reports the constraint's name, which it derives from table and column. SQLite reports the column in its
/// message. A primary key, a `UNIQUE` over several columns and a table that was renamed are not supported.
#[must_use]
pub fn is_taken(error: &sqlx::Error, column: &str) -> bool {
    let Some(error) = error.as_database_error().filter(|error| error.is_unique_violation()) else {
        return false;
    };
    match error.constraint() {
        Some(name) => name == format!("{}_key", column.replace('.', "_")),
        None => error.message() == format!("UNIQUE constraint failed: {column}"),
    }
}
