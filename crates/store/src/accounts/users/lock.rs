//! Locks of a user's row: a job that decides by it waits for all others that do, and for what changes it.

use domain::Timestamp;
use domain::credential::PasswordVersion;
use domain::user::{User, UserId};
use sqlx::query_as;

use super::{UserRow, user_columns};
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::statements::{PerEngine, statements};

statements! {
    /// On PostgreSQL the row is read as the one before has left it. What only refers to the user does not wait.
    const LOCK: PerEngine = PerEngine {
        sqlite: "SELECT password_version, disabled_at, delete_due FROM users WHERE id = $1 AND deleted_at IS NULL",
        postgres: "SELECT password_version, disabled_at, delete_due FROM users WHERE id = $1 AND deleted_at IS NULL
            FOR NO KEY UPDATE",
    };

    /// No other transaction copies the name meanwhile: what refers to the user waits as well.
    const LOCK_WHOLE: PerEngine = PerEngine {
        sqlite: concat!("SELECT ", user_columns!(), " FROM users WHERE id = $1"),
        postgres: concat!("SELECT ", user_columns!(), " FROM users WHERE id = $1 FOR UPDATE"),
    };
}

/// The state of a user whose row is locked until the end of the transaction.
pub(in crate::accounts) struct LockedUser {
    password_version: i64,
    disabled_at: Option<i64>,
    delete_due: Option<i64>,
}

from_row!(LockedUser { password_version, disabled_at, delete_due });

impl LockedUser {
    pub(in crate::accounts) fn version(&self) -> PasswordVersion {
        PasswordVersion::new(self.password_version)
    }

    pub(in crate::accounts) fn is_disabled(&self) -> bool {
        self.disabled_at.is_some()
    }

    /// When the requested deletion is due.
    pub(in crate::accounts) fn delete_due(&self) -> Option<Timestamp> {
        self.delete_due.map(Timestamp::from_millis)
    }
}

/// Locks the row of a user. `None` where there is no such user, or the user is deleted.
pub(in crate::accounts) async fn lock<D: Dialect>(
    connection: &mut D::Connection,
    user: UserId,
) -> sqlx::Result<Option<LockedUser>> {
    query_as::<D, LockedUser>(D::pick(LOCK.sqlite, LOCK.postgres)).bind(user.get()).fetch_optional(connection).await
}

/// Finds a user, deleted or not, and locks the row: what refers to the user waits as well.
pub(super) async fn lock_whole<D: Dialect>(connection: &mut D::Connection, user: UserId) -> sqlx::Result<Option<User>> {
    let lock = query_as::<D, UserRow>(D::pick(LOCK_WHOLE.sqlite, LOCK_WHOLE.postgres)).bind(user.get());
    lock.fetch_optional(connection).await?.map(UserRow::parse).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn locks_use_indexes() {
        for sql in [LOCK.sqlite, LOCK_WHOLE.sqlite] {
            assert_uses_indexes(sql).await;
        }
    }

    /// Of 1,000 users.
    #[cfg(feature = "party")]
    #[tokio::test]
    async fn postgres_locks_use_indexes() {
        for sql in [LOCK.postgres, LOCK_WHOLE.postgres] {
            let plan = crate::plan::postgres_plan(sql, "bigint", false).await;
            assert!(plan.contains("users_pkey") && !plan.contains("Seq Scan"), "{sql}\n{plan}");
        }
    }
}
