//! Giving a user another e-mail address.

use domain::Alongside;
use domain::credential::PasswordVersion;
use domain::user::{ChangeEmailError, Email, User, UserId};
use futures_util::future::BoxFuture;
use sqlx::{query, query_scalar};

use super::find_on;
use super::lock::lock;
use crate::accounts::events;
use crate::embed::is_taken;
use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;
use crate::statements::statements;

statements! {
    const FIND_EMAIL_OF_OTHER: &str = "SELECT email FROM users WHERE email_key = $1 AND id <> $2";

    const CHANGE: &str = "UPDATE users SET email = $2, email_key = $3 WHERE id = $1";
}

/// Why a user has no other address.
#[derive(Debug)]
pub(super) enum Refusal {
    NotFound,
    Taken,
}

impl From<WriteError<Refusal>> for ChangeEmailError {
    fn from(error: WriteError<Refusal>) -> Self {
        match error.refusal() {
            Ok(Refusal::NotFound) => Self::NotFound,
            Ok(Refusal::Taken) => Self::Taken,
            Err(failure) => failure.into(),
        }
    }
}

/// The job of [`domain::user::UserRepository::change_email`].
pub(super) fn change_email<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (user, verified, email, alongside): &'j (UserId, PasswordVersion, Email, Alongside),
) -> BoxFuture<'j, Result<User, WriteError<Refusal>>> {
    Box::pin(async move {
        let former = find_with_right::<D>(&mut *connection, *user, *verified).await?;
        let former = former.ok_or(WriteError::Refused(Refusal::NotFound))?;
        if former.email == *email {
            return Ok(former);
        }
        if has_former_key::<D>(&mut *connection, *user, email).await? {
            return Err(WriteError::Refused(Refusal::Taken));
        }
        let change = query::<D>(CHANGE).bind(user.get()).bind(email.as_str()).bind(email.key());
        change.execute(&mut *connection).await.map_err(|error| match error {
            error if is_taken(&error, "users.email_key") => WriteError::Refused(Refusal::Taken),
            error => WriteError::Failed(error),
        })?;
        events::add_alongside::<D>(connection, alongside, *user, None).await?;
        Ok(User { email: email.clone(), ..former })
    })
}

/// Locks and finds a user who may change the address: two changes of one user wait for each other, and one that verified its
/// password before another act has ended its right finds none.
async fn find_with_right<D: Dialect>(
    connection: &mut D::Connection,
    user: UserId,
    verified: PasswordVersion,
) -> sqlx::Result<Option<User>> {
    match lock::<D>(&mut *connection, user).await? {
        Some(locked) if locked.version() == verified && !locked.is_disabled() && locked.delete_due().is_none() => {
            find_on::<D>(connection, user).await
        }
        _ => Ok(None),
    }
}

/// Whether the mailbox has another account, one that kept its former key.
async fn has_former_key<D: Dialect>(connection: &mut D::Connection, user: UserId, email: &Email) -> sqlx::Result<bool> {
    let (key, former_key) = (email.key(), email.former_key());
    if key == former_key {
        return Ok(false);
    }
    let find = query_scalar::<D, String>(FIND_EMAIL_OF_OTHER).bind(former_key).bind(user.get());
    let stored = find.fetch_optional(connection).await?;
    Ok(stored.and_then(|stored| Email::from_stored(stored).ok()).is_some_and(|stored| stored.key() == key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_a_changed_address_use_indexes() {
        for sql in [FIND_EMAIL_OF_OTHER, CHANGE] {
            assert_uses_indexes(sql).await;
        }
    }
}
