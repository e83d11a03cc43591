//! The tables of posts and homes, which are ours, in the accounts' database. Each statement is written once for both engines.

use std::sync::Arc;

use accounts::serde_json::json;
use accounts::{ExportPage, ExportSource, Page, PageSize, StoreError, UserId};
use async_trait::async_trait;
use store::AccountStore;
use store::embed::sqlx::{query, query_as, query_scalar};
use store::embed::{Database, Dialect, MigrationSet, OpenDatabase};

use crate::post::{NewPost, Post};

const ADD: &str = "INSERT INTO posts (author_id, city, country, description) VALUES ($1, $2, $3, $4)";
const FIND_HOME: &str = "SELECT place FROM homes WHERE user_id = $1";
const LIST: &str = "SELECT posts.id, username AS author, city, country, description \
     FROM posts JOIN users ON users.id = author_id WHERE posts.id < $1 ORDER BY posts.id DESC LIMIT ($2 + 0)";
const LIST_BY: &str = "SELECT posts.id, username AS author, city, country, description \
     FROM posts JOIN users ON users.id = author_id WHERE posts.id < $1 AND author_id = $3 \
     ORDER BY posts.id DESC LIMIT ($2 + 0)";

/// The port for posts, as the pages see it.
#[async_trait]
pub(crate) trait PostRepository: Send + Sync {
    /// Publishes a post.
    async fn add(&self, post: NewPost) -> Result<(), StoreError>;

    /// Where a user is from; `None` if the user has not said so.
    async fn find_home(&self, user: UserId) -> Result<Option<String>, StoreError>;

    /// A page of posts, newest first: those with an id below `before`, of all authors or of one.
    async fn list(
        &self,
        author: Option<UserId>,
        before: Option<i64>,
        size: PageSize,
    ) -> Result<Page<Post, i64>, StoreError>;
}

/// The migrations of the tables, for both engines.
pub(crate) fn migrations() -> MigrationSet {
    MigrationSet::new("triplanned")
        .and(
            "posts",
            include_str!("../migrations/sqlite/0001_posts.sql"),
            include_str!("../migrations/postgres/0001_posts.sql"),
        )
        .and(
            "homes",
            include_str!("../migrations/sqlite/0002_homes.sql"),
            include_str!("../migrations/postgres/0002_homes.sql"),
        )
}

/// The repository for the database's engine.
pub(crate) fn repository(store: &AccountStore) -> Arc<dyn PostRepository> {
    match store.database().clone() {
        Database::Sqlite(database) => Arc::new(Posts { database }),
        Database::Postgres(database) => Arc::new(Posts { database }),
    }
}

struct Posts<D: Dialect> {
    database: OpenDatabase<D>,
}

/// A row of [`LIST`] and [`LIST_BY`].
type Row = (i64, String, String, String, String);

fn post((id, author, city, country, description): Row) -> Post {
    Post { id, author, city, country, description }
}

#[async_trait]
impl<D: Dialect> PostRepository for Posts<D> {
    async fn add(&self, post: NewPost) -> Result<(), StoreError> {
        let added = self.database.writer.write(post, |connection, post| {
            Box::pin(async move {
                let add = query::<D>(ADD)
                    .bind(post.author.get())
                    .bind(post.place.city.as_str())
                    .bind(post.place.country.as_str())
                    .bind(post.place.description.as_str());
                add.execute(connection).await?;
                Ok(())
            })
        });
        Ok(added.await?)
    }

    async fn find_home(&self, user: UserId) -> Result<Option<String>, StoreError> {
        let find = query_scalar(FIND_HOME).bind(user.get()).fetch_optional(&self.database.read);
        find.await.map_err(StoreError::new)
    }

    async fn list(
        &self,
        author: Option<UserId>,
        before: Option<i64>,
        size: PageSize,
    ) -> Result<Page<Post, i64>, StoreError> {
        let before = before.unwrap_or(i64::MAX);
        let rows = match author {
            None => query_as::<_, Row>(LIST).bind(before).bind(size.rows_and_one()),
            Some(author) => query_as(LIST_BY).bind(before).bind(size.rows_and_one()).bind(author.get()),
        };
        let rows = rows.fetch_all(&self.database.read).await.map_err(StoreError::new)?;
        Ok(Page::from_rows(rows.into_iter().map(post).collect(), size, |post: &Post| post.id))
    }
}

/// The posts of a user, as part of the export of the account.
pub(crate) struct Exported(pub(crate) Arc<dyn PostRepository>);

#[async_trait]
impl ExportSource for Exported {
    fn name(&self) -> &'static str {
        "posts"
    }

    async fn page(&self, user: UserId, after: Option<String>) -> Result<ExportPage, StoreError> {
        let before = after.and_then(|id| id.parse().ok());
        let page = self.0.list(Some(user), before, PageSize::clamped(100)).await?;
        let row = |post: &Post| json!({ "city": post.city, "country": post.country, "description": post.description });
        Ok(ExportPage { rows: page.items.iter().map(row).collect(), next: page.next.map(|id| id.to_string()) })
    }
}

/// Where a user is from, as part of the export of the account: one row at most.
pub(crate) struct ExportedHome(pub(crate) Arc<dyn PostRepository>);

#[async_trait]
impl ExportSource for ExportedHome {
    fn name(&self) -> &'static str {
        "homes"
    }

    async fn page(&self, user: UserId, _: Option<String>) -> Result<ExportPage, StoreError> {
        let home = self.0.find_home(user).await?;
        Ok(ExportPage::all(home.iter().map(|place| json!({ "place": place })).collect()))
    }
}
