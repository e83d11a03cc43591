//! The accounts as an embedder gives them to visitors: over a real socket, against the real store. Each file is a page
//! or a promise of the layer; what they share is in `common`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;
mod csrf;
mod embedding;
mod errors;
mod events;
mod failing_store;
mod flash;
mod guard;
mod headers;
mod https;
mod in_flight;
mod json;
mod limits;
mod log_in;
mod log_out;
mod loopback;
mod markup;
mod next;
mod register;
mod session;
mod silence;
mod use_cases;
