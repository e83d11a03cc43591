//! The table of notices: how they are added, in the job of the change that they are about, listed, dismissed and purged.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::notice::MOST_OF_SUBJECT;
use domain::user::UserId;
use domain::{Notice, NoticeId, NoticeRepository, StoreError, StoredNotice, Timestamp};
use sqlx::{query, query_as, query_scalar};

use super::users::username;
use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::error::into_store_error;
use crate::statements::{PerEngine, statements};

macro_rules! keep_newest {
    ($recipients:literal, $user:literal) => {
        concat!(
            "DELETE FROM notices WHERE id IN (
                SELECT notices.id FROM ",
            $recipients,
            " CROSS JOIN notices
                WHERE user_id = ",
            $user,
            " AND subject = $2 AND about_id IS NULL AND notices.id <= (
                    SELECT older.id FROM notices AS older
                    WHERE older.user_id = ",
            $user,
            " AND older.subject = $2 AND older.about_id IS NULL
                    ORDER BY older.id DESC LIMIT 1 OFFSET 20
                ))"
        )
    };
}

statements! {
    /// Adds one notice to each of the users `$1`, a list in JSON, who are not deleted. One about a user replaces the earlier one. None is
    /// added about a deleted user.
    const ADD: PerEngine = PerEngine {
        sqlite: "INSERT OR REPLACE INTO notices (user_id, kind, subject, about_id, parameters, at)
            SELECT users.id, $2, $3, $4, $5, $6
            FROM json_each($1) AS recipient CROSS JOIN users ON users.id = recipient.value WHERE deleted_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM users AS about WHERE about.id = $4 AND about.deleted_at IS NOT NULL)",
        postgres: "INSERT INTO notices (user_id, kind, subject, about_id, parameters, at)
            SELECT users.id, $2, $3, $4, $5, $6
            FROM jsonb_array_elements_text($1::text::jsonb) AS recipient JOIN users ON users.id = recipient.value::bigint
            WHERE deleted_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM users AS about WHERE about.id = $4 AND about.deleted_at IS NOT NULL)
            ON CONFLICT (about_id, user_id, subject) WHERE about_id IS NOT NULL
            DO UPDATE SET id = DEFAULT, kind = excluded.kind, parameters = excluded.parameters, at = excluded.at",
    };

    /// Removes all but the 20 newest of the notices about no user, to the users `$1`, a list in JSON, about the subject `$2`.
    const KEEP_NEWEST: PerEngine = PerEngine {
        sqlite: keep_newest!("json_each($1) AS recipient", "recipient.value"),
        postgres: keep_newest!("jsonb_array_elements_text($1::text::jsonb) AS recipient", "recipient.value::bigint"),
    };

    const LIST: &str = "SELECT notices.id, at, kind, subject, about_id, username, parameters
        FROM notices LEFT JOIN users ON users.id = about_id
        WHERE user_id = $1 ORDER BY notices.id DESC LIMIT ($2 + 0)";

    const DISMISS: &str = "DELETE FROM notices WHERE user_id = $1 AND id = $2 RETURNING id";

    const DISMISS_ALL: &str = "DELETE FROM notices WHERE user_id = $1 AND id <= $2 RETURNING id";

    /// Ids are given in the order of time, so that the oldest rows are the first: no index by time is written for each notice.
    const PURGE: &str = "DELETE FROM notices
        WHERE at < $1 AND id IN (SELECT oldest.id FROM notices AS oldest ORDER BY oldest.id LIMIT ($2 + 0))
        RETURNING id";

    const REMOVE_OF_USER: &str = "DELETE FROM notices WHERE user_id = $1";

    const REMOVE_ABOUT_USER: &str = "DELETE FROM notices WHERE about_id = $1";
}

const _: () = assert!(MOST_OF_SUBJECT == 20, "the OFFSET of `KEEP_NEWEST`");

/// A notice without its recipient: what one statement adds for several users.
type Content<'n> = (&'static str, i64, Option<UserId>, &'n str);

