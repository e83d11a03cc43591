//! The main journey by keyboard alone: Tab, Enter, Space and letters. Each focused element has an outline.

use test_support::browser::{Key, Person, Scripts};

use crate::common::{PASSWORD, TestApp, host};
use crate::steps::{HOSTED, LOGGED_OUT, REGISTERED, WHEN, at};

test_support::with_and_without_scripts! {
    main_journey_works_by_keyboard
}

/// Tabs to a field and types.
async fn type_into(person: &Person, label: &str, text: &str) {
    person.tabs_to(label).await;
    person.types(text).await;
}

/// Tabs to a link or a button and presses a key.
async fn press(person: &Person, name: &str, key: Key) {
    person.tabs_to(name).await;
    person.hits(key).await;
}

async fn main_journey_works_by_keyboard(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    host(&app.user("ben").await, "ben", &[("main_dish", "Pho")]).await;
    let ada = Person::arrives("ada", scripts).await;
    ada.opens(&at(&app, "/")).await;

    press(&ada, "Register", Key::Enter).await;
    ada.sees("Repeat Password").await;
    type_into(&ada, "Username", "ada").await;
    type_into(&ada, "Email", "ada@example.com").await;
    type_into(&ada, "Password", PASSWORD).await;
    type_into(&ada, "Repeat Password", PASSWORD).await;
    press(&ada, "Register", Key::Space).await;
    ada.sees(REGISTERED).await;

    press(&ada, "Log out", Key::Enter).await;
    ada.sees("You are logged out.").await;
    press(&ada, "Log in", Key::Enter).await;
    ada.sees("Remember me").await;
    type_into(&ada, "Username or email", "ada").await;
    type_into(&ada, "Password", PASSWORD).await;
    press(&ada, "Remember me", Key::Space).await;
    press(&ada, "Log in", Key::Enter).await;
    ada.sees("Welcome back, ada.").await;

    press(&ada, "ada", Key::Enter).await;
    ada.sees("Parties I host").await;
    type_into(&ada, "Main dish", "Ratatouille").await;
    type_into(&ada, "Date", "03142026").await; // in the order of the browser's locale, en-US
    type_into(&ada, "Time", "0700PM").await;
    type_into(&ada, "Number of seats", "4").await;
    type_into(&ada, "Venue", "The kitchen").await; // the suggested value is selected, so that typing replaces it
    type_into(&ada, "Time zone", "Europe/Berlin").await;
    press(&ada, "Host this party", Key::Enter).await;
    ada.sees(HOSTED).await;
    ada.sees(WHEN).await;

    press(&ada, "Parties", Key::Enter).await;
    ada.sees("RSVP by Party ID").await;
    press(&ada, "I'll be there for Pho at ben's", Key::Space).await;
    ada.sees("You successfully RSVP'd to ben's dinner party").await;

    press(&ada, "Log out", Key::Enter).await;
    ada.sees(LOGGED_OUT).await;
}
