//! How PostgreSQL is opened and written.

pub(super) mod open;
pub(super) mod transaction;
