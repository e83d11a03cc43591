//! The optional scripts: revealing a password, suggesting the browser's time zone, and copying and sharing a link.
//! `double_submit` tests the fourth.

use serde_json::json;
use test_support::browser::{Person, Scripts};

use crate::common::{TestApp, host};
use crate::steps::{arrive, at};

test_support::with_and_without_scripts! {
    password_can_be_revealed_with_scripts
    time_zone_of_the_browser_is_suggested_with_scripts
    link_to_a_party_can_be_copied_with_scripts
    link_to_a_party_can_be_shared_where_the_browser_can
}

async fn password_can_be_revealed_with_scripts(scripts: Scripts) {
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
    guest.sees_no_console_errors().await;
}

async fn time_zone_of_the_browser_is_suggested_with_scripts(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let ada = arrive(&app, "ada", scripts).await;
    ada.browser().driver().cdp().emulation().set_timezone_override("Asia/Tokyo").await.unwrap();

    ada.opens(&at(&app, "/user/ada")).await;
    let suggested = if scripts == Scripts::On { "Asia/Tokyo" } else { "Europe/Lisbon" };
    assert_eq!(ada.value_of("Time zone").await, suggested);

    // Chromium reports former names of some zones, such as Asia/Calcutta.
    ada.browser().driver().cdp().emulation().set_timezone_override("Asia/Kolkata").await.unwrap();
    ada.opens(&at(&app, "/user/ada")).await;
    let suggested = if scripts == Scripts::On { "Asia/Kolkata" } else { "Europe/Lisbon" };
    assert_eq!(ada.value_of("Time zone").await, suggested);

    host(&app.log_in("ada").await, "ada", &[("time_zone", "Africa/Lagos")]).await;
    ada.opens(&at(&app, "/user/ada")).await;
    assert_eq!(ada.value_of("Time zone").await, "Africa/Lagos", "of the last party, which is not guessed");
    ada.sees_no_console_errors().await;
}

async fn link_to_a_party_can_be_copied_with_scripts(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let ada = arrive(&app, "ada", scripts).await;
    let party = host(&app.log_in("ada").await, "ada", &[]).await;
    let page = at(&app, &format!("/parties/{party}"));
    ada.opens(&page).await;

    let link = ada.value_of("Link to this party").await;
    assert!(link.starts_with(&at(&app, "/i/")), "under the host that Ada uses: {link}");
    assert_eq!(ada.has_button("Copy link").await, scripts == Scripts::On);
    if scripts == Scripts::On {
        ada.presses("Copy link").await;
        ada.sees("Copied").await;
        let refuse = "navigator.clipboard.writeText = () => Promise.reject(); document.execCommand = () => false;";
        ada.browser().driver().execute(refuse, Vec::new()).await.unwrap();
        ada.presses("Copy link").await;
        ada.sees("The link is selected. Copy it from there.").await;
    }
    ada.sees_no_console_errors().await;
}

/// Stands for `navigator.share`, before the scripts of the page run. It records what is shared; `reject` closes the sheet.
const SHARE: &str = "
    window.shared = [];
    Navigator.prototype.share = data => {
        window.shared.push(data);
        return window.reject ? Promise.reject(new DOMException('closed', 'AbortError')) : Promise.resolve();
    };";

async fn link_to_a_party_can_be_shared_where_the_browser_can(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let ada = arrive(&app, "ada", scripts).await;
    let party = host(&app.log_in("ada").await, "ada", &[]).await;
    let page = at(&app, &format!("/parties/{party}"));
    ada.browser().run_before_pages("delete Navigator.prototype.share;").await.unwrap();
    ada.opens(&page).await;
    assert!(!ada.has_button("Share").await, "a browser without a share sheet");

    ada.browser().run_before_pages(SHARE).await.unwrap();
    ada.opens(&page).await;
    assert_eq!(ada.has_button("Share").await, scripts == Scripts::On);
    if scripts == Scripts::On {
        let shared = async || ada.browser().evaluate("return window.shared", Vec::new()).await.unwrap();
        let link = ada.value_of("Link to this party").await;
        ada.presses("Share").await;
        let expected = json!({ "title": "Ratatouille at ada's", "url": link });
        assert_eq!(shared().await, json!([expected]));
        let texts = async || ada.browser().evaluate("return document.body.innerText", Vec::new()).await.unwrap();
        let before = texts().await;
        ada.browser().evaluate("window.reject = true", Vec::new()).await.unwrap();
        ada.presses("Share").await;
        assert_eq!(shared().await, json!([expected, expected]));
        assert_eq!(texts().await, before, "a closed sheet changes nothing");
        assert!(ada.has_button("Share").await && ada.has_button("Copy link").await);
    }
    ada.sees_no_console_errors().await;
}
