//! The whole way: register, log in, post, log out; and the other services in the same browser.

use accounts::test_kit::TestClient;

use crate::common::{PASSWORD, Rack, post};

test_support::on_both_engines! { Rack:
    a_traveler_posts_a_place_and_leaves
    whoever_is_logged_in_is_sent_on_from_the_forms
    two_services_in_one_browser_log_nobody_out
}

async fn a_traveler_posts_a_place_and_leaves(rack: Rack) {
    let ada = rack.guest();
    let registered = ada.register("ada", PASSWORD).await;
    assert_eq!(registered.path, "/login");
    assert!(registered.text.contains("Your account is ready. Log in to continue."));
    assert_eq!(registered.texts("title"), ["Log in - TriPlanned"]);

    let form = [("email", "ada@example.com"), ("password", PASSWORD), ("remember", "on")];
    let welcome = ada.submit("/login?next=/user/ada", "/login", &form).await;
    assert_eq!(welcome.path, "/user/ada");
    assert!(welcome.text.contains("Welcome back, ada."));
    assert_eq!(welcome.texts("title"), ["ada - TriPlanned"]);
    assert_eq!(welcome.texts("header nav a, header nav button"), ["Home", "Profile", "Logout"]);

    let posted = post(&ada, "ada", &[]).await;
    assert!(posted.text.contains("Your postcard is on the rack."));
    assert_eq!(posted.texts(".description"), ["Hills, and a river."]);

    let cookies = ada.cookies();
    let left = ada.submit("/", "/logout", &[]).await;
    assert_eq!(left.path, "/");
    assert!(left.text.contains("You are logged out."));
    assert_eq!(left.texts(".postcard h2 bdi"), ["Lisbon", "Portugal"]);

    let thief = rack.guest();
    thief.add_cookies(&cookies);
    assert!(thief.get("/user/ada").await.path.starts_with("/login"));
}

async fn whoever_is_logged_in_is_sent_on_from_the_forms(rack: Rack) {
    let ada = rack.user("ada").await;
    for form in ["/register", "/login"] {
        assert_eq!(ada.get(form).await.path, "/", "{form}");
    }
}

async fn two_services_in_one_browser_log_nobody_out(rack: Rack) {
    let other = Rack::on_sqlite().await;
    let here = rack.user("ada").await;
    other.guest().register("ben", PASSWORD).await;

    let there: TestClient = other.guest();
    there.add_cookies(&here.cookies()); // one browser: cookies ignore ports
    assert!(there.log_in("ben", PASSWORD).await.text.contains("Welcome back, ben."));
    here.add_cookies(&there.cookies());

    assert_eq!(here.get("/user/ada").await.status, 200);
    assert!(here.get("/user/ada").await.texts("header nav button").contains(&"Logout".to_owned()));
    assert!(there.get("/").await.texts("header nav button").contains(&"Logout".to_owned()));
}
