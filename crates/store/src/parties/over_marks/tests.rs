//! Marks change the cost of a list, and never what it shows.

use domain::party::{PartyFilter, PartyQuery};
use domain::user::UserId;
use domain::{Page, PageSize};
use sqlx::raw_sql;

use super::*;
use crate::PartyStore;
use crate::embed::{Database, OpenDatabase};
use crate::engine::writer::WriteError;
use crate::plan::{assert_uses_indexes, postgres_plan};

const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);

/// 600 parties of 2 hours, of which one ends each second, the first 300 s before [`NOW`].
const PARTIES: &str = "INSERT INTO users (username, username_key, email, email_key, joined_at) VALUES ('ada', 'ada', 'a@x.example', 'a@x.example', 0);
    INSERT INTO parties (host_id, local_time, zone, starts_at, venue, main_dish, search_key, seats, rsvp_deadline, ends_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
        SELECT 1, '2030-03-17T17:46:40', 'UTC', 1899992500000 + i * 1000, 'Venue', 'Dish', 'key', 9,
            1899992500000 + i * 1000, 1899999700000 + i * 1000
        FROM n";

/// Runs a test of both engines, with the parties.
macro_rules! on_both {
    ($test:ident) => {
        let folder = tempfile::tempdir().unwrap();
        for url in [
            test_support::sqlite_url(&folder),
            test_support::Postgres::shared().await.unwrap().database().await.unwrap(),
        ] {
            let store = PartyStore::connect(&url).await.unwrap();
            match store.accounts().database().clone() {
                Database::Sqlite(database) => $test(&store, filled(database).await).await,
                Database::Postgres(database) => $test(&store, filled(database).await).await,
            }
        }
    };
}

async fn filled<D: Dialect>(database: OpenDatabase<D>) -> OpenDatabase<D> {
    let added = database.writer.write((), |connection, ()| {
        Box::pin(async move { Ok::<_, WriteError>(raw_sql(PARTIES).execute(connection).await.map(drop)?) })
    });
    added.await.unwrap();
    database
}

/// Updates all marks, in steps of 250.
async fn update<D: Dialect>(database: &OpenDatabase<D>, now: Timestamp) {
    loop {
        let marked = database.writer.write(now, |connection, now| {
            Box::pin(async move { Ok::<_, WriteError>(mark::<D>(connection, *now, 250).await?) })
        });
        if marked.await.unwrap() == 0 {
            return;
        }
    }
}

/// The number of marks, and of those that are wrong at `now`.
async fn marks<D: Dialect>(database: &OpenDatabase<D>, now: Timestamp) -> (i64, i64) {
    let count = async |sql| query_scalar::<D, i64>(sql).bind(now.as_millis()).fetch_one(&database.read).await.unwrap();
    let marked = count("SELECT count(*) FROM parties WHERE is_over = 1 AND $1 = $1").await;
    (marked, count("SELECT count(*) FROM parties WHERE is_over <> CASE WHEN ends_at <= $1 THEN 1 ELSE 0 END").await)
}

/// The pages of all listed parties and of those of their host, as another user sees them.
async fn pages(store: &PartyStore, now: Timestamp) -> Vec<Vec<i64>> {
    let (parties, viewer) = (store.parties(), UserId::new(7));
    let word = PartyFilter { words: domain::SearchWords::parse("key").unwrap(), ..PartyFilter::default() };
    let mut pages = Vec::new();
    for query in
        [PartyQuery::Listed(PartyFilter::default()), PartyQuery::Listed(word), PartyQuery::HostedBy(UserId::new(1))]
    {
        let mut after = None;
        loop {
            let Page { items, next } =
                parties.list(query.clone(), viewer, now, after, PageSize::clamped(100)).await.unwrap();
            pages.push(items.iter().map(|party| party.id.get()).collect());
            after = next;
            if after.is_none() {
                break;
            }
        }
    }
    pages
}

async fn same_lists<D: Dialect>(store: &PartyStore, database: OpenDatabase<D>) {
    let seconds = |seconds: i64| Timestamp::from_millis(NOW.as_millis() + seconds * 1000);
    for (marked_at, now) in [(0, 0), (0, 60), (0, -60), (1000, 0), (-1000, 60)] {
        update(&database, seconds(-1000)).await;
        assert_eq!(marks(&database, seconds(-1000)).await, (0, 0));
        let expected = pages(store, seconds(now)).await;
        update(&database, seconds(marked_at)).await;
        assert_eq!(pages(store, seconds(now)).await, expected, "marked at {marked_at} s, read at {now} s");
    }
}

/// By marks of the same time, of a minute ago, and of a clock that was ahead.
#[tokio::test]
async fn lists_are_the_same_whatever_is_marked() {
    on_both!(same_lists);
}

#[tokio::test]
async fn statements_of_marks_use_indexes() {
    for (sql, index) in [(MARK, "parties_to_mark"), (UNMARK, "parties_marked")] {
        assert_uses_indexes(sql.sqlite).await;
        let plan = postgres_plan(sql.postgres, "bigint, bigint", false).await;
        assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{plan}");
    }
}
