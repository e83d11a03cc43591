//! A form that requires a log-in waits on the embedder's own pages.

use std::time::Duration;

use accounts::Accounts;
use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use accounts::web::{AccountPage, PageContext, methods};
use poem::{Response, Route, handler};
use reqwest::Method;

use super::pages::{CONFIRM, LOG_IN, REGISTER};
use super::{log_in, registration, service};
use crate::common::{self, PASSWORD, assert_page, browser_post};

const NOT_SENT: &str = "What you typed is here, and not sent yet. Please press the button to send it.";

#[tokio::test]
async fn form_waits_on_the_own_log_in_page_and_is_sent_by_one_press_after_it() {
    let service = service(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let page = ada.submit("/trips/1?day=2", "/trips/1/wish", &[("dish", "soup & <b>")]).await;
    assert_page(&page, 403, "Please log in first, or register. What you typed is kept.");
    assert_eq!((page.texts("h1"), page.form(LOG_IN).len()), (vec!["Come in".to_owned()], 5), "{}", page.html);
    assert!(page.form(LOG_IN).iter().any(|(name, value)| name == "next" && value == "/trips/1"));
    assert_eq!(page.attributes("button[formaction]", "formaction"), [REGISTER]);
    let page = ada.submit_on(&page, LOG_IN, &[("email", "ada"), ("password", "wrong otter seven")]).await;
    assert_page(&page, 422, "don't match");
    let page = ada.submit_on(&page, LOG_IN, &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_page(&page, 200, NOT_SENT);
    assert_eq!(page.attributes("#dish", "value"), ["soup & <b>"]);
    assert!(ada.submit_on(&page, "/trips/1/wish", &[]).await.text.contains("Saved for ada."));
}

#[tokio::test]
async fn form_waits_over_the_own_registration_page_too() {
    let service = service(|builder| builder).await;
    let ada = service.visitor();
    let page = ada.submit("/trips/1", "/trips/1/wish", &[("dish", "soup")]).await;
    let mut fields = page.form(LOG_IN);
    fields.iter_mut().filter(|(name, _)| name == "email").for_each(|(_, typed)| "ada@example.com".clone_into(typed));
    fields.push(("switch".to_owned(), "on".to_owned())); // the button to the registration page
    let request = ada.request(Method::POST, REGISTER).header("sec-fetch-site", "same-origin");
    let page = ada.send(request.form(&fields)).await;
    assert_page(&page, 200, "What you typed before is kept.");
    assert_eq!((page.texts("h1"), page.texts("[role=alert]")), (vec!["Join".to_owned()], vec![]), "{}", page.html);
    assert_eq!(page.attributes("#email", "value"), ["ada@example.com"], "what was typed goes along");
    let page = ada.submit_on(&page, REGISTER, &registration("ada", "ada@example.com", PASSWORD)).await;
    assert_page(&page, 200, NOT_SENT);
    assert!(ada.submit_on(&page, "/trips/1/wish", &[]).await.text.contains("Saved for ada."));
}

/// The session has ended, which the sentence says; and a form that is too large gets the page that asks to log in beside it.
#[tokio::test]
async fn form_of_an_ended_session_waits_on_the_own_page_unless_it_is_too_large() {
    let service = service(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    log_in(&ada, LOG_IN, PASSWORD).await;
    let opened = ada.get("/trips/1").await;
    service.clock.advance(Duration::from_hours(13));
    let page = ada.submit_on(&opened, "/trips/1/wish", &[("dish", "soup")]).await;
    assert_page(&page, 403, "Your session has ended. Please log in again, and we'll finish this for you");
    assert_eq!(page.texts("h1"), ["Come in"]);
    let page = ada.submit_on(&page, LOG_IN, &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(page.attributes("#dish", "value"), ["soup"]);

    let ada = service.visitor(); // whose browser has no cookie yet: the response sets the one that signs the form
    let page = browser_post(&ada, "/trips/1/wish", &[("dish", "bread")]).await;
    let page = ada.submit_on(&page, LOG_IN, &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_page(&page, 200, NOT_SENT);
    assert_eq!(page.attributes("#dish", "value"), ["bread"]);
    let large = "x".repeat(17 * 1024);
    let page = browser_post(&service.visitor(), "/trips/1/wish", &[("dish", &large)]).await;
    assert_page(&page, 403, "Log in beside this page");
    assert_eq!(page.attributes("main a[target]", "href"), ["/come-in?next=%2Ftrips%2F1"], "{}", page.html);
}

/// The own page that asks for the password again is asked by a guard, and a form waits on it.
#[tokio::test]
async fn form_waits_on_the_own_page_that_asks_for_the_password_again() {
    let service = service(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    log_in(&ada, LOG_IN, PASSWORD).await;
    let opened = ada.get("/vault").await;
    service.clock.advance(Duration::from_mins(10));
    assert_eq!(ada.get("/vault").await.path, "/really-you?next=%2Fvault");
    let page = ada.submit_on(&opened, "/vault", &[("dish", "soup")]).await;
    assert_page(&page, 403, "What you typed is kept, and not sent yet.");
    assert_eq!(page.texts("h1"), ["Really you?"]);
    let page = ada.submit_on(&page, CONFIRM, &[("password", "wrong otter seven")]).await;
    assert_page(&page, 422, "That isn't your password. Please try again.");
    let page = ada.submit_on(&page, CONFIRM, &[("password", PASSWORD)]).await;
    assert_page(&page, 200, NOT_SENT);
    assert_eq!(page.attributes("#dish", "value"), ["soup"]);
    assert!(ada.submit_on(&page, "/vault", &[]).await.text.contains("Locked away for ada."));
    assert_eq!(ada.get("/really-you?next=/home").await.path, "/home", "it was confirmed just now");
}

#[handler]
fn bare(page: PageContext) -> Response {
    page.render("Bare", "<h1>No form here</h1>")
}

#[handler]
fn broken() -> Response {
    panic!("on purpose")
}

/// An own page without the hidden fields, or one that fails, does not lose the form.
#[tokio::test]
async fn form_stays_on_the_error_page_where_the_own_page_does_not_show_it() {
    for routes in
        [Route::new().at("/enter", methods().get(bare)), Route::new().at("/enter", methods().get(broken)), Route::new()]
    {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let store = store::AccountStore::connect(&url).await.unwrap();
        let builder = Accounts::builder().cost(fast_hash_cost()).own_page(AccountPage::LogIn, "/enter");
        let routes = routes.nest("/", common::pages());
        let server = TestServer::start(builder.build(store).unwrap().routes(routes).unwrap()).await.unwrap();
        let page = browser_post(&TestClient::new(&server), "/trips/1/wish", &[("dish", "soup")]).await;
        assert_page(&page, 403, "Log in beside this page");
        assert_eq!(page.form("/trips/1/wish").last(), Some(&("dish".to_owned(), "soup".to_owned())));
    }
}
