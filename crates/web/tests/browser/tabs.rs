//! Two tabs of one browser: one tab ends the session that the other uses.

use test_support::browser::{Person, Scripts, Tab};

use crate::common::{PASSWORD, TestApp, host};
use crate::steps::{HOSTED, LOGGED_OUT, WHEN, arrive, at, fill_in_host_form, log_in, register};

const NOT_SENT: &str = "What you typed is here, and not sent yet. Please press the button to send it.";

test_support::with_and_without_scripts! {
    tab_asks_to_log_in_after_log_out_in_another_tab
    form_from_before_a_new_log_in_can_be_sent_again
    form_waits_for_a_registration_and_one_press_sends_it
    form_of_another_account_says_who_will_act
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
    ada.sees("Your session has ended. Please log in again, and we'll finish this for you").await;
    log_in(&ada, "ada@example.com").await;
    ada.sees("Welcome back, ada.").await;
    ada.sees(NOT_SENT).await;
    assert_eq!(ada.value_of("Main dish").await, "Ratatouille");
    assert_eq!(app.party_count().await, 1, "ben's party only");
    ada.presses("Host this party").await;
    ada.sees(HOSTED).await; // without filling in the form again
    ada.sees("Ratatouille").await;
    assert_eq!(app.party_count().await, 2);
}

async fn form_waits_for_a_registration_and_one_press_sends_it(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let ada = arrive(&app, "ada", scripts).await;
    ada.opens(&at(&app, "/host")).await;
    ada.fills_in("Main dish", "Ratatouille").await;
    ada.fills_in("Date", "2026-03-14").await;
    let first = log_out_in_new_tab(&app, &ada).await;
    ada.switches_to(&first).await;
    ada.presses("Host this party").await;
    ada.sees("Your session has ended.").await;
    ada.fills_in("Username or email", "cleo@example.com").await;
    ada.presses("Register").await; // the button that leads to the registration page
    ada.sees("What you typed before is kept.").await;
    assert_eq!(ada.value_of("Email").await, "cleo@example.com");
    register(&ada, "cleo", "cleo@example.com").await;
    ada.sees("This form was opened with another account.").await;
    ada.sees("If you press the button, it is sent as cleo.").await;
    assert_eq!((ada.value_of("Main dish").await, app.party_count().await), ("Ratatouille".to_owned(), 0));
    ada.presses("Host this party").await;
    ada.sees(HOSTED).await;
    ada.sees("cleo").await;
}

async fn form_of_another_account_says_who_will_act(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    app.visitor().register("ben", PASSWORD).await;
    let ada = arrive(&app, "ada", scripts).await;
    ada.opens(&at(&app, "/host")).await;
    ada.fills_in("Main dish", "Ratatouille").await;
    ada.fills_in("Date", "2026-03-14").await;
    let first = log_out_in_new_tab(&app, &ada).await;
    ada.follows("Log in").await;
    log_in(&ada, "ben").await;
    ada.sees("Welcome back, ben.").await;
    ada.switches_to(&first).await;
    ada.presses("Host this party").await;
    ada.sees("This form was opened with another account.").await;
    ada.sees("You are logged in as ben, so it will be sent as ben.").await;
    assert_eq!(app.party_count().await, 0);
    ada.presses("Send it as ben").await;
    ada.sees(HOSTED).await;
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
    ada.sees(WHEN).await;
    assert_eq!(app.party_count().await, 1);
}
