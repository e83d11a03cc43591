//! Several services of one machine in one browser, where none logs another's users out: cookies ignore ports.

use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use accounts::web::{AccountPage, CurrentUser, PageContext, methods};
use accounts::{Accounts, Email, Password, Registration, Username};
use poem::endpoint::make_sync;
use poem::http::StatusCode;
use poem::{Response, Route, handler};
use store::AccountStore;
use test_support::browser::{Person, Scripts};
use test_support::sqlite_url;

use crate::common::{PASSWORD, TestApp};
use crate::people::log_in;

#[handler]
fn secret(cook: CurrentUser, page: PageContext) -> Response {
    page.render("The recipe", &format!("<p>Only {} reads this.</p>", cook.username))
}

/// A service of one page and one user, with its log-in at the top, as the secret recipe is.
async fn cookbook(database: &str) -> TestServer {
    let accounts =
        Accounts::builder().cost(fast_hash_cost()).without(AccountPage::Register).log_in_at("/").after_log_in("/home");
    let accounts = accounts.build(AccountStore::connect(database).await.unwrap()).unwrap();
    let (username, email) = (Username::parse("cook").unwrap(), Email::parse("cook@example.com").unwrap());
    let cook = Registration { username, email, password: Password::parse(PASSWORD.to_owned()).unwrap() };
    accounts.register(cook).await.unwrap();
    let no_icon = make_sync(|_| StatusCode::NO_CONTENT); // browsers ask for one, and complain of a page that is not there
    let routes = Route::new().at("/home", methods().get(secret)).at("/favicon.ico", no_icon);
    TestServer::start(accounts.routes(routes).unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_services_in_one_browser_log_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let recipes = cookbook(&format!("sqlite:{}", folder.path().join("recipe.db").display())).await;
    let trips = example_triplanned::connect(&sqlite_url(&folder)).await.unwrap();
    let trips = example_triplanned::site(&trips, Accounts::builder().cost(fast_hash_cost())).unwrap();
    let trips = TestServer::start(trips).await.unwrap();
    let app = TestApp::on_sqlite().await;
    for server in [&trips, &app.server] {
        TestClient::new(server).register("ada", PASSWORD).await;
    }
    let at = |server: &TestServer, path: &str| format!("http://localhost:{}{path}", server.address().port());
    let places = [
        (at(&recipes, "/home"), "cook@example.com", "Only cook reads this", "Log out"),
        (at(&trips, "/user/ada"), "ada@example.com", "Post a place", "Logout"),
        (at(&app.server, "/user/ada"), "ada@example.com", "Host a dinner party", "Log out"),
    ];
    let ada = Person::arrives("ada", Scripts::On).await;

    // Into one after the other, and then none has been forgotten.
    for (page, email, sees, _) in &places {
        ada.opens(page).await;
        log_in(&ada, email).await;
        ada.sees(sees).await;
    }
    for (page, _, sees, _) in &places {
        ada.opens(page).await;
        ada.sees(sees).await;
    }
    // Out of one after the other, and those that are left stay.
    for left in 0..places.len() {
        ada.opens(&places[left].0).await;
        ada.presses(places[left].3).await;
        ada.sees("You are logged out.").await;
        for (page, _, sees, _) in &places[left + 1..] {
            ada.opens(page).await;
            ada.sees(sees).await;
        }
    }
    ada.hears_no_complaint().await;
}
