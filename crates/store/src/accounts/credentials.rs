//! The table of password hashes. Its rows are inserted by `users`, in the commit that adds a user.

pub(crate) mod change;

use async_trait::async_trait;
use domain::credential::{
    Credential, CredentialRepository, NewResetToken, PasswordChange, PasswordChangeError, PasswordHash,
    PasswordVersion, ResetDigest,
};
use domain::session::OtherSessions;
use domain::user::{Email, User, UserId, Username};
use domain::{Alongside, StoreError, Timestamp};
use sqlx::{query_as, query_scalar};

use crate::accounts::reset_tokens;
use crate::accounts::users::{UserRow, user_columns};
use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::error::into_store_error;
use crate::statements::statements;

statements! {
    /// The users with the key `$1` of an address, or with its former key `$2`: at most two.
    const LIST_BY_EMAIL: &str = concat!(
        "SELECT ", user_columns!(), ", password_hash, password_version, email_key
        FROM users JOIN credentials ON user_id = id
        WHERE email_key IN ($1, $2)"
    );

    const FIND_BY_USERNAME: &str = concat!(
        "SELECT ", user_columns!(), ", password_hash, password_version
        FROM users JOIN credentials ON user_id = id
        WHERE username_key = $1"
    );

    const FIND: &str = concat!(
        "SELECT ", user_columns!(), ", password_hash, password_version
        FROM users JOIN credentials ON user_id = id
        WHERE id = $1"
    );

    const REHASH: &str = "UPDATE credentials SET password_hash = $3
        WHERE user_id = $1 AND password_hash = $2
        RETURNING user_id";
}

/// The repository of password hashes.
pub(crate) struct Credentials<D: Dialect> {
    pub(crate) database: OpenDatabase<D>,
}

struct CredentialRow {
    user: UserRow,
    password_hash: String,
    password_version: i64,
}

from_row!(CredentialRow { user: .., password_hash, password_version });

struct EmailRow {
    credential: CredentialRow,
    email_key: String,
}

from_row!(EmailRow { credential: .., email_key });

impl CredentialRow {
    fn parse(self) -> Result<Credential, StoreError> {
        Ok(Credential {
            user: self.user.parse().map_err(into_store_error)?,
            hash: PasswordHash::new(self.password_hash),
            version: PasswordVersion::new(self.password_version),
        })
    }
}

/// Of the users with a key of `email`, the one who logs in with it.
///
/// Where two accounts have one mailbox, one of them still has its former key, which is its address as typed. That account
/// comes first for this spelling. A former key that is the key of another mailbox (`strasse.de` for `straße.de`) does not
/// count.
fn find_of(rows: Vec<(Credential, String)>, email: &Email) -> Option<Credential> {
    let (key, former_key) = (email.key(), email.former_key());
    let is_former = |(found, stored): &(Credential, String)| {
        *stored == former_key && *stored != key && found.user.email.key() == key
    };
    let position = rows.iter().position(is_former).or_else(|| rows.iter().position(|(_, stored)| *stored == key));
    position.and_then(|at| rows.into_iter().nth(at)).map(|(credential, _)| credential)
}

#[async_trait]
impl<D: Dialect> CredentialRepository for Credentials<D> {
    async fn find_by_email(&self, email: &Email) -> Result<Option<Credential>, StoreError> {
        let rows = query_as::<_, EmailRow>(LIST_BY_EMAIL).bind(email.key()).bind(email.former_key());
        let rows = rows.fetch_all(&self.database.read).await.map_err(into_store_error)?;
        let rows = rows.into_iter().map(|row| Ok((row.credential.parse()?, row.email_key)));
        Ok(find_of(rows.collect::<Result<_, StoreError>>()?, email))
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<Credential>, StoreError> {
        let row =
            query_as::<_, CredentialRow>(FIND_BY_USERNAME).bind(username.key()).fetch_optional(&self.database.read);
        row.await.map_err(into_store_error)?.map(CredentialRow::parse).transpose()
    }

    async fn find(&self, user: UserId) -> Result<Option<Credential>, StoreError> {
        let row = query_as::<_, CredentialRow>(FIND).bind(user.get()).fetch_optional(&self.database.read);
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

    async fn change(&self, change: PasswordChange, alongside: Alongside) -> Result<OtherSessions, PasswordChangeError> {
        Ok(self.database.writer.write((change, alongside), change::change::<D>).await?)
    }

    async fn add_reset_token(&self, token: NewResetToken, alongside: Alongside) -> Result<bool, StoreError> {
        Ok(self.database.writer.write((token, alongside), reset_tokens::add::<D>).await?)
    }

    async fn find_by_reset_token(&self, digest: ResetDigest, now: Timestamp) -> Result<Option<User>, StoreError> {
        reset_tokens::find_user(&self.database.read, digest, now).await.map_err(into_store_error)
    }

    async fn list_reset_tokens(&self, user: UserId) -> Result<Vec<Timestamp>, StoreError> {
        reset_tokens::list(&self.database.read, user).await.map_err(into_store_error)
    }

    async fn purge_reset_tokens(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let purged = self.database.writer.write((now, limit), |connection, (now, limit)| {
            Box::pin(async move { Ok(reset_tokens::purge::<D>(connection, *now, *limit).await?) })
        });
        Ok(purged.await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_credentials_use_indexes() {
        for sql in [LIST_BY_EMAIL, FIND_BY_USERNAME, FIND, REHASH] {
            assert_uses_indexes(sql).await;
        }
    }
}
