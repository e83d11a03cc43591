//! The table of password hashes. Its rows are inserted by `users`, in the commit that adds a user.

use async_trait::async_trait;
use domain::StoreError;
use domain::credential::{Credential, CredentialRepository, PasswordHash};
use domain::user::{Email, UserId, Username};
use sqlx::{FromRow, query_as, query_scalar};

use crate::accounts::users::UserRow;
use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::error::into_store_error;
use crate::statements::statements;

statements! {
    const FIND_BY_EMAIL: &str = "SELECT id, username, email, joined_at, disabled_at, password_hash
        FROM users JOIN credentials ON user_id = id
        WHERE email_key = $1";

    const FIND_BY_USERNAME: &str = "SELECT id, username, email, joined_at, disabled_at, password_hash
        FROM users JOIN credentials ON user_id = id
        WHERE username_key = $1";

    const REHASH: &str = "UPDATE credentials SET password_hash = $3
        WHERE user_id = $1 AND password_hash = $2
        RETURNING user_id";
}

/// The repository of password hashes.
pub(crate) struct Credentials<D: Dialect> {
    pub(crate) database: OpenDatabase<D>,
}

#[derive(FromRow)]
struct CredentialRow {
    #[sqlx(flatten)]
    user: UserRow,
    password_hash: String,
}

impl CredentialRow {
    fn parse(self) -> Result<Credential, StoreError> {
        Ok(Credential {
            user: self.user.parse().map_err(into_store_error)?,
            hash: PasswordHash::new(self.password_hash),
        })
    }
}

#[async_trait]
impl<D: Dialect> CredentialRepository for Credentials<D> {
    async fn find_by_email(&self, email: &Email) -> Result<Option<Credential>, StoreError> {
        let row = query_as::<_, CredentialRow>(FIND_BY_EMAIL).bind(email.key()).fetch_optional(&self.database.read);
        row.await.map_err(into_store_error)?.map(CredentialRow::parse).transpose()
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<Credential>, StoreError> {
        let row =
            query_as::<_, CredentialRow>(FIND_BY_USERNAME).bind(username.key()).fetch_optional(&self.database.read);
        row.await.map_err(into_store_error)?.map(CredentialRow::parse).transpose()
    }

    async fn rehash(&self, user: UserId, stale: &PasswordHash, fresh: &PasswordHash) -> Result<bool, StoreError> {
        let input = (user, stale.clone(), fresh.clone());
        let rehashed = self.database.writer.write(input, |connection, (user, stale, fresh)| {
            Box::pin(async move {
                let rehash = query_scalar::<D, i64>(REHASH).bind(user.get()).bind(stale.expose()).bind(fresh.expose());
                Ok(rehash.fetch_optional(connection).await?.is_some())
            })
        });
        Ok(rehashed.await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_credentials_use_indexes() {
        for sql in [FIND_BY_EMAIL, FIND_BY_USERNAME, REHASH] {
            assert_uses_indexes(sql).await;
        }
    }
}
