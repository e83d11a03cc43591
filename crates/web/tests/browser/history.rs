//! The browser's history after a log-out: the next user of the browser sees nothing private in it.

use test_support::browser::Scripts;

use crate::common::{TestApp, host, rsvp};
use crate::steps::{LOGGED_OUT, arrive, at};

test_support::with_and_without_scripts! {
    back_after_log_out_shows_nothing_private
}

async fn back_after_log_out_shows_nothing_private(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    host(&app.user("ben").await, "ben", &[("main_dish", "Secret stew"), ("venue", "The hideout")]).await;
    let ada = arrive(&app, "ada", scripts).await;
    rsvp(&app.log_in("ada").await, "1").await;
    for path in ["/rsvp", "/parties/1", "/user/ada", "/"] {
        ada.opens(&at(&app, path)).await;
    }
    ada.presses("Log out").await;
    ada.sees(LOGGED_OUT).await;

    for steps in 1..=5 {
        ada.goes_back().await;
        ada.sees("Log in").await;
        for private in ["Secret stew", "The hideout", "Hello, ada", "Parties I host", "Log out"] {
            ada.sees_nothing_of(private).await;
        }
        assert!(steps == 5 || ada.path().await != "/login", "the history is longer");
    }
}
