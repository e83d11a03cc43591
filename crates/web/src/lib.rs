//! DinnerParty: friends make accounts, host dinner parties, and RSVP.
//!
//! The thin shell around `domain` and `accounts`: addresses, pages and sentences. A page extracts, asks, matches and
//! answers; rules, SQL and log-ins are elsewhere. The program is put together in `main.rs`, the only file that names a
//! store.

mod app;
mod assets;
mod dinner;
mod gzip;
mod layout;
mod pages;
mod table;
mod words;

pub mod config;
pub mod log;
pub mod serve;

pub use app::{App, AppError, Services, app};
pub use dinner::{Answering, Dinner, Readiness};
pub use gzip::Gzip;
