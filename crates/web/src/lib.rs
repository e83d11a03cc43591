//! DinnerParty: friends make accounts, host dinner parties, and RSVP.
//!
//! The thin shell around `domain` and `accounts`: addresses, pages and sentences. A page extracts, asks, matches and
//! answers; rules, SQL and log-ins are elsewhere. The program is put together in `main.rs`; a store is named there, in
//! `services.rs` and in `upkeep.rs` alone.

mod app;
mod assets;
mod dinner;
mod layout;
mod pages;
mod services;
mod table;
mod words;

pub mod config;
pub mod log;
pub mod serve;

pub use app::{App, AppError, app};
pub use dinner::{Answering, Dinner, Readiness};
pub use services::Services;
