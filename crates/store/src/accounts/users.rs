//! The table of users: its statements, and how its rows are parsed here and where they are joined.

pub(crate) mod change_email;
pub(crate) mod deletion;
pub(crate) mod disable;
pub(crate) mod lock;
pub(crate) mod rename;

use async_trait::async_trait;
use domain::credential::{PasswordHash, PasswordVersion};
use domain::user::{
    AddRoleError, AddUserError, ChangeEmailError, CompleteDeletionError, DueDeletion, Email, FormerUsername,
    ImportOutcome, ImportedUser, NewUser, RenameUserError, RequestDeletionError, RequestedDeletion, Role, Roles,
    TakenKeys, User, UserId, UserRepository, Username,
};
use domain::{Alongside, HookRefusal, Page, PageSize, StoreError, Timestamp};
use futures_util::future::BoxFuture;
use sqlx::{query, query_as, query_scalar};

pub(super) use self::lock::lock;
use super::usernames::Clash;
use super::{events, import, registration_codes, registration_keys, roles, usernames};
use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::engine::writer::WriteError;
use crate::error::{corrupt, into_store_error};
use crate::hooks::HookSet;
use crate::statements::statements;

/// The columns of a [`UserRow`], of a statement in which no other table has one of them. Where another one has an `id`, the argument
/// names that of the user.
macro_rules! user_columns {
    () => {
        user_columns!("id")
    };
    ($id:literal) => {
        concat!($id, ", username, email, joined_at, disabled_at, deletion_requested_at, delete_due, deleted_at")
    };
}
pub(crate) use user_columns;

statements! {
    const ADD: &str = concat!(
        "INSERT INTO users (username, username_key, username_skeleton, email, email_key, joined_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING
        RETURNING ", user_columns!()
    );

    const ADD_HASH: &str = "INSERT INTO credentials (user_id, password_hash) VALUES ($1, $2)";

    const FIND_TAKEN_KEYS: &str = "SELECT (SELECT count(*) FROM users WHERE username_key = $1) AS username,
        (SELECT count(*) FROM users WHERE email_key = $2) AS email";

    const FIND_EMAIL: &str = "SELECT email FROM users WHERE email_key = $1";

    const FIND: &str = concat!("SELECT ", user_columns!(), " FROM users WHERE id = $1");

    const FIND_BY_USERNAME: &str = concat!("SELECT ", user_columns!(), " FROM users WHERE username_key = $1");

    const LIST: &str = concat!(
        "SELECT ", user_columns!(), " FROM users WHERE id < $1 AND deleted_at IS NULL
        ORDER BY id DESC LIMIT ($2 + 0)"
    );
}

/// The repository of users.
pub(crate) struct Users<D: Dialect> {
    pub(crate) database: OpenDatabase<D>,
    pub(crate) hooks: HookSet<D>,
}

/// A row of `users`: the columns of [`user_columns`].
pub(crate) struct UserRow {
    id: i64,
    username: String,
    email: String,
    joined_at: i64,
    disabled_at: Option<i64>,
    deletion_requested_at: Option<i64>,
    delete_due: Option<i64>,
    deleted_at: Option<i64>,
}

from_row!(UserRow { id, username, email, joined_at, disabled_at, deletion_requested_at, delete_due, deleted_at });

impl UserRow {
    pub(crate) fn parse(self) -> sqlx::Result<User> {
        let deletion = deletion::of_columns(self.id, self.deletion_requested_at, self.delete_due, self.deleted_at)?;
        Ok(User {
            id: UserId::new(self.id),
            username: username(&self.username, self.id)?,
            email: Email::from_stored(self.email).map_err(corrupt("users", "email", self.id))?,
            joined_at: Timestamp::from_millis(self.joined_at),
            disabled_at: self.disabled_at.map(Timestamp::from_millis),
            deletion,
        })
    }
}

/// Finds a user in the transaction of a job.
async fn find_on<D: Dialect>(connection: &mut D::Connection, id: UserId) -> sqlx::Result<Option<User>> {
    let row = query_as::<D, UserRow>(FIND).bind(id.get()).fetch_optional(connection).await?;
    row.map(UserRow::parse).transpose()
}

/// Parses the name of the user with the id `user`.
pub(crate) fn username(stored: &str, user: i64) -> sqlx::Result<Username> {
    Username::from_stored(stored.to_owned()).map_err(corrupt("users", "username", user))
}

struct TakenKeysRow {
    username: i64,
    email: i64,
}

from_row!(TakenKeysRow { username, email });

