//! The table of roles. A session is found with the roles of its user by `sessions`.

use domain::Alongside;
use domain::user::{AddRoleError, MOST_ROLES, Role, RoleError, Roles, UserId};
use futures_util::future::BoxFuture;
use sqlx::query_scalar;

use crate::accounts::{events, users};
use crate::engine::dialect::Dialect;
use crate::engine::read_pool::ReadPool;
use crate::engine::writer::WriteError;
use crate::error::corrupt;
use crate::statements::statements;

statements! {
    const LIST: &str = "SELECT role FROM user_roles WHERE user_id = $1";

    const ADD: &str = "INSERT INTO user_roles (user_id, role) VALUES ($1, $2) RETURNING user_id";

    const REMOVE: &str = "DELETE FROM user_roles WHERE user_id = $1 AND role = $2 RETURNING user_id";
}

/// Why a role was not added.
#[derive(Debug)]
pub(super) enum Refusal {
    NotFound,
    TooMany,
}

impl From<WriteError<Refusal>> for AddRoleError {
    fn from(error: WriteError<Refusal>) -> Self {
        match error.refusal() {
            Ok(Refusal::NotFound) => Self::NotFound,
            Ok(Refusal::TooMany) => Self::TooMany,
            Err(failure) => failure.into(),
        }
    }
}

/// Parses the roles of a user.
pub(crate) fn parse<'a>(names: impl IntoIterator<Item = &'a str>, user: i64) -> sqlx::Result<Roles> {
    let roles: Result<Roles, RoleError> = names.into_iter().map(Role::parse).collect();
    roles.map_err(corrupt("user_roles", "role", user))
}

pub(super) async fn list<D: Dialect>(read: &ReadPool<D>, user: UserId) -> sqlx::Result<Roles> {
    let names: Vec<String> = query_scalar::<_, String>(LIST).bind(user.get()).fetch_all(read).await?;
    parse(names.iter().map(String::as_str), user.get())
}

/// The job of [`domain::user::UserRepository::add_role`].
pub(super) fn add<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (user, role, alongside): &'j (UserId, Role, Alongside),
) -> BoxFuture<'j, Result<bool, WriteError<Refusal>>> {
    Box::pin(async move {
        // Roles of a user are added one after another, so that there are no more than are allowed.
        if users::lock::<D>(&mut *connection, *user).await?.is_none() {
            return Err(WriteError::Refused(Refusal::NotFound));
        }
        let names = query_scalar::<D, String>(LIST).bind(user.get()).fetch_all(&mut *connection).await?;
        if names.iter().any(|name| name == role.as_str()) {
            return Ok(false);
        }
        if names.len() >= MOST_ROLES as usize {
            return Err(WriteError::Refused(Refusal::TooMany));
        }
        query_scalar::<D, i64>(ADD).bind(user.get()).bind(role.as_str()).fetch_one(&mut *connection).await?;
        events::add_alongside::<D>(connection, alongside, *user, None).await?;
        Ok(true)
    })
}

/// The job of [`domain::user::UserRepository::remove_role`].
pub(super) fn remove<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (user, role, alongside): &'j (UserId, Role, Alongside),
) -> BoxFuture<'j, Result<bool, WriteError>> {
    Box::pin(async move {
        let remove = query_scalar::<D, i64>(REMOVE).bind(user.get()).bind(role.as_str());
        let is_removed = remove.fetch_optional(&mut *connection).await?.is_some();
        if is_removed {
            events::add_alongside::<D>(connection, alongside, *user, None).await?;
        }
        Ok(is_removed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_roles_use_indexes() {
        for sql in [LIST, REMOVE] {
            assert_uses_indexes(sql).await;
        }
    }
}
