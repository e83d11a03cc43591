//! `/account/username`: the page to change the username.

use std::time::Duration;

use accounts::test_kit::TestClient;

use crate::common::{PASSWORD, Service, assert_page, browser_post, identity};

const PATH: &str = "/account/username";

#[tokio::test]
async fn renamed_user_has_the_new_name_and_keeps_the_session() {
    let service = Service::start().await;
    let ada = service.ada().await;
    assert_eq!(ada.get(PATH).await.attributes("#username", "value"), ["ada"]);
    let page = ada.submit(PATH, PATH, &[("username", " Grace_Hopper ")]).await;
    assert_eq!((page.path.as_str(), page.texts(".flash")), ("/account", vec!["You are Grace_Hopper now.".to_owned()]));
    assert_eq!(identity(&ada.get("/").await), "You are Grace_Hopper.");
    let page = ada.submit(PATH, PATH, &[("username", "GRACE_hopper")]).await;
    assert_eq!(page.texts(".flash"), ["You are GRACE_hopper now."], "another spelling of one's own name");
    assert!(service.visitor().log_in_at("/login", "grace_hopper", PASSWORD).await.text.contains("don't match"));
    let page = browser_post(&service.visitor(), "/login", &[("email", "grace_hopper"), ("password", PASSWORD)]).await;
    assert_eq!(page.status, 303);
}

#[tokio::test]
async fn invalid_or_taken_name_is_refused_beside_its_field() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.register("ben", PASSWORD).await;
    for (typed, message) in [
        ("BEN", "That username is taken."),
        ("", "Please choose a username."),
        ("a b", "A username is made of letters, digits, underscores, hyphens, and dots."),
        ("admin", "That username is reserved. Please choose another."),
    ] {
        let page = ada.submit(PATH, PATH, &[("username", typed)]).await;
        assert_page(&page, 422, message);
        assert_eq!(
            (page.texts(".field-error"), page.attributes("#username", "value")),
            (vec![message.to_owned()], vec![typed.to_owned()])
        );
        assert_eq!(page.texts("title"), ["Error: Change your username"]);
    }
    assert_eq!(identity(&ada.get("/").await), "You are ada.");
    let twice = browser_post(&ada, PATH, &[("username", "eve"), ("username", "zoe")]).await;
    assert_page(&twice, 422, "This field was sent more than once.");
}

#[tokio::test]
async fn old_log_in_is_asked_for_the_password_and_the_name_is_kept() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let form = ada.get(PATH).await;
    service.clock.advance(Duration::from_mins(10));
    let page = ada.submit_on(&form, PATH, &[("username", "grace")]).await;
    assert_page(&page, 403, "Please type your password again to go on.");
    let page = ada.submit_on(&page, "/account/confirm", &[("password", PASSWORD)]).await;
    assert_page(&page, 200, "What you typed is here, and not sent yet.");
    assert_eq!(page.attributes("#username", "value"), ["grace"]);
    assert_eq!(ada.submit_on(&page, PATH, &[]).await.texts(".flash"), ["You are grace now."]);
}

#[tokio::test]
async fn guest_is_asked_to_log_in_and_the_name_is_kept() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let page = browser_post(&ada, PATH, &[("username", "grace")]).await;
    let page = ada.submit_on(&page, "/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(page.attributes("#username", "value"), ["grace"], "{}", page.html);
}

#[tokio::test]
async fn eleventh_name_within_an_hour_is_throttled() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let rename = async |name: &str| browser_post(&ada, PATH, &[("username", name)]).await;
    for n in 0..10 {
        assert_eq!(rename(&format!("name-number-{n}")).await.status, 303);
        assert_eq!(rename(&format!("name-number-{n}")).await.status, 303, "the same name is not counted");
    }
    let page = rename("one-more").await;
    assert_page(&page, 429, "Too many attempts.");
    assert_eq!(page.form(PATH).last(), Some(&("username".to_owned(), "one-more".to_owned())), "what was typed stays");
    service.clock.advance(Duration::from_hours(1));
    let page = browser_post(&ada, "/account/confirm", &[("password", PASSWORD)]).await;
    assert_eq!(page.status, 303);
    assert_eq!(rename("one-more").await.status, 303);
}

#[tokio::test]
async fn concurrent_changes_to_one_name_rename_one_user() {
    let service = Service::start().await;
    let mut clients: Vec<TestClient> = Vec::new();
    for name in ["ada", "ben", "cleo", "dan"] {
        service.register(name, PASSWORD).await;
        let client = service.visitor();
        client.log_in(name, PASSWORD).await;
        clients.push(client);
    }
    let rename = async |client: &TestClient| browser_post(client, PATH, &[("username", "Grace")]).await.status;
    let statuses = futures_util::future::join_all(clients.iter().map(rename)).await;
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 3, "{statuses:?}");
}

#[tokio::test]
async fn failed_store_keeps_the_name_and_what_was_typed() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for method in ["users.rename", "users.find", "throttles.count"] {
        service.failing.fail_on(method);
        let page = browser_post(&ada, PATH, &[("username", "grace")]).await;
        assert_page(&page, 503, "We couldn't save that. Nothing changed, please try again.");
        assert_eq!(page.form(PATH).last(), Some(&("username".to_owned(), "grace".to_owned())), "{method}");
        service.failing.fail_on(None);
        assert_eq!(identity(&ada.get("/").await), "You are ada.", "{method}");
    }
}

/// The session has ended, or another user has logged in, in another tab.
#[tokio::test]
async fn form_of_another_account_says_whose_name_changes() {
    let service = Service::start().await;
    let browser = service.ada().await;
    service.register("ben", PASSWORD).await;
    let form = browser.get(PATH).await;
    service.execute_sql("DELETE FROM sessions").await;
    let page = browser.submit_on(&form, PATH, &[("username", "grace")]).await;
    let page = browser.submit_on(&page, "/login", &[("email", "ben"), ("password", PASSWORD)]).await;
    assert_page(&page, 200, "This form was opened with another account.");
    assert_page(&page, 200, "If you press the button, it is sent as ben.");
    assert_eq!(page.attributes("#username", "value"), ["grace"]);

    let token = &form.form(PATH)[0];
    let page = browser_post(&browser, PATH, &[(token.0.as_str(), token.1.as_str()), ("username", "grace")]).await;
    assert_page(&page, 403, "This form was opened with another account.");
    assert_eq!(page.texts("main button"), ["Send it as ben"]);
    assert_eq!(browser.submit_on(&page, PATH, &[]).await.texts(".flash"), ["You are grace now."]);
    assert_eq!(identity(&browser.get("/").await), "You are grace.");
}

/// The form waits for the password, and another user logs in meanwhile.
#[tokio::test]
async fn form_that_waits_for_the_password_of_another_account_says_so() {
    let service = Service::start().await;
    let browser = service.ada().await;
    service.register("ben", PASSWORD).await;
    let form = browser.get(PATH).await;
    service.clock.advance(Duration::from_mins(10));
    let waiting = browser.submit_on(&form, PATH, &[("username", "grace")]).await;
    browser.log_in("ben", PASSWORD).await;
    service.clock.advance(Duration::from_mins(10));
    let fields = waiting.form("/account/confirm");
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = browser_post(&browser, "/account/confirm", &fields).await;
    assert_page(&page, 403, "This form was opened with another account.");
    let page = browser.submit_on(&page, "/account/confirm", &[("password", PASSWORD)]).await;
    assert_page(&page, 200, "If you press the button, it is sent as ben.");
    assert_eq!(page.attributes("#username", "value"), ["grace"]);
}
