//! For tests: whether a statement costs what it gives, and not what the tables hold. Asked of SQLite's planner, the simpler
//! of the two: it has no statistics here, so what it finds it finds by the indexes alone.

#![allow(clippy::unwrap_used, reason = "a test's helper may, like the test")]

use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection, query};

use crate::AccountStore;
#[cfg(feature = "party")]
use crate::embed::MigrationSet;

/// What was cut out before may be looked through from end to end: a page, its lines, the rows counted to fit on it, two guests.
const CUT_OUT: &[&str] = &["SCAN party", "SCAN lines", "SCAN fit", "SCAN guests", "SCAN CONSTANT ROW"];

/// Nothing is looked through from end to end, and nothing is sorted.
pub(crate) async fn assert_walks_an_index(sql: &'static str) {
    let steps = plan(sql).await;
    let looks_through = |step: &&String| step.starts_with("SCAN ") && !CUT_OUT.contains(&step.as_str());
    let sorts = |step: &&String| step.contains("TEMP B-TREE");
    assert_eq!(steps.iter().find(|step| looks_through(step) || sorts(step)), None, "{sql}\n{steps:#?}");
}

/// The steps in which SQLite would run the statement.
pub(crate) async fn plan(sql: &'static str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let url = test_support::sqlite_url(&folder);
    let parties = vec![
        #[cfg(feature = "party")]
        MigrationSet::parties(),
    ];
    let store = AccountStore::connect_beside(&url, parties).await.unwrap();
    store.close().await;
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "a prefix before a constant")]
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let steps = query(explain).fetch_all(&mut connection).await.unwrap();
    steps.iter().map(|step| step.get("detail")).collect()
}
