//! A registration form that is sent twice: it registers once, and both responses log in.

use std::collections::BTreeSet;
use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use accounts::{Caller, Password, Username};
use futures_util::future::join_all;
use reqwest::Method;

use crate::common::{Log, PASSWORD, Service, assert_page, identity};

const WELCOME: &str = "Your account is ready. Welcome, ada.";

/// The fields of a registration form that was opened and filled in.
async fn filled_in(visitor: &TestClient, username: &str) -> Vec<(String, String)> {
    let mut form = visitor.get("/register?next=/home").await.form("/register");
    let email = format!("{username}@example.com");
    let typed = [("username", username), ("email", &email), ("password", PASSWORD), ("password2", PASSWORD)];
    form.retain(|(name, _)| typed.iter().all(|(field, _)| field != name));
    form.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    form
}

/// Submits a registration form with the cookies that a browser sends.
async fn submit(visitor: &TestClient, form: &[(String, String)]) -> TestResponse {
    let request = visitor.request(Method::POST, "/register").header("sec-fetch-site", "same-origin");
    visitor.send(request.form(form)).await
}

#[tokio::test]
async fn registration_sent_twice_succeeds_once_and_answers_both_alike() {
    let service = Service::start().await;
    let ada = service.visitor();
    let form = filled_in(&ada, "ada").await;
    let cookies = ada.cookies();
    let tabs: Vec<_> = (0..5).map(|_| service.visitor()).collect();
    for tab in &tabs {
        tab.add_cookies(&cookies); // sent before any response has arrived
    }
    let pages = join_all(tabs.iter().map(|tab| submit(tab, &form))).await;
    for (tab, page) in tabs.iter().zip(&pages) {
        assert_eq!((page.status, page.header("location")), (303, Some("/home")), "{}", page.text);
        let page = tab.get("/home").await;
        assert_eq!((identity(&page), page.texts(".flash")), ("You are ada.".into(), vec![WELCOME.to_owned()]));
    }
    let sessions: BTreeSet<_> = tabs.iter().map(TestClient::cookies).collect();
    assert_eq!((service.count("users").await, service.count("sessions").await, sessions.len()), (1, 5, 5));
}

/// Another service of the host has set a cookie of the same name. A browser sends the two in either order.
#[tokio::test]
async fn registration_sent_twice_is_recognized_beside_a_foreign_cookie() {
    let service = Service::start().await;
    let ada = service.visitor();
    let form = filled_in(&ada, "ada").await;
    let own = ada.cookies();
    let foreign = format!("{}={}", own.split('=').next().unwrap(), "A".repeat(43));
    for cookies in [own.clone(), format!("{foreign}; {own}"), format!("{own}; {foreign}")] {
        let tab = service.visitor();
        let request = tab.request(Method::POST, "/register").header("sec-fetch-site", "same-origin");
        let page = tab.send(request.header("cookie", &cookies).form(&form)).await;
        assert_eq!((page.status, page.header("location")), (303, Some("/home")), "{cookies}: {}", page.text);
    }
    assert_eq!((service.count("users").await, service.count("sessions").await), (1, 3));
}

#[tokio::test]
async fn registration_sent_again_after_back_leads_on() {
    let service = Service::start().await;
    let ada = service.visitor();
    let form = filled_in(&ada, "ada").await;
    assert_eq!(submit(&ada, &form).await.status, 303);
    service.clock.advance(Duration::from_hours(1));
    let page = submit(&ada, &form).await; // after Back, while logged in
    assert_eq!((page.status, page.header("location")), (303, Some("/home")));
    assert_eq!((service.count("users").await, service.count("sessions").await), (1, 1));
}

