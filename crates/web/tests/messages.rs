//! `/parties/{id}/guests/message`: the host writes to guests, who read it on the party's page.

use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use domain::party::{Answer, GuestCommand, Heads, MockPartyRepository};

use crate::common::{TestApp, assert_page, flash, host, post};
use crate::failing_store;

test_support::on_both_engines! { TestApp:
    guests_with_the_answer_read_the_message
    message_is_read_by_link_too
    page_offers_each_group_with_its_number
    preview_shows_the_message_and_its_readers_and_sends_nothing
    invalid_form_keeps_what_was_typed
    fourth_message_of_a_day_is_refused_and_kept
    double_press_sends_once
    message_to_nobody_is_refused
    page_exists_for_the_host_alone
    interrupted_message_is_not_lost
    links_in_a_message_are_safe
    message_is_in_the_export_and_goes_with_its_host
    message_to_999_guests_is_sent_at_once
}

fn path(party: &str) -> String {
    format!("/parties/{party}/guests/message")
}

/// Sends a message from its page.
async fn write(client: &TestClient, party: &str, groups: &[&str], text: &str) -> TestResponse {
    let page = client.get(&path(party)).await;
    submit(client, &page, party, groups, text).await
}

async fn submit(client: &TestClient, page: &TestResponse, party: &str, groups: &[&str], text: &str) -> TestResponse {
    let fields: Vec<_> = groups.iter().map(|group| (*group, "on")).chain([("text", text)]).collect();
    let hidden = page.form(&path(party)).into_iter().filter(|(name, _)| name == "csrf_token" || name == "once");
    let hidden: Vec<_> = hidden.collect();
    let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    client
        .send(client.request(poem::http::Method::POST, &path(party)).form(&hidden.chain(fields).collect::<Vec<_>>()))
        .await
}

async fn shown(client: &TestClient, party: &str) -> Vec<String> {
    client.get(&format!("/parties/{party}")).await.texts(".messages .about")
}

