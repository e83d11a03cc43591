//! The timeouts of the program itself. Those of requests, connections and the database are in the crates that keep them.

use std::time::Duration;

/// How long the program waits at shutdown for the database to close.
///
/// Every acknowledged write is stored by then. Without a limit a silent PostgreSQL server would keep the process alive
/// until the service manager kills it.
pub(crate) const DATABASE_CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the program waits at exit for blocking tasks, such as a name lookup: they cannot be cancelled.
pub(crate) const BLOCKING_TASKS_TIMEOUT: Duration = Duration::from_millis(500);
