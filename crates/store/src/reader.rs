//! Where to read. What is read is the repositories' business; writing is the [`crate::embed::Writer`]'s.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, Describe, Either, Error, Execute, Executor, Pool, SqlStr};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::dialect::Dialect;
use crate::gate::{Gate, in_time};

/// Reads: give `&engine.read` to a statement where it asks for an executor.
///
/// A statement gives all of its rows at once. On SQLite it runs on one of a few connections that are kept beside the pool.
/// The pool asks a connection that comes back whether it still lives; there it has no line that could be cut, and the
/// question takes the time of a short statement.
pub struct Reader<D: Dialect> {
    gate: Gate<D>,
    kept: Option<Arc<Kept<D>>>,
}

/// Connections that go from one statement to the next, and the places that there are for them.
struct Kept<D: Dialect> {
    /// Opens them. Not the pool, whose connections may all be busy for long.
    opener: Pool<D>,
    idle: Mutex<Vec<D::Connection>>,
    places: Arc<Semaphore>,
    most: u32,
    patience: Duration,
}

impl<D: Dialect> Reader<D> {
    /// Reads by the pool alone.
    pub(crate) fn by(pool: Pool<D>) -> Self {
        Self { gate: Gate::to(pool), kept: None }
    }

    /// Reads by at most `most` connections, for which nobody waits longer than `patience`; `opener` opens them.
    pub(crate) fn keeping(most: u32, patience: Duration, opener: Pool<D>, pool: Pool<D>) -> Self {
        let places = Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(1)));
        Self {
            gate: Gate::to(pool),
            kept: Some(Arc::new(Kept { opener, idle: Mutex::default(), places, most, patience })),
        }
    }

    /// The pool, for what needs one connection for several statements.
    #[must_use]
    pub fn pool(&self) -> &Pool<D> {
        self.gate.pool()
    }

    /// A connection of the pool, for a statement that may take long, or several. On SQLite pages need none of these: what
    /// nobody waits for any more runs to its end there, and no page shall wait for it.
    #[cfg(feature = "party")]
    pub(crate) async fn acquire(&self) -> Result<PoolConnection<D>, Error> {
        self.gate.acquire().await
    }

    /// Closes every connection, after the statements that are under way.
    pub(crate) async fn close(&self) {
        if let Some(kept) = &self.kept {
            let all = kept.places.acquire_many(kept.most).await;
            kept.places.close();
            let idle = std::mem::take(&mut *kept.idle());
            for connection in idle {
                let _ = connection.close().await; // nothing was written on it that could be lost
            }
            drop(all);
            kept.opener.close().await;
        }
        self.pool().close().await;
    }

    async fn lend(&self) -> Result<Lent<D>, Error> {
        Ok(match &self.kept {
            Some(kept) => Lent::Kept(self.lease(kept).await?),
            None => Lent::Pooled(self.gate.acquire().await?),
        })
    }

    /// What is told on a connection: a server may fall silent, a file does not.
    async fn in_time<T>(&self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        if self.kept.is_some() { answer.await } else { in_time(answer).await }
    }

    async fn lease(&self, kept: &Arc<Kept<D>>) -> Result<Lease<D>, Error> {
        let lease = |connection, place| Lease {
            connection: Some(connection),
            place: Some(place),
            kept: Arc::clone(kept),
            ended: false,
        };
        if let Ok(place) = Arc::clone(&kept.places).try_acquire_owned() {
            let idle = kept.idle().pop();
            if let Some(connection) = idle {
                return Ok(lease(connection, place));
            }
        }
        let waited = tokio::time::timeout(kept.patience, async {
            let place = Arc::clone(&kept.places).acquire_owned().await.map_err(|_| Error::PoolClosed)?;
            let idle = kept.idle().pop();
            let connection = match idle {
                Some(connection) => connection,
                None => kept.opener.acquire().await?.detach(),
            };
            Ok(lease(connection, place))
        });
        waited.await.unwrap_or(Err(Error::PoolTimedOut))
    }
}

