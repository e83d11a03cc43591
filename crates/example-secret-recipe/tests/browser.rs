//! The secret recipe in a real browser; and all three services in one browser, where none logs another's users out.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test's set-up that fails is a test that fails")]

mod common;

use accounts::test_kit::{TestServer, Visitor, cheap};
use accounts::{Accounts, SystemClock};
use domain::party::Zone;
use store::PartyStore;
use test_support::browser::{Person, Scripts};
use test_support::sqlite_url;
use web::Services;

use crate::common::Recipe;

test_support::with_and_without_scripts! {
    the_cook_reads_the_recipe_and_nobody_after_them
}

const PASSWORD: &str = "marble otter seven";

async fn log_in(person: &Person, email: &str, password: &str) {
    person.fills_in("Email", email).await;
    person.fills_in("Password", password).await;
    person.presses("Log in").await;
}

async fn is_in_order(person: &Person) {
    assert_eq!(person.overflow().await, [] as [&str; 0]);
    person.hears_no_complaint().await;
}

async fn the_cook_reads_the_recipe_and_nobody_after_them(scripts: Scripts) {
    let folder = tempfile::tempdir().unwrap();
    let recipe = Recipe::start(&sqlite_url(&folder));
    let password = recipe.password().expect("a first start tells the password");
    let cook = Person::arrives("cook", scripts).await;
    cook.browser().set_viewport(320, 640).await.unwrap();

    cook.opens(&recipe.url("/home")).await;
    cook.sees("Sorry you must be logged in to view this page").await;
    cook.sees_nothing_of("Gruyère").await;
    is_in_order(&cook).await;
    log_in(&cook, "cook@example.com", "correct horse").await;
    cook.sees("That email and password don't match. Please try again.").await;
    is_in_order(&cook).await;
    log_in(&cook, "cook@example.com", password).await;
    cook.sees("Welcome back cook").await;
    cook.sees("Gruyère").await;
    is_in_order(&cook).await;
    cook.presses("Log out").await;

    cook.sees("You are logged out.").await;
    cook.reloads().await;
    cook.sees_nothing_of("You are logged out.").await;
    cook.goes_back().await;
    cook.sees("Password").await;
    cook.sees_nothing_of("Gruyère").await;
    is_in_order(&cook).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_services_in_one_browser_log_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = Recipe::start(&format!("sqlite:{}", folder.path().join("recipe.db").display()));
    let trips = example_triplanned::connect(&sqlite_url(&folder)).await.unwrap();
    let trips = example_triplanned::site(&trips, Accounts::builder().cost(cheap())).unwrap();
    let trips = TestServer::start(trips).await.unwrap();
    let dinners =
        TestServer::start(dinner_party(&format!("sqlite:{}", folder.path().join("dinner.db").display())).await);
    let dinners = dinners.await.unwrap();
    for server in [&trips, &dinners] {
        Visitor::of(server).register("ada", PASSWORD).await;
    }
    let at = |server: &TestServer, path: &str| format!("http://localhost:{}{path}", server.address().port());
    let places = [
        (recipe.url("/home"), "cook@example.com", recipe.password().unwrap(), "Welcome back cook", "Log out"),
        (at(&trips, "/user/ada"), "ada@example.com", PASSWORD, "Post a place", "Logout"),
        (at(&dinners, "/user/ada"), "ada@example.com", PASSWORD, "Host a dinner party", "Log out"),
    ];
    let ada = Person::arrives("ada", Scripts::On).await;

    // Into one after the other, and then none has been forgotten.
    for (page, email, password, sees, _) in &places {
        ada.opens(page).await;
        log_in(&ada, email, password).await;
        ada.sees(sees).await;
    }
    for (page, .., sees, _) in &places {
        ada.opens(page).await;
        ada.sees(sees).await;
    }
    // Out of one after the other, and those that are left stay.
    for left in 0..places.len() {
        ada.opens(&places[left].0).await;
        ada.presses(places[left].4).await;
        ada.sees("You are logged out.").await;
        for (page, .., sees, _) in &places[left + 1..] {
            ada.opens(page).await;
            ada.sees(sees).await;
        }
    }
    ada.hears_no_complaint().await;
}

async fn dinner_party(database: &str) -> web::App {
    let store = PartyStore::connect(database).await.unwrap();
    let services = Services::over(&store, SystemClock, Zone::parse("Europe/Berlin").unwrap());
    web::app(services, Accounts::builder().cost(cheap())).unwrap()
}
