//! DinnerParty as people meet it: over a real socket, on SQLite and on PostgreSQL. The files are named after the
//! routes, or after a promise of all of them; what they share is in `common`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

mod access;
mod assets;
mod bad_input;
mod errors;
mod failing_store;
mod faults;
mod gzip;
mod health;
mod index;
mod journey;
mod neighbors;
mod party;
mod program;
mod register;
mod rsvp;
mod slow_body;
mod storm;
mod stylesheet;
mod user;