#[async_trait]
impl<D: Dialect> UserRepository for Users<D> {
    async fn add(&self, user: NewUser, hash: PasswordHash, alongside: Alongside) -> Result<User, AddUserError> {
        let new = Registration { user, hash, alongside, hooks: self.hooks.clone() };
        let added = self.database.writer.write(new, add::<D>).await;
        added.map_err(|error| match error.refusal() {
            Ok(Refusal::Repeated(user)) => AddUserError::Repeated(user),
            Ok(Refusal::Taken(taken)) => AddUserError::Taken(taken),
            Ok(Refusal::Code) => AddUserError::Code,
            Ok(Refusal::ByHook(refusal)) => AddUserError::Refused(refusal),
            Err(failure) => failure.into(),
        })
    }

    async fn find_repeated(&self, user: NewUser) -> Result<Option<User>, StoreError> {
        let row = registration_keys::read_user(&self.database.read, &user).await.map_err(into_store_error)?;
        row.map(UserRow::parse).transpose().map_err(into_store_error)
    }

    async fn rename(
        &self,
        user: UserId,
        name: Username,
        at: Timestamp,
        alongside: Alongside,
    ) -> Result<User, RenameUserError> {
        let rename = rename::Rename { user, name, at, alongside, hooks: self.hooks.clone() };
        Ok(self.database.writer.write(rename, rename::rename::<D>).await?)
    }

    async fn change_email(
        &self,
        user: UserId,
        verified: PasswordVersion,
        email: Email,
        alongside: Alongside,
    ) -> Result<User, ChangeEmailError> {
        Ok(self.database.writer.write((user, verified, email, alongside), change_email::change_email::<D>).await?)
    }

    async fn disable(&self, user: UserId, at: Timestamp, alongside: Alongside) -> Result<Option<u64>, StoreError> {
        Ok(self.database.writer.write((user, at, alongside), disable::disable::<D>).await?)
    }

    async fn enable(&self, user: UserId, alongside: Alongside) -> Result<bool, StoreError> {
        Ok(self.database.writer.write((user, alongside), disable::enable::<D>).await?)
    }

    async fn add_role(&self, user: UserId, role: Role, alongside: Alongside) -> Result<bool, AddRoleError> {
        Ok(self.database.writer.write((user, role, alongside), roles::add::<D>).await?)
    }

    async fn remove_role(&self, user: UserId, role: Role, alongside: Alongside) -> Result<bool, StoreError> {
        Ok(self.database.writer.write((user, role, alongside), roles::remove::<D>).await?)
    }

    async fn list_roles(&self, user: UserId) -> Result<Roles, StoreError> {
        roles::list(&self.database.read, user).await.map_err(into_store_error)
    }

    async fn request_deletion(
        &self,
        user: UserId,
        at: Timestamp,
        due: Timestamp,
        alongside: Alongside,
    ) -> Result<RequestedDeletion, RequestDeletionError> {
        let request = deletion::Request { user, at, due, alongside, hooks: self.hooks.clone() };
        Ok(self.database.writer.write(request, deletion::request::<D>).await?)
    }

    async fn undo_deletion(&self, user: UserId, now: Timestamp, alongside: Alongside) -> Result<bool, StoreError> {
        Ok(self.database.writer.write((user, now, alongside), deletion::undo::<D>).await?)
    }

    async fn list_due_deletions(
        &self,
        now: Timestamp,
        after: Option<DueDeletion>,
        limit: u32,
    ) -> Result<Vec<DueDeletion>, StoreError> {
        deletion::list_due(&self.database.read, now, after, limit).await.map_err(into_store_error)
    }

    async fn complete_deletion(
        &self,
        user: UserId,
        now: Timestamp,
        alongside: Alongside,
    ) -> Result<User, CompleteDeletionError> {
        let completion = deletion::Completion { user, now, alongside, hooks: self.hooks.clone() };
        let deleted = self.database.writer.write(completion, deletion::complete::<D>).await?;
        self.database.writer.erase_soon();
        Ok(deleted)
    }

    async fn import(
        &self,
        users: Vec<ImportedUser>,
        now: Timestamp,
        alongside: Alongside,
    ) -> Result<Vec<ImportOutcome>, StoreError> {
        Ok(self.database.writer.write((users, now, alongside), import::add_all::<D>).await?)
    }

    async fn find_imported(
        &self,
        users: Vec<ImportedUser>,
        now: Timestamp,
    ) -> Result<Vec<Option<ImportOutcome>>, StoreError> {
        import::find_all(&self.database.read, &users, now).await.map_err(into_store_error)
    }

    async fn purge_registration_keys(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let purged = self.database.writer.write((now, limit), |connection, (now, limit)| {
            Box::pin(async move { Ok(registration_keys::purge::<D>(connection, *now, *limit).await?) })
        });
        Ok(purged.await?)
    }

    async fn list_former_usernames(&self, user: UserId) -> Result<Vec<FormerUsername>, StoreError> {
        usernames::list(&self.database.read, user).await.map_err(into_store_error)
    }

