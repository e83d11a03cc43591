//! How a check runs: SQLite's own checks of its file, then the checks of each set of tables in one snapshot.

use domain::credential::PasswordHash;
use domain::{CorruptValue, Timestamp};
use futures_util::TryStreamExt as _;
use sqlx::{
    Connection as _, FromRow, Row as _, SqlSafeStr as _, SqliteConnection, query, query_as, query_scalar, raw_sql,
};

use super::{Invariant, Violation, accounts};
use crate::engine::dialect::Dialect;
use crate::statements::{OnPostgres, OnSqlite, PerEngine, statements};

/// The callback for each violation.
pub(super) type Report<'r> = &'r mut dyn FnMut(Violation);

/// Decides whether a password can be verified against a hash.
pub(super) type IsVerifiable<'v> = &'v dyn Fn(&PasswordHash) -> bool;

/// An invariant, its table, and the statement that selects the id of each row that violates it.
pub(super) type InvariantCheck = (Invariant, &'static str, &'static str);

/// Which tables are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tables {
    Accounts,
    #[cfg(feature = "party")]
    AccountsAndParties,
}

statements! {
    /// Every statement of the check reads the same snapshot, while other processes write.
    const BEGIN_SNAPSHOT: PerEngine = PerEngine {
        sqlite: "BEGIN",
        postgres: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    };

    /// A check takes longer than the timeouts of other statements allow. On SQLite this connection must not write.
    const PREPARE_SNAPSHOT: PerEngine = PerEngine {
        sqlite: "PRAGMA query_only = ON",
        postgres: "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0",
    };

    const CHECK_INTEGRITY: OnSqlite = OnSqlite("PRAGMA integrity_check");

    /// Rows of any table, also of an embedder's, that refer to a missing row; except of our tables without a rowid.
    const CHECK_FOREIGN_KEYS: OnSqlite =
        OnSqlite(r#"SELECT "table", coalesce(rowid, 0), parent FROM pragma_foreign_key_check
            WHERE "table" NOT IN ('known_browsers', 'known_networks', 'user_roles', 'reset_tokens',
                'party_history', 'party_messages')"#);
}

/// Checks `tables` in one snapshot, at the time `now`.
pub(super) async fn check<D: Dialect>(
    connection: &mut D::Connection,
    tables: Tables,
    #[cfg_attr(not(feature = "party"), expect(unused_variables, reason = "only a party depends on the time"))]
    now: Timestamp,
    is_verifiable: IsVerifiable<'_>,
    report: Report<'_>,
) -> sqlx::Result<()> {
    let begin = D::pick(BEGIN_SNAPSHOT.sqlite, BEGIN_SNAPSHOT.postgres).into_sql_str();
    let mut snapshot = connection.begin_with(begin).await?;
    raw_sql(D::pick(PREPARE_SNAPSHOT.sqlite, PREPARE_SNAPSHOT.postgres)).execute(&mut *snapshot).await?;
    if let Some(OnSqlite(sql)) = D::pick(Some(CHECK_FOREIGN_KEYS), None) {
        list_dangling::<D>(&mut snapshot, sql, report).await?;
    }
    accounts::check::<D>(&mut snapshot, is_verifiable, report).await?;
    match tables {
        Tables::Accounts => {}
        #[cfg(feature = "party")]
        Tables::AccountsAndParties => super::parties::check::<D>(&mut snapshot, now, report).await?,
    }
    snapshot.rollback().await
}

/// Runs SQLite's check of its file, which also finds rows that break a NOT NULL, CHECK or UNIQUE constraint.
pub(super) async fn check_file(file: &mut SqliteConnection, report: Report<'_>) -> sqlx::Result<()> {
    let mut findings = query(CHECK_INTEGRITY.0).fetch(file);
    while let Some(finding) = findings.try_next().await? {
        let message: String = finding.try_get(0)?;
        if message != "ok" {
            report(Violation::Damaged { message });
        }
    }
    Ok(())
}

/// Reports the rows that refer to a missing row, on PostgreSQL. A session with `session_replication_role = replica` writes
/// past foreign keys, as `pg_restore --disable-triggers` does. SQLite's are found by [`CHECK_FOREIGN_KEYS`].
pub(super) async fn check_references<D: Dialect>(
    connection: &mut D::Connection,
    statement: OnPostgres,
    report: Report<'_>,
) -> sqlx::Result<()> {
    match D::pick(None, Some(statement)) {
        Some(OnPostgres(sql)) => list_dangling::<D>(connection, sql, report).await,
        None => Ok(()),
    }
}

pub(super) async fn list_dangling<D: Dialect>(
    connection: &mut D::Connection,
    sql: &'static str,
    report: Report<'_>,
) -> sqlx::Result<()> {
    let mut rows = query_as::<D, (String, i64, String)>(sql).fetch(connection);
    while let Some((table, row, parent)) = rows.try_next().await? {
        report(Violation::Dangling { table, row, parent });
    }
    Ok(())
}

/// Reports the rows that violate one of `invariants`.
pub(super) async fn check_invariants<D: Dialect>(
    connection: &mut D::Connection,
    invariants: &[InvariantCheck],
    report: Report<'_>,
) -> sqlx::Result<()> {
    for (invariant, table, sql) in invariants {
        let mut rows = query_scalar::<D, i64>(*sql).fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            report(Violation::Invariant { table, row, invariant: *invariant });
        }
    }
    Ok(())
}

