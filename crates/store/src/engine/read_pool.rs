//! Where to read. What is read is the repositories' business; writing is the [`crate::embed::Writer`]'s.

use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use futures_util::TryStreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use sqlx::pool::PoolConnection;
use sqlx::{Describe, Either, Error, Execute, Executor, Pool, SqlStr};

use crate::engine::circuit_breaker::{CircuitBreaker, in_time};
use crate::engine::dialect::Dialect;
use crate::engine::sqlite::connection_cache::{Kept, Lease};

/// Reads: give `&engine.read` to a statement where it asks for an executor.
///
/// A statement gives all of its rows at once. What may take long has a pool for itself, and no page waits for it. On SQLite a
/// statement runs on one of a few connections that are kept: a pool asks a connection that comes back whether it still lives;
/// there it has no line that could be cut, and the question takes the time of a short statement.
pub struct ReadPool<D: Dialect> {
    way: Way<D>,
    apart: CircuitBreaker<D>,
}

enum Way<D: Dialect> {
    Kept(Arc<Kept<D>>),
    /// As to a server, which may be away or fall silent.
    Pooled(CircuitBreaker<D>),
}

impl<D: Dialect> ReadPool<D> {
    /// Reads by `pool`, and what may take long by `apart`.
    pub(crate) fn by(pool: Pool<D>, apart: Pool<D>) -> Self {
        Self { way: Way::Pooled(CircuitBreaker::to(pool)), apart: CircuitBreaker::to(apart) }
    }

    /// Reads by at most `most` connections, for which nobody waits longer than `patience`; `opener` opens them. What may
    /// take long is read by `apart`.
    pub(crate) fn keeping(most: u32, patience: Duration, opener: Pool<D>, apart: Pool<D>) -> Self {
        Self { way: Way::Kept(Arc::new(Kept::new(most, patience, opener))), apart: CircuitBreaker::to(apart) }
    }

    /// A pool, for what needs one connection for several statements, or may take long.
    #[must_use]
    pub fn pool(&self) -> &Pool<D> {
        self.apart.pool()
    }

    /// Reads by that pool what may take long. Pages need none of its connections: on SQLite what nobody waits for any more
    /// runs to its end, and no page shall wait for it.
    #[cfg(feature = "party")]
    pub(crate) fn apart(&self) -> Self {
        Self { way: Way::Pooled(self.apart.clone()), apart: self.apart.clone() }
    }

    /// Closes every connection, after the statements that are under way.
    pub(crate) async fn close(&self) {
        match &self.way {
            Way::Pooled(gate) => gate.pool().close().await,
            Way::Kept(kept) => kept.close().await,
        }
        self.pool().close().await;
    }

    async fn lend(&self) -> Result<Lent<D>, Error> {
        Ok(match &self.way {
            Way::Kept(kept) => Lent::Kept(kept.lease().await?),
            Way::Pooled(gate) => Lent::Pooled(gate.acquire().await?),
        })
    }

    /// What is told on a connection: a server may fall silent, a file does not.
    async fn in_time<T>(&self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let Way::Pooled(gate) = &self.way else { return answer.await };
        let told = in_time(answer).await;
        if told.is_ok() {
            gate.open();
        }
        told
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

    /// Passes on what was told. A server that has kept silent for so long is not asked on this connection whether it lives.
    /// (On SQLite it is still at work, and keeps its place.)
    fn end<T>(self, told: Result<T, Error>) -> Result<T, Error> {
        match self {
            Self::Kept(lease) => return lease.end(told),
            Self::Pooled(connection) if D::pick(false, true) && is_silent(&told) => drop(connection.detach()),
            Self::Pooled(_) => {}
        }
        told
    }
}

fn is_silent<T>(told: &Result<T, Error>) -> bool {
    matches!(told, Err(Error::Io(error)) if error.kind() == io::ErrorKind::TimedOut)
}

impl<D: Dialect> Clone for ReadPool<D> {
    fn clone(&self) -> Self {
        let way = match &self.way {
            Way::Kept(kept) => Way::Kept(Arc::clone(kept)), // a derive would ask for D: Clone
            Way::Pooled(gate) => Way::Pooled(gate.clone()),
        };
        Self { way, apart: self.apart.clone() }
    }
}

impl<D: Dialect> fmt::Debug for ReadPool<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadPool").field("pool", self.pool()).finish_non_exhaustive()
    }
}

impl<'r, D: Dialect> Executor<'r> for &'r ReadPool<D> {
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