    async fn purge_former_usernames(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let purged = self.database.writer.write((now, limit), |connection, (now, limit)| {
            Box::pin(async move { Ok(usernames::purge::<D>(connection, *now, *limit).await?) })
        });
        Ok(purged.await?)
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let row = query_as::<_, UserRow>(FIND).bind(id.get()).fetch_optional(&self.database.read);
        row.await.map_err(into_store_error)?.map(UserRow::parse).transpose().map_err(into_store_error)
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StoreError> {
        let row = query_as::<_, UserRow>(FIND_BY_USERNAME).bind(username.key()).fetch_optional(&self.database.read);
        row.await.map_err(into_store_error)?.map(UserRow::parse).transpose().map_err(into_store_error)
    }

    async fn list(&self, before: Option<UserId>, size: PageSize) -> Result<Page<User, UserId>, StoreError> {
        let before = before.map_or(i64::MAX, UserId::get);
        let rows = query_as::<_, UserRow>(LIST).bind(before).bind(size.rows_and_one()).fetch_all(&self.database.read);
        let users = rows.await.map_err(into_store_error)?.into_iter().map(UserRow::parse).collect::<sqlx::Result<_>>();
        Ok(Page::from_rows(users.map_err(into_store_error)?, size, |user| user.id))
    }
}

/// Why a user was not added.
#[derive(Debug)]
enum Refusal {
    Repeated(Box<User>),
    Taken(TakenKeys),
    Code,
    ByHook(HookRefusal),
}

/// A user to add, and what runs and is written with it.
struct Registration<D: Dialect> {
    user: NewUser,
    hash: PasswordHash,
    alongside: Alongside,
    hooks: HookSet<D>,
}

/// Inserts a user whose name is free, and reads which keys are taken only after the unique indexes rejected the row: a key that
/// was free in an earlier read may be taken a moment later. No index rejects a look-alike name, so that it has a lock.
fn add<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    Registration { user, hash, alongside, hooks }: &'j Registration<D>,
) -> BoxFuture<'j, Result<User, WriteError<Refusal>>> {
    Box::pin(async move {
        usernames::lock::<D>(&mut *connection, [&user.username]).await?;
        let has_former_key = has_former_key::<D>(&mut *connection, &user.email).await?;
        let clash = usernames::find_clash::<D>(&mut *connection, &user.username, None, user.joined_at).await?;
        loop {
            let add = query_as::<D, UserRow>(ADD)
                .bind(user.username.as_str())
                .bind(user.username.key())
                .bind(user.username.skeleton())
                .bind(user.email.as_str())
                .bind(user.email.key())
                .bind(user.joined_at.as_millis());
            let is_refused = has_former_key || clash.is_some();
            let added = if is_refused { None } else { add.fetch_optional(&mut *connection).await? };
            if let Some(row) = added {
                query::<D>(ADD_HASH).bind(row.id).bind(hash.expose()).execute(&mut *connection).await?;
                let added = row.parse()?;
                registration_keys::add::<D>(&mut *connection, user, added.id).await?;
                if let Some(code) = user.code
                    && !registration_codes::use_once::<D>(&mut *connection, code, user.joined_at).await?
                {
                    return Err(WriteError::Refused(Refusal::Code));
                }
                let run = hooks.registered(&mut *connection, &added, alongside.own.as_ref()).await;
                run.map_err(|error| error.into_write_error(Refusal::ByHook))?;
                events::add_alongside::<D>(connection, alongside, added.id, None).await?;
                return Ok(added);
            }
            if let Some(repeated) = registration_keys::find_user::<D>(connection, user).await? {
                return Err(WriteError::Refused(Refusal::Repeated(Box::new(repeated.parse()?))));
            }
            let taken = query_as::<D, TakenKeysRow>(FIND_TAKEN_KEYS).bind(user.username.key()).bind(user.email.key());
            let TakenKeysRow { username, email } = taken.fetch_one(&mut *connection).await?;
            if is_refused || username + email > 0 {
                let username = username > 0 || clash == Some(Clash::Taken);
                let look_alike = !username && clash == Some(Clash::LookAlike);
                let taken = TakenKeys { username, look_alike, email: has_former_key || email > 0 };
                return Err(WriteError::Refused(Refusal::Taken(taken)));
            } // else that user was deleted between the two statements
        }
    })
}

/// Whether the mailbox has an account that kept its former key, since another account had the key.
async fn has_former_key<D: Dialect>(connection: &mut D::Connection, email: &Email) -> sqlx::Result<bool> {
    let (key, former_key) = (email.key(), email.former_key());
    if key == former_key {
        return Ok(false);
    }
    let stored = query_scalar::<D, String>(FIND_EMAIL).bind(former_key).fetch_optional(connection).await?;
    Ok(stored.and_then(|stored| Email::from_stored(stored).ok()).is_some_and(|stored| stored.key() == key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_users_use_indexes() {
        for sql in [FIND_TAKEN_KEYS, FIND_EMAIL, FIND, FIND_BY_USERNAME, LIST] {
            assert_uses_indexes(sql).await;
        }
    }
}
