//! No statement of a page passes rows that do not qualify, on either engine: what others have stored makes it no dearer.
//!
//! Each runs in a database with few parties, and again beside thousands of rows that it must not read. SQLite counts the
//! instructions that it runs, PostgreSQL the pages of the database. What does pass such rows runs on the search pool, or is bounded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection, query, raw_sql};

use super::list::statements::{LIST, LIST_HOSTED, LIST_OWN};
use super::views::{HOME, OWN_PROFILE};
use crate::PartyStore;
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

/// 20,000 parties of a host, which begin within 20 s after the given time.
macro_rules! parties {
    ($host:literal, $starts_at:literal, $duration:literal, $taken:literal, $visibility:literal, $state:literal) => {
        concat!(
            "INSERT INTO parties (host_id, local_time, zone, starts_at, venue, main_dish, search_key, seats, taken, rsvp_deadline,
                    ends_at, visibility, state)
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
                SELECT ", $host, ", '2030-03-17T17:46:40', 'UTC', ", $starts_at, " + i, 'Venue', 'Dish', 'key', 9, ", $taken, ", ",
                    $starts_at, " + i, ", $starts_at, " + i + ", $duration, ", '", $visibility, "', '", $state, "' FROM n"
        )
    };
}

/// Rows that others store. The user 2 is the host whose profile is read.
const FLOODS: &[(&str, &str)] = &[
    ("full parties", parties!("45", "1900000000000", "3600000", "9", "listed", "scheduled")),
    ("unlisted parties", parties!("45", "1900000000000", "3600000", "1", "by-link", "scheduled")),
    ("unlisted parties of the host", parties!("2", "1900000000000", "3600000", "1", "by-link", "scheduled")),
    ("cancelled parties", parties!("45", "1900000000000", "3600000", "1", "listed", "cancelled")),
    ("parties with a free seat", parties!("45", "1900000000000", "3600000", "1", "listed", "scheduled")),
    ("recent parties that are over", RECENT),
    ("recent parties of the host that are over", parties!("2", "1899990000000", "3600000", "1", "listed", "scheduled")),
    ("parties under way", parties!("45", "1899990000000", "36000000", "1", "listed", "scheduled")),
    ("parties of the host under way", parties!("2", "1899990000000", "36000000", "1", "listed", "scheduled")),
    ("parties of long ago", parties!("45", "1800000000000", "3600000", "1", "listed", "scheduled")),
    (
        "seats of others",
        "INSERT INTO rsvps (party_id, guest_id, answer, heads, place)
            SELECT parties.id, users.id, 'seated', 1, 3 FROM parties CROSS JOIN users
            WHERE parties.id % 10 = 0 AND users.id BETWEEN 451 AND 500",
    ),
];

/// Parties that were over before the list begins.
const RECENT: &str = parties!("45", "1899990000000", "3600000", "1", "listed", "scheduled");

/// As [`over_marks`](super::over_marks) does.
const MARK: &str = "UPDATE parties SET is_over = 1 WHERE ends_at <= 1900000000000";

/// A statement of a page, and its parameters.
type PageStatement = (&'static str, PerEngine, Vec<i64>);

fn page_statements() -> Vec<PageStatement> {
    let (first, over, rows) = ([NOW - 72 * HOUR, i64::MAX], [NOW, i64::MIN], 21);
    let none = [i64::MAX; 2];
    let long_ago = [NOW - 150 * HOUR, 0];
    let list = |first: [i64; 2], over: [i64; 2]| [&[VIEWER, NOW][..], &first, &[rows], &over].concat();
    let of = |user: i64, list: Vec<i64>| [list, vec![user]].concat();
    let both = |sql| PerEngine { sqlite: sql, postgres: sql };
    vec![
        ("the list", both(LIST), list(first, over)),
        ("the first parties that are over", both(LIST), list(none, over)),
        ("a page of parties that are over", both(LIST), list(none, long_ago)),
        ("the own parties", both(LIST_OWN), list(first, over)),
        ("the parties of a host", LIST_HOSTED, of(2, list(first, over))),
        ("the home page", HOME, vec![VIEWER, NOW, 4, NOW - 72 * HOUR]),
        ("the own profile", OWN_PROFILE, [&[VIEWER, NOW, rows][..], &first, &over, &first, &over].concat()),
    ]
}

/// A database of either engine that measures what a statement reads.
enum Meter {
    Sqlite { connection: SqliteConnection, instructions: Arc<AtomicU64>, _folder: tempfile::TempDir },
    Postgres { connection: PgConnection, statements: usize },
}

impl Meter {
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
                raw_sql(rows).execute(connection).await.unwrap();
            }
        }
    }

    /// Brings the statistics and the visibility map of PostgreSQL up to date, as its autovacuum does.
    async fn settle(&mut self) {
        if let Self::Postgres { connection, .. } = self {
            raw_sql("VACUUM ANALYZE users, parties, rsvps").execute(connection).await.unwrap();
        }
    }

    /// The instructions that SQLite runs, or the pages that PostgreSQL reads.
    async fn cost(&mut self, (_, sql, parameters): &PageStatement) -> u64 {
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
                let prepare = AssertSqlSafe(format!("PREPARE page{statements} ({types}) AS {}", sql.postgres));
                raw_sql(prepare).execute(&mut *connection).await.unwrap();
                #[expect(clippy::disallowed_methods, reason = "a statement of this test")]
                let explain = AssertSqlSafe(format!("EXPLAIN (ANALYZE, BUFFERS) EXECUTE page{statements} ({values})"));
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

/// The costs of the statements in a database with few rows, and again with the rows of a flood.
async fn costs(mut meter: Meter, flood: &[&'static str]) -> Vec<(&'static str, u64, u64)> {
    let mut quiet = Vec::new();
    meter.add(SMALL_SITE).await;
    meter.add(MARK).await;
    meter.settle().await;
    for statement in page_statements() {
        meter.cost(&statement).await; // compiles it
        quiet.push(meter.cost(&statement).await);
    }
    for rows in flood {
        meter.add(rows).await;
    }
    meter.settle().await;
    let mut costs = Vec::new();
    for (statement, quiet) in page_statements().iter().zip(quiet) {
        meter.cost(statement).await;
        costs.push((statement.0, quiet, meter.cost(statement).await));
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
        for (page, quiet, flooded) in costs(Meter::on_sqlite().await, &[flood, MARK]).await {
            assert!(flooded < quiet + MORE_INSTRUCTIONS, "{page} beside {name}: {quiet} -> {flooded}");
        }
    }
}

#[tokio::test]
async fn postgres_passes_no_rows_of_others() {
    for (name, flood) in FLOODS {
        for (page, quiet, flooded) in costs(Meter::on_postgres().await, &[flood, MARK]).await {
            assert!(flooded < quiet + MORE_PAGES, "{page} beside {name}: {quiet} -> {flooded}");
        }
    }
}

/// The two tests above would find rows that are passed: these are found. They wait for [`over_marks`](super::over_marks).
#[tokio::test]
async fn list_passes_parties_that_ended_since_they_were_marked() {
    let (_, quiet, flooded) = costs(Meter::on_sqlite().await, &[RECENT]).await[0];
    assert!(flooded > quiet + MORE_INSTRUCTIONS, "{quiet} -> {flooded}");
    let (_, quiet, flooded) = costs(Meter::on_postgres().await, &[RECENT]).await[0];
    assert!(flooded > quiet + MORE_PAGES, "{quiet} -> {flooded}");
}
