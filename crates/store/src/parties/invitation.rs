//! The token of a party's link: finding the party by it, and replacing it.

use domain::party::{InvitationToken, PartyId};
use domain::user::UserId;
use sqlx::query_scalar;

use crate::engine::dialect::Dialect;
use crate::statements::statements;

statements! {
    const FIND_ID: &str = "SELECT id FROM parties WHERE invitation = $1";

    const REPLACE: &str = "UPDATE parties SET invitation = $3 WHERE id = $1 AND host_id = $2 RETURNING id";
}

/// The id of the party with that link.
pub(super) async fn find_id<D: Dialect>(
    connection: &mut D::Connection,
    token: InvitationToken,
) -> sqlx::Result<Option<PartyId>> {
    let id = query_scalar::<D, i64>(FIND_ID).bind(token.to_string()).fetch_optional(connection).await?;
    Ok(id.map(PartyId::new))
}

/// The job of [`domain::party::PartyRepository::replace_invitation`].
pub(super) async fn replace<D: Dialect>(
    connection: &mut D::Connection,
    (party, host, token): (PartyId, UserId, InvitationToken),
) -> sqlx::Result<bool> {
    let replaced = query_scalar::<D, i64>(REPLACE).bind(party.get()).bind(host.get()).bind(token.to_string());
    Ok(replaced.fetch_optional(connection).await?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_a_link_use_indexes() {
        for sql in [FIND_ID, REPLACE] {
            assert_uses_indexes(sql).await;
        }
    }
}
