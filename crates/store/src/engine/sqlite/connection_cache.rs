//! A cache of connections that pass from one statement to the next without a ping. A statement ends with its caller.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::{Connection as _, Error, Pool, Sqlite, SqliteConnection};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::interrupt::Interrupt;
use crate::engine::dialect::Dialect as _;
use crate::engine::read_pool::{Lease, ReadConnections};
use crate::timeouts::POOL_ACQUIRE_TIMEOUT;

/// Read-only connections to one SQLite file.
///
/// sqlx's own pool pings each connection that returns to it, in a task of its own. A file has no line that could be cut, and
/// the ping takes as long as a short statement (figures in `docs/adr/0010-delimited-rows.md`).
#[derive(Clone)]
pub struct ConnectionCache {
    shared: Arc<Shared>,
    /// How long a statement may run.
    limit: Option<Duration>,
}

struct Shared {
    /// Opens connections. It is a pool of its own, since the connections of another may all be busy for long.
    opener: Pool<Sqlite>,
    idle: Mutex<Vec<Interruptible>>,
    /// One permit per connection that may be in use.
    permits: Arc<Semaphore>,
    size: u32,
}

/// A connection whose statements can be ended.
struct Interruptible {
    connection: SqliteConnection,
    interrupt: Interrupt,
}

impl ConnectionCache {
    /// A cache of at most `size` connections, which `opener` opens as they are needed.
    pub(crate) fn new(size: u32, opener: Pool<Sqlite>) -> Self {
        let permits = Arc::new(Semaphore::new(usize::try_from(size).unwrap_or(1)));
        Self { shared: Arc::new(Shared { opener, idle: Mutex::default(), permits, size }), limit: None }
    }

    /// The same cache, whose statements end after `limit`.
    pub(crate) fn with_limit(self, limit: Duration) -> Self {
        Self { limit: Some(limit), ..self }
    }

    fn lease(&self, connection: Interruptible, permit: OwnedSemaphorePermit) -> CachedConnection {
        connection.interrupt.start(self.limit);
        CachedConnection {
            connection: Some(connection),
            permit: Some(permit),
            shared: Arc::clone(&self.shared),
            has_ended: false,
        }
    }
}

impl fmt::Debug for ConnectionCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (size, idle) = (self.shared.size, self.shared.idle().len());
        f.debug_struct("ConnectionCache").field("size", &size).field("idle", &idle).finish_non_exhaustive()
    }
}

impl Shared {
    async fn open(&self) -> Result<Interruptible, Error> {
        let mut connection = self.opener.acquire().await?.detach();
        let interrupt = Interrupt::install(&mut connection).await?;
        Ok(Interruptible { connection, interrupt })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Interruptible>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner) // no panic can leave a push or a pop half done
    }
}

impl ReadConnections<Sqlite> for ConnectionCache {
    type Lease = CachedConnection;

    async fn acquire(&self) -> Result<CachedConnection, Error> {
        let shared = &self.shared;
        // Without a timer where a permit and an idle connection are free.
        if let Ok(permit) = Arc::clone(&shared.permits).try_acquire_owned() {
            let idle = shared.idle().pop();
            if let Some(connection) = idle {
                return Ok(self.lease(connection, permit));
            }
        }
        let acquired = timeout(POOL_ACQUIRE_TIMEOUT, async {
            let permit = Arc::clone(&shared.permits).acquire_owned().await.map_err(|_| Error::PoolClosed)?;
            let idle = shared.idle().pop();
            let connection = match idle {
                Some(connection) => connection,
                None => shared.open().await?,
            };
            Ok(self.lease(connection, permit))
        });
        acquired.await.unwrap_or(Err(Error::PoolTimedOut))
    }

    async fn close(&self) {
        let shared = &self.shared;
        let all_permits = shared.permits.acquire_many(shared.size).await;
        shared.permits.close();
        let idle = std::mem::take(&mut *shared.idle());
        for connection in idle {
            let _ = connection.connection.close().await; // read-only: nothing can be lost
        }
        drop(all_permits);
        shared.opener.close().await;
    }
}

/// A connection of the cache, and its permit.
pub struct CachedConnection {
    connection: Option<Interruptible>,
    permit: Option<OwnedSemaphorePermit>,
    shared: Arc<Shared>,
    has_ended: bool,
}

impl Lease<Sqlite> for CachedConnection {
    fn connection(&mut self) -> Result<&mut SqliteConnection, Error> {
        Ok(&mut self.connection.as_mut().ok_or(Error::WorkerCrashed)?.connection)
    }

    /// Without a deadline: a file is never silent.
    async fn limit<T: Send>(statement: impl Future<Output = Result<T, Error>> + Send) -> Result<T, Error> {
        statement.await
    }

    /// Closes the connection where its statement failed, unless it took too long.
    fn release<T>(mut self, result: Result<T, Error>) -> Result<T, Error> {
        if result.as_ref().is_err_and(|error| !Sqlite::is_interrupted(error)) {
            self.connection = None;
        }
        self.has_ended = true;
        result
    }
}

impl Drop for CachedConnection {
    fn drop(&mut self) {
        let (Some(mut connection), permit) = (self.connection.take(), self.permit.take()) else {
            return;
        };
        let shared = Arc::clone(&self.shared);
        if self.has_ended {
            shared.idle().push(connection); // before the permit is free
        } else if let Ok(runtime) = Handle::try_current() {
            // The caller was dropped, but SQLite may still run the statement, until its next check. No other statement waits
            // behind it, and it keeps its permit, so that no more statements run than there are permits.
            connection.interrupt.end();
            runtime.spawn(async move {
                if connection.connection.ping().await.is_ok() {
                    shared.idle().push(connection);
                }
                drop(permit);
            });
        }
    }
}

#[cfg(test)]
mod tests;
