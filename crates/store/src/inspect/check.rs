//! What must hold of stored rows, recomputed. The schema's rules are in `rules`, those that need numbers in `counts`, and
//! whether values parse in `values`. What is said of a breach is not decided here.

use domain::credential::PasswordHash;
use futures_util::TryStreamExt as _;
use sqlx::{Connection as _, FromRow, Row as _, SqlSafeStr as _, SqliteConnection, query, query_as, raw_sql};

use super::{Violation, counts, invariants, values};
use crate::engine::dialect::Dialect;

/// Whom breaches are told to.
pub(crate) type Tell<'t> = &'t mut dyn FnMut(Violation);

/// Whether a password can be held against a hash: that is cryptography, of which nothing is known here.
pub(crate) type IsVerifiable<'v> = &'v dyn Fn(&PasswordHash) -> bool;

/// All of it sees the rows as they are at one moment: between two statements a server that runs seats somebody.
const SNAPSHOT: (&str, &str) = ("BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");

/// The time limits of everyday statements are not for this. On SQLite nobody writes by this connection.
const PATIENCE: (&str, &str) =
    ("PRAGMA query_only = ON", "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0");

/// Recomputes everything that both engines promise.
pub(crate) async fn check<D: Dialect>(
    connection: &mut D::Connection,
    is_verifiable: IsVerifiable<'_>,
    tell: Tell<'_>,
) -> sqlx::Result<()> {
    let begin = D::pick(SNAPSHOT.0, SNAPSHOT.1).into_sql_str();
    let mut snapshot = connection.begin_with(begin).await?;
    raw_sql(D::pick(PATIENCE.0, PATIENCE.1)).execute(&mut *snapshot).await?;
    invariants::check::<D>(&mut snapshot, tell).await?;
    values::check::<D>(&mut snapshot, is_verifiable, tell).await?;
    counts::check::<D>(&mut snapshot, tell).await?;
    snapshot.rollback().await
}

/// Has SQLite look at its file, and at the references of tables that are not ours.
pub(crate) async fn check_file(file: &mut SqliteConnection, tell: Tell<'_>) -> sqlx::Result<()> {
    let mut found = query("PRAGMA integrity_check").fetch(&mut *file);
    while let Some(row) = found.try_next().await? {
        let said: String = row.try_get(0)?;
        if said != "ok" {
            tell(Violation::Damaged { said });
        }
    }
    drop(found);
    let dangling = r#"SELECT "table", coalesce(rowid, 0), parent FROM pragma_foreign_key_check
         WHERE "table" NOT IN ('users', 'credentials', 'sessions', 'parties', 'rsvps')"#;
    let mut found = query_as::<_, (String, i64, String)>(dangling).fetch(file);
    while let Some((table, row, parent)) = found.try_next().await? {
        tell(Violation::Dangling { table, row, parent });
    }
    Ok(())
}

/// Reads the rows of `sql` one by one. One that cannot be read is told, and the others are still looked at.
pub(crate) async fn each<D: Dialect, T>(
    connection: &mut D::Connection,
    (table, sql): (&'static str, &'static str),
    tell: Tell<'_>,
    mut look: impl FnMut(T, Tell<'_>),
) -> sqlx::Result<()>
where
    T: for<'r> FromRow<'r, D::Row>,
{
    let mut rows = query::<D>(sql).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        match T::from_row(&row) {
            Ok(row) => look(row, tell),
            Err(error) => {
                let id = row.try_get::<i64, _>(0).ok();
                tell(Violation::Unreadable { table, row: id, said: error.to_string() });
            }
        }
    }
    Ok(())
}
