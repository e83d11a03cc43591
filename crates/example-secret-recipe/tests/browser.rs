//! The secret recipe in a real browser.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

mod common;

use test_support::browser::{Person, Scripts};
use test_support::sqlite_url;

use crate::common::Recipe;

test_support::with_and_without_scripts! {
    only_the_cook_reads_the_recipe_until_log_out
}

async fn log_in(person: &Person, email: &str, password: &str) {
    person.fills_in("Username or email", email).await;
    person.fills_in("Password", password).await;
    person.presses("Log in").await;
}

async fn assert_page_is_fine(person: &Person) {
    assert_eq!(person.overflow().await, [] as [&str; 0]);
    person.sees_no_console_errors().await;
}

async fn only_the_cook_reads_the_recipe_until_log_out(scripts: Scripts) {
    let folder = tempfile::tempdir().unwrap();
    let recipe = Recipe::start(&sqlite_url(&folder));
    let password = recipe.password().expect("the first start prints the password");
    let cook = Person::arrives("cook", scripts).await;
    cook.browser().set_viewport(320, 640).await.unwrap();

    cook.opens(&recipe.url("/home")).await;
    cook.sees("Sorry you must be logged in to view this page").await;
    cook.sees_nothing_of("Gruyère").await;
    assert_page_is_fine(&cook).await;
    log_in(&cook, "cook@example.com", "correct horse").await;
    cook.sees("That username or email and password don't match. Please try again.").await;
    assert_page_is_fine(&cook).await;
    log_in(&cook, "cook@example.com", password).await;
    cook.sees("Welcome back cook").await;
    cook.sees("Gruyère").await;
    assert_page_is_fine(&cook).await;
    cook.presses("Log out").await;

    cook.sees("You are logged out.").await;
    cook.reloads().await;
    cook.sees_nothing_of("You are logged out.").await;
    cook.goes_back().await;
    cook.sees("Password").await;
    cook.sees_nothing_of("Gruyère").await;
    assert_page_is_fine(&cook).await;
}
