//! Everything SQLite and PostgreSQL do differently when they run our SQL, and nothing about any table. How a database is
//! opened is `connect`'s.

use sqlx::migrate::Migrate;
use sqlx::{ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Postgres, Sqlite, Type};

/// An engine that our SQL runs on: the only bound a repository writes.
///
/// The [`Where`] lines say facts about *other* types ("an `i64` is a column of this engine"), which a plain `where`
/// would make every user of this trait repeat. They are also the list of column types: [`i64`], [`String`], `Vec<u8>`
/// and their `Option`s. A moment is an `i64` of milliseconds, a truth is 0 or 1.
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

    /// Picks what is this engine's, for the few statements that must differ.
    fn pick<T>(sqlite: T, postgres: T) -> T;
}

impl Dialect for Sqlite {
    const BEGIN_WRITE: &'static str = "BEGIN IMMEDIATE";

    fn pick<T>(sqlite: T, _: T) -> T {
        sqlite
    }
}

impl Dialect for Postgres {
    const BEGIN_WRITE: &'static str = "BEGIN";

    fn pick<T>(_: T, postgres: T) -> T {
        postgres
    }
}

/// A value that a statement of `D` takes.
pub trait Bind<D: Database>: Type<D> + for<'q> Encode<'q, D> {}
impl<D: Database, T: Type<D> + for<'q> Encode<'q, D>> Bind<D> for T {}

/// A value that a row of `D` gives and a statement takes.
pub trait Column<D: Database>: Bind<D> + for<'r> Decode<'r, D> {}
impl<D: Database, T: Bind<D> + for<'r> Decode<'r, D>> Column<D> for T {}

/// `Where<T, Is: Bound>` as a supertrait means `where T: Bound`, but implied: bounds on a supertrait's associated type
/// are.
pub trait Where<T>: Same<T, Is = T> {}
impl<D, T> Where<T> for D {}

/// Says that a type is itself, in a place where a bound on it is implied. See [`Where`].
pub trait Same<T> {
    /// `T`.
    type Is;
}
impl<D, T> Same<T> for D {
    type Is = T;
}

/// Whether a write failed because `rule` (`table.column`, said `UNIQUE` in its column's line) does not hold.
///
/// PostgreSQL tells the constraint's name, which it derived from both; SQLite tells the rule itself, in its message.
#[must_use]
pub fn is_taken(error: &sqlx::Error, rule: &str) -> bool {
    let Some(error) = error.as_database_error().filter(|error| error.is_unique_violation()) else {
        return false;
    };
    match error.constraint() {
        Some(name) => name == format!("{}_key", rule.replace('.', "_")),
        None => error.message() == format!("UNIQUE constraint failed: {rule}"),
    }
}

/// Whether a transaction was only in another one's way (PostgreSQL's serialization failure and deadlock): run again, it
/// may well succeed. SQLite has nothing of the kind, since its writers queue.
pub(crate) fn lost_a_race(error: &sqlx::Error) -> bool {
    code(error).is_some_and(|code| code == "40001" || code == "40P01")
}

/// Whether a statement failed because its connection did, or because the server behind it does not write any more: it shuts
/// down, or another one took over from it. On another connection it may succeed.
pub(crate) fn lost_the_connection(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() != std::io::ErrorKind::TimedOut, // that long nobody waits twice
        sqlx::Error::Protocol(_) => true,
        error => code(error).is_some_and(|code| {
            ["57P01", "57P02", "57P03", "25006"].contains(&code.as_str()) || code.starts_with("08")
        }),
    }
}

/// Whether it was the server that said why it did not commit. Else only the connection failed, and nobody knows.
pub(crate) fn is_the_servers_word(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some() && !lost_the_connection(error)
}

/// Whether SQLite found the file locked by another process: SQLITE_BUSY and its kin, in their extended forms too.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    sqlite_code(error) == Some(5)
}

/// Whether SQLite could not write or sync its file (SQLITE_IOERR and its kin). At a commit nobody knows then what a crash
/// would find on the disk.
pub(crate) fn is_io_failure(error: &sqlx::Error) -> bool {
    sqlite_code(error) == Some(10)
}

/// The primary result code of SQLite, from whatever extended one.
pub(crate) fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let error = error.as_database_error()?.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    let extended: u32 = sqlx::error::DatabaseError::code(error)?.parse().ok()?;
    Some(extended & 0xff)
}

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}
