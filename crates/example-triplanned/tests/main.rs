//! TriPlanned over HTTP, on both engines.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;
mod index;
mod journey;
mod profile;
