//! What migrations compute in Rust: the links and the search keys of parties that an earlier version stored.

pub(crate) mod zone_names;

use domain::party::{LinkToken, party_search_key};
use futures_util::future::BoxFuture;
use sqlx::{FromRow as _, Postgres, Row as _, Sqlite, query};

use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::engine::row_steps::{BATCH_ROWS, Batch, RowStep};
use crate::error::corrupt;
use crate::statements::{PerEngine, statements};

/// After the fourth migration.
pub(super) const LINKS_AND_SEARCH_KEYS: RowStep = RowStep {
    name: "parties: links and search keys",
    sqlite: add_links_and_search_keys::<Sqlite>,
    postgres: add_links_and_search_keys::<Postgres>,
};

statements! {
    /// The parties after `$1`, each with 16 random bytes of the engine's generator, which the system's source seeds. (A UUID of
    /// PostgreSQL has 122 random bits, so that two are hashed.)
    const LIST: PerEngine = PerEngine {
        sqlite: "SELECT parties.id, username, venue, main_dish, details, randomblob(16) AS random
            FROM parties JOIN users ON users.id = host_id
            WHERE parties.id > $1 ORDER BY parties.id LIMIT 1000",
        postgres: "SELECT parties.id, username, venue, main_dish, details,
                substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) FROM 1 FOR 16) AS random
            FROM parties JOIN users ON users.id = host_id
            WHERE parties.id > $1 ORDER BY parties.id LIMIT 1000",
    };

    const SAVE: &str = "UPDATE parties SET search_key = $2, invitation = coalesce(invitation, $3) WHERE id = $1";
}

const _: () = assert!(BATCH_ROWS == 1000, "the LIMIT of `LIST`");

/// A party as it is stored.
struct StoredTexts {
    username: String,
    venue: String,
    main_dish: String,
    details: Option<String>,
    random: Vec<u8>,
}

from_row!(StoredTexts { username, venue, main_dish, details, random });

fn add_links_and_search_keys<D: Dialect>(
    connection: &mut D::Connection,
    after: i64,
) -> BoxFuture<'_, sqlx::Result<Option<Batch>>> {
    Box::pin(async move {
        let list = query::<D>(D::pick(LIST.sqlite, LIST.postgres)).bind(after);
        let rows = list.fetch_all(&mut *connection).await?;
        let mut last_id = after;
        for row in &rows {
            last_id = row.try_get("id")?;
            match StoredTexts::from_row(row) {
                Ok(texts) => save::<D>(connection, last_id, &texts).await?,
                // The program before this one served the other parties. `check` reports the row.
                Err(error) => tracing::warn!(party = last_id, %error, "skipped an unreadable party"),
            }
        }
        Ok((!rows.is_empty()).then_some(Batch { last_id, rows: rows.len() }))
    })
}

async fn save<D: Dialect>(connection: &mut D::Connection, id: i64, texts: &StoredTexts) -> sqlx::Result<()> {
    let StoredTexts { username, venue, main_dish, details, random } = texts;
    let token = LinkToken::new(random.as_slice().try_into().map_err(corrupt("parties", "invitation", id))?);
    let key = party_search_key(username, main_dish, venue, details.as_deref());
    query::<D>(SAVE).bind(id).bind(key).bind(token.to_string()).execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
