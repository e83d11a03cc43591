//! What the database does to the pages: locked by another process, full, damaged, away. A write is then refused with 503,
//! pages that need no write go on, and all is well again as soon as it can be. What a test cannot do is done by
//! `cargo xtask faults`.

use std::time::{Duration, Instant};

use accounts::test_kit::{TestClient, TestResponse};
use store::PartyStore;
use store::embed::sqlx::sqlite::SqliteConnectOptions;
use store::embed::sqlx::{ConnectOptions, SqliteConnection, query, query_scalar};
use store::embed::{Database, WriteError};
use test_support::{Postgres, sqlite_url};

use crate::common::{TestApp, answer, assert_page, flash, host, host_form, post};

const NOT_SAVED: &str = "We couldn't save that. Nothing changed, please try again.";

/// On a file that the test knows too.
async fn on_a_file() -> (TestApp, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_url(&folder);
    (TestApp::over(PartyStore::connect(&url).await.unwrap(), Some(folder)).await, url)
}

/// Another process on the same file.
async fn another(url: &str) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(url.strip_prefix("sqlite:").unwrap());
    options.connect().await.unwrap()
}

fn assert_not_saved(page: &TestResponse) {
    assert_page(page, 503, NOT_SAVED);
    assert_eq!(page.header("retry-after"), Some("5"));
}

async fn host_one(visitor: &TestClient) -> TestResponse {
    post(visitor, "/user/ada", &host_form(&[])).await
}

#[tokio::test]
async fn who_meets_another_process_that_writes_waits_for_five_seconds_and_is_told_to_come_back() {
    let (app, url) = on_a_file().await;
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let mut other = another(&url).await;
    query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();

    let begun = Instant::now();
    let refused = host_one(&ada).await;
    let waited = begun.elapsed();
    assert_not_saved(&refused);
    assert!((4..8).contains(&waited.as_secs()), "{waited:?}");
    for page in ["/", "/rsvp", "/user/ada"] {
        assert_eq!(ben.get(page).await.status, 200, "{page}: who only reads does not wait");
    }

    let (came, ()) = tokio::join!(answer(&ben, &party, "yes"), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        query("ROLLBACK").execute(&mut other).await.unwrap();
    });
    assert!(flash(&came).starts_with("You successfully RSVP'd"), "who waited is served: {}", came.text);
    let begun = Instant::now();
    assert_eq!(host_one(&ada).await.status, 303);
    assert!(begun.elapsed() < Duration::from_secs(2), "at once: {:?}", begun.elapsed());
    assert_eq!(app.party_count().await, 2, "nothing that was refused is stored");
}

/// As if the disk were that large, for the connection that writes.
async fn grow_to_at_most(app: &TestApp, pages: &'static str) {
    let Database::Sqlite(engine) = app.store.accounts().database() else { panic!("not SQLite") };
    let set = engine.writer.write(pages, |connection, pages| {
        Box::pin(async move { Ok::<i64, WriteError>(query_scalar(*pages).fetch_one(connection).await?) })
    });
    set.await.unwrap();
}

#[tokio::test]
async fn a_full_file_takes_no_more_and_is_read_on() {
    let (app, _) = on_a_file().await;
    let ada = app.user("ada").await;
    host(&ada, "ada", &[]).await;
    grow_to_at_most(&app, "PRAGMA max_page_count = 1").await; // which means: no more than it has

    let mut told = Vec::new();
    while told.last() != Some(&503) && told.len() < 1000 {
        let page = host_one(&ada).await;
        if page.status == 503 {
            assert_not_saved(&page);
            assert_eq!(ada.get("/rsvp").await.status, 200, "it is read on");
        }
        told.push(page.status);
    }
    assert_eq!(told.pop(), Some(503), "{told:?}");
    assert!(told.iter().all(|status| *status == 303), "{told:?}");
    assert_eq!(app.party_count().await, 1 + told.len(), "as many as were acknowledged");
    grow_to_at_most(&app, "PRAGMA max_page_count = 1073741823").await;
    assert_eq!(host_one(&ada).await.status, 303, "once there is room");
}

#[tokio::test]
async fn a_damaged_table_costs_its_own_pages() {
    let (app, url) = on_a_file().await;
    app.user("ada").await;
    host(&app.log_in("ada").await, "ada", &[]).await;
    app.store.accounts().close().await;
    let mut looking = another(&url).await;
    let page: i64 = query_scalar("SELECT rootpage FROM sqlite_schema WHERE name = 'parties'")
        .fetch_one(&mut looking)
        .await
        .unwrap();
    store::embed::sqlx::Connection::close(looking).await.unwrap();
    let file = url.strip_prefix("sqlite:").unwrap();
    let mut bytes = std::fs::read(file).unwrap();
    let begin = usize::try_from(page - 1).unwrap() * 4096;
    bytes[begin..begin + 4096].fill(0x5a);
    std::fs::write(file, bytes).unwrap();

    let again = TestApp::over(PartyStore::connect(&url).await.unwrap(), None).await;
    let ada = again.log_in("ada").await;
    assert_page(&ada.get("/rsvp").await, 503, "We couldn't look that up. Please try again in a moment.");
    assert_not_saved(&host_one(&ada).await);
    assert_eq!(again.visitor().get("/login").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_postgres_is_away_everybody_is_told_soon_and_all_is_well_once_it_is_back() {
    let server = Postgres::durable().await.unwrap();
    let app = TestApp::over(PartyStore::connect(&server.database().await.unwrap()).await.unwrap(), None).await;
    let ada = app.user("ada").await;
    host(&ada, "ada", &[]).await;
    for (leave, come_back) in [
        (Postgres::stop as fn(&Postgres) -> _, Postgres::resume as fn(&Postgres) -> _),
        (Postgres::freeze, Postgres::thaw),
    ] {
        leave(&server).unwrap();
        let begun = Instant::now();
        let (ready, read, write) = tokio::join!(ada.get("/health/ready"), ada.get("/rsvp"), host_one(&ada));
        let told = begun.elapsed();
        let live = ada.get("/health/live").await;
        come_back(&server).unwrap();
        let back = Instant::now();
        assert_eq!((live.status, ready.status, read.status, write.status), (200, 503, 503, 503));
        assert!(told < Duration::from_secs(20), "{told:?}");

        while ada.get("/health/ready").await.status != 200 || ada.get("/rsvp").await.status != 200 {
            assert!(back.elapsed() < Duration::from_secs(10), "it is not ready");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(host_one(&ada).await.status, 303);
    }
    let Database::Postgres(engine) = app.store.accounts().database() else { panic!("not PostgreSQL") };
    let stored: i64 = query_scalar("SELECT count(*) FROM parties").fetch_one(&engine.read).await.unwrap();
    assert_eq!(stored, 3, "what was refused is not stored");
}
