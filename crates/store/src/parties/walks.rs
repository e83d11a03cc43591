//! No statement of a page passes rows that do not qualify, on either engine: what others have stored makes it no dearer.
//!
//! Each runs in a database with few parties, and again beside thousands of rows that it must not read. SQLite counts the
//! instructions that it runs, PostgreSQL the pages of the database. What does pass such rows runs on the search pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::party::{ListError, PartyFilter, PartyQuery};
use domain::user::UserId;
use domain::{PageSize, Timestamp};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection, query, raw_sql};

use super::list::statements::{LIST, LIST_HOSTED, LIST_OWN};
use super::views::{HOME, OWN_PROFILE};
use crate::PartyStore;
use crate::embed::{Database, Dialect, OpenDatabase, WriteError};
use crate::engine::postgres::open::read_options;
use crate::statements::PerEngine;

const NOW: i64 = 1_900_000_000_000;
const HOUR: i64 = 3_600_000;
const VIEWER: i64 = 1;

/// The rows of a small site: as many that each index has two levels, of which a statement reads some twenty.
const SMALL_SITE: &str = "INSERT INTO users (username, username_key, email, email_key, joined_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
        SELECT 'user' || i, 'user' || i, i || '@x.example', i || '@x.example', 0 FROM n;
    INSERT INTO parties (host_id, local_time, zone, starts_at, venue, main_dish, search_key, seats, rsvp_deadline, ends_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
        SELECT 1 + i % 40, '2030-03-17T17:46:40', 'UTC', 1900000000000 + (i - 2000) * 600000, 'Venue', 'Dish', 'key', 9,
            1900000000000 + (i - 2000) * 600000, 1900000000000 + (i - 2000) * 600000 + 7200000
        FROM n;
    INSERT INTO rsvps (party_id, guest_id, answer, heads, place)
        SELECT id, 50 + id % 300, 'seated', 1, 1 FROM parties UNION ALL
        SELECT id, 400 + id % 50, 'declined', 0, NULL FROM parties UNION ALL
        SELECT id, 1, 'seated', 1, 2 FROM parties WHERE id % 200 = 1";

/// 20,000 listed parties of another host, which begin within 20 s after the given time.
macro_rules! parties {
    ($starts_at:literal, $taken:literal, $visibility:literal, $state:literal) => {
        concat!(
            "INSERT INTO parties (host_id, local_time, zone, starts_at, venue, main_dish, search_key, seats, taken, rsvp_deadline,
                    ends_at, visibility, state)
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
                SELECT 45, '2030-03-17T17:46:40', 'UTC', ", $starts_at, " + i, 'Venue', 'Dish', 'key', 9, ", $taken, ", ", $starts_at,
                    " + i, ", $starts_at, " + i + 3600000, '", $visibility, "', '", $state, "' FROM n"
        )
    };
}

/// Rows that others store.
const FLOODS: &[(&str, &str)] = &[
    ("full parties", parties!("1900000000000", "9", "listed", "scheduled")),
    ("unlisted parties", parties!("1900000000000", "1", "by-link", "scheduled")),
    ("cancelled parties", parties!("1900000000000", "1", "listed", "cancelled")),
    ("parties with a free seat", parties!("1900000000000", "1", "listed", "scheduled")),
    ("parties of long ago", parties!("1800000000000", "1", "listed", "scheduled")),
    (
        "seats of others",
        "INSERT INTO rsvps (party_id, guest_id, answer, heads, place)
            SELECT parties.id, users.id, 'seated', 1, 3 FROM parties CROSS JOIN users
            WHERE parties.id % 10 = 0 AND users.id BETWEEN 451 AND 500",
    ),
];

/// Parties that were over before the list begins. A list passes them: where there are many it runs on the search pool.
const RECENT: &str = parties!("1899990000000", "1", "listed", "scheduled");

