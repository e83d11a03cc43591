//! The pool for reads that may take long, with a time limit and a fair queue.

use std::fmt;

use super::dialect::Dialect;
use super::read_pool::ReadPool;
use super::search_queue::{SearchQueue, SearchRefused, Turn};

/// Connections for reads that may take long, so that they delay no page: a search, and every other read whose length depends on
/// what others have stored.
///
/// There are 2. A user has one search at a time, and of the users who wait, the next is the one whose searches took the least
/// time lately. The engine ends a statement after 500 ms ([`Dialect::is_interrupted`]), and its connection is used again. SQLite
/// also ends a statement that was dropped.
pub struct SearchPool<D: Dialect> {
    connections: ReadPool<D>,
    queue: SearchQueue,
}

impl<D: Dialect> SearchPool<D> {
    /// A pool of `size` connections.
    pub(crate) fn new(connections: ReadPool<D>, size: u32) -> Self {
        Self { connections, queue: SearchQueue::new(size) }
    }

    /// Begins a search of the user with the id `user`, as soon as it is the user's turn.
    ///
    /// # Errors
    /// [`SearchRefused`] after 2 seconds.
    pub async fn begin(&self, user: i64) -> Result<Search<D>, SearchRefused> {
        Ok(Search { connections: self.connections.clone(), _turn: self.queue.begin(user).await? })
    }

    /// Closes every connection, after the statements that are under way.
    pub(crate) async fn close(&self) {
        self.connections.close().await;
    }
}

/// A search that has begun, and that ends when it is dropped.
pub struct Search<D: Dialect> {
    connections: ReadPool<D>,
    _turn: Turn,
}

impl<D: Dialect> Search<D> {
    /// The executor of its statements.
    #[must_use]
    pub fn executor(&self) -> &ReadPool<D> {
        &self.connections
    }
}

// A derive would require `D: Clone`.
impl<D: Dialect> Clone for SearchPool<D> {
    fn clone(&self) -> Self {
        Self { connections: self.connections.clone(), queue: self.queue.clone() }
    }
}

impl<D: Dialect> fmt::Debug for SearchPool<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SearchPool").field(&self.connections).finish()
    }
}

#[cfg(test)]
mod tests;
