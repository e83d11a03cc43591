//! DinnerParty over a real socket, on SQLite and on PostgreSQL. Files are named after a route, or after a promise that all
//! routes keep. What several files use is in `common`.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod common;

mod access;
mod assets;
mod bad_input;
mod cancel;
mod compression;
mod concurrent_rsvps;
mod database_failures;
mod delete;
mod edit;
mod errors;
mod failing_store;
mod guests;
mod health;
mod history;
mod host;
mod index;
mod interrupted_form;
mod invitation;
mod journey;
mod layout;
mod logged_failures;
mod maintenance;
mod messages;
mod notices;
mod operating;
mod party;
mod people;
mod preview;
mod program;
mod quotas;
mod reads;
mod register;
mod registration;
mod rsvp;
mod search_limits;
mod shared_database;
mod slow_body;
mod stylesheet;
mod user;
mod visibility;
