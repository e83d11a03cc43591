//! A party and its invitation on a phone of 390 × 664 CSS pixels: the answer and its result are on the first screen, before
//! and after pressing.

use domain::party::Details;
use serde_json::Value;
use test_support::browser::{Person, Scripts};

use crate::common::{PASSWORD, TestApp, host, rsvp};
use crate::steps::{arrive, at};

/// The viewport of a phone, in CSS pixels.
const PHONE: (u32, u32) = (390, 664);

test_support::with_and_without_scripts! {
    answer_and_its_result_are_on_the_first_screen
    number_of_people_is_on_the_first_screen
    invitation_has_its_answers_on_the_first_screen
}

/// Asserts that each element that matches the selector is on the screen as it is, without scrolling.
async fn assert_on_screen(person: &Person, selector: &str, count: usize) {
    let measure = format!(
        "return [window.scrollY, ...[...document.querySelectorAll({selector:?})].map(element => {{
            const box = element.getBoundingClientRect();
            return [box.top, box.bottom, box.height];
        }})]"
    );
    let found = person.browser().evaluate(&measure, Vec::new()).await.unwrap();
    let [scroll, boxes @ ..] = found.as_array().unwrap().as_slice() else { panic!("{found}") };
    assert_eq!((scroll.as_f64(), boxes.len()), (Some(0.0), count), "{selector}: {found}");
    for rectangle in boxes {
        let [top, bottom, height] = [0, 1, 2].map(|n| rectangle[n].as_f64().unwrap());
        assert!(top >= 0.0 && bottom <= f64::from(PHONE.1) && height > 0.0, "{selector} at {rectangle}");
    }
}

/// The role of the focused element.
async fn focused_role(person: &Person) -> Value {
    person.browser().evaluate("return document.activeElement.getAttribute('role')", Vec::new()).await.unwrap()
}

/// A party of Ada's with long details, and a full one, by their Party IDs.
async fn two_parties(app: &TestApp) -> (String, String) {
    let ada = app.user("ada").await;
    let details = "Bring a chair if you have one. ".repeat(20);
    let open = app
        .add_party(app.id_of("ada").await, |party| party.texts.details = Details::parse_optional(&details).unwrap())
        .await;
    let full = host(&ada, "ada", &[("number_seats", "2"), ("main_dish", "Soup")]).await;
    rsvp(&app.user("eva").await, &full).await;
    (open, full)
}

async fn answer_and_its_result_are_on_the_first_screen(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let (open, full) = two_parties(&app).await;
    let ben = arrive(&app, "ben", scripts).await;
    ben.browser().set_viewport(PHONE.0, PHONE.1).await.unwrap();

    ben.opens(&at(&app, &format!("/parties/{open}"))).await;
    assert_on_screen(&ben, ".answer button", 3).await;
    for (button, message, buttons) in [
        ("I'll be there", "You successfully RSVP'd", 2),
        ("I can't make it anymore", "You've given up your seat.", 2),
        ("Undo", "You successfully RSVP'd", 2),
    ] {
        ben.presses(button).await;
        ben.sees(message).await;
        assert_on_screen(&ben, ".answer .flash", 1).await;
        assert_on_screen(&ben, ".answer h2", 1).await;
        assert_on_screen(&ben, ".answer button", buttons).await;
        assert_eq!(focused_role(&ben).await, "status", "the focus goes to the message");
    }

    ben.opens(&at(&app, &format!("/parties/{full}"))).await;
    ben.sees("This table is full").await;
    assert_on_screen(&ben, ".answer h2", 1).await;
    assert_on_screen(&ben, ".answer button", 3).await;
    ben.presses("Join the waiting list").await;
    ben.sees("You're number 1 on the waiting list").await;
    assert_on_screen(&ben, ".answer .flash, .answer h2", 2).await;
    assert_on_screen(&ben, ".answer button", 2).await;
    ben.presses("Leave the waiting list").await;
    ben.sees("Thanks for letting ada know.").await;
    assert_on_screen(&ben, ".answer .flash", 1).await;
    ben.sees_no_console_errors().await;
}

async fn number_of_people_is_on_the_first_screen(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let (ada, details) = (app.add_user("ada").await, "Bring a chair if you have one. ".repeat(20));
    let party = app
        .add_party(ada, |party| {
            party.texts.details = Details::parse_optional(&details).unwrap();
            party.max_companions = 2;
        })
        .await;
    let ben = arrive(&app, "ben", scripts).await;
    ben.browser().set_viewport(PHONE.0, PHONE.1).await.unwrap();
    ben.opens(&at(&app, &format!("/parties/{party}"))).await;
    assert_on_screen(&ben, ".answer input:not([type=hidden]), .answer button", 4).await;
    ben.fills_in("How many of you?", "3").await;
    ben.presses("I'll be there").await;
    ben.sees("You're coming, 3 of you").await;
    assert_on_screen(&ben, ".answer input:not([type=hidden]), .answer button", 4).await;
    ben.fills_in("How many of you?", "2").await;
    ben.presses("Change").await;
    ben.sees("You're coming, 2 of you").await;
    ben.sees_no_console_errors().await;
}

async fn invitation_has_its_answers_on_the_first_screen(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let (open, full) = two_parties(&app).await;
    let ada = app.log_in("ada").await;
    let mut links = Vec::new();
    for party in [open, full] {
        let link = ada.get(&format!("/parties/{party}")).await.attributes("input[data-share]", "value").concat();
        links.push(link.replace("127.0.0.1", "localhost"));
    }
    let zoe = Person::arrives("zoe", scripts).await;
    zoe.browser().set_viewport(PHONE.0, PHONE.1).await.unwrap();

    zoe.opens(&links[1]).await;
    zoe.sees("This table is full").await;
    assert_on_screen(&zoe, ".answer h2, .answer a", 4).await;
    zoe.opens(&links[0]).await;
    assert_on_screen(&zoe, ".answer a", 4).await;

    zoe.follows("I'll be there").await;
    zoe.sees("ada invited you to Ratatouille").await;
    zoe.fills_in("Username", "zoe").await;
    zoe.fills_in("Email", "zoe@example.com").await;
    zoe.fills_in("Password", PASSWORD).await;
    zoe.fills_in("Repeat Password", PASSWORD).await;
    zoe.presses("Register").await;
    zoe.sees("One press, and you're in").await;
    assert_on_screen(&zoe, ".answer .flash", 1).await;
    assert_on_screen(&zoe, ".answer button", 3).await;
    zoe.presses("I'll be there").await;
    zoe.sees("You successfully RSVP'd to ada's dinner party").await;
    assert_on_screen(&zoe, ".answer .flash", 1).await;
    zoe.sees_no_console_errors().await;
}
