//! A form that requires a log-in: it waits on the log-in page and the registration page, is shown filled in after the log-in,
//! and one press sends it. Nothing of it is stored, and nothing is sent before that press.

use std::time::{Duration, Instant};

use accounts::test_kit::{TestClient, TestResponse};
use accounts::web::AccountPage;
use reqwest::Method;

use crate::common::{PASSWORD, Service, assert_page, browser_post, set_cookies};

const TYPED: [(&str, &str); 3] = [("csrf_token", "stale"), ("dish", "soup & bread"), ("password", "hush-hush")];
const LOG_IN: [(&str, &str); 2] = [("email", "ada"), ("password", PASSWORD)];
const NOT_SENT: &str = "What you typed is here, and not sent yet. Please press the button to send it.";

/// Submits the form to `/trips/1/wish` without a session, as its page does.
async fn interrupt(visitor: &TestClient) -> TestResponse {
    let page = browser_post(visitor, "/trips/1/wish", &TYPED[1..]).await;
    assert_page(&page, 403, "Please log in first, or register. What you typed is kept.");
    assert!(!page.html.contains("hush-hush"), "{}", page.html);
    page
}

/// The fields of the form to `action`, with other values.
fn fields(page: &TestResponse, action: &str, values: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut form = page.form(action);
    form.retain(|(name, _)| values.iter().all(|(given, _)| given != name));
    form.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    form
}

/// Submits the form to `action` on a page, with the header of a browser: its token may be stale.
async fn press(visitor: &TestClient, page: &TestResponse, action: &str, values: &[(&str, &str)]) -> TestResponse {
    let request = visitor.request(Method::POST, action).header("sec-fetch-site", "same-origin");
    visitor.send(request.form(&fields(page, action, values))).await
}

/// Presses the button that leads from one entry form to the other.
async fn switch(visitor: &TestClient, page: &TestResponse, from: &str, typed: &[(&str, &str)]) -> TestResponse {
    let to = page.attributes("button[formaction]", "formaction").concat();
    let form = fields(page, from, &[&[("switch", "on")], typed].concat());
    let request = visitor.request(Method::POST, &to).header("sec-fetch-site", "same-origin");
    visitor.send(request.form(&form)).await
}

/// Asserts that the form is shown filled in on its page, and that one press sends it.
async fn assert_one_press_sends(visitor: &TestClient, page: &TestResponse, name: &str) {
    assert_page(page, 200, NOT_SENT);
    assert_eq!(page.texts("main h1"), ["A trip"], "{}", page.html);
    assert_eq!(page.attributes("#dish", "value"), ["soup & bread"]);
    let sent = visitor.submit_on(page, "/trips/1/wish", &[]).await;
    assert_eq!(sent.texts(".flash"), [format!("Saved for {name}.")], "{}", sent.html);
}

#[tokio::test]
async fn interrupted_form_is_shown_after_log_in_and_one_press_sends_it() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let page = interrupt(&ada).await;
    let wrong = ada.submit_on(&page, "/login", &[("email", "ada"), ("password", "wrong otter seven")]).await;
    assert_page(&wrong, 422, "don't match");
    let page = ada.submit_on(&wrong, "/login", &LOG_IN).await;
    assert!(page.text.contains("Welcome back, ada."), "{}", page.text);
    assert_eq!(service.count("sessions").await, 1);
    assert_one_press_sends(&ada, &page, "ada").await;
    assert!(!ada.get("/").await.text.contains("Welcome back"), "the greeting is shown once");
}

