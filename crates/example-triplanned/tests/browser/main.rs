//! TriPlanned in a real browser, on SQLite: a visit with and without scripts, and whether every page fits a phone.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

#[allow(dead_code, unused_imports, reason = "shared with the other test program, which uses more of it")]
#[path = "../common.rs"]
mod common;

use test_support::browser::{Key, Person, Scripts};

use crate::common::{PASSWORD, TestSite, post};

test_support::with_and_without_scripts! {
    users_read_each_others_posts
    post_is_written_by_keyboard_only
}

/// The address of a page. Browsers treat `localhost` as a secure context.
fn at(site: &TestSite, path: &str) -> String {
    format!("http://localhost:{}{path}", site.server.address().port())
}

async fn log_in(person: &Person, email: &str) {
    person.fills_in("Username or email", email).await;
    person.fills_in("Password", PASSWORD).await;
    person.presses("Log in").await;
    person.sees("Welcome back, ").await;
}

async fn logged_in(site: &TestSite, name: &str, scripts: Scripts) -> Person {
    site.guest().register(name, PASSWORD).await;
    let person = Person::arrives(name, scripts).await;
    person.opens(&at(site, "/login")).await;
    log_in(&person, &format!("{name}@example.com")).await;
    person
}

async fn post_place(author: &Person, city: &str, country: &str) {
    author.follows("Profile").await;
    author.fills_in("City", city).await;
    author.fills_in("Country", country).await;
    author.fills_in("Description", "Hills, and a river.").await;
    author.presses("Post it").await;
    author.sees("Your postcard is on the rack.").await;
    author.reloads().await;
    author.sees_nothing_of("Your postcard is on the rack.").await;
}

async fn users_read_each_others_posts(scripts: Scripts) {
    let site = TestSite::on_sqlite().await;
    let ada = Person::arrives("ada", scripts).await;
    ada.opens(&at(&site, "/")).await;
    ada.follows("register").await;
    ada.fills_in("Username", "ada").await;
    ada.fills_in("Email", "ada@example.com").await;
    ada.fills_in("Password", PASSWORD).await;
    ada.fills_in("Repeat Password", PASSWORD).await;
    ada.presses("Register").await;
    ada.sees("Your account is ready. Log in to continue.").await;
    ada.ticks("Remember me").await;
    log_in(&ada, "ada@example.com").await;
    let ben = logged_in(&site, "ben", scripts).await;

    post_place(&ada, "Lisbon", "Portugal").await;
    post_place(&ben, "Kyoto", "Japan").await;

    for person in [&ada, &ben] {
        person.follows("Home").await;
        for place in ["Lisbon, Portugal", "from ada", "Kyoto, Japan", "from ben"] {
            person.sees(place).await;
        }
        person.follows("ada").await;
        person.sees("Lisbon, Portugal").await;
        person.sees_nothing_of("Kyoto").await;
        person.presses("Logout").await;
        person.sees("You are logged out.").await;
        person.sees("Kyoto, Japan").await; // reading needs no log-in
        person.goes_back().await;
        person.sees("Sorry you must be logged in to view this page").await;
        person.sees_no_console_errors().await;
    }
}

async fn post_is_written_by_keyboard_only(scripts: Scripts) {
    let site = TestSite::on_sqlite().await;
    let ada = logged_in(&site, "ada", scripts).await;
    ada.opens(&at(&site, "/user/ada")).await;

    for (label, text) in [("City", "Lisbon"), ("Country", "Portugal"), ("Description", "Hills.")] {
        ada.tabs_to(label).await;
        ada.types(text).await;
    }
    ada.tabs_to("Post it").await;
    ada.hits(Key::Space).await;
    ada.sees("Your postcard is on the rack.").await;
    ada.tabs_to("Logout").await;
    ada.hits(Key::Enter).await;
    ada.sees("You are logged out.").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn longest_names_and_places_fit_a_small_phone() {
    let site = TestSite::on_sqlite().await;
    let name = "W".repeat(64);
    let author = site.user(&name).await;
    let (long, strange) = ("W".repeat(200), "ירושלים 🌴 <b>x</b>".to_owned());
    for place in [&long, &strange] {
        let fields = [("city", place.as_str()), ("country", place), ("description", &place.repeat(10))];
        post(&author, &name, &fields).await;
    }
    let profile = format!("/user/{name}");
    let person = Person::arrives("reader", Scripts::On).await;
    person.browser().set_viewport(320, 640).await.unwrap();
    let assert_page_is_fine = async |what: &str| {
        let past = person.overflow().await;
        assert!(past.is_empty(), "{what} reaches past the edge: {past:#?}");
        person.sees_no_console_errors().await;
    };

    for path in ["/", "/register", "/login", "/no-such-page"] {
        person.opens(&at(&site, path)).await;
        assert_page_is_fine(path).await;
    }
    person.opens(&at(&site, "/login")).await;
    log_in(&person, &format!("{name}@example.com")).await;
    for path in ["/", &profile] {
        person.opens(&at(&site, path)).await;
        assert_page_is_fine(path).await;
    }
    person.fills_in("City", &"W".repeat(300)).await;
    person.fills_in("Country", "Portugal").await;
    person.fills_in("Description", &"W".repeat(1000)).await;
    person.presses("Post it").await;
    person.sees("Please use at most 200 characters.").await;
    assert_page_is_fine("a post refused").await;
}
