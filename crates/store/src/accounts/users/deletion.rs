//! The deletion of a user: requested, undone by a log-in, and completed when it is due.

use domain::user::{
    CompleteDeletionError, Deletion, DueDeletion, RequestDeletionError, RequestedDeletion, User, UserId, Username,
};
use domain::{Alongside, HookRefusal, Timestamp};
use futures_util::future::BoxFuture;
use sqlx::{query, query_as, query_scalar};

use super::lock::lock_whole;
use crate::accounts::{events, known_browsers, notices, sessions, usernames};
use crate::engine::dialect::Dialect;
use crate::engine::read_pool::ReadPool;
use crate::engine::writer::WriteError;
use crate::error::corrupt;
use crate::hooks::HookSet;
use crate::statements::statements;

statements! {
    const REQUEST: &str = "UPDATE users SET deletion_requested_at = $2, delete_due = $3 WHERE id = $1";

    const BRING_FORWARD: &str = "UPDATE users SET delete_due = $2 WHERE id = $1 AND delete_due > $2";

    /// On PostgreSQL it waits for the request, for a completion, and for another log-in.
    const UNDO: &str = "UPDATE users SET deletion_requested_at = NULL, delete_due = NULL
        WHERE id = $1 AND delete_due > $2 RETURNING id";

    const LIST_DUE: &str = "SELECT delete_due, id FROM users
        WHERE delete_due <= $1 AND (delete_due, id) > ($2, $3) ORDER BY delete_due, id LIMIT ($4 + 0)";

    const FIND_NAME: &str = "SELECT id FROM users WHERE username_key = $1";

    /// The address is none, and its key is that of no address: an address has an `@` in its key.
    const COMPLETE: &str = "UPDATE users
        SET username = $2, username_key = $3, username_skeleton = $6, email = $4, email_key = $3, disabled_at = NULL,
            deletion_requested_at = NULL, delete_due = NULL, deleted_at = $5
        WHERE id = $1";

    const REMOVE_CREDENTIAL: &str = "DELETE FROM credentials WHERE user_id = $1";

    const REMOVE_ROLES: &str = "DELETE FROM user_roles WHERE user_id = $1";

    const REMOVE_RESET_TOKENS: &str = "DELETE FROM reset_tokens WHERE user_id = $1";

    const REMOVE_REGISTRATION_KEY: &str = "DELETE FROM registration_keys WHERE user_id = $1";
}

/// The names of deleted users that are tried. Only users who had such a name before it was reserved are in the way.
const NAMES_TRIED: u32 = 100;

/// The address of a deleted user, at a domain that does not exist (RFC 2606).
fn address(name: &Username) -> String {
    format!("{name}@invalid")
}

/// Whether an address and its key are those of a deleted user.
pub(crate) fn is_address_of(name: &Username, email: &str, email_key: &str) -> bool {
    email == address(name) && email_key == name.key()
}

/// A deletion that is requested, and what runs and is written with it.
pub(super) struct Request<D: Dialect> {
    pub(super) user: UserId,
    pub(super) at: Timestamp,
    pub(super) due: Timestamp,
    pub(super) alongside: Alongside,
    pub(super) hooks: HookSet<D>,
}

/// Why a deletion is neither requested nor completed.
#[derive(Debug)]
pub(super) enum Refusal {
    NotFound,
    ByHook(HookRefusal),
}

impl From<WriteError<Refusal>> for RequestDeletionError {
    fn from(error: WriteError<Refusal>) -> Self {
        match error.refusal() {
            Ok(Refusal::NotFound) => Self::NotFound,
            Ok(Refusal::ByHook(refusal)) => Self::Refused(refusal),
            Err(failure) => failure.into(),
        }
    }
}

impl From<WriteError<Refusal>> for CompleteDeletionError {
    fn from(error: WriteError<Refusal>) -> Self {
        match error.refusal() {
            Ok(Refusal::NotFound) => Self::NotDue,
            Ok(Refusal::ByHook(refusal)) => Self::Refused(refusal),
            Err(failure) => failure.into(),
        }
    }
}

/// The job of [`domain::user::UserRepository::request_deletion`].
pub(super) fn request<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    Request { user, at, due, alongside, hooks }: &'j Request<D>,
) -> BoxFuture<'j, Result<RequestedDeletion, WriteError<Refusal>>> {
    Box::pin(async move {
        let run = hooks.locking(&mut *connection, *user).await;
        run.map_err(|error| error.into_write_error(Refusal::ByHook))?;
        let found = lock_whole::<D>(&mut *connection, *user).await?;
        let user = match found {
            None | Some(User { deletion: Some(Deletion::Done { .. }), .. }) => {
                return Err(WriteError::Refused(Refusal::NotFound));
            }
            Some(User { deletion: Some(Deletion::Requested { due: earlier, .. }), .. }) => {
                let due = earlier.min(*due);
                query::<D>(BRING_FORWARD).bind(user.get()).bind(due.as_millis()).execute(connection).await?;
                return Ok(RequestedDeletion { due, sessions: 0, is_repeated: true });
            }
            Some(user) => User { deletion: Some(Deletion::Requested { at: *at, due: *due }), ..user },
        };
        let request = query::<D>(REQUEST).bind(user.id.get()).bind(at.as_millis()).bind(due.as_millis());
        request.execute(&mut *connection).await?;
        let run = hooks.deletion_requested(&mut *connection, &user, *at).await;
        run.map_err(|error| error.into_write_error(Refusal::ByHook))?;
        let sessions = sessions::end_all::<D>(&mut *connection, user.id).await?;
        events::add_alongside::<D>(connection, &alongside.clone().counting(sessions), user.id, None).await?;
        Ok(RequestedDeletion { due: *due, sessions, is_repeated: false })
    })
}