/// By Back and one press. The account is not as it was registered any more, which is no failure of the store.
#[tokio::test]
async fn registration_sent_again_to_a_changed_account_leads_to_the_log_in_page() {
    let service = Service::start().await;
    let ada = service.visitor();
    let form = filled_in(&ada, "ada").await;
    let cookies = ada.cookies();
    assert_eq!(submit(&ada, &form).await.status, 303);
    let user = service.accounts.find_user(&Username::parse("ada").unwrap()).await.unwrap().unwrap().id;
    let (log, _guard) = Log::of_this_thread();
    for change in ["password", "disabled", "deletion"] {
        match change {
            "password" => {
                let new = Password::parse("velvet canyon drum".to_owned()).unwrap();
                service.accounts.set_password(user, new, &Caller::default()).await.map(drop).unwrap();
            }
            "disabled" => assert!(service.accounts.disable(user, &Caller::default()).await.unwrap().is_some()),
            _ => {
                assert!(service.accounts.enable(user, &Caller::default()).await.unwrap());
                service.accounts.request_deletion(user, &Caller::default()).await.map(drop).unwrap();
            }
        }
        let tab = service.visitor();
        tab.add_cookies(&cookies);
        let page = submit(&tab, &form).await;
        assert_eq!((page.status, page.header("location")), (303, Some("/login?next=%2Fhome")), "{change}");
        let page = tab.get("/login?next=/home").await;
        let expected = "This form has registered an account before. Please log in.";
        assert_eq!(page.texts(".flash"), [expected], "{change}: {}", page.text);
        assert!(!tab.cookies().contains("session-"), "{change}");
    }
    assert!(!log.text().contains("ERROR"), "{}", log.text());
}

#[tokio::test]
async fn registration_is_recognized_for_ten_minutes() {
    let service = Service::start().await;
    let ada = service.visitor();
    let form = filled_in(&ada, "ada").await;
    let cookies = ada.cookies();
    assert_eq!(submit(&ada, &form).await.status, 303);
    for (after, status) in [(Duration::from_mins(9), 303), (Duration::from_mins(1), 422)] {
        service.clock.advance(after);
        let tab = service.visitor();
        tab.add_cookies(&cookies);
        let page = submit(&tab, &form).await;
        assert_eq!(page.status, status, "{}", page.text);
    }
}

#[tokio::test]
async fn registration_of_other_data_or_another_browser_is_no_repeat() {
    let service = Service::start().await;
    let ada = service.visitor();
    let form = filled_in(&ada, "ada").await;
    let cookies = ada.cookies();
    assert_eq!(submit(&ada, &form).await.status, 303);
    let with = |name: &str, value: &str| {
        let mut form = form.clone();
        form.iter_mut().filter(|(field, _)| field == name).for_each(|(_, typed)| value.clone_into(typed));
        form
    };
    let other_browser = service.visitor();
    other_browser.get("/register").await;
    let without_cookies = service.visitor();
    let without_key: Vec<_> = form.iter().filter(|(name, _)| name != "once").cloned().collect();
    let same_browser = || {
        let tab = service.visitor();
        tab.add_cookies(&cookies);
        tab
    };
    for (visitor, form, message) in [
        (same_browser(), with("email", "other@example.com"), "That username is taken."),
        (same_browser(), with("username", "other"), "An account with that email already exists."),
        (same_browser(), with("once", "AAAAAAAAAAAAAAAAAAAAAA"), "That username is taken."),
        (same_browser(), without_key, "That username is taken."),
        (other_browser, form.clone(), "That username is taken."),
        (without_cookies, form.clone(), "This form was open for too long."),
    ] {
        assert_page(&submit(&visitor, &form).await, 422, message);
        assert!(!visitor.cookies().contains("session-"), "{}", visitor.cookies());
    }
    let ben = submit(&same_browser(), &filled_in(&same_browser(), "ben").await).await;
    assert_eq!((ben.status, service.count("users").await), (303, 2), "another registration of the same browser");
}

#[tokio::test]
async fn repeated_registration_needs_no_equal_password() {
    let service = Service::start().await;
    let ada = service.visitor();
    let mut form = filled_in(&ada, "ada").await;
    let cookies = ada.cookies();
    assert_eq!(submit(&ada, &form).await.status, 303);
    form.iter_mut().filter(|(name, _)| name.starts_with("password")).for_each(|(_, typed)| typed.push_str(" eight"));
    let tab = service.visitor();
    tab.add_cookies(&cookies);
    assert_eq!(submit(&tab, &form).await.status, 303);
    assert_eq!(service.visitor().log_in("ada", PASSWORD).await.status, 200, "the first password is the account's");
}
