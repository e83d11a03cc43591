//! Shared parts of the load and fault programs, which are the examples of this crate and are started by `cargo xtask`.
//!
//! | example | what it does |
//! | --- | --- |
//! | `faults` | kills the program, fills its disk, stops its database; compares acknowledged with stored writes |
//! | `load` | sends a mixed load at a constant rate and watches responses, latency and memory |
//! | `attack` | holds connections open, floods the log-in, guesses passwords, forges addresses; measures another client |
//! | `log_out_race` | logs out while other requests use the session |
//! | `log_in_timing` | compares the times of refused log-ins: with and without an account, disabled, imported, limited |
//! | `memory_secrets` | reads the memory of the server after log-ins, and counts copies of the password and of tokens |
//! | `throttle_table` | fills the table of the limits' counters with a million keys and measures it |
//! | `gallery` | shows every page in each of its states to a browser: for pictures and for audits |
//!
//! This library holds what needs neither the test kit nor `test-support`, since those are dev-dependencies only.

pub mod connections;
pub mod contact_sheet;
pub mod descriptors;
pub mod history;
pub mod latency;
pub mod mann_whitney;
pub mod memory_image;
pub mod page_budget;
pub mod ports;
pub mod process;
pub mod proxy;
pub mod random;
pub mod raw_http;
pub mod server;
pub mod sync_trace;
pub mod timeouts;
