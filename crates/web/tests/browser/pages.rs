//! Every page, with the longest and strangest that people may type: none can be scrolled sideways on a small phone, and
//! of none has the browser anything to complain of.

use accounts::test_kit::TestClient;
use test_support::browser::{Person, Scripts};

use crate::common::{PASSWORD, TestApp, answer, host};
use crate::people::{at, log_in};

/// A small phone; and a page of 1280 px at a zoom of 400 %.
const NARROW: (u32, u32) = (320, 640);

/// As many letters as a name has at most, in a script that is written from right to left.
fn right_to_left() -> String {
    "שלוםעולם".repeat(8)
}

/// As many letters as a name has at most, none of which a line may break at, and wide ones.
fn long() -> String {
    "W".repeat(64)
}

async fn registered(app: &TestApp, name: &str, email: &str) -> TestClient {
    let visitor = app.visitor();
    let form = [("username", name), ("email", email), ("password", PASSWORD), ("password2", PASSWORD)];
    visitor.submit("/register", "/register", &form).await;
    let page = visitor.submit("/login", "/login", &[("email", email), ("password", PASSWORD)]).await;
    assert!(page.text.contains("Welcome back"), "{}", page.text);
    visitor
}

/// The page fits, and the browser is content.
async fn is_in_order(person: &Person, what: &str) {
    let past = person.overflow().await;
    assert!(past.is_empty(), "{what} ({}) reaches past the edge: {past:#?}", person.path().await);
    person.hears_no_complaint().await;
}

async fn all_in_order(app: &TestApp, person: &Person, paths: &[&str]) {
    for path in paths {
        person.opens(&at(app, path)).await;
        is_in_order(person, path).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_guest_sees_fits_a_small_phone() {
    let app = TestApp::on_sqlite().await;
    let guest = Person::arrives("guest", Scripts::On).await;
    guest.browser().set_viewport(NARROW.0, NARROW.1).await.unwrap();

    all_in_order(&app, &guest, &["/", "/register", "/login", "/rsvp", "/no-such-page"]).await;

    guest.opens(&at(&app, "/register")).await;
    guest.fills_in("Username", &"W".repeat(300)).await;
    guest.fills_in("Email", &format!("{}@example.com", "w".repeat(200))).await;
    guest.fills_in("Password", "12345678").await;
    guest.fills_in("Repeat Password", "87654321").await;
    guest.presses("Register").await;
    guest.sees("Please check what you typed:").await;
    is_in_order(&guest, "a registration refused").await;
    guest.opens(&at(&app, "/login")).await;
    log_in(&guest, &format!("{}@example.com", "w".repeat(64))).await;
    guest.sees("That email and password don't match.").await;
    is_in_order(&guest, "a log-in refused").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_longest_names_and_venues_fit_a_small_phone() {
    let app = TestApp::on_sqlite().await;
    let (me, other) = (long(), right_to_left());
    let (myself, friend) =
        (registered(&app, &me, "me@example.com").await, registered(&app, &other, "friend@example.com").await);
    let unbroken = "W".repeat(200);
    let rude = [("venue", unbroken.as_str()), ("main_dish", unbroken.as_str()), ("number_seats", "1000")];
    let mine = host(&myself, &me, &rude).await;
    let small = host(&myself, &me, &[("number_seats", "2"), ("main_dish", "<script>alert(1)</script> 🍲🍲🍲")]).await;
    let strange = format!("ארוחת ערב 🍽️ <b>x</b> {}", "Ω".repeat(160));
    let theirs = host(&friend, &other, &[("venue", &strange), ("main_dish", &strange), ("number_seats", "24")]).await;
    answer(&friend, &mine, "yes").await;
    answer(&friend, &small, "yes").await;
    let page = |party: &str| format!("/parties/{party}");
    let (mine, small, theirs) = (page(&mine), page(&small), page(&theirs));

    let person = Person::arrives("me", Scripts::On).await;
    person.opens(&at(&app, "/login")).await;
    log_in(&person, "me@example.com").await;
    person.sees(&format!("Welcome back, {me}.")).await;
    person.browser().set_viewport(NARROW.0, NARROW.1).await.unwrap();
    let profiles = [&me, &other].map(|name| format!("/user/{name}"));
    all_in_order(
        &app,
        &person,
        &["/", "/rsvp", "/rsvp?q=nothing+fits", &mine, &small, &theirs, &profiles[0], &profiles[1], "/parties/999"],
    )
    .await;

    // What is told of what was done, and what is refused.
    person.opens(&at(&app, &theirs)).await;
    person.presses("I'll be there").await;
    person.sees("You successfully RSVP'd to").await;
    is_in_order(&person, "a seat taken").await;
    person.opens(&at(&app, &profiles[0])).await;
    for label in ["Time zone", "Venue", "Main dish"] {
        person.fills_in(label, &"W".repeat(300)).await;
    }
    person.fills_in("Date", "2020-01-01").await;
    person.presses("Host this party").await;
    person.sees("Please check what you typed:").await;
    is_in_order(&person, "a party refused").await;
    app.advance_days(100);
    person.opens(&at(&app, "/rsvp")).await;
    is_in_order(&person, "a session that ended").await;
}
