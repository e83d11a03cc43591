//! Several services on ports of one machine in one browser. Cookies ignore ports, so each service has its own cookie names.

use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use accounts::web::{AccountPage, CurrentUser, PageContext, methods};
use accounts::{Accounts, Caller, Email, Password, Registration, Username};
use poem::endpoint::make_sync;
use poem::http::StatusCode;
use poem::{Response, Route, handler};
use store::AccountStore;
use test_support::browser::{Person, Scripts};
use test_support::sqlite_url;

use crate::common::{PASSWORD, TestApp};
use crate::steps::log_in;

#[handler]
fn recipe(cook: CurrentUser, page: PageContext) -> Response {
    page.render("The recipe", &format!("<p>Only {} reads this.</p>", cook.username))
}

/// A service with one page and one user, whose log-in form is at `/`, like the secret recipe example.
async fn cookbook(database: &str) -> TestServer {
    let accounts =
        Accounts::builder().cost(fast_hash_cost()).without(AccountPage::Register).log_in_at("/").after_log_in("/home");
    let accounts = accounts.build(AccountStore::connect(database).await.unwrap()).unwrap();
    let (username, email) = (Username::parse("cook").unwrap(), Email::parse("cook@example.com").unwrap());
    let cook = Registration { username, email, password: Password::parse(PASSWORD.to_owned()).unwrap(), code: None };
    accounts.register(cook, &Caller::default()).await.unwrap();
    let no_icon = make_sync(|_| StatusCode::NO_CONTENT); // browsers request one, and log an error if it is missing
    let routes = Route::new().at("/home", methods().get(recipe)).at("/favicon.ico", no_icon);
    TestServer::start(accounts.routes(routes).unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_services_in_one_browser_keep_their_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let recipes = cookbook(&format!("sqlite:{}", folder.path().join("recipe.db").display())).await;
    let trips = example_triplanned::connect(&sqlite_url(&folder)).await.unwrap();
    let accounts = example_triplanned::accounts(&trips, Accounts::builder().cost(fast_hash_cost())).unwrap();
    let trips = example_triplanned::site(&trips, &accounts).unwrap();
    let trips = TestServer::start(trips).await.unwrap();
    let app = TestApp::on_sqlite().await;
    for server in [&trips, &app.server] {
        TestClient::new(server).register("ada", PASSWORD).await;
    }
    let at = |server: &TestServer, path: &str| format!("http://localhost:{}{path}", server.address().port());
    let services = [
        (at(&recipes, "/home"), "cook@example.com", "Only cook reads this", "Log out"),
        (at(&trips, "/user/ada"), "ada@example.com", "Post a place", "Logout"),
        (at(&app.server, "/user/ada"), "ada@example.com", "Host a dinner party", "Log out"),
    ];
    let ada = Person::arrives("ada", Scripts::On).await;

    // Log in to each service in turn; all sessions are kept.
    for (page, email, sees, _) in &services {
        ada.opens(page).await;
        log_in(&ada, email).await;
        ada.sees(sees).await;
    }
    for (page, _, sees, _) in &services {
        ada.opens(page).await;
        ada.sees(sees).await;
    }
    // Log out of each service in turn; the other sessions are kept.
    for n in 0..services.len() {
        ada.opens(&services[n].0).await;
        ada.presses(services[n].3).await;
        ada.sees("You are logged out.").await;
        for (page, _, sees, _) in &services[n + 1..] {
            ada.opens(page).await;
            ada.sees(sees).await;
        }
    }
    ada.sees_no_console_errors().await;
}
