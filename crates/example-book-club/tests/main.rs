//! The book club over HTTP, on both engines.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::time::Duration;

use accounts::test_kit::{MovableClock, TestClient, TestFile, TestResponse, TestServer, fast_hash_cost};
use accounts::{Accounts, Caller, CodeSettings, Role, Timestamp, User, Username, serde_json};
use poem::http::Method;
use store::AccountStore;
use store::embed::{Database, sqlx::query_scalar};

const PASSWORD: &str = "marble otter seven";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\xff";

struct Club {
    store: AccountStore,
    clock: MovableClock,
    accounts: Accounts,
    server: TestServer,
}

impl Club {
    async fn on(url: &str) -> Self {
        let store = AccountStore::connect_with(url, [example_book_club::tables()]).await.unwrap();
        let clock = MovableClock::at(Timestamp::from_millis(0));
        let settings = Accounts::builder().cost(fast_hash_cost()).clock(clock.clone());
        let (accounts, site) = example_book_club::open(store.clone(), settings).unwrap();
        Self { store, clock, accounts, server: TestServer::start(site).await.unwrap() }
    }

    /// Registers Ada by a new code.
    async fn register(&self, author: &str) -> (TestClient, TestResponse) {
        let made = self.accounts.make_registration_code(CodeSettings::default(), &Caller::default()).await.unwrap();
        let (client, code) = (TestClient::new(&self.server), made.code.expose());
        let typed = [("code", &*code), ("username", "ada"), ("email", "ada@example.com"), ("favorite_author", author)];
        let typed = [&typed[..], &[("password", PASSWORD), ("password2", PASSWORD)]].concat();
        let page = client.submit("/register", "/register", &typed).await;
        (client, page)
    }

    /// Ada as a librarian, with the first book on the list.
    async fn librarian(&self) -> (TestClient, User) {
        let (ada, _) = self.register("Bo").await;
        let user = self.accounts.find_user(&Username::parse("ada").unwrap()).await.unwrap().unwrap();
        self.accounts.add_role(user.id, &Role::parse("librarian").unwrap(), &Caller::default()).await.unwrap();
        assert_eq!(upload(&ada, &ada.get("/books/new").await, "<b>Emma", PNG).await.texts("h2"), ["<b>Emma"]);
        (ada, user)
    }
}

async fn upload(client: &TestClient, form: &TestResponse, title: &str, cover: &[u8]) -> TestResponse {
    let cover = TestFile::new("cover", "a.html", "text/html", cover);
    client.upload_on(form, "/books/new", &[("title", title)], vec![cover]).await
}

async fn call(client: &TestClient, method: Method, path: &str, token: &str) -> TestResponse {
    client.send(client.request(method, path).bearer_auth(token)).await
}

macro_rules! on_both_engines { ($($test:ident)*) => { $( mod $test {
    #[tokio::test]
    async fn on_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        super::$test(super::Club::on(&format!("sqlite:{}/books.db", folder.path().display())).await).await;
    }
    #[tokio::test]
    async fn on_postgres() {
        let url = test_postgres::Postgres::shared().await.unwrap().database().await.unwrap();
        super::$test(super::Club::on(&url).await).await;
    }
} )* } }

on_both_engines! {
    registration_by_code_stores_field_and_own_page_logs_in
    only_librarian_adds_book_and_only_with_picture
    script_reads_and_marks_books_until_its_token_is_void
}

async fn registration_by_code_stores_field_and_own_page_logs_in(club: Club) {
    let (ada, page) = club.register(" ").await;
    assert_eq!((page.status, page.texts("#favorite_author-note").len()), (422, 1), "{}", page.text);
    let typed = [("code", "2222-2222"), ("favorite_author", "Bo"), ("password", PASSWORD), ("password2", PASSWORD)];
    let page = ada.submit_on(&page, "/register", &typed).await;
    assert_eq!((page.status, page.texts("#code-note").len()), (422, 1), "{}", page.text);
    let (ada, page) = club.register("<b>Bo").await;
    assert!(page.text.contains("Your favorite author is <b>Bo"), "{}", page.text);

    assert_eq!(ada.submit("/token", "/logout", &[]).await.texts(".flash"), ["You are logged out."]);
    let (page, typed) = (ada.get("/token").await, [("email", "ada"), ("password", "wrong")]);
    let page = ada.submit_on(&page, "/come-in", &typed).await;
    assert_eq!((page.status, page.attributes("#email", "value")), (422, vec!["ada".to_owned()]), "{}", page.text);
    assert_eq!(ada.submit_on(&page, "/come-in", &[("password", PASSWORD)]).await.path, "/token");
    club.clock.advance(Duration::from_mins(10));
    assert_eq!(ada.get("/token").await.path, "/account/confirm?next=%2Ftoken");
}

