//! DinnerParty in a real browser, on SQLite: the journeys with scripts and without, and what only a browser can show,
//! which is focus, history, tabs, and whether a page fits. A program of its own, so that browsers do not share the
//! processor with the storms.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[allow(dead_code, unused_imports, reason = "it is the other program's too, and that asks for more")]
#[path = "../common/mod.rs"]
mod common;
mod people;

mod comforts;
mod going_back;
mod journey;
mod keyboard;
mod pages;
mod services;
mod tabs;
mod twice;
