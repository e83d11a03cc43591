//! TriPlanned over HTTP, on both engines.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod account;
mod common;
mod index;
mod journey;
mod profile;