impl<D: Dialect> Kept<D> {
    fn idle(&self) -> MutexGuard<'_, Vec<D::Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner) // a push or a pop is whole or not at all
    }
}

/// A connection for one statement.
enum Lent<D: Dialect> {
    Kept(Lease<D>),
    Pooled(PoolConnection<D>),
}

impl<D: Dialect> Lent<D> {
    fn connection(&mut self) -> Result<&mut D::Connection, Error> {
        match self {
            Self::Kept(lease) => lease.connection(),
            Self::Pooled(connection) => Ok(connection),
        }
    }

    /// Passes on what was told.
    fn end<T>(self, told: Result<T, Error>) -> Result<T, Error> {
        match self {
            Self::Kept(lease) => lease.end(told),
            Self::Pooled(_) => told,
        }
    }
}

/// A connection that is kept, and its place.
struct Lease<D: Dialect> {
    connection: Option<D::Connection>,
    place: Option<OwnedSemaphorePermit>,
    kept: Arc<Kept<D>>,
    ended: bool,
}

impl<D: Dialect> Lease<D> {
    fn connection(&mut self) -> Result<&mut D::Connection, Error> {
        self.connection.as_mut().ok_or(Error::WorkerCrashed)
    }

    /// Passes on what was told. A connection on which something failed is not used again.
    fn end<T>(mut self, told: Result<T, Error>) -> Result<T, Error> {
        if told.is_err() {
            self.connection = None;
        }
        self.ended = true;
        told
    }
}

impl<D: Dialect> Drop for Lease<D> {
    fn drop(&mut self) {
        let (Some(mut connection), place, kept) = (self.connection.take(), self.place.take(), Arc::clone(&self.kept))
        else {
            return;
        };
        if self.ended {
            kept.idle().push(connection); // before its place is free
        } else if let Ok(runtime) = Handle::try_current() {
            // Nobody waits for the answer any more, but the statement may still run: nobody waits behind it either, and
            // it keeps its place, so that no more run than there are places for.
            runtime.spawn(async move {
                if connection.ping().await.is_ok() {
                    kept.idle().push(connection);
                }
                drop(place);
            });
        }
    }
}

impl<D: Dialect> Clone for Reader<D> {
    fn clone(&self) -> Self {
        Self { gate: self.gate.clone(), kept: self.kept.clone() } // a derive would ask for D: Clone
    }
}

impl<D: Dialect> fmt::Debug for Reader<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("pool", self.pool()).finish_non_exhaustive()
    }
}

impl<'r, D: Dialect> Executor<'r> for &'r Reader<D> {
    type Database = D;

    /// All rows at once: nobody keeps one by taking its rows slowly.
    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<D::QueryResult, D::Row>, Error>>
    where
        'r: 'e,
        E: 'q + Execute<'q, D>,
    {
        let rows = stream::once(async move {
            let mut lent = self.lend().await?;
            let told = self.in_time(lent.connection()?.fetch_many(query).try_collect::<Vec<_>>()).await;
            lent.end(told)
        });
        Box::pin(rows.map_ok(|rows| stream::iter(rows.into_iter().map(Ok))).try_flatten())
    }

    fn fetch_all<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Vec<D::Row>, Error>>
    where
        'r: 'e,
        E: 'q + Execute<'q, D>,
    {
        Box::pin(async move {
            let mut lent = self.lend().await?;
            let told = self.in_time(lent.connection()?.fetch_all(query)).await;
            lent.end(told)
        })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<D::Row>, Error>>
    where
        'r: 'e,
        E: 'q + Execute<'q, D>,
    {
        Box::pin(async move {
            let mut lent = self.lend().await?;
            let told = self.in_time(lent.connection()?.fetch_optional(query)).await;
            lent.end(told)
        })
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [D::TypeInfo]) -> BoxFuture<'e, Result<D::Statement, Error>>
    where
        'r: 'e,
    {
        self.pool().prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<D>, Error>>
    where
        'r: 'e,
    {
        self.pool().describe(sql)
    }
}

#[cfg(test)]
mod tests;
