//! The tables of the club: what members read and write. Each statement is written once, for both engines.

use std::convert::Infallible;

use accounts::{BearerToken, Page, PageSize, ShortText, StoreError, UserId};
use async_trait::async_trait;
use store::AccountStore;
use store::embed::sqlx::{query, query_as, query_scalar};
use store::embed::{Database, Dialect, Job, MigrationSet, WriteError};

const ADD_BOOK: &str = "INSERT INTO books (title, cover) VALUES ($1, $2) ON CONFLICT (title) DO NOTHING RETURNING id";
const FIND_FAVORITE_AUTHOR: &str = "SELECT favorite_author FROM members WHERE user_id = $1 AND favorite_author <> ''";
const FIND_USER: &str = "SELECT user_id FROM members WHERE token_digest = $1";
const LIST: &str = "SELECT id, title, (SELECT count(*) FROM readings WHERE user_id = $3 AND book_id = books.id) \
     FROM books WHERE id < $1 ORDER BY id DESC LIMIT ($2 + 0)";
const MARK_READ: &str = "INSERT INTO readings (user_id, book_id) SELECT $1, id FROM books WHERE id = $2 \
     ON CONFLICT (user_id, book_id) DO UPDATE SET book_id = excluded.book_id RETURNING book_id";
const SET_TOKEN: &str = "INSERT INTO members (user_id, token_digest) VALUES ($1, $2) \
     ON CONFLICT (user_id) DO UPDATE SET token_digest = excluded.token_digest RETURNING user_id";

/// The migrations of the tables.
#[must_use]
pub fn tables() -> MigrationSet {
    let sqlite = include_str!("../migrations/sqlite/0001_books.sql");
    MigrationSet::new("book_club").and("books", sqlite, include_str!("../migrations/postgres/0001_books.sql"))
}

/// A write of one row. Returns whether the row is there: a title is added once, and only a book that exists is marked as read.
/// A new token replaces the former one; `None` revokes it.
pub(crate) enum Change {
    AddBook { title: ShortText, cover: Vec<u8> },
    MarkRead { member: UserId, book: i64 },
    SetToken { member: UserId, digest: Option<Vec<u8>> },
}

#[async_trait]
impl<D: Dialect> Job<D> for Change {
    type Output = bool;
    type Refusal = Infallible;

    async fn run(&self, connection: &mut D::Connection) -> Result<bool, WriteError> {
        let change = match self {
            Self::AddBook { title, cover } => query::<D>(ADD_BOOK).bind(title.as_str()).bind(&**cover),
            Self::MarkRead { member, book } => query::<D>(MARK_READ).bind(member.get()).bind(*book),
            Self::SetToken { member, digest } => query::<D>(SET_TOKEN).bind(member.get()).bind(digest.clone()),
        };
        Ok(change.fetch_optional(connection).await?.is_some())
    }
}

pub(crate) async fn write(store: &AccountStore, change: Change) -> Result<bool, StoreError> {
    Ok(store.database().write(change).await?)
}

/// Runs a query on the engine of the database.
macro_rules! read {
    ($store:expr, $fetch:ident, $query:expr) => {
        match $store.database() {
            Database::Sqlite(database) => $query.$fetch(&database.read).await.map_err(StoreError::new),
            Database::Postgres(database) => $query.$fetch(&database.read).await.map_err(StoreError::new),
        }
    };
}

/// A book, as a member sees it: its id, its title, and 1 if the member has read it.
pub(crate) type Book = (i64, String, i64);

/// A page of books, the newest first: those with an id below `before`.
pub(crate) async fn list(store: &AccountStore, member: UserId, before: i64) -> Result<Page<Book, i64>, StoreError> {
    let (limit, member) = (PageSize::DEFAULT.rows_and_one(), member.get());
    let rows = read!(store, fetch_all, query_as(LIST).bind(before).bind(limit).bind(member))?;
    Ok(Page::from_rows(rows, PageSize::DEFAULT, |(id, ..): &Book| *id))
}

pub(crate) async fn find_cover(store: &AccountStore, book: i64) -> Result<Option<Vec<u8>>, StoreError> {
    read!(store, fetch_optional, query_scalar("SELECT cover FROM books WHERE id = $1").bind(book))
}

pub(crate) async fn find_favorite_author(store: &AccountStore, member: UserId) -> Result<Option<String>, StoreError> {
    read!(store, fetch_optional, query_scalar(FIND_FAVORITE_AUTHOR).bind(member.get()))
}

/// The user of a token; `None` for one that is unknown, replaced or revoked.
pub(crate) async fn find_user(store: AccountStore, token: BearerToken) -> Result<Option<UserId>, StoreError> {
    Ok(read!(store, fetch_optional, query_scalar(FIND_USER).bind(&token.digest()[..]))?.map(UserId::new))
}
