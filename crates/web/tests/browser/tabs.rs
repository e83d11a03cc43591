//! Two tabs of one browser: one tab ends the session that the other uses.

use test_support::browser::{Person, Scripts, Tab};

use crate::common::{TestApp, host};
use crate::steps::{DATE, HOSTED, LOGGED_OUT, arrive, at, fill_in_host_form, log_in};

test_support::with_and_without_scripts! {
    tab_asks_to_log_in_after_log_out_in_another_tab
    form_from_before_a_new_log_in_can_be_sent_again
}

/// Logs out in a new tab and stays in it. Returns the first tab.
async fn log_out_in_new_tab(app: &TestApp, person: &Person) -> Tab {
    let here = person.tab().await;
    person.opens_a_tab(&at(app, "/")).await;
    person.presses("Log out").await;
    person.sees(LOGGED_OUT).await;
    here
}

async fn tab_asks_to_log_in_after_log_out_in_another_tab(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    host(&app.user("ben").await, "ben", &[("main_dish", "Pho")]).await;
    let ada = arrive(&app, "ada", scripts).await;

    // A page without a form.
    ada.opens(&at(&app, "/rsvp")).await;
    let first = log_out_in_new_tab(&app, &ada).await;
    ada.switches_to(&first).await;
    ada.follows("ada").await;
    ada.sees("Log in").await;
    assert_eq!(ada.path().await, "/login?next=%2Fuser%2Fada", "with the path to return to");
    log_in(&ada, "ada@example.com").await;
    ada.sees("Host a dinner party").await;

    // A form that is filled in: nothing is stored, and the input is kept.
    fill_in_host_form(&ada, "Ratatouille", "4").await;
    let first = log_out_in_new_tab(&app, &ada).await;
    ada.switches_to(&first).await;
    ada.presses("Host this party").await;
    ada.sees("This form was open for too long, and you are not logged in.").await;
    assert_eq!(app.party_count().await, 1, "ben's party only");
    let log_in_tab = ada.opens_in_a_tab("Log in beside this page (opens a new tab)").await;
    log_in(&ada, "ada@example.com").await;
    ada.sees("Welcome back, ada.").await;
    ada.switches_to(&first).await;
    ada.presses("Send it once more").await;
    ada.sees(HOSTED).await; // without filling in the form again
    ada.sees("Ratatouille").await;
    assert_eq!(app.party_count().await, 2);
    ada.switches_to(&log_in_tab).await;
    ada.reloads().await;
    ada.sees("Log out").await;
}

async fn form_from_before_a_new_log_in_can_be_sent_again(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let ada = arrive(&app, "ada", scripts).await;
    ada.opens(&at(&app, "/user/ada")).await;
    fill_in_host_form(&ada, "Ratatouille", "4").await;

    let first = log_out_in_new_tab(&app, &ada).await;
    ada.follows("Log in").await;
    log_in(&ada, "ada@example.com").await;
    ada.sees("Welcome back, ada.").await;
    ada.switches_to(&first).await;
    ada.presses("Host this party").await;

    ada.sees("This form was open for too long. Please send it once more.").await;
    assert_eq!(app.party_count().await, 0);
    ada.presses("Send it once more").await;
    ada.sees(HOSTED).await;
    ada.sees("Ratatouille").await;
    ada.sees(DATE).await;
    assert_eq!(app.party_count().await, 1);
}
