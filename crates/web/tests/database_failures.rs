//! Pages while the database is locked by another process, full, damaged or unavailable. Writes are then rejected with 503,
//! reads continue where they can, and the app recovers by itself. `cargo xtask faults` injects faults that a test cannot.

use std::time::{Duration, Instant};

use accounts::test_kit::{TestClient, TestResponse};
use store::PartyStore;
use store::embed::sqlx::sqlite::SqliteConnectOptions;
use store::embed::sqlx::{ConnectOptions, SqliteConnection, query, query_scalar};
use store::embed::{Database, WriteError};
use test_support::{Postgres, sqlite_url};

use crate::common::{TestApp, answer, assert_page, flash, host, host_form, post};

const NOT_SAVED: &str = "We couldn't save that. Nothing changed, please try again.";

/// The app on SQLite, and the URL of its file.
async fn app_with_url() -> (TestApp, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_url(&folder);
    (TestApp::over(PartyStore::connect(&url).await.unwrap(), Some(folder)).await, url)
}

/// A second connection to the file, as another process has.
async fn other_connection(url: &str) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(url.strip_prefix("sqlite:").unwrap());
    options.connect().await.unwrap()
}

fn assert_not_saved(page: &TestResponse) {
    assert_page(page, 503, NOT_SAVED);
    assert_eq!(page.header("retry-after"), Some("5"));
}

async fn host_party(client: &TestClient) -> TestResponse {
    post(client, "/user/ada", &host_form(&[])).await
}

#[tokio::test]
async fn write_waits_5_s_for_lock_of_another_process_then_503() {
    let (app, url) = app_with_url().await;
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let mut other = other_connection(&url).await;
    query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();

    let start = Instant::now();
    let rejected = host_party(&ada).await;
    let waited = start.elapsed();
    assert_not_saved(&rejected);
    assert!((4..8).contains(&waited.as_secs()), "{waited:?}");
    for page in ["/", "/rsvp", "/user/ada"] {
        assert_eq!(ben.get(page).await.status, 200, "{page}: reads do not wait");
    }

    let (page, ()) = tokio::join!(answer(&ben, &party, "yes"), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        query("ROLLBACK").execute(&mut other).await.unwrap();
    });
    assert!(flash(&page).starts_with("You successfully RSVP'd"), "once the lock is released: {}", page.text);
    let start = Instant::now();
    assert_eq!(host_party(&ada).await.status, 303);
    assert!(start.elapsed() < Duration::from_secs(2), "without a lock: {:?}", start.elapsed());
    assert_eq!(app.party_count().await, 2, "the rejected party is not stored");
}

/// Runs a pragma on the writer's connection that limits the size of the file.
async fn limit_file_size(app: &TestApp, pragma: &'static str) {
    let Database::Sqlite(engine) = app.store.accounts().database() else { panic!("not SQLite") };
    let set = engine.writer.write(pragma, |connection, pragma| {
        Box::pin(async move { Ok::<i64, WriteError>(query_scalar(*pragma).fetch_one(connection).await?) })
    });
    set.await.unwrap();
}

#[tokio::test]
async fn full_sqlite_file_rejects_writes_and_serves_reads() {
    let (app, _) = app_with_url().await;
    let ada = app.user("ada").await;
    host(&ada, "ada", &[]).await;
    limit_file_size(&app, "PRAGMA max_page_count = 1").await; // SQLite raises it to the present size

    let mut statuses = Vec::new();
    while statuses.last() != Some(&503) && statuses.len() < 1000 {
        let page = host_party(&ada).await;
        if page.status == 503 {
            assert_not_saved(&page);
            assert_eq!(ada.get("/rsvp").await.status, 200, "reads continue");
        }
        statuses.push(page.status);
    }
    assert_eq!(statuses.pop(), Some(503), "{statuses:?}");
    assert!(statuses.iter().all(|status| *status == 303), "{statuses:?}");
    assert_eq!(app.party_count().await, 1 + statuses.len(), "each acknowledged party is stored");
    limit_file_size(&app, "PRAGMA max_page_count = 1073741823").await;
    assert_eq!(host_party(&ada).await.status, 303, "after the limit is raised");
}

#[tokio::test]
async fn damaged_table_fails_only_the_pages_that_read_it() {
    let (app, url) = app_with_url().await;
    app.user("ada").await;
    host(&app.log_in("ada").await, "ada", &[]).await;
    app.store.accounts().close().await;
    let mut other = other_connection(&url).await;
    let page: i64 =
        query_scalar("SELECT rootpage FROM sqlite_schema WHERE name = 'parties'").fetch_one(&mut other).await.unwrap();
    store::embed::sqlx::Connection::close(other).await.unwrap();
    let file = url.strip_prefix("sqlite:").unwrap();
    let mut bytes = std::fs::read(file).unwrap();
    let offset = usize::try_from(page - 1).unwrap() * 4096;
    bytes[offset..offset + 4096].fill(0x5a);
    std::fs::write(file, bytes).unwrap();

    let app = TestApp::over(PartyStore::connect(&url).await.unwrap(), None).await;
    let ada = app.log_in("ada").await;
    assert_page(&ada.get("/rsvp").await, 503, "We couldn't look that up. Please try again in a moment.");
    assert_not_saved(&host_party(&ada).await);
    assert_eq!(app.visitor().get("/login").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_outage_is_503_within_20_s_and_recovers() {
    let server = Postgres::durable().await.unwrap();
    let app = TestApp::over(PartyStore::connect(&server.database().await.unwrap()).await.unwrap(), None).await;
    let ada = app.user("ada").await;
    host(&ada, "ada", &[]).await;
    for (stop, resume) in [
        (Postgres::stop as fn(&Postgres) -> _, Postgres::resume as fn(&Postgres) -> _),
        (Postgres::freeze, Postgres::thaw),
    ] {
        stop(&server).unwrap();
        let start = Instant::now();
        let (ready, read, write) = tokio::join!(ada.get("/health/ready"), ada.get("/rsvp"), host_party(&ada));
        let waited = start.elapsed();
        let live = ada.get("/health/live").await;
        resume(&server).unwrap();
        let resumed = Instant::now();
        assert_eq!((live.status, ready.status, read.status, write.status), (200, 503, 503, 503));
        assert!(waited < Duration::from_secs(20), "{waited:?}");

        while ada.get("/health/ready").await.status != 200 || ada.get("/rsvp").await.status != 200 {
            assert!(resumed.elapsed() < Duration::from_secs(10), "not ready again");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(host_party(&ada).await.status, 303);
    }
    let Database::Postgres(engine) = app.store.accounts().database() else { panic!("not PostgreSQL") };
    let stored: i64 = query_scalar("SELECT count(*) FROM parties").fetch_one(&engine.read).await.unwrap();
    assert_eq!(stored, 3, "rejected parties are not stored");
}
