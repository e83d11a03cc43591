//! The whole way of two friends: register, log in, host, RSVP by button and by Party ID, give a seat up, log out.

use test_support::browser::{Person, Scripts};

use crate::common::TestApp;
use crate::people::{DATE, HOSTED, LOGGED_OUT, REGISTERED, arrive, at, log_in, register, set_the_table};

test_support::with_and_without_scripts! {
    two_friends_come_to_dinner
    a_log_in_leads_where_somebody_was_going
    what_is_wrong_is_said_and_what_was_typed_is_kept
}

/// A message is there, and not any more once the page is loaded again.
async fn told_once(person: &Person, message: &str) {
    person.sees(message).await;
    person.reloads().await;
    person.sees_nothing_of(message).await;
}

async fn two_friends_come_to_dinner(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;

    // Register, log in, be remembered.
    let ada = Person::arrives("ada", scripts).await;
    ada.opens(&at(&app, "/")).await;
    ada.follows("Register").await;
    register(&ada, "ada", "ada@example.com").await;
    told_once(&ada, REGISTERED).await;
    ada.ticks("Remember me").await;
    log_in(&ada, "ada@example.com").await;
    told_once(&ada, "Welcome back, ada.").await;
    let cookies = ada.browser().driver().get_all_cookies().await.unwrap();
    let session = cookies.iter().find(|cookie| cookie.name.starts_with("session-")).unwrap();
    assert!(session.expiry.is_some(), "it outlives the browser: {session:?}");
    let ben = arrive(&app, "ben", scripts).await;
    let cookies = ben.browser().driver().get_all_cookies().await.unwrap();
    let session = cookies.iter().find(|cookie| cookie.name.starts_with("session-")).unwrap();
    assert!(session.expiry.is_none(), "ben did not ask to be remembered: {session:?}");

    // Host two parties, the first with one seat to give.
    ada.follows("ada").await;
    set_the_table(&ada, "Ratatouille", "2").await;
    ada.presses("Host this party").await;
    told_once(&ada, HOSTED).await;
    let small = ada.path().await;
    ada.follows("ada").await;
    set_the_table(&ada, "Soup", "5").await;
    ada.presses("Host this party").await;
    told_once(&ada, HOSTED).await;
    let large = ada.path().await.strip_prefix("/parties/").unwrap().to_owned();

    // RSVP, by the button and by Party ID.
    let coming = format!("You successfully RSVP'd to ada's dinner party on {DATE}!");
    ben.follows("Parties").await;
    ben.presses("Save my seat for Ratatouille at ada's table").await;
    told_once(&ben, &coming).await;
    assert!(!ben.has_button("Save my seat for Ratatouille at ada's table").await, "he is coming");
    by_id(&ben, &large).await;
    told_once(&ben, &coming).await;
    by_id(&ben, "999").await;
    told_once(&ben, "Please enter a valid Party ID to RSVP!").await;

    // Full; then a seat is given up.
    let cyd = arrive(&app, "cyd", scripts).await;
    cyd.follows("Parties").await;
    assert!(!cyd.has_button("Save my seat for Ratatouille at ada's table").await, "a full party offers no seat");
    by_id(&cyd, small.strip_prefix("/parties/").unwrap()).await;
    told_once(&cyd, &format!("ada's dinner party on {DATE} is full.")).await;
    ben.opens(&at(&app, &small)).await;
    ben.sees("You're coming").await;
    ben.presses("I can't make it any more").await;
    told_once(&ben, "You've given up your seat.").await;
    cyd.opens(&at(&app, &small)).await;
    cyd.presses("I'll be there").await;
    told_once(&cyd, &coming).await;
    ada.opens(&at(&app, &small)).await;
    ada.sees("2 of 2 taken").await;

    // Log out.
    for person in [&ada, &ben, &cyd] {
        person.presses("Log out").await;
        told_once(person, LOGGED_OUT).await;
        person.opens(&at(&app, &small)).await;
        person.sees("Sorry you must be logged in to view this page").await;
        person.sees_nothing_of("Ratatouille").await;
        person.hears_no_complaint().await;
    }
}

async fn by_id(guest: &Person, party: &str) {
    guest.fills_in("Party ID", party).await;
    guest.presses("RSVP").await;
}

async fn a_log_in_leads_where_somebody_was_going(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    app.user("ada").await;
    let ada = Person::arrives("ada", scripts).await;

    ada.opens(&at(&app, "/rsvp?q=caf%C3%A9+soup&seats=1")).await;
    ada.sees("Sorry you must be logged in to view this page").await;
    ada.fills_in("Email", "ada@example.com").await;
    ada.fills_in("Password", "not her password").await;
    ada.presses("Log in").await;
    ada.sees("That email and password don't match. Please try again.").await;
    assert_eq!(ada.value_of("Email").await, "ada@example.com");
    assert_eq!(ada.value_of("Password").await, "", "a password does not come back");
    log_in(&ada, "ada@example.com").await;

    ada.sees("Welcome back, ada.").await;
    assert_eq!(ada.path().await, "/rsvp?q=caf%C3%A9+soup&seats=1");
    assert_eq!(ada.value_of("Host, dish or venue").await, "café soup");
    ada.hears_no_complaint().await;
}

async fn what_is_wrong_is_said_and_what_was_typed_is_kept(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let ada = arrive(&app, "ada", scripts).await;
    ada.opens(&at(&app, "/user/ada")).await;

    set_the_table(&ada, "Ratatouille <b>", "4").await;
    ada.fills_in("Time zone", "Europe/Atlantis").await;
    ada.presses("Host this party").await;

    ada.sees("Please choose a time zone from the list, such as Europe/Berlin.").await;
    assert_eq!(ada.value_of("Main dish").await, "Ratatouille <b>");
    assert_eq!(ada.value_of("Date").await, "2026-03-14");
    assert_eq!(app.party_count().await, 0);
    ada.fills_in("Time zone", "Europe/Berlin").await;
    ada.presses("Host this party").await;
    ada.sees(HOSTED).await;
    ada.sees("Ratatouille <b>").await;
    ada.hears_no_complaint().await;
}
