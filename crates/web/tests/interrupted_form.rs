//! A form that is sent without a session: it waits for the log-in or the registration, and one press sends it.

use accounts::test_kit::{TestClient, TestResponse};
use poem::http::Method;

use crate::common::{PASSWORD, START, TestApp, answer, assert_page, flash, host, host_form, post, rsvp};
use crate::invitation::invitation_path;

test_support::on_both_engines! { TestApp:
    host_form_of_a_newcomer_is_sent_after_registration
    host_form_of_an_ended_session_is_sent_after_log_in
    host_form_whose_response_was_lost_hosts_once_after_log_in
    rsvp_of_a_newcomer_is_sent_after_registration
    interrupted_yes_of_a_seated_guest_shows_the_seat_alone
    interrupted_yes_to_a_full_party_asks_for_no_press
    interrupted_yes_to_a_closed_party_asks_for_no_press
    interrupted_no_is_one_press_away_or_already_given
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

async fn host_form_whose_response_was_lost_hosts_once_after_log_in(app: TestApp) {
    let ada = app.user("ada").await;
    for (path, parties) in [("/host", 1), ("/user/ada", 2)] {
        let form = ada.get(path).await;
        ada.submit_on(&form, path, &host_form(&[])).await; // the response is lost
        app.advance_days(8); // the session ends on the server
        let page = ada.submit_on(&form, path, &host_form(&[])).await;
        let page = ada.submit_on(&page, "/login", &LOG_IN).await;
        assert_page(&page, 200, "What you typed is here, and not sent yet.");
        let page = ada.submit_on(&page, path, &[]).await;
        assert_eq!((page.path, app.party_count().await), (format!("/parties/{parties}"), parties), "{path}");
    }
}

async fn rsvp_of_a_newcomer_is_sent_after_registration(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let (ben, action) = (app.visitor(), format!("/parties/{party}/rsvp"));
    let page = post(&ben, &action, &[("answer", "yes")]).await;
    let page = register_on(&ben, &page, "ben").await;
    assert_page(&page, 200, NOTICE);
    assert_eq!(page.texts("h2#your-answer"), ["One press, and you're in"], "on the party's page");
    assert_eq!(app.stored_party(&party).await.unwrap().guests.len(), 0, "nothing is sent before the press");
    let page = ben.submit_on(&page, &action, &[("answer", "yes")]).await;
    assert_eq!(page.path, format!("/parties/{party}"));
    assert_eq!(app.stored_party(&party).await.unwrap().guests.len(), 1);
}

/// The notice of an interrupted form that waits for its press.
const NOTICE: &str = "What you typed is here, and not sent yet. Please press the button to send it.";

/// Answers without a session, and logs Ben in after `meanwhile`. Returns the page after the log-in.
async fn interrupted(app: &TestApp, action: &str, answer: &str, meanwhile: impl AsyncFnOnce()) -> TestResponse {
    let ben = app.visitor();
    let page = post(&ben, action, &[("answer", answer)]).await;
    assert_page(&page, 403, "Please log in first");
    meanwhile().await;
    let page = ben.submit_on(&page, "/login", &[("email", "ben"), ("password", PASSWORD)]).await;
    assert_page(&page, 200, "Welcome back, ben.");
    page
}

/// Asserts that the card has this heading and these buttons, and the notice only where `has_notice`.
fn assert_card(page: &TestResponse, heading: &str, buttons: &[&str], has_notice: bool) {
    assert_eq!(page.texts("h2#your-answer"), [heading]);
    assert_eq!(page.texts(".answer button"), buttons);
    assert_eq!(page.text.contains("not sent yet"), has_notice, "{}", page.text);
    assert!(!page.text.contains("Press it once more"), "{}", page.text);
}

/// The paths that an answer to the party is posted to: its own, and that of its invitation.
async fn actions(app: &TestApp, ada: &TestClient, party: &str) -> [String; 2] {
    [format!("/parties/{party}"), invitation_path(app, ada, party).await].map(|path| format!("{path}/rsvp"))
}

async fn interrupted_yes_of_a_seated_guest_shows_the_seat_alone(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    rsvp(&ben, &party).await;
    for action in actions(&app, &ada, &party).await {
        let page = interrupted(&app, &action, "yes", async || ()).await;
        assert_card(&page, "You're coming", &["I can't make it anymore"], false);
    }
}

async fn interrupted_yes_to_a_full_party_asks_for_no_press(app: TestApp) {
    let ada = app.user("ada").await;
    app.user("ben").await;
    let party = host(&ada, "ada", &[("number_seats", "2")]).await;
    let cyd = app.add_user("cyd").await;
    let [action, by_link] = actions(&app, &ada, &party).await;
    let page = interrupted(&app, &action, "yes", async || app.seat(&party, cyd).await).await;
    assert_card(&page, "This table is full", &["Can't make it"], false);
    let page = interrupted(&app, &by_link, "yes", async || ()).await;
    assert_card(&page, "This table is full", &["Can't make it"], false);
}

async fn interrupted_yes_to_a_closed_party_asks_for_no_press(app: TestApp) {
    let ada = app.user("ada").await;
    app.user("ben").await;
    let party = host(&ada, "ada", &[]).await;
    let id = app.id_of("ben").await;
    let close = async || app.update_party(&party, id, |party, _| party.rsvp_deadline = START).await;
    let page = interrupted(&app, &format!("/parties/{party}/rsvp"), "yes", close).await;
    assert_card(&page, "RSVPs are closed", &[], false);
}

async fn interrupted_no_is_one_press_away_or_already_given(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let action = format!("/parties/{party}/rsvp");
    let no = async || interrupted(&app, &action, "no", async || ()).await;
    assert_card(&no().await, "One press, and ada knows", &["Can't make it", "I'll be there"], true);
    answer(&ben, &party, "no").await;
    assert_card(&no().await, "Can you make it?", &["I'll be there"], false);
    rsvp(&ben, &party).await;
    assert_card(&no().await, "You're coming", &["I can't make it anymore"], true);
    let maybe = interrupted(&app, &action, "maybe", async || ()).await;
    assert_card(&maybe, "You're coming", &["I can't make it anymore"], false);
}