#[tokio::test]
async fn interrupted_form_is_shown_after_registration() {
    let service = Service::start().await;
    let ada = service.visitor();
    let page = interrupt(&ada).await;
    let page = switch(&ada, &page, "/login", &[("email", "ada@example.com")]).await;
    assert_page(&page, 200, "What you typed before is kept.");
    assert_eq!(page.attributes("#email", "value"), ["ada@example.com"], "what was typed goes along");
    let typed = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    let refused = ada.submit_on(&page, "/register", &[&typed[..3], &[("password2", "x")]].concat()).await;
    assert_page(&refused, 422, "The two passwords differ.");
    let log_in = switch(&ada, &refused, "/register", &typed[..2]).await;
    assert_eq!(log_in.attributes("#email", "value"), ["ada@example.com"], "and back");
    let page = switch(&ada, &log_in, "/login", &[("email", "ada")]).await;
    assert_eq!(page.attributes("#username", "value"), ["ada"]);
    let page = ada.submit_on(&page, "/register", &typed).await;
    assert!(page.text.contains("Your account is ready. Welcome, ada."), "{}", page.text);
    assert_one_press_sends(&ada, &page, "ada").await;
}

#[tokio::test]
async fn form_of_a_session_that_ended_on_the_server_is_shown_after_log_in() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let form = ada.get("/trips/1").await;
    service.execute_sql("DELETE FROM sessions").await; // the browser keeps its cookie
    let page = ada.submit_on(&form, "/trips/1/wish", &[("dish", "soup & bread")]).await;
    assert_page(&page, 403, "Your session has ended. Please log in again, and we'll finish this for you");
    let page = ada.submit_on(&page, "/login", &LOG_IN).await;
    assert_one_press_sends(&ada, &page, "ada").await;
}

#[tokio::test]
async fn form_of_a_session_without_its_cookie_is_shown_after_log_in() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let form = fields(&ada.get("/trips/1").await, "/trips/1/wish", &TYPED[1..]);
    ada.submit("/", "/logout", &[]).await; // in another tab
    // The stale token is refused before the route is known. The page is that of `Referer`, which redirects to its form's.
    let request = ada.request(Method::POST, "/trips/1/wish").header("sec-fetch-site", "same-origin");
    let page = ada.send(request.header("referer", service.server.url("/trips/1/wish")).form(&form)).await;
    assert_page(&page, 403, "Your session has ended.");
    let page = ada.submit_on(&page, "/login", &LOG_IN).await;
    assert_one_press_sends(&ada, &page, "ada").await;
}

#[tokio::test]
async fn interrupted_form_survives_a_log_in_in_another_tab() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let page = interrupt(&ada).await;
    ada.log_in("ada", PASSWORD).await;
    let switched = switch(&ada, &page, "/login", &[]).await;
    assert_one_press_sends(&ada, &switched, "ada").await;
    let page = press(&ada, &page, "/login", &LOG_IN).await;
    assert_one_press_sends(&ada, &page, "ada").await;
    assert_eq!(service.count("sessions").await, 1);
}

#[tokio::test]
async fn page_that_does_not_show_the_form_is_replaced_by_its_button() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    for (path, page) in [("/form?draft=1", "/form"), ("/trips/panic/wish", "/trips/panic"), ("/form", "/nowhere")] {
        let ada = service.visitor();
        let request = ada.request(Method::POST, path).header("sec-fetch-site", "same-origin");
        let page = ada.send(request.header("referer", service.server.url(page)).form(&TYPED[1..])).await;
        let page = ada.submit_on(&page, "/login", &LOG_IN).await;
        assert_page(&page, 200, "You are logged in as ada. What you typed is kept, and not sent yet.");
        assert_eq!(
            (page.texts("title"), page.texts("main h1")),
            (vec!["Almost done".into()], vec!["Almost done".into()])
        );
        assert_eq!(ada.submit_on(&page, path, &[]).await.texts(".flash"), ["Saved for ada."]);
    }
}

/// The idempotency keys on a page: of its form to `/trips/1/wish`, and of its other form.
fn keys(page: &TestResponse) -> (String, String) {
    let key = |form| page.attributes(&format!("#{form} [name=once]"), "value").concat();
    (key("wish"), key("other"))
}

