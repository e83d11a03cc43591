//! What scripts add, and nobody needs: the password shown, one's own zone offered. What they do about a second press is
//! in `twice`.

use test_support::browser::{Person, Scripts};

use crate::common::{TestApp, host};
use crate::people::{arrive, at};

test_support::with_and_without_scripts! {
    a_password_can_be_shown_where_there_are_scripts
    ones_own_zone_is_offered_where_there_are_scripts
}

async fn a_password_can_be_shown_where_there_are_scripts(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let guest = Person::arrives("guest", scripts).await;
    guest.opens(&at(&app, "/login")).await;
    guest.fills_in("Password", "marble otter seven").await;
    assert_eq!(guest.has_button("Show Password").await, scripts == Scripts::On);
    assert_eq!(guest.kind_of("Password").await, "password");

    if scripts == Scripts::On {
        guest.presses("Show Password").await;
        assert_eq!(guest.kind_of("Password").await, "text");
        assert_eq!(guest.value_of("Password").await, "marble otter seven");
        guest.presses("Show Password").await;
        assert_eq!(guest.kind_of("Password").await, "password");
    }
    guest.hears_no_complaint().await;
}

async fn ones_own_zone_is_offered_where_there_are_scripts(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let ada = arrive(&app, "ada", scripts).await;
    ada.browser().driver().cdp().emulation().set_timezone_override("Asia/Tokyo").await.unwrap();

    ada.opens(&at(&app, "/user/ada")).await;
    let offered = if scripts == Scripts::On { "Asia/Tokyo" } else { "Europe/Lisbon" };
    assert_eq!(ada.value_of("Time zone").await, offered);

    host(&app.log_in("ada").await, "ada", &[("time_zone", "Africa/Lagos")]).await;
    ada.opens(&at(&app, "/user/ada")).await;
    assert_eq!(ada.value_of("Time zone").await, "Africa/Lagos", "the one of the last party is no guess");
    ada.hears_no_complaint().await;
}
