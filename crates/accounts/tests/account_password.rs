//! `/account/password`: the page to change the password. What the change ends is tested in `change_password`.

use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};

use crate::common::{PASSWORD, Service, assert_page, browser_post, identity, set_cookie};

const PATH: &str = "/account/password";
const NEW: &str = "granite heron nine";

async fn change(client: &TestClient, current: &str, new: &str, again: &str) -> TestResponse {
    let form = [("password", current), ("new_password", new), ("new_password2", again)];
    browser_post(client, PATH, &form).await
}

#[tokio::test]
async fn changed_password_keeps_this_session_alone() {
    let service = Service::start().await;
    let (ada, other) = (service.ada().await, service.ada_again().await);
    service.clock.advance(Duration::from_hours(1));
    let typed = [("password", PASSWORD), ("new_password", NEW), ("new_password2", NEW)];
    let page = ada.get(PATH).await;
    assert_eq!(page.attributes("[autocomplete=username]", "value"), ["ada"], "for password managers");
    assert!(page.form(PATH).iter().all(|(_, value)| value != "ada"), "and not sent: {:?}", page.form(PATH));
    let page = ada.submit_on(&page, PATH, &typed).await;
    let expected = "Your password is changed. All other sessions have ended.";
    assert_eq!((page.path.as_str(), page.texts(".flash")), ("/account", vec![expected.to_owned()]));
    assert_eq!(identity(&ada.get("/").await), "You are ada.");
    assert_eq!(identity(&other.get("/").await), "You are anonymous.");
    assert_eq!(ada.get("/vault").await.path, "/vault", "the password was given just now");
    assert!(service.visitor().log_in("ada", PASSWORD).await.text.contains("don't match"));
    assert!(service.visitor().log_in("ada", NEW).await.text.contains("Welcome back, ada."));
}

#[tokio::test]
async fn refused_password_is_reported_beside_its_field_and_never_shown() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for (current, new, again, field, message) in [
        ("", NEW, NEW, "password", "Please type your password."),
        ("wrong otter seven", NEW, NEW, "password", "That isn't your password. Please try again."),
        (&*"x".repeat(1_025), NEW, NEW, "password", "That isn't your password. Please try again."),
        (PASSWORD, "", "", "new_password", "Please choose a password."),
        (PASSWORD, "short", "short", "new_password", "Please choose a password of at least 8 characters."),
        (PASSWORD, "password1", "password1", "new_password", "That password is easy to guess"),
        (PASSWORD, NEW, PASSWORD, "new_password2", "The two passwords differ."),
    ] {
        let page = change(&ada, current, new, again).await;
        assert_page(&page, 422, message);
        assert!(page.texts(&format!("#{field}-note")).concat().starts_with(message), "{}", page.html);
        assert_eq!(page.attributes("main input[type=password]", "value"), ["", "", ""]);
        assert_eq!(page.texts("title"), ["Error: Change your password"]);
        assert_eq!(set_cookie(&page, "session"), None);
    }
    assert!(service.visitor().log_in("ada", PASSWORD).await.text.contains("Welcome back, ada."));
}

#[tokio::test]
async fn wrong_current_passwords_are_throttled() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for _ in 0..10 {
        assert_eq!(change(&ada, "wrong otter seven", NEW, NEW).await.status, 422);
    }
    let page = change(&ada, PASSWORD, NEW, NEW).await;
    assert_page(&page, 429, "Too many attempts. Please wait 1 second and try again.");
    assert_eq!(page.header("retry-after"), Some("1"));
    service.clock.advance(Duration::from_secs(1));
    assert_eq!(change(&ada, PASSWORD, NEW, NEW).await.status, 303);
}

#[tokio::test]
async fn session_that_ended_meanwhile_changes_nothing() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let form = ada.get(PATH).await;
    service.execute_sql("DELETE FROM sessions").await;
    let typed = [("password", PASSWORD), ("new_password", NEW), ("new_password2", NEW)];
    let page = ada.submit_on(&form, PATH, &typed).await;
    assert!(page.path.starts_with("/login"), "{}", page.path);
    assert!(page.text.contains("Your session has ended. Please log in again."), "{}", page.text);
    assert!(service.visitor().log_in("ada", PASSWORD).await.text.contains("Welcome back, ada."));
}

#[tokio::test]
async fn concurrent_changes_leave_one_password() {
    let service = Service::start().await;
    let (ada, other) = (service.ada().await, service.ada_again().await);
    let pages: [TestResponse; 2] = tokio::join!(
        change(&ada, PASSWORD, NEW, NEW),
        change(&other, PASSWORD, "copper kestrel five", "copper kestrel five")
    )
    .into();
    assert_eq!(pages.iter().filter(|page| set_cookie(page, "session").is_some()).count(), 1, "{pages:?}");
    assert_eq!(service.count("sessions").await, 1);
}