/// Calls `check` for each row of `sql`. A row that cannot be read is reported, and the others are still checked.
pub(super) async fn check_rows<D: Dialect, T>(
    connection: &mut D::Connection,
    (table, sql): (&'static str, &'static str),
    report: Report<'_>,
    mut check: impl FnMut(T, Report<'_>),
) -> sqlx::Result<()>
where
    T: for<'r> FromRow<'r, D::Row>,
{
    let mut rows = query::<D>(sql).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        match T::from_row(&row) {
            Ok(row) => check(row, report),
            Err(error) => {
                let id = row.try_get::<i64, _>(0).ok();
                report(Violation::Unreadable { table, row: id, message: error.to_string() });
            }
        }
    }
    Ok(())
}

/// The parsed value; `None` if it does not parse, which is reported.
///
/// A value of another table, read by a join, is reported with the rows of its own table.
pub(super) fn check_value<T>(
    parsed: sqlx::Result<T>,
    (table, row): (&'static str, i64),
    report: Report<'_>,
) -> Option<T> {
    let message = match parsed {
        Ok(value) => return Some(value),
        Err(sqlx::Error::Decode(cause)) => match cause.downcast::<CorruptValue>() {
            Ok(value) => {
                if value.table == table {
                    report(Violation::Value(*value));
                }
                return None;
            }
            Err(cause) => cause.to_string(),
        },
        Err(error) => error.to_string(),
    };
    report(Violation::Unreadable { table, row: Some(row), message });
    None
}

/// Reports a column that differs from what it is derived from.
pub(super) fn check_derived(is_current: bool, column: (&'static str, &'static str, i64), report: Report<'_>) {
    if !is_current {
        report_value(column, "it differs from its source", report);
    }
}

pub(super) fn report_value(
    (table, column, row): (&'static str, &'static str, i64),
    cause: &'static str,
    report: Report<'_>,
) {
    report(Violation::Value(CorruptValue { table, column, row, source: cause.into() }));
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::inspect::accounts;

    /// The foreign keys of the migrations, as `table.column parent`.
    fn foreign_keys(set: &str) -> Vec<String> {
        let folder = format!("{}/../../migrations/{set}/postgres", env!("CARGO_MANIFEST_DIR"));
        let (mut found, mut table) = (Vec::new(), String::new());
        for file in fs::read_dir(folder).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            for line in text.lines().map(|line| line.split("--").next().unwrap()) {
                let mut words = line.split_whitespace();
                if let Some(name) = line.strip_prefix("CREATE TABLE ") {
                    name.split(' ').next().unwrap().clone_into(&mut table);
                } else if let (Some(column), Some(_)) = (words.next(), words.find(|word| *word == "REFERENCES")) {
                    found.push(format!("{table}.{column} {}", words.next().unwrap()));
                }
            }
        }
        found
    }

    #[test]
    fn every_foreign_key_is_checked_on_postgres() {
        let sets = [
            ("accounts", [accounts::LIST_DANGLING.0, accounts::LIST_DANGLING_OF_USERS], 7),
            #[cfg(feature = "party")]
            ("parties", [super::super::parties::LIST_DANGLING.0, super::super::parties::LIST_DANGLING_HISTORY], 5),
        ];
        for (set, statements, count) in sets {
            let (sql, keys) = (statements.join(" "), foreign_keys(set));
            assert_eq!(keys.len(), count, "{keys:?}");
            for key in keys {
                let (column, parent) = key.split_once(' ').unwrap();
                let check = format!("NOT EXISTS (SELECT 1 FROM {parent} WHERE {parent}.id = {column})");
                assert!(sql.contains(&check), "{check}");
            }
        }
    }
}
