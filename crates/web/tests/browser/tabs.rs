//! Two tabs of one browser: what one does to the session, the other is told.

use test_support::browser::{Person, Scripts, Tab};

use crate::common::{TestApp, host};
use crate::people::{DATE, HOSTED, LOGGED_OUT, arrive, at, log_in, set_the_table};

test_support::with_and_without_scripts! {
    a_tab_is_told_that_another_ended_the_session
    a_form_from_before_a_new_log_in_is_sent_once_more
}

/// Logs out in a tab of its own, and stays in it.
async fn log_out_elsewhere(app: &TestApp, person: &Person) -> Tab {
    let here = person.tab().await;
    person.opens_a_tab(&at(app, "/")).await;
    person.presses("Log out").await;
    person.sees(LOGGED_OUT).await;
    here
}

async fn a_tab_is_told_that_another_ended_the_session(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    host(&app.user("ben").await, "ben", &[("main_dish", "Pho")]).await;
    let ada = arrive(&app, "ada", scripts).await;

    // A page that is only read.
    ada.opens(&at(&app, "/rsvp")).await;
    let first = log_out_elsewhere(&app, &ada).await;
    ada.turns_to(&first).await;
    ada.follows("ada").await;
    ada.sees("Log in").await;
    assert_eq!(ada.path().await, "/login?next=%2Fuser%2Fada", "and led back after a log-in");
    log_in(&ada, "ada@example.com").await;
    ada.sees("Host a dinner party").await;

    // A form that was being filled in: nothing is done, and nothing of it is lost.
    set_the_table(&ada, "Ratatouille", "4").await;
    let first = log_out_elsewhere(&app, &ada).await;
    ada.turns_to(&first).await;
    ada.presses("Host this party").await;
    ada.sees("This form was open for too long, and you are not logged in.").await;
    assert_eq!(app.party_count().await, 1, "only ben's");
    let beside = ada.opens_in_a_tab("Log in beside this page (opens a new tab)").await;
    log_in(&ada, "ada@example.com").await;
    ada.sees("Welcome back, ada.").await;
    ada.turns_to(&first).await;
    ada.presses("Send it once more").await;
    ada.sees(HOSTED).await; // by one press
    ada.sees("Ratatouille").await;
    assert_eq!(app.party_count().await, 2);
    ada.turns_to(&beside).await;
    ada.reloads().await;
    ada.sees("Log out").await;
}

async fn a_form_from_before_a_new_log_in_is_sent_once_more(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let ada = arrive(&app, "ada", scripts).await;
    ada.opens(&at(&app, "/user/ada")).await;
    set_the_table(&ada, "Ratatouille", "4").await;

    let first = log_out_elsewhere(&app, &ada).await;
    ada.follows("Log in").await;
    log_in(&ada, "ada@example.com").await;
    ada.sees("Welcome back, ada.").await;
    ada.turns_to(&first).await;
    ada.presses("Host this party").await;

    ada.sees("This form was open for too long. Please send it once more.").await;
    assert_eq!(app.party_count().await, 0);
    ada.presses("Send it once more").await;
    ada.sees(HOSTED).await;
    ada.sees("Ratatouille").await;
    ada.sees(DATE).await;
    assert_eq!(app.party_count().await, 1);
}
