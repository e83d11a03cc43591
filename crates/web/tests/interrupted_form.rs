//! A form that is sent without a session: it waits for the log-in or the registration, and one press sends it.

use accounts::test_kit::{TestClient, TestResponse};
use poem::http::Method;

use crate::common::{PASSWORD, START, TestApp, answer, assert_page, flash, host, host_form, post, press, rsvp};
use crate::invitation::invitation_path;

test_support::on_both_engines! { TestApp:
    host_form_of_a_newcomer_is_sent_after_registration
    host_form_of_an_ended_session_is_sent_after_log_in
    host_form_whose_response_was_lost_hosts_once_after_log_in
    rsvp_of_a_newcomer_is_sent_after_registration
    interrupted_yes_of_a_seated_guest_shows_the_seat_alone
    interrupted_yes_to_a_full_party_is_one_press_from_the_waiting_list
    interrupted_yes_of_a_waiting_guest_shows_the_place_alone
    interrupted_number_of_people_is_in_its_field
    interrupted_note_is_in_its_field
    interrupted_undo_is_one_press_away_for_ten_minutes
    interrupted_maybe_is_one_press_away
    interrupted_yes_to_a_closed_party_asks_for_no_press
    interrupted_no_is_one_press_away_or_already_given
    interrupted_press_in_a_list_is_one_press_away_on_its_card
    interrupted_press_on_a_card_without_a_button_asks_for_no_press
    interrupted_party_id_is_in_its_field_or_on_its_card
    host_form_of_another_account_is_on_the_own_profile
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
        assert_card(&page, "You're coming", &["Maybe", "I can't make it anymore"], false);
    }
}

async fn interrupted_yes_to_a_full_party_is_one_press_from_the_waiting_list(app: TestApp) {
    let ada = app.user("ada").await;
    app.user("ben").await;
    let party = host(&ada, "ada", &[("number_seats", "2")]).await;
    let cyd = app.add_user("cyd").await;
    let [action, by_link] = actions(&app, &ada, &party).await;
    let page = interrupted(&app, &action, "yes", async || app.seat(&party, cyd).await).await;
    let buttons = ["Join the waiting list", "Maybe", "Can't make it"];
    assert_card(&page, "One press, and you're on the list", &buttons, true);
    let page = interrupted(&app, &by_link, "yes", async || ()).await;
    assert_card(&page, "One press, and you're on the list", &buttons, true);
    let party = app.stored_party(&party).await.unwrap().summary;
    assert_eq!((party.taken, party.waiting), (2, 0), "nothing is sent before the press");
}

async fn interrupted_yes_of_a_waiting_guest_shows_the_place_alone(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[("number_seats", "1")]).await;
    rsvp(&ben, &party).await;
    let page = interrupted(&app, &format!("/parties/{party}/rsvp"), "yes", async || ()).await;
    assert_card(&page, "You're number 1 on the waiting list", &["Maybe", "Leave the waiting list"], false);
}

async fn interrupted_number_of_people_is_in_its_field(app: TestApp) {
    let ada = app.user("ada").await;
    let ben = app.user("ben").await;
    let party = app.add_party(app.id_of("ada").await, |party| party.max_companions = 2).await;
    for action in actions(&app, &ada, &party).await {
        let visitor = app.visitor();
        let page = post(&visitor, &action, &[("answer", "yes"), ("heads", "3")]).await;
        let page = visitor.submit_on(&page, "/login", &[("email", "ben"), ("password", PASSWORD)]).await;
        assert_page(&page, 200, NOTICE);
        assert_eq!(
            (page.texts("#your-answer"), page.attributes("#heads", "value")),
            (vec!["One press, and you're in".into()], vec!["3".to_owned()])
        );
    }
    let action = format!("/parties/{party}/rsvp");
    ben.submit(&format!("/parties/{party}"), &action, &[("answer", "yes"), ("heads", "3")]).await;
    // A seated guest who has changed the number: the same number asks for no press.
    for (heads, has_notice) in [("2", true), ("3", false), ("", false)] {
        let visitor = app.visitor();
        let page = post(&visitor, &action, &[("answer", "yes"), ("heads", heads)]).await;
        let page = visitor.submit_on(&page, "/login", &[("email", "ben"), ("password", PASSWORD)]).await;
        assert_card(&page, "You're coming, 3 of you", &["Change", "Maybe", "I can't make it anymore"], has_notice);
        assert_eq!(page.attributes("#heads", "value"), [if has_notice { heads } else { "3" }]);
    }
}

