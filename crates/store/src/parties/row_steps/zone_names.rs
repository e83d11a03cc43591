//! The current names of time zones, for parties that an earlier version stored.

use domain::party::Zone;
use futures_util::future::BoxFuture;
use sqlx::{Postgres, Sqlite, query, query_as};

use crate::engine::dialect::Dialect;
use crate::engine::row_steps::{BATCH_ROWS, Batch, RowStep};
use crate::statements::statements;

/// A zone is read under its current name in any case. The step is for other programs that read the table.
pub(crate) const ZONE_NAMES: RowStep = RowStep {
    name: "parties: current zone names of IANA 2026c",
    sqlite: rename_zones::<Sqlite>,
    postgres: rename_zones::<Postgres>,
};

statements! {
    const LIST: &str = "SELECT id, zone FROM parties WHERE id > $1 ORDER BY id LIMIT 1000";

    const RENAME: &str = "UPDATE parties SET zone = $2 WHERE id = $1";
}

const _: () = assert!(BATCH_ROWS == 1000, "the LIMIT of `LIST`");

fn rename_zones<D: Dialect>(connection: &mut D::Connection, after: i64) -> BoxFuture<'_, sqlx::Result<Option<Batch>>> {
    Box::pin(async move {
        let rows = query_as::<D, (i64, String)>(LIST).bind(after).fetch_all(&mut *connection).await?;
        for (id, stored) in &rows {
            match Zone::from_stored(stored) {
                Ok(zone) if zone.as_str() != stored => {
                    query::<D>(RENAME).bind(id).bind(zone.as_str()).execute(&mut *connection).await?;
                }
                _ => {} // `check` reports an unknown zone
            }
        }
        Ok(rows.last().map(|(last_id, _)| Batch { last_id: *last_id, rows: rows.len() }))
    })
}