/// The job of [`domain::user::UserRepository::undo_deletion`].
pub(super) fn undo<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (user, now, alongside): &'j (UserId, Timestamp, Alongside),
) -> BoxFuture<'j, Result<bool, WriteError>> {
    Box::pin(async move {
        let undo = query_scalar::<D, i64>(UNDO).bind(user.get()).bind(now.as_millis());
        let is_undone = undo.fetch_optional(&mut *connection).await?.is_some();
        if is_undone {
            events::add_alongside::<D>(connection, alongside, *user, None).await?;
        }
        Ok(is_undone)
    })
}

/// Deletions that are due at `now`, after `after`.
pub(super) async fn list_due<D: Dialect>(
    read: &ReadPool<D>,
    now: Timestamp,
    after: Option<DueDeletion>,
    limit: u32,
) -> sqlx::Result<Vec<DueDeletion>> {
    let (due, user) = after.map_or((i64::MIN, 0), |after| (after.due.as_millis(), after.user.get()));
    let list = query_as::<_, (i64, i64)>(LIST_DUE).bind(now.as_millis()).bind(due).bind(user).bind(i64::from(limit));
    let rows = list.fetch_all(read).await?;
    let due = |(due, user)| DueDeletion { due: Timestamp::from_millis(due), user: UserId::new(user) };
    Ok(rows.into_iter().map(due).collect())
}

/// A deletion that is completed, and what runs and is written with it.
pub(super) struct Completion<D: Dialect> {
    pub(super) user: UserId,
    pub(super) now: Timestamp,
    pub(super) alongside: Alongside,
    pub(super) hooks: HookSet<D>,
}

/// The job of [`domain::user::UserRepository::complete_deletion`].
pub(super) fn complete<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    Completion { user, now, alongside, hooks }: &'j Completion<D>,
) -> BoxFuture<'j, Result<User, WriteError<Refusal>>> {
    Box::pin(async move {
        hooks.locking(&mut *connection, *user).await.map_err(|error| error.into_write_error(Refusal::ByHook))?;
        let former = match lock_whole::<D>(&mut *connection, *user).await? {
            Some(user) if matches!(user.deletion, Some(Deletion::Requested { due, .. }) if due <= *now) => user,
            _ => return Err(WriteError::Refused(Refusal::NotFound)),
        };
        hooks.deleting(&mut *connection, &former).await.map_err(|error| error.into_write_error(Refusal::ByHook))?;
        let name = free_name::<D>(&mut *connection, *user).await?;
        usernames::lock::<D>(&mut *connection, [&former.username, &name]).await?;
        let complete = query::<D>(COMPLETE).bind(user.get()).bind(name.as_str()).bind(name.key());
        let complete = complete.bind(address(&name)).bind(now.as_millis()).bind(name.skeleton());
        complete.execute(&mut *connection).await?;
        usernames::reserve::<D>(&mut *connection, &former.username, *user, *now).await?;
        for sql in [REMOVE_CREDENTIAL, REMOVE_REGISTRATION_KEY, REMOVE_ROLES, REMOVE_RESET_TOKENS] {
            query::<D>(sql).bind(user.get()).execute(&mut *connection).await?;
        }
        sessions::end_all::<D>(&mut *connection, *user).await?;
        known_browsers::forget_all::<D>(&mut *connection, *user).await?;
        notices::forget_all::<D>(&mut *connection, *user).await?;
        let deleted = super::find_on::<D>(&mut *connection, *user).await?.ok_or(sqlx::Error::RowNotFound)?;
        hooks
            .renamed(&mut *connection, &deleted, &former.username)
            .await
            .map_err(|error| error.into_write_error(Refusal::ByHook))?;
        events::add_alongside::<D>(connection, alongside, *user, None).await?;
        Ok(deleted)
    })
}

/// The first name of deleted users that no user has. Another user cannot get it meanwhile: such names are reserved.
async fn free_name<D: Dialect>(connection: &mut D::Connection, user: UserId) -> sqlx::Result<Username> {
    for attempt in 0..NAMES_TRIED {
        let name = Deletion::name_of(user, attempt);
        let find = query_scalar::<D, i64>(FIND_NAME).bind(name.key());
        if find.fetch_optional(&mut *connection).await?.is_none() {
            return Ok(name);
        }
    }
    Err(corrupt("users", "username", user.get())("users have all names of its deletion"))
}

/// The deletion by the columns of a row.
pub(super) fn of_columns(
    user: i64,
    requested_at: Option<i64>,
    due: Option<i64>,
    deleted_at: Option<i64>,
) -> sqlx::Result<Option<Deletion>> {
    let at = Timestamp::from_millis;
    match (requested_at, due, deleted_at) {
        (None, None, None) => Ok(None),
        (Some(requested), Some(due), None) => Ok(Some(Deletion::Requested { at: at(requested), due: at(due) })),
        (None, None, Some(deleted)) => Ok(Some(Deletion::Done { at: at(deleted) })),
        _ => Err(corrupt("users", "delete_due", user)("a deletion that is half requested, or requested and done")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_deletions_use_indexes() {
        for sql in [BRING_FORWARD, UNDO, LIST_DUE, FIND_NAME, REMOVE_CREDENTIAL, REMOVE_REGISTRATION_KEY] {
            assert_uses_indexes(sql).await;
        }
    }
}