#[tokio::test]
async fn interrupted_form_keeps_its_idempotency_key() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let form = ada.get("/trips/1").await;
    let (key, other) = keys(&form);
    assert!(key.len() == 22 && other.len() == 22 && key != other, "{key} {other}");
    service.execute_sql("DELETE FROM sessions").await;
    let page = ada.submit_on(&form, "/trips/1/wish", &[("dish", "soup & bread")]).await;
    let page = ada.submit_on(&page, "/login", &LOG_IN).await;
    let (resumed_key, resumed_other) = keys(&page);
    assert_eq!(resumed_key, key, "{}", page.html);
    assert!(resumed_other != key && resumed_other != other, "another form of the page has a key of its own");
    assert_one_press_sends(&ada, &page, "ada").await;
    assert_ne!(keys(&ada.get("/trips/1").await).0, key, "the next form has a new key");
}

#[tokio::test]
async fn invalid_idempotency_key_of_an_interrupted_form_is_replaced() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let good = "A".repeat(22);
    for keys_sent in [vec![""], vec!["\"><b>"], vec!["short"], vec![good.as_str(), good.as_str()]] {
        let ada = service.visitor();
        let form: Vec<_> = keys_sent.iter().map(|key| ("once", *key)).chain([("dish", "soup")]).collect();
        let page = browser_post(&ada, "/trips/1/wish", &form).await;
        let page = ada.submit_on(&page, "/login", &LOG_IN).await;
        let (key, _) = keys(&page);
        assert!(key.len() == 22 && key != good, "{keys_sent:?}: {}", page.html);
    }
}

#[tokio::test]
async fn page_asks_for_the_form_in_any_spelling_of_its_action() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let page = browser_post(&ada, "/trips/é/wish", &TYPED[1..]).await;
    let page = ada.submit_on(&page, "/login", &LOG_IN).await;
    assert_page(&page, 200, NOT_SENT);
    assert_eq!(page.attributes("#dish", "value"), ["soup & bread"]);
}

#[tokio::test]
async fn log_in_and_page_of_its_form_have_one_handler_timeout() {
    let limit = Duration::from_secs(2);
    let service = Service::with(|builder| builder.handler_timeout(limit)).await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let request = ada.request(Method::POST, "/form").header("sec-fetch-site", "same-origin");
    let page = ada.send(request.header("referer", service.server.url("/slow/1")).form(&TYPED[1..])).await;
    let start = Instant::now();
    let page = ada.submit_on(&page, "/login", &LOG_IN).await;
    assert_page(&page, 200, "What you typed is kept, and not sent yet.");
    assert!(start.elapsed() < 2 * limit, "{:?}: the two pages took 1.5 s each and hung", start.elapsed());
}

#[tokio::test]
async fn altered_form_is_ignored() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let page = interrupt(&ada).await;
    let signed = page.attributes("[name=resume]", "value").concat();
    let foreign = interrupt(&service.visitor()).await.attributes("[name=resume]", "value").concat();
    let tampered = format!("{}{}", if signed.starts_with('A') { "B" } else { "A" }, &signed[1..]);
    let oversized = format!("{signed}{}", "A".repeat(30_000));
    let truncated = &signed[..signed.len() - 1];
    for resume in ["", "x", "é\0", &foreign, &tampered, truncated, &signed[..43], &oversized] {
        let other = service.visitor();
        other.add_cookies(&ada.cookies());
        for action in ["/login", "/register"] {
            let refused = browser_post(&other, action, &[("resume", resume), ("email", "nobody")]).await;
            assert_eq!(refused.status, 422, "{}", refused.text);
            assert_eq!(refused.attributes("[name=resume], button[formaction]", "name"), Vec::<String>::new());
        }
        let form = [&LOG_IN[..], &[("resume", resume), ("next", "/home")]].concat();
        let page = browser_post(&other, "/login", &form).await;
        assert_eq!((page.status, page.header("location")), (303, Some("/home")), "{resume}");
    }
    let twice = [&LOG_IN[..], &[("resume", &signed), ("resume", &signed)]].concat();
    assert_eq!(browser_post(&ada, "/login", &twice).await.status, 303, "a repeated field has no value");
    let anywhere = browser_post(&ada, "/echo", &[("resume", &signed), ("text", "x")]).await;
    assert_eq!((anywhere.status, anywhere.header("location")), (303, Some("/")), "it counts on entry forms only");
}

