//! For tests: whether the cost of a statement depends on the rows that it returns, and not on the size of the tables.
//!
//! SQLite's query planner has no statistics here, so that it can only use indexes. PostgreSQL's chooses by the size of the tables,
//! so that it gets some rows.

#![allow(clippy::unwrap_used, reason = "a test helper")]

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection, query, raw_sql};

use crate::AccountStore;

/// What is limited already and may be scanned: a page and its rows, two guests, the oldest rows, those who fit on some seats, ten
/// notices, the recipients of one.
const SCANS_ALLOWED: &[&str] = &[
    "SCAN ids",
    "SCAN page",
    "SCAN guests",
    "SCAN oldest",
    "SCAN fitting",
    "SCAN counted",
    "SCAN told VIRTUAL TABLE INDEX 1:",
    "SCAN CONSTANT ROW",
];

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

/// The query plan of PostgreSQL, in a database of 20,000 parties of 100 hosts and as many counters, known browsers and known
/// networks, with the settings of our connections. `types` are those of the parameters.
#[cfg(feature = "party")]
pub(crate) async fn postgres_plan(sql: &'static str, types: &str, is_search: bool) -> String {
    let server = test_support::Postgres::shared().await.unwrap();
    let filled = async |url: String| {
        fill(&url).await;
        Ok(())
    };
    let url = server.database_from("parties", filled).await.unwrap();
    let options = crate::engine::postgres::open::read_options(&url, is_search).unwrap();
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let values = vec!["NULL"; types.split(',').count()].join(", ");
    #[expect(clippy::disallowed_methods, reason = "a prefix before a constant")]
    let prepare = AssertSqlSafe(format!("PREPARE planned ({types}) AS {sql}"));
    raw_sql(prepare).execute(&mut connection).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "a statement of this test")]
    let explain = AssertSqlSafe(format!("EXPLAIN EXECUTE planned ({values})"));
    let lines = raw_sql(explain).fetch_all(&mut connection).await.unwrap();
    lines.iter().map(|line| line.get::<String, _>(0)).collect::<Vec<_>>().join("\n")
}

#[cfg(feature = "party")]
async fn fill(url: &str) {
    let store = crate::PartyStore::connect(url).await.unwrap();
    store.accounts().close().await;
    let mut connection = PgConnection::connect(url).await.unwrap();
    let rows = "INSERT INTO users (username, username_key, email, email_key, joined_at)
            SELECT 'user' || n, 'user' || n, n || '@x.example', n || '@x.example', 0 FROM generate_series(1, 1000) AS n;
        INSERT INTO parties (host_id, local_time, zone, starts_at, venue, main_dish, search_key, seats, rsvp_deadline, ends_at,
                visibility)
            SELECT 1 + n % 100, '2030-01-15T20:00:00', 'Europe/Berlin', n * 100000, 'Venue', 'Dish ' || n, 'u dish ' || n, 4,
                n * 100000, n * 100000 + 1, CASE n % 10 WHEN 0 THEN 'by-link' ELSE 'listed' END
            FROM generate_series(1, 20000) AS n;
        INSERT INTO rsvps (party_id, guest_id, answer, heads, place)
            SELECT n, 101 + n % 800, 'seated', 1, 1 FROM generate_series(1, 20000) AS n;
        INSERT INTO users (username, username_key, email, email_key, joined_at)
            SELECT 'user' || n, 'user' || n, n || '@x.example', n || '@x.example', 0 FROM generate_series(1001, 20000) AS n;
        INSERT INTO registration_keys SELECT n, sha256(n::text::bytea), n FROM generate_series(1, 20000) AS n;
        INSERT INTO sessions (digest, user_id, created_at, last_seen_at, authenticated_at, expires_at, remembered)
            SELECT sha256(n::text::bytea), n, n, n, n, n, 0 FROM generate_series(1, 20000) AS n;
        INSERT INTO notices (user_id, kind, subject, parameters, at)
            SELECT CASE WHEN n <= 10000 THEN 1 ELSE n END, 'cancelled', n / 20, '', n FROM generate_series(1, 20000) AS n;
        INSERT INTO throttles SELECT sha256(n::text::bytea), 1, n FROM generate_series(1, 20000) AS n;
        INSERT INTO known_browsers SELECT 1 + n % 1000, sha256(n::text::bytea), 0, n FROM generate_series(1, 20000) AS n;
        INSERT INTO known_networks SELECT 1 + n % 1000, n::text, n FROM generate_series(1, 20000) AS n;
        ANALYZE";
    raw_sql(rows).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
