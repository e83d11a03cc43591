//! The list of parties on a phone: a press leads back to its card, and the message takes the focus.

use test_support::browser::{Person, Scripts};

use crate::common::{TestApp, host};
use crate::steps::{arrive, at};

test_support::with_and_without_scripts! {
    press_in_the_list_leads_back_to_its_card
    press_on_the_last_free_seat_leads_back_to_its_card
}

/// The viewport of a phone, in CSS pixels.
const PHONE: (u32, u32) = (390, 664);

/// The top and the bottom of an element in the viewport, in CSS pixels.
async fn edges(person: &Person, selector: &str) -> (f64, f64) {
    let measure = format!(
        "const box = document.querySelector('{selector}').getBoundingClientRect(); return [box.top, box.bottom]"
    );
    let found = person.browser().evaluate(&measure, Vec::new()).await.unwrap();
    (found[0].as_f64().unwrap(), found[1].as_f64().unwrap())
}

/// A list of eight parties of Ben's, the third of which has one free seat, opened on a phone by Ada.
async fn list_on_a_phone(path: &str, scripts: Scripts) -> (TestApp, Person) {
    let app = TestApp::on_sqlite().await;
    let ben = app.user("ben").await;
    for n in 1..=8 {
        let (day, dish, seats) = (format!("2026-04-0{n}"), format!("Dish {n}"), if n == 3 { "2" } else { "4" });
        host(&ben, "ben", &[("date", &day), ("main_dish", &dish), ("number_seats", seats)]).await;
    }
    let ada = arrive(&app, "ada", scripts).await;
    ada.browser().set_viewport(PHONE.0, PHONE.1).await.unwrap();
    ada.opens(&at(&app, path)).await;
    (app, ada)
}

/// Asserts that the message and its card are on the screen, and that the message has the focus.
async fn assert_at_card(ada: &Person, card: &str) {
    ada.sees("You successfully RSVP'd to ben's dinner party").await;
    let (top, bottom) = edges(ada, &format!("{card} .flash")).await;
    assert!(top >= 0.0 && bottom <= f64::from(PHONE.1), "the message is at {top} to {bottom}");
    let (top, _) = edges(ada, card).await;
    assert!(top > -200.0 && top < f64::from(PHONE.1), "the card begins at {top}");
    assert!(ada.focus().await.name.starts_with("You successfully RSVP'd"), "{:?}", ada.focus().await);
    ada.sees_no_console_errors().await;
}

async fn press_in_the_list_leads_back_to_its_card(scripts: Scripts) {
    let (_app, ada) = list_on_a_phone("/rsvp", scripts).await;
    let (top, _) = edges(&ada, "#party-6").await;
    assert!(top > f64::from(PHONE.1), "the card is below the first screen: {top}");

    ada.presses("I'll be there for Dish 6 at ben's").await;

    assert_at_card(&ada, "#party-6").await;
    ada.reloads().await;
    ada.sees_nothing_of("You successfully RSVP'd").await;
}

async fn press_on_the_last_free_seat_leads_back_to_its_card(scripts: Scripts) {
    let (_app, ada) = list_on_a_phone("/rsvp?seats=1", scripts).await;

    ada.presses("I'll be there for Dish 3 at ben's").await;

    assert_at_card(&ada, "#party-3").await;
}
