//! Changing the password of a user, which ends the user's other sessions and forgets the user's browsers.

use domain::Alongside;
use domain::credential::{ChangeAuthority, PasswordChange, PasswordChangeError};
use domain::session::OtherSessions;
use futures_util::future::BoxFuture;
use sqlx::query_scalar;

use crate::accounts::{events, known_browsers, reset_tokens, sessions};
use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;
use crate::statements::statements;

statements! {
    /// On PostgreSQL it locks the row: a session that opens meanwhile waits for the end, and is refused then.
    const COUNT_VERSION: &str = "UPDATE users SET password_version = password_version + 1 WHERE id = $1 RETURNING id";

    /// The same where the version and the user are as they were when the current password was verified.
    const COUNT_VERIFIED_VERSION: &str = "UPDATE users SET password_version = password_version + 1
        WHERE id = $1 AND password_version = $2 AND disabled_at IS NULL
        RETURNING id";

    /// The same where the user is not disabled.
    const COUNT_ENABLED_VERSION: &str = "UPDATE users SET password_version = password_version + 1
        WHERE id = $1 AND disabled_at IS NULL
        RETURNING id";

    const FIND_USER: &str = "SELECT id FROM users WHERE id = $1";

    const SET_HASH: &str = "UPDATE credentials SET password_hash = $2 WHERE user_id = $1 RETURNING user_id";
}

/// Why a password was not changed.
#[derive(Debug)]
pub(super) enum Refusal {
    NotFound,
    Outdated,
}

impl From<WriteError<Refusal>> for PasswordChangeError {
    fn from(error: WriteError<Refusal>) -> Self {
        match error.refusal() {
            Ok(Refusal::NotFound) => Self::NotFound,
            Ok(Refusal::Outdated) => Self::Outdated,
            Err(failure) => failure.into(),
        }
    }
}

/// The job of [`domain::credential::CredentialRepository::change`].
pub(super) fn change<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (change, alongside): &'j (PasswordChange, Alongside),
) -> BoxFuture<'j, Result<OtherSessions, WriteError<Refusal>>> {
    Box::pin(async move {
        let PasswordChange { user, hash, authorized_by, keep } = change;
        let counted = match authorized_by {
            ChangeAuthority::CurrentPassword(version) => {
                query_scalar::<D, i64>(COUNT_VERIFIED_VERSION).bind(user.get()).bind(version.get())
            }
            ChangeAuthority::ResetToken { .. } => query_scalar::<D, i64>(COUNT_ENABLED_VERSION).bind(user.get()),
            ChangeAuthority::Operator => query_scalar::<D, i64>(COUNT_VERSION).bind(user.get()),
        };
        if counted.fetch_optional(&mut *connection).await?.is_none() {
            let found = query_scalar::<D, i64>(FIND_USER).bind(user.get()).fetch_optional(&mut *connection).await?;
            return Err(WriteError::Refused(if found.is_some() { Refusal::Outdated } else { Refusal::NotFound }));
        }
        if let ChangeAuthority::ResetToken { digest, now } = authorized_by
            && !reset_tokens::use_up::<D>(&mut *connection, *user, *digest, *now).await?
        {
            return Err(WriteError::Refused(Refusal::Outdated)); // the version is rolled back
        }
        reset_tokens::remove_all::<D>(&mut *connection, *user).await?;
        let set = query_scalar::<D, i64>(SET_HASH).bind(user.get()).bind(hash.expose());
        if set.fetch_optional(&mut *connection).await?.is_none() {
            return Err(WriteError::Refused(Refusal::NotFound)); // the user is deleted: the row of the user stays
        }
        let others = sessions::keep_only::keep_only::<D>(&mut *connection, *user, *keep).await?;
        known_browsers::forget_all::<D>(&mut *connection, *user).await?;
        events::add_alongside::<D>(connection, alongside, *user, None).await?;
        Ok(others)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_a_password_change_use_indexes() {
        for sql in [COUNT_VERSION, COUNT_VERIFIED_VERSION, COUNT_ENABLED_VERSION, FIND_USER, SET_HASH] {
            assert_uses_indexes(sql).await;
        }
    }
}
