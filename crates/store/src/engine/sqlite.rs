//! SQLite: how a file is opened, read by a cache of connections, and written by a group commit.

pub(crate) mod checkpoint;
pub(crate) mod connection_cache;
pub(crate) mod error_code;
pub(crate) mod group_commit;
mod interrupt;
pub(crate) mod open;
mod url;
