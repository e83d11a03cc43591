//! DinnerParty in Chromium, on SQLite: the journeys with and without scripts, and what needs a browser: focus, history,
//! tabs, and whether a page fits the screen.
//!
//! A test binary of its own, so that browsers do not compete with the load tests for the processor.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[allow(dead_code, unused_imports, reason = "shared with the other test binary, which uses more of it")]
#[path = "../common/mod.rs"]
mod common;
mod steps;

mod account;
mod double_submit;
mod history;
mod host_table;
mod journey;
mod keyboard;
mod list;
mod pasted;
mod phone;
mod print;
mod scripts;
mod several_services;
mod small_screen;
mod tabs;
