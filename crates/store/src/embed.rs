//! For an embedder's own tables in the accounts' database: pools to read from, the writer, and migrations.
//!
//! A statement is written once for both engines: a repository is generic over the [`Dialect`], reads through
//! [`OpenDatabase::read`] and writes through [`OpenDatabase::writer`]. A program matches on the engine once, where it starts.
//!
//! ```no_run
//! use std::sync::Arc;
//! use domain::StoreError;
//! use accounts_store::AccountStore;
//! use accounts_store::embed::sqlx::{query, query_scalar};
//! use accounts_store::embed::{Database, Dialect, OpenDatabase};
//!
//! struct Posts<D: Dialect> { database: OpenDatabase<D> }
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
//!         let added = self.database.writer.write((author, city), |connection, (author, city)| {
//!             Box::pin(async move {
//!                 let add = query_scalar::<D, i64>("INSERT INTO posts (author_id, city) VALUES ($1, $2) RETURNING id");
//!                 Ok(add.bind(*author).bind(city.as_str()).fetch_one(connection).await?)
//!             })
//!         });
//!         Ok(added.await?)
//!     }
//!
//!     async fn count(&self) -> Result<i64, StoreError> {
//!         let count = query_scalar("SELECT count(*) FROM posts").fetch_one(&self.database.read);
//!         count.await.map_err(StoreError::new)
//!     }
//! }
//!
//! fn posts(store: &AccountStore) -> Arc<dyn PostRepository> {
//!     match store.database().clone() {
//!         Database::Sqlite(database) => Arc::new(Posts { database }),
//!         Database::Postgres(database) => Arc::new(Posts { database }),
//!     }
//! }
//! ```
//!
//! The tables are created by [`AccountStore::connect_with`](crate::AccountStore::connect_with) and a [`MigrationSet`]; they
//! may refer to `users (id)`. A statement that must differ between the engines is selected by [`Dialect::pick`].

pub use sqlx;

pub use crate::accounts::notices::notify;
pub use crate::engine::dialect::{Dialect, is_taken};
pub use crate::engine::migrate::MigrationSet;
pub use crate::engine::read_pool::ReadPool;
pub use crate::engine::search_pool::{Search, SearchPool};
pub use crate::engine::search_queue::SearchRefused;
pub use crate::engine::writer::{WriteError, Writer};
pub use crate::engine::{Database, OpenDatabase};
pub use crate::hooks::{HookError, Hooks};
pub use crate::job::Job;
