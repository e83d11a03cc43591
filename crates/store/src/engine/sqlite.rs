//! How SQLite is opened, read and written.

pub(super) mod checkpoint;
pub(super) mod connection_cache;
pub(super) mod group_commit;
pub(super) mod open;
