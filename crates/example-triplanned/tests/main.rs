//! TriPlanned over a real socket, on both engines: as its visitors meet it.

#![allow(clippy::unwrap_used, reason = "a test's set-up that fails is a test that fails")]

mod common;
mod index;
mod journey;
mod profile;