async fn only_librarian_adds_book_and_only_with_picture(club: Club) {
    let (ada, user) = club.librarian().await;
    let (form, large) = (ada.get("/books/new").await, [PNG, &vec![0; 512 << 10]].concat());
    for (title, cover, field) in [("A", &b"GIF89a"[..], "cover"), ("A", &large, "cover"), ("<b>Emma", PNG, "title")] {
        let page = upload(&ada, &form, title, cover).await;
        assert_eq!((page.status, page.attributes(".field-error", "id")), (422, vec![format!("{field}-note")]));
    }
    let cover = ada.request(Method::GET, "/books/1/cover").send().await.unwrap();
    assert_eq!(cover.headers()["content-type"], "image/png");
    assert_eq!(cover.bytes().await.unwrap(), PNG);

    club.accounts.remove_role(user.id, &Role::parse("librarian").unwrap(), &Caller::default()).await.unwrap();
    assert_eq!(upload(&ada, &form, "Ulysses", PNG).await.status, 403);
    assert_eq!(ada.submit("/", "/logout", &[]).await.path, "/come-in");
    assert!(upload(&ada, &form, "Ulysses", PNG).await.text.contains("log in first, then choose the file again"));
    assert_eq!(ada.log_in_at("/come-in", "ada", PASSWORD).await.texts("h2"), ["<b>Emma"]);
}

async fn script_reads_and_marks_books_until_its_token_is_void(club: Club) {
    let ((ada, user), script) = (club.librarian().await, TestClient::new(&club.server));
    let token = ada.submit("/token", "/token", &[]).await.texts("code").concat();
    assert!(!ada.get("/token").await.html.contains(&token), "it is shown once");
    let problem = call(&ada, Method::POST, "/api/books/1/read", &token).await;
    assert!(problem.status == 403 && problem.text.contains("did not come from one of our forms"), "{}", problem.text);
    for (path, status) in [("/api/books/1/read", 204), ("/api/books/1/read", 204), ("/api/books/2/read", 404)] {
        assert_eq!(call(&script, Method::POST, path, &token).await.status, status, "{path}");
    }
    let list = async |token: &str| call(&script, Method::GET, "/api/books", token).await;
    let books: serde_json::Value = serde_json::from_str(&list(&token).await.html).unwrap();
    let emma = serde_json::json!({ "id": 1, "title": "<b>Emma", "read": true });
    assert_eq!(books, serde_json::json!({ "books": [emma], "next": null }));
    assert!(ada.get("/").await.text.contains("You have read it."));
    ada.submit("/token", "/token/revoke", &[]).await;
    assert_eq!(list(&token).await.status, 401, "revoked");
    let other = ada.submit("/token", "/token", &[]).await.texts("code").concat();
    assert_eq!(list(&other).await.status, 200);
    club.accounts.disable(user.id, &Caller::default()).await.unwrap();
    for void in [&*other, "a b"] {
        let problem = list(void).await;
        assert!(problem.status == 401 && problem.html.contains("log_in_required"), "{void}: {}", problem.html);
    }
    club.accounts.delete(user.id, &Caller::default()).await.unwrap();
    let Database::Sqlite(database) = club.store.database() else { return }; // the statements are the same on PostgreSQL
    let count = query_scalar::<_, i64>("SELECT (SELECT count(*) FROM members) + (SELECT count(*) FROM readings)");
    assert_eq!(count.fetch_one(&database.read).await.unwrap(), 0, "rows of a deleted member");
}
