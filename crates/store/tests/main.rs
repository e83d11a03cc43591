//! The store on both engines, as its callers use it. One program, so that all files share a PostgreSQL and one link.

#![allow(missing_docs, clippy::unwrap_used, reason = "the names of tests describe them")]

mod alongside;
mod backup;
mod check;
mod common;
mod concurrent_rsvps;
mod connect;
mod contract;
mod deletion;
mod inspect_accounts;
mod migrate;
mod party_storm;
mod rename;
mod rows;
mod throttles;
mod writer;
