//! What people do at DinnerParty, by the names of its buttons and fields. What a test is about is not here.

use test_support::browser::{Person, Scripts};

use crate::common::{PASSWORD, TestApp};

/// The date of a party that nobody said more about.
pub(crate) const DATE: &str = "Saturday 14 March 2026, 19:00 (Europe/Berlin)";
pub(crate) const REGISTERED: &str = "Your account is ready. Log in to continue.";
pub(crate) const LOGGED_OUT: &str = "You are logged out.";
pub(crate) const HOSTED: &str = "Your table is set. Send your friends the link to this page.";

/// A page's address, by the name under which browsers hold this machine's pages for secure.
pub(crate) fn at(app: &TestApp, path: &str) -> String {
    format!("http://localhost:{}{path}", app.server.address().port())
}

/// Fills in the form to register, and sends it.
pub(crate) async fn register(person: &Person, name: &str, email: &str) {
    person.fills_in("Username", name).await;
    person.fills_in("Email", email).await;
    person.fills_in("Password", PASSWORD).await;
    person.fills_in("Repeat Password", PASSWORD).await;
    person.presses("Register").await;
    person.sees(REGISTERED).await;
}

/// Fills in the form to log in, and sends it.
pub(crate) async fn log_in(person: &Person, email: &str) {
    person.fills_in("Email", email).await;
    person.fills_in("Password", PASSWORD).await;
    person.presses("Log in").await;
}

/// Somebody registered (over HTTP, which is quicker), and logged in by the form, at the start page.
pub(crate) async fn arrive(app: &TestApp, name: &str, scripts: Scripts) -> Person {
    app.visitor().register(name, PASSWORD).await;
    let person = Person::arrives(name, scripts).await;
    person.opens(&at(app, "/login")).await;
    log_in(&person, &format!("{name}@example.com")).await;
    person.sees(&format!("Welcome back, {name}.")).await;
    person
}

/// Fills in the form to host: Saturday 14 March 2026 in Berlin.
pub(crate) async fn set_the_table(host: &Person, dish: &str, seats: &str) {
    host.fills_in("Date", "2026-03-14").await;
    host.fills_in("Time", "19:00").await;
    host.fills_in("Time zone", "Europe/Berlin").await;
    host.fills_in("Venue", "The kitchen").await;
    host.fills_in("Main dish", dish).await;
    host.fills_in("Number of seats", seats).await;
}
