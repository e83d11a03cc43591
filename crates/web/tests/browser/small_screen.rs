//! Every page with the longest and oddest input on a small phone: no page scrolls sideways, and none logs an error in the
//! browser's console.

use accounts::test_kit::TestClient;
use test_support::browser::{Person, Scripts};

use crate::common::{PASSWORD, TestApp, answer, host};
use crate::steps::{at, log_in};

/// The viewport of a small phone, in CSS pixels; the same as one of 1280 pixels at a zoom of 400 %.
const SMALL_PHONE: (u32, u32) = (320, 640);

/// A username of the maximum length in a right-to-left script.
fn right_to_left_username() -> String {
    "שלוםעולם".repeat(8)
}

/// A username of the maximum length, of wide letters without a line break.
fn long_username() -> String {
    "W".repeat(64)
}

/// The logged-in client of a new user with this e-mail address.
async fn user_with_email(app: &TestApp, name: &str, email: &str) -> TestClient {
    let client = app.visitor();
    let form = [("username", name), ("email", email), ("password", PASSWORD), ("password2", PASSWORD)];
    let page = client.submit("/register", "/register", &form).await;
    assert!(page.text.contains("Your account is ready"), "{}", page.text);
    client
}

/// Asserts that the page does not scroll sideways and has no errors in the browser's console.
async fn assert_fits(person: &Person, page: &str) {
    let overflow = person.overflow().await;
    assert!(overflow.is_empty(), "{page} ({}) scrolls sideways: {overflow:#?}", person.path().await);
    person.sees_no_console_errors().await;
}

async fn assert_all_fit(app: &TestApp, person: &Person, paths: &[&str]) {
    for path in paths {
        person.opens(&at(app, path)).await;
        assert_fits(person, path).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_a_visitor_fit_a_small_phone() {
    let app = TestApp::on_sqlite().await;
    let guest = Person::arrives("guest", Scripts::On).await;
    guest.browser().set_viewport(SMALL_PHONE.0, SMALL_PHONE.1).await.unwrap();

    assert_all_fit(&app, &guest, &["/", "/register", "/login", "/rsvp", "/no-such-page"]).await;

    guest.opens(&at(&app, "/register")).await;
    guest.fills_in("Username", &"W".repeat(300)).await;
    guest.fills_in("Email", &format!("{}@example.com", "w".repeat(200))).await;
    guest.fills_in("Password", "12345678").await;
    guest.fills_in("Repeat Password", "87654321").await;
    guest.presses("Register").await;
    guest.sees("Please check what you typed:").await;
    assert_fits(&guest, "an invalid registration").await;
    guest.opens(&at(&app, "/login")).await;
    log_in(&guest, &format!("{}@example.com", "w".repeat(64))).await;
    guest.sees("That username or email and password don't match.").await;
    assert_fits(&guest, "a failed log-in").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_with_longest_names_and_venues_fit_a_small_phone() {
    let app = TestApp::on_sqlite().await;
    let (me, other) = (long_username(), right_to_left_username());
    let (myself, friend) =
        (user_with_email(&app, &me, "me@example.com").await, user_with_email(&app, &other, "friend@example.com").await);
    let unbroken = "W".repeat(200);
    let longest = [("venue", unbroken.as_str()), ("main_dish", unbroken.as_str()), ("number_seats", "1000")];
    let mine = host(&myself, &me, &longest).await;
    let small = host(&myself, &me, &[("number_seats", "2"), ("main_dish", "<script>alert(1)</script> 🍲🍲🍲")]).await;
    let odd = format!("ארוחת ערב 🍽️ <b>x</b> {}", "Ω".repeat(160));
    let theirs = host(&friend, &other, &[("venue", &odd), ("main_dish", &odd), ("number_seats", "24")]).await;
    answer(&friend, &mine, "yes").await;
    answer(&friend, &small, "yes").await;
    let page = |party: &str| format!("/parties/{party}");
    let (mine, small, theirs) = (page(&mine), page(&small), page(&theirs));

    let person = Person::arrives("me", Scripts::On).await;
    person.opens(&at(&app, "/login")).await;
    log_in(&person, "me@example.com").await;
    person.sees(&format!("Welcome back, {me}.")).await;
    person.browser().set_viewport(SMALL_PHONE.0, SMALL_PHONE.1).await.unwrap();
    let profiles = [&me, &other].map(|name| format!("/user/{name}"));
    assert_all_fit(
        &app,
        &person,
        &[
            "/",
            "/people",
            "/host",
            "/rsvp",
            "/rsvp?q=nothing+fits",
            &mine,
            &small,
            &theirs,
            &profiles[0],
            &profiles[1],
            "/parties/999",
        ],
    )
    .await;

    // Flash messages, and a form with errors.
    person.opens(&at(&app, &theirs)).await;
    person.presses("I'll be there").await;
    person.sees("You successfully RSVP'd to").await;
    assert_fits(&person, "a seat taken").await;
    person.opens(&at(&app, &profiles[0])).await;
    for label in ["Main dish", "Venue", "Time zone"] {
        person.fills_in(label, &"W".repeat(300)).await;
    }
    person.fills_in("Date", "2030-01-01").await;
    person.presses("Host this party").await;
    person.sees("Please check what you typed:").await;
    assert_fits(&person, "an invalid party").await;
    app.advance_days(100);
    person.opens(&at(&app, "/rsvp")).await;
    assert_fits(&person, "an expired session").await;
}
