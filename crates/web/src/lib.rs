//! DinnerParty: friends make accounts, host dinner parties, and RSVP.
//!
//! The thin shell around `domain` and `accounts`: routes, pages and messages. A handler extracts, calls a use case,
//! matches its result and responds. Rules, SQL and log-in live in the crates below. The `dinnerparty` program is put
//! together in `main.rs`. Only `main.rs`, `services.rs`, `maintenance.rs` and
//! `maintenance/messages.rs` name the `store` crate.

mod app;
mod assets;
mod calendar;
mod export;
#[cfg(test)]
mod fixtures;
mod head;
mod icons;
mod jobs;
mod layout;
mod linked_text;
mod messages;
mod pages;
mod palette;
mod preview;
mod qr;
mod services;
mod state;
mod table;

pub mod config;
pub mod log;

pub use app::{App, AppError, app, password_policy};
pub use export::export_parties;
pub use services::Services;
pub use state::{AppState, ReadinessCheck, ReadinessFuture};
