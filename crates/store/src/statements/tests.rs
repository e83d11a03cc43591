//! The table of statements names each of them once, with a text that its engine accepts.

use std::collections::BTreeSet;

use sqlx::{Connection as _, Executor as _, SqlSafeStr as _, SqliteConnection};

use super::all;
use crate::AccountStore;

#[test]
fn names_are_unique() {
    let names: BTreeSet<_> = all().into_iter().map(|statement| statement.name).collect();
    assert_eq!(names.len(), all().len());
    assert!(names.contains("accounts::users::FIND"), "{names:?}");
}

/// On PostgreSQL the contract suite runs them: there a parameter's type is known only with its value.
#[tokio::test]
async fn sqlite_prepares_every_statement() {
    let folder = tempfile::tempdir().unwrap();
    let url = test_support::sqlite_url(&folder);
    let sets = vec![
        #[cfg(feature = "party")]
        crate::parties::migrations(),
    ];
    AccountStore::connect_with_sets(&url, sets).await.unwrap().close().await;
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    for statement in all() {
        let Some(sql) = statement.sqlite else { continue };
        let prepared = (&mut connection).prepare(sql.into_sql_str()).await;
        assert!(prepared.is_ok(), "{}: {prepared:?}", statement.name);
    }
}