#[tokio::test]
async fn form_that_is_too_large_waits_on_its_own_page() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let small = Service::with(|builder| builder.body_limit(1024)).await;
    for (service, dish) in [(&service, "ü".repeat(8 * 1024)), (&small, "soup".to_owned())] {
        let ada = service.visitor();
        let page = browser_post(&ada, "/trips/1/wish", &[("dish", &dish)]).await;
        assert_page(&page, 403, "You are not logged in. Log in beside this page, then send it once more");
        assert_eq!(page.attributes("main a[target=_blank]", "href"), ["/login?next=%2Ftrips%2F1"]);
        assert_eq!(page.form("/trips/1/wish"), [("dish".to_owned(), dish)]);
    }
    let ada = service.visitor();
    let dish = "ü".repeat(8 * 1024 - 50);
    let page = browser_post(&ada, "/trips/1/wish", &[("dish", &dish)]).await;
    let page = ada.submit_on(&page, "/login", &LOG_IN).await;
    assert_eq!(page.attributes("#dish", "value"), [dish], "16 KiB travel along");
}

#[tokio::test]
async fn form_waits_on_its_own_page_where_the_log_in_page_is_the_embedders() {
    let service = Service::with(|builder| builder.without(AccountPage::LogIn)).await;
    let page = browser_post(&service.visitor(), "/trips/1/wish", &[("dish", "soup")]).await;
    assert_page(&page, 403, "You are not logged in. Log in beside this page");
}

#[tokio::test]
async fn form_waits_where_the_entry_pages_are_moved_or_left_out() {
    let moved = Service::with(|builder| builder.log_in_at("/enter").register_at("/join")).await;
    let page = interrupt(&moved.visitor()).await;
    assert_eq!(page.attributes("button[formaction]", "formaction"), ["/join"]);
    let closed = Service::with(|builder| builder.without(AccountPage::Register)).await;
    let page = interrupt(&closed.visitor()).await;
    assert_eq!(page.attributes("button[formaction], .form-aside a", "class"), Vec::<String>::new());
}

#[tokio::test]
async fn page_of_an_interrupted_form_has_its_query_and_its_client() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let opened = ada.get("/trips/1?day=2").await;
    assert_eq!(opened.texts("#request"), ["day=2 http true"]);
    let form = fields(&opened, "/trips/1/wish", &TYPED[1..]);
    ada.submit("/", "/logout", &[]).await; // in another tab
    let request = ada.request(Method::POST, "/trips/1/wish").header("sec-fetch-site", "same-origin");
    let page = ada.send(request.header("referer", service.server.url("/trips/1?day=2")).form(&form)).await;
    let page = ada.submit_on(&page, "/login", &LOG_IN).await;
    assert_page(&page, 200, NOT_SENT);
    assert_eq!(page.texts("#request"), opened.texts("#request"));
}

/// Its query is longer than that of a return path, or than that of a location.
#[tokio::test]
async fn form_sent_to_a_long_address_is_kept() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    for (length, action) in [(3_000, None), (8_000, None), (9_000, Some("/trips/1/wish"))] {
        let address = format!("/trips/1/wish?note={}", "x".repeat(length));
        let ada = service.visitor();
        let page = browser_post(&ada, &address, &TYPED[1..]).await;
        assert_page(&page, 403, "Please log in first, or register. What you typed is kept.");
        let page = ada.submit_on(&page, "/login", &LOG_IN).await;
        assert_page(&page, 200, "not sent yet");
        let action = action.unwrap_or(&address);
        let fields: Vec<_> = page.form(action).into_iter().filter(|(name, _)| name == "dish").collect();
        assert_eq!(fields, [("dish".to_owned(), "soup & bread".to_owned())], "{length}: {}", page.text);
        assert_eq!(ada.submit_on(&page, action, &[]).await.texts(".flash"), ["Saved for ada."], "{length}");

        // The same of a form whose token is stale.
        let stale = browser_post(&ada, &address, &TYPED[..2]).await;
        assert_page(&stale, 403, "This form was");
        assert_eq!(stale.form(action).last(), Some(&("dish".to_owned(), "soup & bread".to_owned())), "{length}");
    }
}

