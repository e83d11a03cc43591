//! The skeletons of usernames that an earlier version stored, by which look-alike names are found.

use domain::user::Username;
use futures_util::future::BoxFuture;
use sqlx::{Postgres, Sqlite, query, query_as};

use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::engine::row_steps::{BATCH_ROWS, Batch, RowStep};
use crate::statements::statements;

/// After the seventh migration. A later version of the table of look-alike characters is a step with another name.
pub(in crate::accounts) const SKELETONS: RowStep = RowStep {
    name: "accounts: username skeletons of Unicode 18",
    sqlite: rewrite::<Sqlite>,
    postgres: rewrite::<Postgres>,
};

statements! {
    const LIST: &str = "SELECT id, username, username_skeleton FROM users WHERE id > $1 ORDER BY id LIMIT 1000";

    const SAVE: &str = "UPDATE users SET username_skeleton = $2 WHERE id = $1";
}

const _: () = assert!(BATCH_ROWS == 1000, "the LIMIT of `LIST`");
const _: () = assert!(Username::SKELETON_VERSION.0 == 18, "the name of the step");

struct StoredName {
    id: i64,
    username: String,
    username_skeleton: String,
}

from_row!(StoredName { id, username, username_skeleton });

/// Gives each user the skeleton of the name. Users whose names look alike keep them.
fn rewrite<D: Dialect>(connection: &mut D::Connection, after: i64) -> BoxFuture<'_, sqlx::Result<Option<Batch>>> {
    Box::pin(async move {
        let rows = query_as::<D, StoredName>(LIST).bind(after).fetch_all(&mut *connection).await?;
        let batch = rows.last().map(|row| Batch { last_id: row.id, rows: rows.len() });
        for row in rows {
            // `check` reports a name that cannot be read.
            let Ok(name) = Username::from_stored(row.username) else { continue };
            let skeleton = name.skeleton();
            if skeleton != row.username_skeleton {
                query::<D>(SAVE).bind(row.id).bind(skeleton).execute(&mut *connection).await?;
            }
        }
        Ok(batch)
    })
}

#[cfg(test)]
mod tests;