/// A party of Ada's with a guest of each answer, who can log in.
async fn party_with_guests(app: &TestApp) -> (TestClient, String, Vec<(TestClient, &'static str)>) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "2")]).await;
    let mut guests = vec![];
    for (name, group) in [("ben", "coming"), ("cyd", "waiting"), ("dan", "maybe"), ("eva", "invited"), ("fay", "")] {
        let client = app.user(name).await;
        let id = app.id_of(name).await;
        match group {
            "coming" | "waiting" => app.answer(&party, id, GuestCommand::Accept(Heads::ONE)).await,
            "maybe" => app.answer(&party, id, GuestCommand::Maybe).await,
            "invited" => drop(post(&ada, &format!("/parties/{party}/guests/invite"), &[("guest", name)]).await),
            _ => app.answer(&party, id, GuestCommand::Decline).await,
        }
        guests.push((client, group));
    }
    (ada, party, guests)
}

async fn guests_with_the_answer_read_the_message(app: TestApp) {
    let (ada, party, guests) = party_with_guests(&app).await;
    let sent = write(&ada, &party, &["coming", "maybe"], "Bring a chair.\r\n\r\nRing twice.").await;
    assert_eq!(sent.header("location"), Some(&*format!("/parties/{party}/guests")));
    let page = ada.get(&format!("/parties/{party}/guests")).await;
    assert_eq!(flash(&page), "Your message is on the party's page. 2 guests will see a notice.");
    for (client, group) in &guests {
        let is_told = ["coming", "maybe"].contains(group);
        let text = "Bring a chair. Ring twice.";
        assert_eq!(shown(client, &party).await, if is_told { vec![text] } else { vec![] }, "{group}");
        let home = client.get("/").await;
        let notice =
            "ada sent you a message about the dinner party on Saturday 14 March 2026, 19:00 (Berlin time). Read it";
        let told = home.texts(".notices li > span").into_iter().filter(|line| line.contains("message"));
        assert_eq!(told.collect::<Vec<_>>(), if is_told { vec![notice] } else { vec![] }, "{group}");
        if is_told {
            let to = home.attributes(".notices li > span a", "href").concat();
            assert_eq!(to, format!("/parties/{party}#message-1"));
            let page = client.get(&format!("/parties/{party}")).await;
            assert_eq!(page.attributes("#message-1", "id").len(), 1);
            assert_eq!(page.texts("#messages"), ["Messages from ada"]);
            assert_eq!(page.texts(".messages .note"), ["Thursday 1 January 2026, 01:00 (Berlin time)"]);
            assert!(page.html.contains("Bring a chair.\n\nRing twice."), "{}", page.html);
        }
    }
    let page = ada.get(&format!("/parties/{party}")).await;
    assert_eq!(page.texts("#messages"), ["Your messages"]);
    let note = "Thursday 1 January 2026, 01:00 (Berlin time) · to 2 guests: coming and maybe";
    assert_eq!(page.texts(".messages .note"), [note]);
    let history = ada.get(&format!("/parties/{party}/history")).await;
    assert_eq!(history.texts(".history li > span:not(.note)")[0], "You sent a message to 2 guests: coming and maybe.");
    for page in [ada.get("/").await, history] {
        assert!(!page.text.to_lowercase().contains("mail"), "{}", page.text);
    }

    // A guest who gives up the seat reads it by the notice; who gets the seat reads it.
    app.answer(&party, app.id_of("ben").await, GuestCommand::Decline).await;
    assert_eq!((shown(&guests[0].0, &party).await.len(), shown(&guests[1].0, &party).await.len()), (1, 1));
    assert_eq!(app.answer_of(&party, app.id_of("cyd").await).await, Some(Answer::Seated(Heads::ONE)));
    post(&ada, &format!("/parties/{party}/guests/remove"), &[("guest", "dan")]).await;
    assert_eq!(shown(&guests[2].0, &party).await, [""; 0]);
}

async fn message_is_read_by_link_too(app: TestApp) {
    let (ada, party, guests) = party_with_guests(&app).await;
    write(&ada, &party, &["waiting"], "Sorry, it's full.").await;
    let link = ada.get(&format!("/parties/{party}")).await.attributes("input[data-share]", "value").concat();
    let path = format!("/i/{}", link.rsplit('/').next().unwrap());
    assert_eq!(guests[1].0.get(&path).await.texts(".messages .about"), ["Sorry, it's full."]);
    for client in [&guests[0].0, &guests[4].0, &app.visitor()] {
        let page = client.get(&path).await;
        assert!(page.status == 200 && !page.text.contains("Sorry, it's full."), "{}", page.text);
    }
    // A refused number of people shows the same page.
    let page = post(&guests[1].0, &format!("{path}/rsvp"), &[("answer", "yes"), ("heads", "9")]).await;
    assert_eq!((page.status, page.texts(".messages .about")), (422, vec!["Sorry, it's full.".to_owned()]));
}

async fn page_offers_each_group_with_its_number(app: TestApp) {
    let (ada, party, _) = party_with_guests(&app).await;
    let page = ada.get(&path(&party)).await;
    assert_page(&page, 200, "Write to your guests");
    let labels = page.texts("fieldset label");
    assert_eq!(labels, ["Coming (1)", "On the waiting list (1)", "Said maybe (1)", "Invited, no reply yet (1)"]);
    assert_eq!(page.attributes("input[type=checkbox][checked]", "name"), ["coming", "waiting", "maybe", "invited"]);
    let other = host(&ada, "ada", &[]).await;
    app.answer(&other, app.id_of("dan").await, GuestCommand::Maybe).await;
    let page = ada.get(&path(&other)).await;
    assert_eq!(page.attributes("input[type=checkbox][checked]", "name"), ["maybe"], "groups with guests");
    let list = ada.get(&format!("/parties/{party}/guests")).await;
    assert_eq!(list.texts(&format!("a[href='{}']", path(&party))), ["Write to your guests"]);
}

async fn preview_shows_the_message_and_its_readers_and_sends_nothing(app: TestApp) {
    let (ada, party, guests) = party_with_guests(&app).await;
    let page = ada.get(&path(&party)).await;
    let text = "See https://example.com/map\r\nand <b>ring</b>";
    let page = submit(&ada, &page, &party, &["coming", "waiting", "preview"], text).await;
    assert_eq!((page.status, page.texts("#preview")), (200, vec!["This is how it looks".to_owned()]));
    assert_eq!(page.texts(".told"), ["2 guests will read this: 1 coming, 1 waiting."]);
    assert_eq!(page.attributes(".messages a", "href"), ["https://example.com/map"]);
    assert!(page.html.contains("and &#60;b&#62;ring&#60;/b&#62;"), "{}", page.html);
    assert_eq!(page.texts("textarea"), ["See https://example.com/map and <b>ring</b>"]);
    assert_eq!(page.attributes("input[type=checkbox][checked]", "name"), ["coming", "waiting"]);
    assert_eq!((shown(&ada, &party).await, shown(&guests[0].0, &party).await), (vec![], vec![]));
    submit(&ada, &page, &party, &["coming", "waiting"], text).await;
    assert_eq!(shown(&guests[0].0, &party).await, ["See https://example.com/map and <b>ring</b>"]);
    let nobody = submit(&ada, &ada.get(&path("1")).await, &party, &["preview", "maybe"], "x").await;
    assert_eq!(nobody.texts(".told"), ["1 guest will read this: 1 maybe."]);
}

async fn invalid_form_keeps_what_was_typed(app: TestApp) {
    let (ada, party, _) = party_with_guests(&app).await;
    let long = "é".repeat(1001);
    for (groups, text, field, error) in [
        (&["coming"][..], "", "text", "What would you like to tell them?"),
        (&["coming"], " \r\n\u{200b} ", "text", "What would you like to tell them?"),
        (&["coming"], long.as_str(), "text", "Please use at most 1000 characters."),
        (
            &["maybe"],
            "a\u{7}b",
            "text",
            "There was a character in here that can't be shown. Please check this and send it again.",
        ),
        (&[], "Hello", "coming", "Who gets your message? Please choose."),
        (&["declined", "everyone"], "Hello", "coming", "Who gets your message? Please choose."),
    ] {
        let page = write(&ada, &party, groups, text).await;
        assert_eq!(page.status, 422, "{groups:?} {text}");
        assert!(page.texts(".field-error").contains(&error.to_owned()), "{:?}", page.texts(".field-error"));
        assert_eq!(page.attributes("[role=alert] a", "href"), [format!("#{field}")], "{groups:?} {text}");
        assert_eq!(page.attributes(&format!("#{field}"), "id").len(), 1);
        if text == "Hello" || text == long {
            assert_eq!(page.texts("textarea"), [text]);
        }
        let ticked: Vec<_> = groups.iter().filter(|group| ["coming", "maybe"].contains(*group)).collect();
        assert_eq!(page.attributes("input[type=checkbox][checked]", "name").iter().collect::<Vec<_>>(), ticked);
    }
    let most = "é".repeat(1000);
    assert_eq!(write(&ada, &party, &["coming"], &format!("{most}\r\n")).await.status, 303, "trimmed");
    assert_eq!(shown(&ada, &party).await, [most]);
}

async fn fourth_message_of_a_day_is_refused_and_kept(app: TestApp) {
    let (ada, party, _) = party_with_guests(&app).await;
    for n in 1..=3 {
        assert_eq!(write(&ada, &party, &["coming"], &format!("Message {n}")).await.status, 303);
        app.clock.advance(Duration::from_hours(1));
    }
    let page = write(&ada, &party, &["coming", "maybe"], "The fourth").await;
    assert_eq!((page.status, page.header("retry-after")), (429, Some("75600")));
    let refusal = "You've sent 3 messages within a day, the most for one party. You can send this one in 21 hours.";
    assert_eq!(page.texts("[role=alert]"), [refusal]);
    assert_eq!(page.texts("textarea"), ["The fourth"]);
    assert_eq!(page.attributes("input[type=checkbox][checked]", "name"), ["coming", "maybe"]);
    assert_eq!(shown(&ada, &party).await, ["Message 3", "Message 2", "Message 1"]);
    app.clock.advance(Duration::from_hours(21));
    let ada = app.log_in("ada").await;
    assert_eq!(write(&ada, &party, &["coming"], "The fourth").await.status, 303);
    assert_eq!(shown(&ada, &party).await[0], "The fourth");
}

async fn double_press_sends_once(app: TestApp) {
    let (ada, party, guests) = party_with_guests(&app).await;
    let page = ada.get(&path(&party)).await;
    let (one, other) = tokio::join!(
        submit(&ada, &page, &party, &["coming"], "Once"),
        submit(&ada, &page, &party, &["coming"], "Once"),
    );
    assert_eq!((one.status, other.status), (303, 303));
    assert_eq!(submit(&ada, &page, &party, &["coming"], "Once").await.status, 303, "Back, and sent again");
    assert_eq!(shown(&guests[0].0, &party).await, ["Once"]);
    submit(&ada, &page, &party, &["coming"], "Back, and changed").await;
    assert_eq!(shown(&guests[0].0, &party).await, ["Back, and changed", "Once"]);
}

async fn message_to_nobody_is_refused(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let page = write(&ada, &party, &["coming"], "Hello?").await;
    assert_eq!(page.status, 422);
    let refusal = "Nobody has given that answer, so there is nobody to read it. Nothing was sent.";
    assert_eq!((page.texts("[role=alert]"), page.texts("textarea")), (vec![refusal.to_owned()], vec!["Hello?".into()]));
    assert_eq!(shown(&ada, &party).await, [""; 0]);
}

async fn page_exists_for_the_host_alone(app: TestApp) {
    let (ada, party, guests) = party_with_guests(&app).await;
    let ben = &guests[0].0;
    for path in [path(&party), path("99"), path("x")] {
        assert_page(&ben.get(&path).await, 404, "This page doesn't exist");
        for form in
            [&[][..], &[("coming", "on"), ("text", "Hello")], &[("coming", "on"), ("text", "x"), ("preview", "on")]]
        {
            assert_page(&post(ben, &path, form).await, 404, "This page doesn't exist");
        }
    }
    assert_eq!(shown(&ada, &party).await, [""; 0]);
}

/// The session ends while the host types.
async fn interrupted_message_is_not_lost(app: TestApp) {
    let (ada, party, guests) = party_with_guests(&app).await;
    let page = ada.get(&path(&party)).await;
    let ended = app.log_in("ada").await;
    ended
        .submit("/account/sessions", "/account/sessions", &[("others", "on"), ("password", crate::common::PASSWORD)])
        .await;
    let log_in = submit(&ada, &page, &party, &["coming"], "Not lost").await;
    assert_eq!(log_in.status, 403);
    let page = ada.submit_on(&log_in, "/login", &[("email", "ada"), ("password", crate::common::PASSWORD)]).await;
    assert_eq!(page.texts("textarea"), ["Not lost"]);
    assert_eq!(page.attributes("input[type=checkbox][checked]", "name"), ["coming"]);
    submit(&ada, &page, &party, &["coming"], "Not lost").await;
    assert_eq!(shown(&guests[0].0, &party).await, ["Not lost"]);
}

async fn links_in_a_message_are_safe(app: TestApp) {
    let (ada, party, guests) = party_with_guests(&app).await;
    let text = "https://example.com/a?b=1&c=2 javascript:alert(1) http://user@evil.example <script>";
    write(&ada, &party, &["coming"], text).await;
    let page = guests[0].0.get(&format!("/parties/{party}")).await;
    assert_eq!(page.attributes(".messages a", "href"), ["https://example.com/a?b=1&c=2"]);
    assert_eq!(page.attributes(".messages a", "rel"), ["noreferrer nofollow ugc"]);
    assert_eq!(page.texts(".messages .about"), [text]);
}

async fn message_is_in_the_export_and_goes_with_its_host(app: TestApp) {
    let (ada, party, guests) = party_with_guests(&app).await;
    write(&ada, &party, &["coming", "maybe"], "Bring a chair.\nOr two.").await;
    let export: serde_json::Value = serde_json::from_str(&ada.get("/account/export").await.html).unwrap();
    let message = &export["messages"][0];
    assert_eq!(message["text"], "Bring a chair.\nOr two.");
    assert_eq!(
        (&message["party"], &message["sent_at"]),
        (&party.parse::<i64>().unwrap().into(), &"2026-01-01T00:00:00Z".into())
    );
    assert_eq!((&message["to"], &message["recipients"]), (&serde_json::json!(["coming", "maybe"]), &2.into()));
    let of_ben: serde_json::Value = serde_json::from_str(&guests[0].0.get("/account/export").await.html).unwrap();
    assert_eq!(of_ben["messages"], serde_json::json!([]));
    assert!(!of_ben.to_string().contains("chair"), "{of_ben}");

    app.advance_days(100);
    let (users, id, now) = (app.ports().users, app.id_of("ada").await, app.parties().now());
    users.request_deletion(id, now, now, domain::Alongside::nothing()).await.unwrap();
    users.complete_deletion(id, now, domain::Alongside::nothing()).await.unwrap();
    let ben = app.log_in("ben").await;
    assert_eq!(shown(&ben, &party).await, [""; 0]);
    assert!(!ben.get("/").await.text.contains("message"), "its notice is gone too");
}

/// A page that cannot tell whether there are messages is no page.
#[tokio::test]
async fn failing_messages_are_no_page_without_them() {
    let app = TestApp::on_sqlite().await;
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let view = app.stored_party_of("ada", &party).await.unwrap();
    let mut parties = MockPartyRepository::new();
    let found = view.clone();
    parties.expect_find().returning(move |_, _| Ok(Some(found.clone())));
    parties.expect_find_by_link().returning(move |_, _| Ok(Some(view.clone())));
    parties.expect_list_messages().returning(|_, _, _| Err(accounts::StoreError::new("disk full")));
    let (_server, ada, _) = failing_store::start_with_parties(parties).await;
    for path in ["/parties/1", "/i/AAAAAAAAAAAAAAAAAAAAAA"] {
        assert_page(&ada.get(path).await, 503, "We couldn't look that up. Please try again in a moment.");
    }
}

/// As many guests as a table has, each with a notice, in one request.
async fn message_to_999_guests_is_sent_at_once(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "1000")]).await;
    let guests = app.add_seated_guests(&party, 999).await;
    assert_eq!(write(&ada, &party, &["coming"], "Hello all").await.status, 303);
    let page = ada.get(&format!("/parties/{party}")).await;
    assert!(page.texts(".messages .note")[0].ends_with("to 999 guests: coming"), "{:?}", page.texts(".messages .note"));
    for guest in [guests[0], guests[998]] {
        assert_eq!(app.ports().notices.list(guest, 9).await.unwrap()[0].kind, "message");
    }
}
