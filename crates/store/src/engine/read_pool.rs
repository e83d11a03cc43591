//! A pool that statements are read from. Pages have one, and searches another, in a
//! [`SearchPool`](super::search_pool::SearchPool). Writes go through [`Writer`](super::writer::Writer).

use std::fmt;
use std::marker::PhantomData;

use futures_util::TryStreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use sqlx::{Describe, Either, Error, Execute, Executor, SqlStr};

use super::dialect::Dialect;

/// A pool for reading: pass `&database.read` to a statement as its executor.
///
/// A statement returns all of its rows at once, so that a caller who reads them slowly holds no connection.
///
/// On SQLite, pages are read on a cache of 4 connections and searches on another of 2. A statement whose caller was dropped ends.
/// On PostgreSQL, these are pools of 6 and of 2 connections, each with a circuit breaker: while the server is away, one statement
/// probes it and all others fail immediately with [`sqlx::Error::PoolTimedOut`]. A statement waits for a connection for 5 seconds,
/// and for a server's response for 12.
pub struct ReadPool<D: Dialect, C = <D as Dialect>::ReadConnections> {
    connections: C,
    dialect: PhantomData<fn() -> D>,
}

/// How a [`ReadPool`] acquires its connections.
pub trait ReadConnections<D: Dialect>: Clone + fmt::Debug + Send + Sync + 'static {
    /// A connection for one statement.
    type Lease: Lease<D>;

    /// Waits for a connection that no other statement uses.
    fn acquire(&self) -> impl Future<Output = Result<Self::Lease, Error>> + Send;

    /// Closes every connection, after the statements that are under way.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

/// A connection lent for one statement.
pub trait Lease<D: Dialect>: Send {
    /// The connection.
    fn connection(&mut self) -> Result<&mut D::Connection, Error>;

    /// Awaits the statement for as long as its connection may be silent.
    fn limit<T: Send>(
        statement: impl Future<Output = Result<T, Error>> + Send,
    ) -> impl Future<Output = Result<T, Error>> + Send;

    /// Ends the lease, and returns the statement's result. The result decides whether the connection is used again.
    fn release<T>(self, result: Result<T, Error>) -> Result<T, Error>;
}

impl<D: Dialect, C: ReadConnections<D>> ReadPool<D, C> {
    pub(crate) fn new(connections: C) -> Self {
        Self { connections, dialect: PhantomData }
    }

    /// Closes every connection, after the statements that are under way.
    pub(crate) async fn close(&self) {
        self.connections.close().await;
    }

    #[cfg(test)]
    pub(crate) fn connections(&self) -> &C {
        &self.connections
    }
}

// A derive would require `D: Clone`.
impl<D: Dialect, C: Clone> Clone for ReadPool<D, C> {
    fn clone(&self) -> Self {
        Self { connections: self.connections.clone(), dialect: PhantomData }
    }
}

impl<D: Dialect, C: fmt::Debug> fmt::Debug for ReadPool<D, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReadPool").field(&self.connections).finish()
    }
}

/// Runs a statement on a connection of the pool: acquires it, awaits the statement for as long as the connection may be
/// silent, and releases it with the result. (A macro, since a closure cannot promise a future that is `Send` for any lifetime
/// of the connection.)
macro_rules! on_lease {
    ($pool:expr, |$connection:ident| $statement:expr) => {{
        let mut lease = $pool.connections.acquire().await?;
        let $connection = lease.connection()?;
        let result = C::Lease::limit($statement).await;
        lease.release(result)
    }};
}

impl<'r, D: Dialect, C: ReadConnections<D>> Executor<'r> for &'r ReadPool<D, C> {
    type Database = D;

    /// Collects all rows before it returns the first.
    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<D::QueryResult, D::Row>, Error>>
    where
        'r: 'e,
        E: 'q + Execute<'q, D>,
    {
        let rows = async move { on_lease!(self, |connection| connection.fetch_many(query).try_collect::<Vec<_>>()) };
        Box::pin(stream::once(rows).map_ok(|rows| stream::iter(rows.into_iter().map(Ok))).try_flatten())
    }

    fn fetch_all<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Vec<D::Row>, Error>>
    where
        'r: 'e,
        E: 'q + Execute<'q, D>,
    {
        Box::pin(async move { on_lease!(self, |connection| connection.fetch_all(query)) })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<D::Row>, Error>>
    where
        'r: 'e,
        E: 'q + Execute<'q, D>,
    {
        Box::pin(async move { on_lease!(self, |connection| connection.fetch_optional(query)) })
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [D::TypeInfo]) -> BoxFuture<'e, Result<D::Statement, Error>>
    where
        'r: 'e,
    {
        Box::pin(async move { on_lease!(self, |connection| connection.prepare_with(sql, parameters)) })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<D>, Error>>
    where
        'r: 'e,
    {
        Box::pin(async move { on_lease!(self, |connection| connection.describe(sql)) })
    }
}

#[cfg(test)]
mod tests;