async fn interrupted_note_is_in_its_field(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let action = format!("/parties/{party}/rsvp");
    let interrupted = async |given: &str, note: &str| {
        let visitor = app.visitor();
        let page = post(&visitor, &action, &[("answer", given), ("note", note), ("allergies", "Nuts")]).await;
        visitor.submit_on(&page, "/login", &[("email", "ben"), ("password", PASSWORD)]).await
    };
    let page = interrupted("yes", "Late").await;
    assert_page(&page, 200, NOTICE);
    assert_eq!(page.texts("#your-answer"), ["One press, and you're in"]);
    assert_eq!(page.texts("details.wrote[open] textarea"), ["Late", "Nuts"]);
    assert_eq!(app.stored_party(&party).await.unwrap().summary.taken, 1, "nothing is sent before the press");
    ben.submit(&format!("/parties/{party}"), &action, &[("answer", "yes"), ("note", "Late"), ("allergies", "Nuts")])
        .await;
    // The answer is given: one press of "Save" sends what is new, and nothing new asks for no press.
    for (given, note, has_notice) in
        [("same", "Later", true), ("yes", "Later", true), ("same", "Late", false), ("yes", "Late", false)]
    {
        let page = interrupted(given, note).await;
        assert_card(&page, "You're coming", &["Maybe", "I can't make it anymore"], has_notice);
        assert_eq!(!page.texts("details.wrote[open] textarea").is_empty(), has_notice, "{given} {note}");
        assert_eq!(page.texts("details.wrote textarea"), [note, "Nuts"]);
    }
}

async fn interrupted_undo_is_one_press_away_for_ten_minutes(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    for page in [format!("/parties/{party}"), invitation_path(&app, &ada, &party).await] {
        rsvp(&ben, &party).await;
        answer(&ben, &party, "no").await;
        for (minutes, has_notice) in [(0, true), (10, false)] {
            app.clock.advance(std::time::Duration::from_mins(minutes));
            let (visitor, action) = (app.visitor(), format!("{page}/undo"));
            let response = post(&visitor, &action, &[("undo", "1")]).await;
            assert_page(&response, 403, "Please log in first");
            let shown = visitor.submit_on(&response, "/login", &[("email", "ben"), ("password", PASSWORD)]).await;
            assert_eq!(shown.text.contains(NOTICE), has_notice, "{}", shown.text);
            assert_eq!(shown.texts(".answer button").contains(&"Undo".to_owned()), has_notice);
            assert!(!shown.text.contains("Press it once more"), "{}", shown.text);
        }
    }
    assert_eq!(app.stored_party(&party).await.unwrap().summary.taken, 1, "nothing is sent before the press");
}

async fn interrupted_maybe_is_one_press_away(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let action = format!("/parties/{party}/rsvp");
    let maybe = async || interrupted(&app, &action, "maybe", async || ()).await;
    assert_card(&maybe().await, "One press, and ada knows", &["Maybe", "I'll be there", "Can't make it"], true);
    rsvp(&ben, &party).await;
    assert_card(&maybe().await, "You're coming", &["Maybe", "I can't make it anymore"], true);
    answer(&ben, &party, "maybe").await;
    assert_card(&maybe().await, "You said maybe", &["Undo", "Can't make it"], false);
}

async fn interrupted_yes_to_a_closed_party_asks_for_no_press(app: TestApp) {
    let ada = app.user("ada").await;
    app.user("ben").await;
    let party = host(&ada, "ada", &[]).await;
    let id = app.id_of("ben").await;
    let close = async || app.update_party(&party, id, |party, _| party.rsvp_deadline = START).await;
    let page = interrupted(&app, &format!("/parties/{party}/rsvp"), "yes", close).await;
    assert_card(&page, "RSVPs are closed", &["Can't make it"], false);
}

async fn interrupted_no_is_one_press_away_or_already_given(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let action = format!("/parties/{party}/rsvp");
    let no = async || interrupted(&app, &action, "no", async || ()).await;
    assert_card(&no().await, "One press, and ada knows", &["Can't make it", "I'll be there", "Maybe"], true);
    answer(&ben, &party, "no").await;
    assert_card(&no().await, "Can you make it?", &["I'll be there", "Maybe"], false);
    rsvp(&ben, &party).await;
    assert_card(&no().await, "You're coming", &["Maybe", "I can't make it anymore"], true);
}

/// Submits the form for an RSVP by Party ID without a session, on a page with cards, and logs Ben in.
async fn interrupted_on(app: &TestApp, ben: &TestClient, page: &str, party: &str) -> TestResponse {
    let request = ben.request(Method::POST, "/rsvp").header("sec-fetch-site", "same-origin");
    let request = request.header("referer", app.server.url(page)).form(&[("party_id", party), ("back", page)]);
    let response = ben.send(request).await;
    assert_page(&response, 403, "Please log in first");
    let response = ben.submit_on(&response, "/login", &[("email", "ben"), ("password", PASSWORD)]).await;
    assert_page(&response, 200, "Welcome back, ben.");
    assert!(!response.text.contains("Almost done"), "{}", response.text);
    response
}

