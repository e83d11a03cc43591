//! A whole visit: register, log in, post, log out; and two services in one browser.

use accounts::test_kit::TestClient;

use crate::common::{PASSWORD, TestSite, post};

test_support::on_both_engines! { TestSite:
    user_registers_posts_and_logs_out
    account_forms_redirect_logged_in_user
    two_services_in_one_browser_keep_their_sessions
}

async fn user_registers_posts_and_logs_out(site: TestSite) {
    let ada = site.guest();
    let registered = ada.register("ada", PASSWORD).await;
    assert_eq!(registered.path, "/login");
    assert!(registered.text.contains("Your account is ready. Log in to continue."));
    assert_eq!(registered.texts("title"), ["Log in - TriPlanned"]);

    let form = [("email", "ada@example.com"), ("password", PASSWORD), ("remember", "on")];
    let welcome = ada.submit("/login?next=/user/ada", "/login", &form).await;
    assert_eq!(welcome.path, "/user/ada");
    assert!(welcome.text.contains("Welcome back, ada."));
    assert_eq!(welcome.texts("title"), ["ada - TriPlanned"]);
    assert_eq!(welcome.texts("header nav a, header nav button"), ["Home", "Profile", "Account", "Logout"]);

    let posted = post(&ada, "ada", &[]).await;
    assert!(posted.text.contains("Your postcard is on the rack."));
    assert_eq!(posted.texts(".description"), ["Hills, and a river."]);

    let cookies = ada.cookies();
    let left = ada.submit("/", "/logout", &[]).await;
    assert_eq!(left.path, "/");
    assert!(left.text.contains("You are logged out."));
    assert_eq!(left.texts(".postcard h2 bdi"), ["Lisbon", "Portugal"]);

    let thief = site.guest();
    thief.add_cookies(&cookies);
    assert!(thief.get("/user/ada").await.path.starts_with("/login"));
}

async fn account_forms_redirect_logged_in_user(site: TestSite) {
    let ada = site.user("ada").await;
    for form in ["/register", "/login"] {
        assert_eq!(ada.get(form).await.path, "/", "{form}");
    }
}

async fn two_services_in_one_browser_keep_their_sessions(site: TestSite) {
    let other = TestSite::on_sqlite().await;
    let here = site.user("ada").await;
    other.guest().register("ben", PASSWORD).await;

    let there: TestClient = other.guest();
    there.add_cookies(&here.cookies()); // as one browser does: cookies ignore ports
    assert!(there.log_in("ben", PASSWORD).await.text.contains("Welcome back, ben."));
    here.add_cookies(&there.cookies());

    assert_eq!(here.get("/user/ada").await.status, 200);
    assert!(here.get("/user/ada").await.texts("header nav button").contains(&"Logout".to_owned()));
    assert!(there.get("/").await.texts("header nav button").contains(&"Logout".to_owned()));
}
