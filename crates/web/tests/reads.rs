//! A GET changes nothing (I10): every route is read twice by a visitor, a guest and the host, and the database stays as it is.

use domain::party::{GuestCommand, Heads};
use poem::http::Method;
use store::embed::Database;
use store::embed::sqlx::{AssertSqlSafe, query_scalar};

use crate::access::paths_to_read;
use crate::common::{TestApp, host};

test_support::on_both_engines! { TestApp:
    reading_every_page_twice_changes_no_row
}

/// The columns that a request with a session may set: when the session was last seen, and until when it lasts.
const LAST_SEEN: [&str; 2] = ["last_seen_at", "expires_at"];

/// Every row of every table, without the columns of [`LAST_SEEN`], in an order of its own.
async fn rows(app: &TestApp) -> Vec<String> {
    let mut rows = vec![];
    for table in tables(app).await {
        rows.extend(rows_of(app, &table).await.into_iter().map(|row| format!("{table} {row}")));
    }
    rows.sort_unstable();
    rows
}

#[expect(clippy::disallowed_methods, reason = "the names of tables come from the schema")]
async fn texts(app: &TestApp, sqlite: String, postgres: String) -> Vec<String> {
    match app.store.accounts().database() {
        Database::Sqlite(engine) => query_scalar(AssertSqlSafe(sqlite)).fetch_all(&engine.read).await,
        Database::Postgres(engine) => query_scalar(AssertSqlSafe(postgres)).fetch_all(&engine.read).await,
    }
    .unwrap()
}

async fn tables(app: &TestApp) -> Vec<String> {
    let sqlite = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let postgres = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()";
    texts(app, sqlite.to_owned(), postgres.to_owned()).await
}

async fn rows_of(app: &TestApp, table: &str) -> Vec<String> {
    let sqlite = format!("SELECT name FROM pragma_table_info('{table}')");
    let postgres = format!("SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'");
    let columns = texts(app, sqlite, postgres).await;
    let is_kept = |column: &&String| table != "sessions" || !LAST_SEEN.contains(&column.as_str());
    let columns: Vec<_> = columns.iter().filter(is_kept).collect();
    let sqlite: Vec<_> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
    let postgres: Vec<_> = columns.iter().map(|column| format!("coalesce(\"{column}\"::text, '')")).collect();
    let select = |columns: &[String]| format!("SELECT {} FROM \"{table}\"", columns.join(" || ' ' || "));
    texts(app, select(&sqlite), select(&postgres)).await
}

async fn reading_every_page_twice_changes_no_row(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[("number_seats", "3"), ("max_companions", "2")]).await;
    for (name, command) in [
        ("cleo", GuestCommand::Accept(Heads::ONE)),
        ("dan", GuestCommand::Accept(Heads::new(3).unwrap())),
        ("eve", GuestCommand::Maybe),
    ] {
        app.answer(&party, app.add_user(name).await, command).await;
    }
    app.answer(&party, app.id_of("ben").await, GuestCommand::Accept(Heads::ONE)).await;
    let link = ada.get(&format!("/parties/{party}")).await.attributes("input[data-share]", "value").concat();
    let paths = paths_to_read(link.rsplit('/').next().unwrap());
    assert!(paths.len() > 20, "{paths:?}");
    let before = rows(&app).await;
    assert!(before.len() > 12, "{before:#?}");
    let visitor = app.visitor();
    for (name, client) in [("a visitor", &visitor), ("Ben", &ben), ("Ada", &ada)] {
        for path in &paths {
            for _ in 0..2 {
                let status = client.send(client.request(Method::GET, path)).await.status;
                assert!(status < 500, "GET {path} by {name}: {status}");
            }
        }
        let changed: Vec<_> = rows(&app).await.into_iter().filter(|row| !before.contains(row)).collect();
        assert_eq!((changed, rows(&app).await.len()), (vec![], before.len()), "read by {name}");
    }
    // What the comparison can see: an answer is a change.
    app.answer(&party, app.id_of("ben").await, GuestCommand::Decline).await;
    assert_ne!(rows(&app).await, before);
}
