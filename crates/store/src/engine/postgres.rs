//! PostgreSQL: how a server is reached, and a transaction per write job.

pub(crate) mod error_code;
pub(crate) mod open;
mod pool;
pub(crate) mod transaction;
mod url;
