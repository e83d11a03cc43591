//! The table of users in SQL, and how its rows are read wherever they are joined to.

use async_trait::async_trait;
use domain::credential::PasswordHash;
use domain::user::{AddUserError, Email, NewUser, TakenKeys, User, UserId, UserRepository, Username};
use domain::{Page, PageSize, StoreError, Timestamp};
use futures_util::future::BoxFuture;
use sqlx::{FromRow, query, query_as};

use crate::embed::{Engine, WriteError};
use crate::engine::dialect::Dialect;
use crate::error::{corrupt, failed};

const ADD: &str = "INSERT INTO users (username, username_key, email, email_key, joined_at) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT DO NOTHING RETURNING id, username, email, joined_at, disabled_at";
const ADD_HASH: &str = "INSERT INTO credentials (user_id, password_hash) VALUES ($1, $2)";
const TAKEN: &str = "SELECT (SELECT count(*) FROM users WHERE username_key = $1) AS username, \
     (SELECT count(*) FROM users WHERE email_key = $2) AS email";
const FIND: &str = "SELECT id, username, email, joined_at, disabled_at FROM users WHERE id = $1";
const FIND_BY_USERNAME: &str = "SELECT id, username, email, joined_at, disabled_at FROM users WHERE username_key = $1";
const LIST: &str =
    "SELECT id, username, email, joined_at, disabled_at FROM users WHERE id < $1 ORDER BY id DESC LIMIT ($2 + 0)";

/// The repository of users.
pub(crate) struct Users<D: Dialect> {
    pub(crate) engine: Engine<D>,
}

/// A row of `users`, under its columns' names: what joins to it does not rename them.
#[derive(FromRow)]
pub(crate) struct UserRow {
    id: i64,
    username: String,
    email: String,
    joined_at: i64,
    disabled_at: Option<i64>,
}

impl UserRow {
    pub(crate) fn parse(self) -> sqlx::Result<User> {
        Ok(User {
            id: UserId::new(self.id),
            username: username(&self.username, self.id)?,
            email: Email::from_stored(self.email).map_err(corrupt("users", "email", self.id))?,
            joined_at: Timestamp::from_millis(self.joined_at),
            disabled_at: self.disabled_at.map(Timestamp::from_millis),
        })
    }
}

/// Reads the name of the user with that number.
pub(crate) fn username(stored: &str, user: i64) -> sqlx::Result<Username> {
    Username::from_stored(stored.to_owned()).map_err(corrupt("users", "username", user))
}

#[derive(FromRow)]
struct TakenRow {
    username: i64,
    email: i64,
}

#[async_trait]
impl<D: Dialect> UserRepository for Users<D> {
    async fn add(&self, user: NewUser, hash: PasswordHash) -> Result<User, AddUserError> {
        let added = self.engine.writer.write((user, hash), add::<D>).await;
        added.map_err(|error| error.refusal().map_or_else(AddUserError::from, AddUserError::Taken))
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let row = query_as::<_, UserRow>(FIND).bind(id.get()).fetch_optional(&self.engine.read);
        row.await.map_err(failed)?.map(UserRow::parse).transpose().map_err(failed)
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StoreError> {
        let row = query_as::<_, UserRow>(FIND_BY_USERNAME).bind(username.key()).fetch_optional(&self.engine.read);
        row.await.map_err(failed)?.map(UserRow::parse).transpose().map_err(failed)
    }

    async fn list(&self, before: Option<UserId>, size: PageSize) -> Result<Page<User, UserId>, StoreError> {
        let before = before.map_or(i64::MAX, UserId::get);
        let rows = query_as::<_, UserRow>(LIST).bind(before).bind(size.rows_and_one()).fetch_all(&self.engine.read);
        let users = rows.await.map_err(failed)?.into_iter().map(UserRow::parse).collect::<sqlx::Result<_>>();
        Ok(Page::from_rows(users.map_err(failed)?, size, |user| user.id))
    }
}

/// Lets the unique keys decide, and only then looks which of them were taken: looked for before, a key may be free and
/// taken a moment later.
fn add<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (user, hash): &'j (NewUser, PasswordHash),
) -> BoxFuture<'j, Result<User, WriteError<TakenKeys>>> {
    Box::pin(async move {
        loop {
            let added = query_as::<D, UserRow>(ADD)
                .bind(user.username.as_str())
                .bind(user.username.key())
                .bind(user.email.as_str())
                .bind(user.email.key())
                .bind(user.joined_at.as_millis())
                .fetch_optional(&mut *connection)
                .await?;
            if let Some(row) = added {
                query::<D>(ADD_HASH).bind(row.id).bind(hash.expose()).execute(connection).await?;
                return Ok(row.parse()?);
            }
            let taken = query_as::<D, TakenRow>(TAKEN).bind(user.username.key()).bind(user.email.key());
            let TakenRow { username, email } = taken.fetch_one(&mut *connection).await?;
            if username + email > 0 {
                return Err(WriteError::Refused(TakenKeys { username: username > 0, email: email > 0 }));
            } // else whoever had it is gone again, in the moment between the two statements
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_walks_an_index;

    #[tokio::test]
    async fn a_user_is_found_among_a_million_as_among_ten() {
        for sql in [TAKEN, FIND, FIND_BY_USERNAME, LIST] {
            assert_walks_an_index(sql).await;
        }
    }
}
