//! The main journey: register, log in, host, RSVP by button and by Party ID, give up a seat, log out.

use test_support::browser::{Person, Scripts};

use crate::common::TestApp;
use crate::steps::{DATE, HOSTED, LOGGED_OUT, REGISTERED, arrive, at, fill_in_host_form, log_in, register};

test_support::with_and_without_scripts! {
    two_friends_register_host_rsvp_and_log_out
    log_in_redirects_to_the_requested_page
    invalid_form_shows_errors_and_keeps_input
}

/// Asserts that a message is shown, and not again after a reload.
async fn sees_once(person: &Person, message: &str) {
    person.sees(message).await;
    person.reloads().await;
    person.sees_nothing_of(message).await;
}

async fn two_friends_register_host_rsvp_and_log_out(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;

    // Register, and log in with "Remember me".
    let ada = Person::arrives("ada", scripts).await;
    ada.opens(&at(&app, "/")).await;
    ada.follows("Register").await;
    register(&ada, "ada", "ada@example.com").await;
    sees_once(&ada, REGISTERED).await;
    ada.presses("Log out").await;
    ada.follows("Log in").await;
    ada.ticks("Remember me").await;
    log_in(&ada, "ada@example.com").await;
    sees_once(&ada, "Welcome back, ada.").await;
    let cookies = ada.browser().driver().get_all_cookies().await.unwrap();
    let session = cookies.iter().find(|cookie| cookie.name.starts_with("session-")).unwrap();
    assert!(session.expiry.is_some(), "the cookie is persistent: {session:?}");
    let ben = arrive(&app, "ben", scripts).await;
    let cookies = ben.browser().driver().get_all_cookies().await.unwrap();
    let session = cookies.iter().find(|cookie| cookie.name.starts_with("session-")).unwrap();
    assert!(session.expiry.is_none(), "without \"Remember me\": {session:?}");

    // Host two parties, the first with one free seat.
    ada.follows("ada").await;
    fill_in_host_form(&ada, "Ratatouille", "2").await;
    ada.presses("Host this party").await;
    sees_once(&ada, HOSTED).await;
    let small = ada.path().await;
    ada.follows("ada").await;
    fill_in_host_form(&ada, "Soup", "5").await;
    ada.presses("Host this party").await;
    sees_once(&ada, HOSTED).await;
    let large = ada.path().await.strip_prefix("/parties/").unwrap().to_owned();

    // RSVP by the button and by Party ID.
    let coming = format!("You successfully RSVP'd to ada's dinner party on {DATE}!");
    ben.follows("Parties").await;
    ben.presses("I'll be there for Ratatouille at ada's").await;
    sees_once(&ben, &coming).await;
    assert!(!ben.has_button("I'll be there for Ratatouille at ada's").await, "no button for a seated guest");
    rsvp_by_id(&ben, &large).await;
    sees_once(&ben, &coming).await;
    rsvp_by_id(&ben, "999").await;
    sees_once(&ben, "Please enter a valid Party ID to RSVP!").await;

    // A full party: the guest who waits gets the seat that another gives up.
    let cyd = arrive(&app, "cyd", scripts).await;
    cyd.follows("Parties").await;
    assert!(cyd.has_button("Join the waiting list for Ratatouille at ada's").await, "a full party");
    rsvp_by_id(&cyd, small.strip_prefix("/parties/").unwrap()).await;
    sees_once(&cyd, &format!("ada's dinner party on {DATE} is full. You're number 1 on the waiting list.")).await;
    ben.opens(&at(&app, &small)).await;
    ben.sees("You're coming").await;
    ben.presses("I can't make it anymore").await;
    sees_once(&ben, "You've given up your seat.").await;
    cyd.opens(&at(&app, &small)).await;
    cyd.sees("You're coming").await;
    ada.opens(&at(&app, &small)).await;
    ada.sees("2 of 2 taken").await;

    // Log out.
    for person in [&ada, &ben, &cyd] {
        person.presses("Log out").await;
        sees_once(person, LOGGED_OUT).await;
        person.opens(&at(&app, &small)).await;
        person.sees("Sorry you must be logged in to view this page").await;
        person.sees_nothing_of("Ratatouille").await;
        person.sees_no_console_errors().await;
    }
}

async fn rsvp_by_id(guest: &Person, party: &str) {
    guest.presses("RSVP by Party ID").await;
    guest.fills_in("Party ID", party).await;
    guest.presses("RSVP").await;
}

async fn log_in_redirects_to_the_requested_page(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    app.user("ada").await;
    let ada = Person::arrives("ada", scripts).await;

    ada.opens(&at(&app, "/rsvp?q=caf%C3%A9+soup&seats=1")).await;
    ada.sees("Sorry you must be logged in to view this page").await;
    ada.fills_in("Username or email", "ada@example.com").await;
    ada.fills_in("Password", "not her password").await;
    ada.presses("Log in").await;
    ada.sees("That username or email and password don't match. Please try again.").await;
    assert_eq!(ada.value_of("Username or email").await, "ada@example.com");
    assert_eq!(ada.value_of("Password").await, "", "passwords are not shown again");
    log_in(&ada, "ada@example.com").await;

    ada.sees("Welcome back, ada.").await;
    assert_eq!(ada.path().await, "/rsvp?q=caf%C3%A9+soup&seats=1");
    assert_eq!(ada.value_of("Host, dish, venue or details").await, "café soup");
    ada.sees_no_console_errors().await;
}

async fn invalid_form_shows_errors_and_keeps_input(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let ada = arrive(&app, "ada", scripts).await;
    ada.opens(&at(&app, "/user/ada")).await;

    fill_in_host_form(&ada, "Ratatouille <b>", "4").await;
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
    ada.sees_no_console_errors().await;
}
