//! The RSVP rules as a whole: random commands beside a plain model, and every reachable state of small tables.
#![allow(clippy::unwrap_used, reason = "a failure of the test")]
#![allow(clippy::print_stdout, reason = "the number of states")]

mod commands;
mod every_state;
mod model;
mod random;
