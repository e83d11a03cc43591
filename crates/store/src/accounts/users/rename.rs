//! Renaming a user, with the copies of the name in other tables.

use domain::user::{Deletion, RenameUserError, User, UserId, Username};
use domain::{Alongside, HookRefusal, Timestamp};
use futures_util::future::BoxFuture;
use sqlx::query;

use super::lock::lock_whole;
use crate::accounts::usernames::Clash;
use crate::accounts::{events, usernames};
use crate::embed::is_taken;
use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;
use crate::hooks::HookSet;
use crate::statements::statements;

statements! {
    const RENAME: &str = "UPDATE users SET username = $2, username_key = $3, username_skeleton = $4 WHERE id = $1";
}

/// A user's new name, and what runs and is written with it.
pub(super) struct Rename<D: Dialect> {
    pub(super) user: UserId,
    pub(super) name: Username,
    pub(super) at: Timestamp,
    pub(super) alongside: Alongside,
    pub(super) hooks: HookSet<D>,
}

/// Why a user was not renamed.
#[derive(Debug)]
pub(super) enum Refusal {
    NotFound,
    Taken,
    LookAlike,
    ByHook(HookRefusal),
}

impl From<WriteError<Refusal>> for RenameUserError {
    fn from(error: WriteError<Refusal>) -> Self {
        match error.refusal() {
            Ok(Refusal::NotFound) => Self::NotFound,
            Ok(Refusal::Taken) => Self::Taken,
            Ok(Refusal::LookAlike) => Self::LookAlike,
            Ok(Refusal::ByHook(refusal)) => Self::Refused(refusal),
            Err(failure) => failure.into(),
        }
    }
}

/// The job of [`domain::user::UserRepository::rename`].
pub(super) fn rename<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    Rename { user, name, at, alongside, hooks }: &'j Rename<D>,
) -> BoxFuture<'j, Result<User, WriteError<Refusal>>> {
    Box::pin(async move {
        let run = hooks.locking(&mut *connection, *user).await;
        run.map_err(|error| error.into_write_error(Refusal::ByHook))?;
        let former = match lock_whole::<D>(&mut *connection, *user).await? {
            Some(User { deletion: Some(Deletion::Done { .. }), .. }) | None => {
                return Err(WriteError::Refused(Refusal::NotFound));
            }
            Some(user) => user,
        };
        if former.username == *name {
            return Ok(former);
        }
        usernames::lock::<D>(&mut *connection, [&former.username, name]).await?;
        match usernames::find_clash::<D>(&mut *connection, name, Some(*user), *at).await? {
            Some(Clash::Taken) => return Err(WriteError::Refused(Refusal::Taken)),
            Some(Clash::LookAlike) => return Err(WriteError::Refused(Refusal::LookAlike)),
            None => {}
        }
        let rename = query::<D>(RENAME).bind(user.get()).bind(name.as_str()).bind(name.key()).bind(name.skeleton());
        rename.execute(&mut *connection).await.map_err(|error| match error {
            error if is_taken(&error, "users.username_key") => WriteError::Refused(Refusal::Taken),
            error => WriteError::Failed(error),
        })?;
        if former.username.key() != name.key() {
            usernames::release::<D>(&mut *connection, name).await?;
            usernames::reserve::<D>(&mut *connection, &former.username, *user, *at).await?;
        }
        let renamed = User { username: name.clone(), ..former.clone() };
        let run = hooks.renamed(&mut *connection, &renamed, &former.username).await;
        run.map_err(|error| error.into_write_error(Refusal::ByHook))?;
        events::add_alongside::<D>(connection, alongside, *user, None).await?;
        Ok(renamed)
    })
}
