//! For a program that keeps own tables in the accounts' database: where to read, the only way to write, and own
//! migrations. Which tables there are is not known here.
//!
//! One text serves both engines: a repository is generic over the [`Dialect`], reads through [`Engine::read`] and writes
//! through [`Engine::writer`]. The engine is matched on once, where the program starts.
//!
//! ```no_run
//! use std::sync::Arc;
//! use domain::StoreError;
//! use store::AccountStore;
//! use store::embed::sqlx::{query, query_scalar};
//! use store::embed::{Database, Dialect, Engine};
//!
//! struct Posts<D: Dialect> { engine: Engine<D> }
//!
//! #[async_trait::async_trait]
//! trait PostRepository: Send + Sync {
//!     async fn add(&self, author: i64, city: String) -> Result<i64, StoreError>;
//!     async fn count(&self) -> Result<i64, StoreError>;
//! }
//!
//! #[async_trait::async_trait]
//! impl<D: Dialect> PostRepository for Posts<D> {
//!     async fn add(&self, author: i64, city: String) -> Result<i64, StoreError> {
//!         let added = self.engine.writer.write((author, city), |connection, (author, city)| {
//!             Box::pin(async move {
//!                 let add = query_scalar::<D, i64>("INSERT INTO posts (author_id, city) VALUES ($1, $2) RETURNING id");
//!                 Ok(add.bind(*author).bind(city.as_str()).fetch_one(connection).await?)
//!             })
//!         });
//!         Ok(added.await?)
//!     }
//!
//!     async fn count(&self) -> Result<i64, StoreError> {
//!         let count = query_scalar("SELECT count(*) FROM posts").fetch_one(&self.engine.read);
//!         count.await.map_err(StoreError::new)
//!     }
//! }
//!
//! fn posts(store: &AccountStore) -> Arc<dyn PostRepository> {
//!     match store.database().clone() {
//!         Database::Sqlite(engine) => Arc::new(Posts { engine }),
//!         Database::Postgres(engine) => Arc::new(Posts { engine }),
//!     }
//! }
//! ```
//!
//! Its tables come with [`AccountStore::connect_with`](crate::AccountStore::connect_with) and a [`MigrationSet`]; they may
//! refer to `users (id)`. What only one engine says, or says differently, is chosen by [`Dialect::pick`].

pub use sqlx;
use sqlx::{Postgres, Sqlite};

pub use crate::engine::dialect::{Bind, Column, Dialect, Same, Where, is_taken};
pub use crate::engine::migrate::MigrationSet;
pub use crate::engine::read_pool::ReadPool;
pub use crate::engine::writer::{WriteError, Writer};

/// An open database: where to read, and the only way to write.
#[derive(Debug)]
#[non_exhaustive]
pub struct Engine<D: Dialect> {
    /// For reading. SQLite refuses writes here; PostgreSQL would do them, without the [`Writer`]'s promises.
    pub read: ReadPool<D>,
    /// For writing.
    pub writer: Writer<D>,
}

impl<D: Dialect> Engine<D> {
    /// The last connection to a file folds its WAL, and cannot do so by a connection that only reads.
    pub(crate) async fn close(&self) {
        self.read.close().await;
        self.writer.close().await;
    }
}

impl<D: Dialect> Clone for Engine<D> {
    fn clone(&self) -> Self {
        Self { read: self.read.clone(), writer: self.writer.clone() }
    }
}

/// An open database, whichever engine it is on.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file of this machine.
    Sqlite(Engine<Sqlite>),
    /// A server.
    Postgres(Engine<Postgres>),
}
