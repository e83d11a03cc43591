//! The token of a party's link: finding the party by it, and replacing it.

use domain::party::{LinkToken, PartyId};
use sqlx::{query, query_scalar};

use crate::engine::dialect::Dialect;
use crate::statements::{PerEngine, statements};

statements! {
    /// Finds the party and locks its row. PostgreSQL compares the token again after it has waited for the lock. SQLite's
    /// transaction holds the write lock of the whole file already.
    const LOCK: PerEngine = PerEngine {
        sqlite: "SELECT id FROM parties WHERE invitation = $1",
        postgres: "SELECT id FROM parties WHERE invitation = $1 FOR NO KEY UPDATE",
    };

    const REPLACE: &str = "UPDATE parties SET invitation = $2 WHERE id = $1";
}

/// Locks the party with that link, and returns its id.
pub(super) async fn lock<D: Dialect>(
    connection: &mut D::Connection,
    token: LinkToken,
) -> sqlx::Result<Option<PartyId>> {
    let id = query_scalar::<D, i64>(D::pick(LOCK.sqlite, LOCK.postgres)).bind(token.to_string());
    let id = id.fetch_optional(connection).await?;
    Ok(id.map(PartyId::new))
}

/// Gives a party that is locked another link.
pub(super) async fn replace<D: Dialect>(
    connection: &mut D::Connection,
    party: PartyId,
    token: LinkToken,
) -> sqlx::Result<()> {
    query::<D>(REPLACE).bind(party.get()).bind(token.to_string()).execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_a_link_use_indexes() {
        for sql in [LOCK.sqlite, REPLACE] {
            assert_uses_indexes(sql).await;
        }
    }
}
