//! Pasted values: the browser sends what the server can read, and refuses nothing by itself.

use test_support::browser::{Person, Scripts};

use crate::common::TestApp;
use crate::steps::{LOGGED_OUT, at, log_in, register};

test_support::with_and_without_scripts! {
    pasted_address_registers_and_logs_in
}

async fn pasted_address_registers_and_logs_in(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    for (name, address) in [("ada", "Ada <ada@example.com>"), ("ben", "\u{200b}ben@example.com\u{feff}")] {
        let person = Person::arrives(name, scripts).await;
        person.opens(&at(&app, "/register")).await;
        register(&person, name, address).await;
        person.presses("Log out").await;
        person.sees(LOGGED_OUT).await;
        person.opens(&at(&app, "/login")).await;
        log_in(&person, address).await;
        person.sees(&format!("Welcome back, {name}.")).await;
        person.sees_no_console_errors().await;
    }
}
