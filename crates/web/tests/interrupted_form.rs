//! A form that is sent without a session: it waits for the log-in or the registration, and one press sends it.

use accounts::test_kit::{TestClient, TestResponse};
use poem::http::Method;

use crate::common::{PASSWORD, TestApp, assert_page, flash, host, host_form, post};

test_support::on_both_engines! { TestApp:
    host_form_of_a_newcomer_is_sent_after_registration
    host_form_of_an_ended_session_is_sent_after_log_in
    rsvp_of_a_newcomer_is_sent_after_registration
}

const LOG_IN: [(&str, &str); 2] = [("email", "ada"), ("password", PASSWORD)];

/// From the log-in page to the registration page, with the form that waits; then registers.
async fn register_on(visitor: &TestClient, page: &TestResponse, name: &str) -> TestResponse {
    let mut form = page.form("/login");
    form.push(("switch".into(), "on".into()));
    let request = visitor.request(Method::POST, "/register").header("sec-fetch-site", "same-origin");
    let page = visitor.send(request.form(&form)).await;
    let email = format!("{name}@example.com");
    let typed = [("username", name), ("email", &email), ("password", PASSWORD), ("password2", PASSWORD)];
    visitor.submit_on(&page, "/register", &typed).await
}

async fn host_form_of_a_newcomer_is_sent_after_registration(app: TestApp) {
    let ben = app.visitor();
    let page = post(&ben, "/host", &host_form(&[("venue", "Lindenstraße 3, links")])).await;
    assert_page(&page, 403, "Please log in first, or register. What you typed is kept.");
    let page = register_on(&ben, &page, "ben").await;
    assert_page(&page, 200, "What you typed is here, and not sent yet.");
    assert_eq!(page.attributes("#main_dish, #venue", "value"), ["Ratatouille", "Lindenstraße 3, links"]);
    assert_eq!(page.texts("details[open] label[for=venue]"), ["Venue"], "all of it is visible");
    assert_eq!(app.party_count().await, 0, "nothing is sent before the press");
    let page = ben.submit_on(&page, "/host", &[]).await;
    assert_eq!((page.path.as_str(), app.party_count().await), ("/parties/1", 1));
}

async fn host_form_of_an_ended_session_is_sent_after_log_in(app: TestApp) {
    let ada = app.user("ada").await;
    let form = ada.get("/user/ada").await;
    app.advance_days(8); // the session ends on the server; the browser keeps its cookie
    let page = ada.submit_on(&form, "/user/ada", &host_form(&[])).await;
    assert_page(&page, 403, "Your session has ended.");
    let page = ada.submit_on(&page, "/login", &LOG_IN).await;
    assert_page(&page, 200, "What you typed is here, and not sent yet.");
    assert_eq!(page.attributes("#main_dish", "value"), ["Ratatouille"]);
    let page = ada.submit_on(&page, "/user/ada", &[]).await;
    assert_eq!(flash(&page), "Your table is set. Share the link below with your friends.");
}

async fn rsvp_of_a_newcomer_is_sent_after_registration(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let (ben, action) = (app.visitor(), format!("/parties/{party}/rsvp"));
    let page = post(&ben, &action, &[("answer", "yes")]).await;
    let page = register_on(&ben, &page, "ben").await;
    assert_page(&page, 200, "You said you'll be there. Press it once more, and it's sent.");
    assert_eq!(page.texts("h2#your-answer"), ["Can you make it?"], "on the party's page");
    assert_eq!(app.stored_party(&party).await.unwrap().guests.len(), 0, "nothing is sent before the press");
    let page = ben.submit_on(&page, &action, &[("answer", "yes")]).await;
    assert_eq!(page.path, format!("/parties/{party}"));
    assert_eq!(app.stored_party(&party).await.unwrap().guests.len(), 1);
}