/// A statement of a page, and its parameters.
type Walk = (&'static str, PerEngine, Vec<i64>);

fn walks() -> Vec<Walk> {
    let (first, over, rows) = ([NOW - 72 * HOUR, i64::MAX], [NOW, i64::MIN], 21);
    let none = [i64::MAX; 2];
    let long_ago = [NOW - 150 * HOUR, 0];
    let list = |first: [i64; 2], over: [i64; 2]| [&[VIEWER, NOW][..], &first, &[rows], &over].concat();
    let of = |user: i64, list: Vec<i64>| [list, vec![user]].concat();
    let both = |sql| PerEngine { sqlite: sql, postgres: sql };
    vec![
        ("the list", both(LIST), list(first, over)),
        ("a page of parties that are over", both(LIST), list(none, long_ago)),
        ("the own parties", both(LIST_OWN), list(first, over)),
        ("the parties of a host", LIST_HOSTED, of(2, list(first, over))),
        ("the home page", HOME, vec![VIEWER, NOW, 4, NOW - 72 * HOUR]),
        ("the own profile", OWN_PROFILE, [&[VIEWER, NOW, rows][..], &first, &over, &first, &over].concat()),
    ]
}

/// An engine that counts what a statement reads.
enum Counter {
    Sqlite { connection: SqliteConnection, instructions: Arc<AtomicU64>, _folder: tempfile::TempDir },
    Postgres { connection: PgConnection, statements: usize },
}

impl Counter {
    async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = test_support::sqlite_url(&folder);
        PartyStore::connect(&url).await.unwrap().accounts().close().await;
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        let instructions = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&instructions);
        let handler = move || counter.fetch_add(10, Ordering::Relaxed) < u64::MAX;
        connection.lock_handle().await.unwrap().set_progress_handler(10, handler);
        Self::Sqlite { connection, instructions, _folder: folder }
    }

    async fn on_postgres() -> Self {
        let url = test_support::Postgres::shared().await.unwrap().database().await.unwrap();
        PartyStore::connect(&url).await.unwrap().accounts().close().await;
        let connection = PgConnection::connect_with(&read_options(&url, false).unwrap()).await.unwrap();
        Self::Postgres { connection, statements: 0 }
    }

    async fn add(&mut self, rows: &'static str) {
        match self {
            Self::Sqlite { connection, .. } => {
                raw_sql(rows).execute(connection).await.unwrap();
            }
            Self::Postgres { connection, .. } => {
                raw_sql(rows).execute(&mut *connection).await.unwrap();
                raw_sql("VACUUM ANALYZE").execute(connection).await.unwrap();
            }
        }
    }

    /// The instructions that SQLite runs, or the pages that PostgreSQL reads.
    async fn cost(&mut self, (_, sql, parameters): &Walk) -> u64 {
        match self {
            Self::Sqlite { connection, instructions, .. } => {
                instructions.store(0, Ordering::Relaxed);
                let statement = parameters.iter().fold(query(sql.sqlite), |statement, value| statement.bind(*value));
                statement.fetch_all(connection).await.unwrap();
                instructions.load(Ordering::Relaxed)
            }
            Self::Postgres { connection, statements } => {
                *statements += 1;
                let types = vec!["bigint"; parameters.len()].join(", ");
                let values = parameters.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                #[expect(clippy::disallowed_methods, reason = "a prefix before a constant")]
                let prepare = AssertSqlSafe(format!("PREPARE walk{statements} ({types}) AS {}", sql.postgres));
                raw_sql(prepare).execute(&mut *connection).await.unwrap();
                #[expect(clippy::disallowed_methods, reason = "a statement of this test")]
                let explain = AssertSqlSafe(format!("EXPLAIN (ANALYZE, BUFFERS) EXECUTE walk{statements} ({values})"));
                let plan = raw_sql(explain).fetch_all(connection).await.unwrap();
                let lines = plan.iter().map(|line| line.get::<String, _>(0));
                let buffers = lines.map(|line| line.trim().to_owned()).find(|line| line.starts_with("Buffers: shared"));
                let counts = buffers.unwrap();
                let counts = counts.split(' ').filter_map(|part| part.split_once('='));
                counts
                    .filter(|(name, _)| ["hit", "read"].contains(name))
                    .map(|(_, count)| count.parse::<u64>().unwrap())
                    .sum()
            }
        }
    }
}

