//! Steps of a user in the browser, by the labels of buttons and fields.

use test_support::browser::{Person, Scripts};

use crate::common::{PASSWORD, TestApp};

/// The date of the party of `host_form`.
pub(crate) const DATE: &str = "Saturday 14 March 2026, 19:00 (Berlin time)";
/// Its start and its end, as its page shows them.
pub(crate) const WHEN: &str = "Saturday 14 March 2026, 19:00 to about Sunday 00:00 (Berlin time)";
pub(crate) const REGISTERED: &str = "Your account is ready. Welcome, ";
pub(crate) const LOGGED_OUT: &str = "You are logged out.";
pub(crate) const HOSTED: &str = "Your table is set. Share the link below with your friends.";

/// The URL of a page on `localhost`, which browsers treat as a secure context.
pub(crate) fn at(app: &TestApp, path: &str) -> String {
    format!("http://localhost:{}{path}", app.server.address().port())
}

/// Fills in and submits the form to register.
pub(crate) async fn register(person: &Person, name: &str, email: &str) {
    person.fills_in("Username", name).await;
    person.fills_in("Email", email).await;
    person.fills_in("Password", PASSWORD).await;
    person.fills_in("Repeat Password", PASSWORD).await;
    person.presses("Register").await;
    person.sees(REGISTERED).await;
}

/// Fills in and submits the form to log in.
pub(crate) async fn log_in(person: &Person, email: &str) {
    person.fills_in("Username or email", email).await;
    person.fills_in("Password", PASSWORD).await;
    person.presses("Log in").await;
}

/// A new user, registered over HTTP, which is faster, and logged in by the form.
pub(crate) async fn arrive(app: &TestApp, name: &str, scripts: Scripts) -> Person {
    app.visitor().register(name, PASSWORD).await;
    let person = Person::arrives(name, scripts).await;
    person.opens(&at(app, "/login")).await;
    log_in(&person, &format!("{name}@example.com")).await;
    person.sees(&format!("Welcome back, {name}.")).await;
    person
}

/// Fills in the form to host: Saturday 14 March 2026, 19:00 in Berlin.
pub(crate) async fn fill_in_host_form(host: &Person, dish: &str, seats: &str) {
    host.fills_in("Date", "2026-03-14").await;
    host.fills_in("Time", "19:00").await;
    host.fills_in("Time zone", "Europe/Berlin").await;
    host.fills_in("Venue", "The kitchen").await;
    host.fills_in("Main dish", dish).await;
    host.fills_in("Number of seats", seats).await;
}
