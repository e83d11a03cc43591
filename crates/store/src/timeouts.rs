//! Every timeout and interval of this crate. How the timeouts of all crates nest is in `docs/ARCHITECTURE.md`.

use std::time::Duration;

/// How long opening a database may take. Covers a PostgreSQL server that is starting up, and an SQLite file that another
/// process is creating: switching a new file to WAL fails now and then, however long the busy timeout is.
pub(crate) const OPEN_TIMEOUT: Duration = Duration::from_secs(5);

/// Interval between two attempts to open an SQLite file.
pub(crate) const SQLITE_OPEN_INTERVAL: Duration = Duration::from_millis(20);

/// Interval between two attempts to reach a PostgreSQL server.
pub(crate) const POSTGRES_OPEN_INTERVAL: Duration = Duration::from_millis(100);

/// How long a statement waits for a connection of a pool. A request reports an unreachable server after this time.
pub(crate) const POOL_ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// SQLite's busy timeout: how long a statement waits for another process's lock.
pub(crate) const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a server may take to respond to a statement. Longer than [`POSTGRES_STATEMENT_TIMEOUT`], so that a live server
/// reports its own timeout first; afterwards the connection counts as silent.
pub(crate) const STATEMENT_DEADLINE: Duration = Duration::from_secs(12);

/// How long a statement of the search pool may run.
pub(crate) const SEARCH_TIMEOUT: Duration = Duration::from_millis(500);

/// How long a search waits in the search queue for its turn.
pub(crate) const SEARCH_QUEUE_TIMEOUT: Duration = Duration::from_secs(2);

/// For how long a user comes after other users in the search queue, at most.
pub(crate) const MAX_SEARCH_DEBT: Duration = Duration::from_mins(10);

/// How long a PostgreSQL connection may take to respond to the ping when it returns to its pool. The client may have left in
/// the middle of a statement. A lost host never responds, and the driver's own ping would wait for minutes.
pub(crate) const POSTGRES_RELEASE_PING_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an idle PostgreSQL connection may take to respond to the ping before it is lent. No statement runs on it, and the
/// caller has [`POOL_ACQUIRE_TIMEOUT`] for all connections that turn out to be lost.
pub(crate) const POSTGRES_ACQUIRE_PING_TIMEOUT: Duration = Duration::from_millis(500);

/// A PostgreSQL connection that was idle for less than this is lent without a ping, which takes as long as a statement.
pub(crate) const POSTGRES_PING_AFTER_IDLE: Duration = Duration::from_secs(1);

/// The statement timeout (PostgreSQL's `statement_timeout`): how long one statement may run. No client waits longer for a
/// response.
pub(crate) const POSTGRES_STATEMENT_TIMEOUT: &str = "10s";

/// The lock timeout (PostgreSQL's `lock_timeout`): how long a statement waits for one lock.
pub(crate) const POSTGRES_LOCK_TIMEOUT: &str = "5s";

/// PostgreSQL's `idle_in_transaction_session_timeout`: how long a transaction may be without a statement. Frees the locks of a process that stopped in a transaction.
pub(crate) const POSTGRES_IDLE_TRANSACTION_TIMEOUT: &str = "10s";

/// For how long a failed write job is retried on PostgreSQL.
pub(crate) const WRITE_RETRY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a write job may wait in SQLite's write queue before it begins. Equal to [`SQLITE_BUSY_TIMEOUT`].
pub(crate) const WRITE_QUEUE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a write job may run on SQLite, where every other job waits for it. A statement takes less than 1 ms.
pub(crate) const WRITE_JOB_TIMEOUT: Duration = Duration::from_secs(10);

/// A group commit that takes longer is logged: the disk is slow, or another process holds the write lock.
pub(crate) const SLOW_BATCH_THRESHOLD: Duration = Duration::from_secs(2);

/// How often the length of the WAL is read. Reading it costs as much as waking a thread.
pub(crate) const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(1);

/// Sets how long a forced WAL checkpoint waits for readers: 1 s. Writes wait meanwhile; a search takes less.
pub(crate) const CHECKPOINT_BUSY_TIMEOUT: &str = "PRAGMA busy_timeout = 1000";

/// Delay after a forced checkpoint that a reader blocked. Leaves nine tenths of the time to the writes.
pub(crate) const CHECKPOINT_RETRY_DELAY: Duration = Duration::from_secs(10);

/// How long a readiness check may take.
pub(crate) const READINESS_TIMEOUT: Duration = Duration::from_secs(1);
