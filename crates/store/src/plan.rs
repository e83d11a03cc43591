//! For tests: whether the cost of a statement depends on the rows that it returns, and not on the size of the tables. The query
//! planner is SQLite's: it has no statistics here, so that it can only use indexes.

#![allow(clippy::unwrap_used, reason = "a test helper")]

use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection, query};

use crate::AccountStore;

/// Subqueries that are limited already and may be scanned: a page and its rows, the rows counted to fit on it, two guests.
const SCANS_ALLOWED: &[&str] = &["SCAN party", "SCAN page", "SCAN fit", "SCAN guests", "SCAN CONSTANT ROW"];

/// Panics if the statement scans a table or sorts.
pub(crate) async fn assert_uses_indexes(sql: &'static str) {
    let steps = query_plan(sql).await;
    let scans = |step: &&String| step.starts_with("SCAN ") && !SCANS_ALLOWED.contains(&step.as_str());
    let sorts = |step: &&String| step.contains("TEMP B-TREE");
    assert_eq!(steps.iter().find(|step| scans(step) || sorts(step)), None, "{sql}\n{steps:#?}");
}

/// The steps of SQLite's query plan.
pub(crate) async fn query_plan(sql: &'static str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let url = test_support::sqlite_url(&folder);
    let sets = vec![
        #[cfg(feature = "party")]
        crate::parties::migrations(),
    ];
    let store = AccountStore::connect_with_sets(&url, sets).await.unwrap();
    store.close().await;
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "a prefix before a constant")]
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let steps = query(explain).fetch_all(&mut connection).await.unwrap();
    steps.iter().map(|step| step.get("detail")).collect()
}