#[tokio::test]
async fn form_without_fields_leads_to_its_page() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let form = ada.get("/trips/1").await.form("/trips/1/wish");
    ada.submit("/", "/logout", &[]).await;
    let request = ada.request(Method::POST, "/trips/1/wish").header("sec-fetch-site", "same-origin");
    let page = ada.send(request.header("referer", service.server.url("/trips/1")).form(&form[..1])).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/login?next=%2Ftrips%2F1")));
}

#[tokio::test]
async fn form_of_another_account_says_who_will_act() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let form = ada.get("/trips/1").await;
    service.register("ben", PASSWORD).await;
    ada.log_in("ben", PASSWORD).await; // in another tab
    let page = press(&ada, &form, "/trips/1/wish", &[("dish", "soup & bread")]).await;
    assert_page(&page, 403, "This form was opened with another account.");
    assert_page(&page, 403, "You are logged in as ben, so it will be sent as ben.");
    assert_eq!(page.texts("main button"), ["Send it as ben"]);
    assert!(ada.submit_on(&page, "/trips/1/wish", &[]).await.text.contains("Saved for ben."), "one press");
}

#[tokio::test]
async fn response_with_the_form_sets_the_cookies_of_a_log_in_alone() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let form = fields(&interrupt(&ada).await, "/login", &LOG_IN);
    let request = ada.request(Method::POST, "/login").header("sec-fetch-site", "same-origin");
    let cookies = set_cookies(&ada.send(request.form(&form)).await);
    let live: Vec<_> = cookies.iter().filter(|cookie| !cookie.contains("Max-Age=0")).collect();
    let names: Vec<_> = live.iter().filter_map(|cookie| cookie.split_once('-').map(|(name, _)| name)).collect();
    assert_eq!(names, ["session", "device"], "{cookies:?}");
}

#[tokio::test]
async fn interrupted_form_greets_the_user_of_the_last_log_in_alone() {
    let service = Service::start().await;
    let browser = service.visitor();
    let page = interrupt(&browser).await;
    for name in ["ada", "ben"] {
        service.register(name, PASSWORD).await;
    }
    assert_eq!(browser_post(&browser, "/login", &LOG_IN).await.status, 303, "in another tab");
    let page = press(&browser, &page, "/login", &[("email", "ben"), ("password", PASSWORD)]).await;
    assert_eq!(page.texts(".flash"), [format!("Welcome back, ben. {NOT_SENT}")]);
}

#[tokio::test]
async fn interrupted_form_of_another_account_says_who_will_send_it() {
    let service = Service::start().await;
    let browser = service.ada().await;
    service.register("ben", PASSWORD).await;
    let form = browser.get("/trips/1").await;
    for (action, notice, button) in [
        (
            "/trips/1/wish",
            "Welcome back, ben. This form was opened with another account. What you typed is here, and not sent yet. \
             If you press the button, it is sent as ben.",
            None,
        ),
        (
            "/form", // whose page does not show it
            "This form was opened with another account. You are logged in as ben. What you typed is kept, and not sent yet.",
            Some("Send it as ben"),
        ),
    ] {
        service.execute_sql("DELETE FROM sessions").await;
        let typed = fields(&form, "/trips/1/wish", &[("dish", "soup & bread")]);
        let request = browser.request(Method::POST, action).header("sec-fetch-site", "same-origin");
        let page = browser.send(request.form(&typed)).await;
        assert_page(&page, 403, "Your session has ended.");
        let page = browser.submit_on(&page, "/login", &[("email", "ben"), ("password", PASSWORD)]).await;
        assert_page(&page, 200, notice);
        assert_eq!(page.texts("main button"), button.into_iter().collect::<Vec<_>>(), "{action}");
        assert!(browser.submit_on(&page, action, &[]).await.text.contains("Saved for ben."), "{action}");
    }
}
