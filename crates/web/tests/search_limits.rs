//! The limits of searches, beside which lists and the searches of other users go on.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use accounts::UserId;
use accounts::test_kit::{TestClient, TestResponse};
use domain::Page;
use domain::party::{ListError, MockPartyRepository};
use store::embed::sqlx::query;
use store::embed::{Database, Dialect, OpenDatabase, WriteError};
use tokio::sync::Notify;

use crate::common::{TestApp, assert_page, host, party_ids};
use crate::failing_store;

test_support::on_both_engines! { TestApp:
    second_search_of_a_user_is_refused_after_2_s
    search_is_refused_while_others_take_all_connections
}

/// A search that runs until it is dropped.
async fn running_search(app: &TestApp, user: UserId) -> Box<dyn Any> {
    async fn begin<D: Dialect>(database: &OpenDatabase<D>, user: UserId) -> Box<dyn Any> {
        Box::new(database.searches.begin(user.get()).await.unwrap())
    }
    match app.store.accounts().database() {
        Database::Sqlite(database) => begin(database, user).await,
        Database::Postgres(database) => begin(database, user).await,
    }
}

async fn search(client: &TestClient) -> TestResponse {
    client.get("/rsvp?q=ratatouille&seats=1").await
}

/// Asserts the reason beside the search field, and that the page keeps what was typed.
fn assert_refused(page: &TestResponse, status: u16, retry_after: &str, reason: &str) {
    assert_page(page, status, reason);
    assert_eq!(page.header("retry-after"), Some(retry_after));
    assert_eq!(page.texts("#q-note"), [reason]);
    assert_eq!(page.attributes("#q", "value"), ["ratatouille"]);
    assert_eq!(page.attributes("#q", "aria-describedby"), ["q-note"]);
    assert_eq!(page.attributes("#seats", "checked").len(), 1);
    assert!(party_ids(page).is_empty());
}

async fn second_search_of_a_user_is_refused_after_2_s(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let running = running_search(&app, app.id_of("ben").await).await;

    let start = Instant::now();
    let refused = search(&ben).await;

    assert_refused(&refused, 429, "2", "Your last search is still running. Please try again in a moment.");
    assert!(start.elapsed() >= Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(search(&ada).await.status, 200, "another user searches");
    assert_eq!(party_ids(&ben.get("/rsvp").await), std::slice::from_ref(&party), "a list without a search");
    drop(running);
    assert_eq!(party_ids(&search(&ben).await), [party]);
}

async fn search_is_refused_while_others_take_all_connections(app: TestApp) {
    let ada = app.user("ada").await;
    let others = [app.add_user("ben").await, app.add_user("cleo").await];
    let running = (running_search(&app, others[0]).await, running_search(&app, others[1]).await);

    let refused = search(&ada).await;

    assert_refused(&refused, 503, "5", "Lots of people are searching right now. Please try again in a moment.");
    assert_eq!(ada.get("/rsvp").await.status, 200);
    drop(running);
    assert_eq!(search(&ada).await.status, 200);
}

const TOOK_TOO_LONG: &str = "That search took too long. Please try fewer words, or try again in a moment.";

#[tokio::test]
async fn search_that_took_too_long_is_refused_beside_the_field() {
    let mut parties = MockPartyRepository::new();
    parties.expect_list().once().returning(|_, _, _, _, _| Err(ListError::TookTooLong));
    parties.expect_list().returning(|_, _, _, _, _| Ok(Page { items: Vec::new(), next: None }));
    let (_server, ada, _) = failing_store::start_with_parties(parties).await;

    assert_refused(&search(&ada).await, 503, "5", TOOK_TOO_LONG);
    assert_eq!(search(&ada).await.status, 200);
}

/// The search waits for a lock on the table until PostgreSQL ends it.
#[tokio::test]
async fn postgres_ends_a_search_after_500_ms() {
    let app = TestApp::on_postgres().await;
    let ada = app.user("ada").await;
    let Database::Postgres(database) = app.store.accounts().database() else { panic!("not PostgreSQL") };
    let (locked, unlock) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let lock = database.writer.write((Arc::clone(&locked), Arc::clone(&unlock)), |connection, (locked, unlock)| {
        Box::pin(async move {
            query("LOCK TABLE parties IN ACCESS EXCLUSIVE MODE").execute(connection).await?;
            locked.notify_one();
            unlock.notified().await;
            Ok::<_, WriteError>(())
        })
    });
    let search = async {
        locked.notified().await;
        let (start, refused) = (Instant::now(), search(&ada).await);
        unlock.notify_one();
        (start.elapsed(), refused)
    };

    let (lock, (time, refused)) = tokio::join!(lock, search);

    lock.unwrap();
    assert_refused(&refused, 503, "5", TOOK_TOO_LONG);
    assert!((Duration::from_millis(500)..Duration::from_secs(4)).contains(&time), "{time:?}");
    assert_eq!(self::search(&ada).await.status, 200);
}