/// Adds notices within a job, so that they are there if and only if the job commits. A notice replaces earlier ones as
/// [`NoticeRepository`] says. Equal notices that stand beside each other, to several users, cost one statement together, or two if they are about no user.
/// On PostgreSQL a job that may run beside the deletion of a recipient locks the row of that user first.
///
/// # Errors
/// [`sqlx::Error`]: the job ends, and nothing is added.
pub async fn notify<D: Dialect>(connection: &mut D::Connection, notices: &[Notice], at: Timestamp) -> sqlx::Result<()> {
    let mut groups: Vec<(Content<'_>, BTreeSet<i64>)> = Vec::new();
    for Notice { user, kind, subject, about, parameters } in notices {
        let content = (*kind, *subject, *about, parameters.as_str());
        match groups.last_mut().filter(|(group, _)| *group == content) {
            Some((_, users)) => drop(users.insert(user.get())),
            None => groups.push((content, BTreeSet::from([user.get()]))),
        }
    }
    for (content, users) in groups {
        add::<D>(&mut *connection, content, &users, at).await?;
    }
    Ok(())
}

async fn add<D: Dialect>(
    connection: &mut D::Connection,
    (kind, subject, about, parameters): Content<'_>,
    users: &BTreeSet<i64>,
    at: Timestamp,
) -> sqlx::Result<()> {
    let users: Vec<_> = users.iter().map(i64::to_string).collect();
    let (users, about) = (format!("[{}]", users.join(",")), about.map(UserId::get));
    let add = query::<D>(D::pick(ADD.sqlite, ADD.postgres)).bind(users.clone()).bind(kind).bind(subject);
    add.bind(about).bind(parameters.to_owned()).bind(at.as_millis()).execute(&mut *connection).await?;
    if about.is_none() {
        let keep = query::<D>(D::pick(KEEP_NEWEST.sqlite, KEEP_NEWEST.postgres));
        keep.bind(users).bind(subject).execute(connection).await?;
    }
    Ok(())
}

/// Removes the notices to a user and about the user, whose deletion is completed.
pub(super) async fn forget_all<D: Dialect>(connection: &mut D::Connection, user: UserId) -> sqlx::Result<()> {
    for sql in [REMOVE_OF_USER, REMOVE_ABOUT_USER] {
        query::<D>(sql).bind(user.get()).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The repository of notices.
pub(crate) struct Notices<D: Dialect> {
    pub(crate) database: OpenDatabase<D>,
}

struct NoticeRow {
    id: i64,
    at: i64,
    kind: String,
    subject: i64,
    about_id: Option<i64>,
    username: Option<String>,
    parameters: String,
}

from_row!(NoticeRow { id, at, kind, subject, about_id, username, parameters });

impl NoticeRow {
    fn parse(self) -> sqlx::Result<StoredNotice> {
        let about = self.username.zip(self.about_id).map(|(name, user)| username(&name, user)).transpose()?;
        Ok(StoredNotice {
            id: NoticeId::new(self.id),
            at: Timestamp::from_millis(self.at),
            kind: self.kind,
            subject: self.subject,
            about,
            parameters: self.parameters,
        })
    }
}

#[async_trait]
impl<D: Dialect> NoticeRepository for Notices<D> {
    async fn list(&self, user: UserId, limit: u32) -> Result<Vec<StoredNotice>, StoreError> {
        let rows = query_as::<_, NoticeRow>(LIST).bind(user.get()).bind(i64::from(limit));
        let rows = rows.fetch_all(&self.database.read).await.map_err(into_store_error)?;
        rows.into_iter().map(NoticeRow::parse).collect::<sqlx::Result<_>>().map_err(into_store_error)
    }

    async fn dismiss(&self, user: UserId, id: NoticeId) -> Result<bool, StoreError> {
        Ok(self.remove(DISMISS, user.get(), id.get()).await? > 0)
    }

    async fn dismiss_all(&self, user: UserId, newest: NoticeId) -> Result<u64, StoreError> {
        self.remove(DISMISS_ALL, user.get(), newest.get()).await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.remove(PURGE, before.as_millis(), i64::from(limit)).await
    }
}

impl<D: Dialect> Notices<D> {
    /// Runs a statement with two parameters that returns the id of each row that it removes, and returns their number.
    async fn remove(&self, sql: &'static str, first: i64, second: i64) -> Result<u64, StoreError> {
        let removed = self.database.writer.write((sql, first, second), |connection, (sql, first, second)| {
            Box::pin(async move {
                let remove = query_scalar::<D, i64>(*sql).bind(*first).bind(*second);
                Ok(remove.fetch_all(connection).await?.len() as u64)
            })
        });
        Ok(removed.await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_notices_use_indexes() {
        for sql in [LIST, DISMISS, DISMISS_ALL, PURGE, REMOVE_OF_USER, REMOVE_ABOUT_USER] {
            assert_uses_indexes(sql).await;
        }
    }
}