async fn interrupted_press_in_a_list_is_one_press_away_on_its_card(app: TestApp) {
    let ada = app.user("ada").await;
    app.user("ben").await;
    for page in ["/rsvp", "/rsvp?q=rata&seats=1", "/rsvp?q=stew", "/", "/user/ada"] {
        let party = host(&ada, "ada", &[]).await;
        let (ben, card) = (app.visitor(), format!("#party-{party}"));
        let shown = interrupted_on(&app, &ben, page, &party).await;
        assert!(shown.texts(&format!("{card} .flash")).concat().contains(NOTICE), "{page}: {}", shown.text);
        assert_eq!(shown.texts(".flash").len(), 1, "{page}: the notice is shown once");
        assert_eq!(shown.attributes(&format!("{card} button:not(.quiet)"), "value"), [party.as_str()], "{page}");
        assert_eq!(shown.attributes("#party_id[value]", "value"), [""; 0], "{page}");
        assert_eq!(app.stored_party(&party).await.unwrap().guests, [], "{page}: nothing is sent before the press");
        let pressed = press(&ben, &shown, &party).await.unwrap();
        assert!(pressed.texts(&format!("{card} .flash")).concat().starts_with("You successfully RSVP'd"), "{page}");
        assert_eq!(pressed.path.split(['?', '&']).next(), page.split('?').next());
    }
}

async fn interrupted_press_on_a_card_without_a_button_asks_for_no_press(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let waiting = host(&ada, "ada", &[("number_seats", "1")]).await;
    rsvp(&ben, &waiting).await;
    let seated = host(&ada, "ada", &[]).await;
    rsvp(&ben, &seated).await;
    let own = host(&ben, "ben", &[]).await;
    for (page, party) in [("/rsvp", &waiting), ("/rsvp?seats=1", &seated), ("/", &seated), ("/rsvp", &own)] {
        let shown = interrupted_on(&app, &app.visitor(), page, party).await;
        assert_eq!(shown.texts(&format!("#party-{party} .flash")), ["Welcome back, ben."], "{page} {party}");
        assert_eq!(shown.texts(&format!("#party-{party} button")), [""; 0], "{page} {party}");
        assert!(!shown.text.contains("not sent yet"), "{page} {party}: {}", shown.text);
    }
}

async fn interrupted_party_id_is_in_its_field_or_on_its_card(app: TestApp) {
    let ada = app.user("ada").await;
    app.user("ben").await;
    let hidden = host(&ada, "ada", &[("visibility", "link")]).await;
    let invitation = app.server.url(&invitation_path(&app, &ada, &hidden).await);
    for page in ["/rsvp", "/", "/user/ada"] {
        for typed in ["abc", "77", &*hidden, &*invitation, "https://other.example/parties/1"] {
            let ben = app.visitor();
            let shown = interrupted_on(&app, &ben, page, typed).await;
            assert_eq!(shown.attributes("#party_id", "value"), [typed], "{page}");
            assert!(shown.texts("details[open] .flash").concat().contains(NOTICE), "{page} {typed}: {}", shown.text);
            assert_eq!(shown.texts("title"), ["Dinner parties - DinnerParty"], "nothing is refused yet");
            let sent = ben.submit_on(&shown, "/rsvp", &[]).await;
            let to = if typed == invitation { "/i/" } else { "/rsvp?party_id=" };
            assert!(sent.path.starts_with(to), "{page} {typed}: {}", sent.path);
        }
    }
    let party = host(&ada, "ada", &[]).await;
    let shown = interrupted_on(&app, &app.visitor(), "/rsvp", &format!("Party #{party}")).await;
    assert_eq!(shown.attributes("article button:not(.quiet)", "value"), [party], "on its card");
    // A search that is refused shows no card.
    let shown = interrupted_on(&app, &app.visitor(), "/rsvp?q=a+b+c+d+e+f+g+h+i", "2").await;
    assert_eq!(shown.attributes("#party_id", "value"), ["2"], "{}", shown.html);
}

async fn host_form_of_another_account_is_on_the_own_profile(app: TestApp) {
    app.user("ada").await;
    app.user("ben").await;
    let ben = app.visitor();
    let page = post(&ben, "/user/ada", &host_form(&[])).await;
    let page = ben.submit_on(&page, "/login", &[("email", "ben"), ("password", PASSWORD)]).await;
    assert_page(&page, 200, NOTICE);
    assert_eq!(
        (page.texts("h1"), page.attributes("#main_dish", "value")),
        (vec!["ben".into()], vec!["Ratatouille".into()])
    );
    let hosted = ben.submit_on(&page, "/user/ben", &[]).await;
    assert_page(&hosted, 200, "Your table is set.");
    assert_eq!(app.stored_party("1").await.unwrap().summary.heading.host.as_str(), "ben");
}
