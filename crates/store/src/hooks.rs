//! Hooks: an embedder's code that runs in the commit of a use case.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use domain::user::{User, UserId, Username};
use domain::{HookRefusal, Own, Timestamp};
use sqlx::{Postgres, Sqlite};

use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;

/// Code of an embedder that reads and writes its own tables in the commit of a use case. Where it refuses or fails, nothing of
/// the use case is stored.
///
/// A hook may run more than once for one use case, and only the last run counts: on SQLite after a batch that could not be
/// committed, on PostgreSQL after a conflict. So it must do nothing but read and write through the connection, and must not
/// begin, commit or roll back. All other writes may wait for it.
///
/// Implement it for every [`Dialect`], and pass it to [`AccountStore::with_hooks`](crate::AccountStore::with_hooks). A method
/// that is not implemented does nothing.
#[async_trait]
pub trait Hooks<D: Dialect>: Send + Sync + 'static {
    /// A user was added. `own` is the value that came with the registration, such as the embedder's own fields of the form. It
    /// does not run for an imported user, whose rows in the embedder's tables are imported by the embedder.
    ///
    /// # Errors
    /// [`HookError`]: the user is not added.
    async fn registered(
        &self,
        connection: &mut D::Connection,
        user: &User,
        own: Option<&(dyn Any + Send + Sync)>,
    ) -> Result<(), HookError> {
        let _ = (connection, user, own);
        Ok(())
    }

    /// A user is about to be renamed or deleted, and the row of the user is not locked yet. On PostgreSQL, rows that other jobs lock
    /// before they add a row that refers to the user are locked here: locked in a later hook, they would be a deadlock.
    ///
    /// # Errors
    /// [`HookError`]: nothing of the use case is stored.
    async fn locking(&self, connection: &mut D::Connection, user: UserId) -> Result<(), HookError> {
        let _ = (connection, user);
        Ok(())
    }

    /// A user has a new name; a deleted user has one too. Copies of the name in the embedder's tables are rewritten here.
    ///
    /// # Errors
    /// [`HookError`]: the user keeps the former name.
    async fn renamed(&self, connection: &mut D::Connection, user: &User, former: &Username) -> Result<(), HookError> {
        let _ = (connection, user, former);
        Ok(())
    }

    /// The deletion of a user is requested, and can be undone until it is due. The hook refuses it, or does what an undo does not
    /// return, such as giving up seats. `user` has the deletion already.
    ///
    /// # Errors
    /// [`HookError`]: the deletion is not requested. The sentence of a refusal says what the user can do.
    async fn deletion_requested(
        &self,
        connection: &mut D::Connection,
        user: &User,
        at: Timestamp,
    ) -> Result<(), HookError> {
        let _ = (connection, user, at);
        Ok(())
    }

    /// The deletion of a user is completed. Rows that refer to the user are deleted or made anonymous here. `user` has the former
    /// name; then [`Hooks::renamed`] runs, with the name that stays.
    ///
    /// # Errors
    /// [`HookError`]: the user is not deleted, and the maintenance task tries again a minute later.
    async fn deleting(&self, connection: &mut D::Connection, user: &User) -> Result<(), HookError> {
        let _ = (connection, user);
        Ok(())
    }
}

/// Why a hook ends its use case.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// The hook refuses. The use case reports it beside a field.
    #[error(transparent)]
    Refused(#[from] HookRefusal),
    /// The database failed, or a stored value does not parse.
    #[error(transparent)]
    Failed(#[from] sqlx::Error),
}

impl HookError {
    /// A refusal: a sentence for the user, beside a field of the form.
    pub fn refused(field: &'static str, message: impl Into<String>) -> Self {
        Self::Refused(HookRefusal { field, message: message.into() })
    }

    /// The error of the job in which the hook runs.
    pub(crate) fn into_write_error<R>(self, refusal: impl FnOnce(HookRefusal) -> R) -> WriteError<R> {
        match self {
            Self::Refused(refused) => WriteError::Refused(refusal(refused)),
            Self::Failed(error) => WriteError::Failed(error),
        }
    }
}

/// The hooks of a store that is not opened for one engine yet.
#[derive(Clone, Default)]
pub(crate) struct AnyHooks {
    pub(crate) sqlite: HookSet<Sqlite>,
    pub(crate) postgres: HookSet<Postgres>,
}

impl AnyHooks {
    /// Adds hooks, which run after those that are there.
    pub(crate) fn add<H: Hooks<Sqlite> + Hooks<Postgres>>(&mut self, hooks: H) {
        let hooks = Arc::new(hooks);
        self.sqlite.0.push(Arc::clone(&hooks) as _);
        self.postgres.0.push(hooks);
    }
}

impl fmt::Debug for AnyHooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyHooks({})", self.sqlite.0.len())
    }
}

/// Hooks of one engine, in their order. The first that refuses ends the use case.
pub(crate) struct HookSet<D: Dialect>(Vec<Arc<dyn Hooks<D>>>);

// A derive would require `D: Clone` and `D: Default`.
impl<D: Dialect> Clone for HookSet<D> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<D: Dialect> Default for HookSet<D> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<D: Dialect> HookSet<D> {
    pub(crate) async fn registered(
        &self,
        connection: &mut D::Connection,
        user: &User,
        own: Option<&Own>,
    ) -> Result<(), HookError> {
        for hooks in &self.0 {
            hooks.registered(&mut *connection, user, own.map(|own| &**own)).await?;
        }
        Ok(())
    }

    pub(crate) async fn locking(&self, connection: &mut D::Connection, user: UserId) -> Result<(), HookError> {
        for hooks in &self.0 {
            hooks.locking(&mut *connection, user).await?;
        }
        Ok(())
    }

    pub(crate) async fn renamed(
        &self,
        connection: &mut D::Connection,
        user: &User,
        former: &Username,
    ) -> Result<(), HookError> {
        for hooks in &self.0 {
            hooks.renamed(&mut *connection, user, former).await?;
        }
        Ok(())
    }

    pub(crate) async fn deletion_requested(
        &self,
        connection: &mut D::Connection,
        user: &User,
        at: Timestamp,
    ) -> Result<(), HookError> {
        for hooks in &self.0 {
            hooks.deletion_requested(&mut *connection, user, at).await?;
        }
        Ok(())
    }

    pub(crate) async fn deleting(&self, connection: &mut D::Connection, user: &User) -> Result<(), HookError> {
        for hooks in &self.0 {
            hooks.deleting(&mut *connection, user).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