/// The costs of the walks in a database with few rows, and again with the rows of a flood.
async fn costs(mut counter: Counter, flood: &'static str) -> Vec<(&'static str, u64, u64)> {
    let mut quiet = Vec::new();
    counter.add(SMALL_SITE).await;
    for walk in walks() {
        counter.cost(&walk).await; // compiles it
        quiet.push(counter.cost(&walk).await);
    }
    counter.add(flood).await;
    let mut costs = Vec::new();
    for (walk, quiet) in walks().iter().zip(quiet) {
        counter.cost(walk).await;
        costs.push((walk.0, quiet, counter.cost(walk).await));
    }
    costs
}

/// What a statement may cost more beside a flood, where an index gets a level more. To pass 20,000 entries of an index takes 80,000 of
/// SQLite's instructions, and 77 of PostgreSQL's pages.
const MORE_INSTRUCTIONS: u64 = 1000;
const MORE_PAGES: u64 = 25;

#[tokio::test]
async fn sqlite_passes_no_rows_of_others() {
    for (name, flood) in FLOODS {
        for (walk, quiet, flooded) in costs(Counter::on_sqlite().await, flood).await {
            assert!(flooded < quiet + MORE_INSTRUCTIONS, "{walk} beside {name}: {quiet} -> {flooded}");
        }
    }
}

#[tokio::test]
async fn postgres_passes_no_rows_of_others() {
    for (name, flood) in FLOODS {
        for (walk, quiet, flooded) in costs(Counter::on_postgres().await, flood).await {
            assert!(flooded < quiet + MORE_PAGES, "{walk} beside {name}: {quiet} -> {flooded}");
        }
    }
}

/// The two tests above would find a walk: this one is found.
#[tokio::test]
async fn list_passes_recent_parties_that_are_over() {
    let (_, quiet, flooded) = costs(Counter::on_sqlite().await, RECENT).await[0];
    assert!(flooded > quiet + MORE_INSTRUCTIONS, "{quiet} -> {flooded}");
    let (_, quiet, flooded) = costs(Counter::on_postgres().await, RECENT).await[0];
    assert!(flooded > quiet + MORE_PAGES, "{quiet} -> {flooded}");
}

/// Beside many recent parties the list waits for the search of its viewer.
async fn assert_list_becomes_a_search<D: Dialect>(store: &PartyStore, database: &OpenDatabase<D>) {
    let parties = store.parties();
    let list = async |now| {
        let (everything, viewer) = (PartyQuery::Listed(PartyFilter::default()), UserId::new(VIEWER));
        parties.list(everything, viewer, Timestamp::from_millis(now), None, PageSize::DEFAULT).await
    };
    let add = async |rows: &'static str| {
        let add = database.writer.write(rows, |connection, rows| {
            Box::pin(async move { Ok::<_, WriteError>(raw_sql(*rows).execute(connection).await.map(drop)?) })
        });
        add.await.unwrap();
    };
    add(SMALL_SITE).await;
    let search = database.searches.begin(VIEWER).await.unwrap();
    assert_eq!(list(NOW).await.unwrap().items.len(), 20);
    add(RECENT).await;
    assert_eq!(list(NOW + 9_999).await.unwrap().items.len(), 20, "counted less than 10 s ago");
    let refused = list(NOW + 10_000).await;
    assert!(matches!(refused, Err(ListError::OwnSearchRunning)), "{refused:?}");
    drop(search);
    assert_eq!(list(NOW + 10_000).await.unwrap().items.len(), 20);
}

#[tokio::test]
async fn list_beside_many_recent_parties_runs_on_the_search_pool() {
    let folder = tempfile::tempdir().unwrap();
    let postgres = test_support::Postgres::shared().await.unwrap().database().await.unwrap();
    for url in [test_support::sqlite_url(&folder), postgres] {
        let store = PartyStore::connect(&url).await.unwrap();
        match store.accounts().database() {
            Database::Sqlite(database) => assert_list_becomes_a_search(&store, database).await,
            Database::Postgres(database) => assert_list_becomes_a_search(&store, database).await,
        }
    }
}
