//! One party with its guests.

use domain::party::{Attendee, PartyId, PartyView};
use domain::user::UserId;
use sqlx::{FromRow, query_as, query_scalar};

use super::row::heads;
use super::summary::{read_summaries, summary_row};
use crate::accounts::users::username;
use crate::engine::dialect::Dialect;
use crate::engine::read_pool::ReadPool;
use crate::statements::statements;

statements! {
    /// The party `$2`, as `$1` sees it.
    const FIND: &str = concat!("SELECT string_agg(delimited, '\u{1e}') FROM (
            SELECT ", summary_row!(), " AS delimited
            FROM (SELECT * FROM parties WHERE id = $2) AS party
            JOIN users AS host ON host.id = party.host_id
            LEFT JOIN rsvps AS mine ON mine.party_id = party.id AND mine.guest_id = ($1 + 0)
            ORDER BY party.id
        ) AS page");

    /// The guests of the party `$1`, in the order in which they were seated.
    const LIST_GUESTS: &str = "SELECT rsvps.id, guest_id, username, heads
        FROM rsvps JOIN users ON users.id = guest_id
        WHERE party_id = $1 AND answer = 'seated'
        ORDER BY place";
}

#[derive(FromRow)]
struct GuestRow {
    id: i64,
    guest_id: i64,
    username: String,
    heads: i64,
}

impl GuestRow {
    fn parse(self) -> sqlx::Result<Attendee> {
        Ok(Attendee { username: username(&self.username, self.guest_id)?, heads: heads(self.heads, self.id)?.get() })
    }
}

/// The party `id` as `viewer` sees it, with its guests.
pub(super) async fn find<D: Dialect>(
    read: &ReadPool<D>,
    id: PartyId,
    viewer: UserId,
) -> sqlx::Result<Option<PartyView>> {
    let found = query_scalar::<_, Option<String>>(FIND).bind(viewer.get()).bind(id.get());
    let found = found.fetch_one(read).await?;
    let Some(summary) = read_summaries(found.as_deref())?.pop() else {
        return Ok(None);
    };
    let guests = query_as::<_, GuestRow>(LIST_GUESTS).bind(id.get()).fetch_all(read).await?;
    let guests = guests.into_iter().map(GuestRow::parse).collect::<sqlx::Result<_>>()?;
    Ok(Some(PartyView { summary, guests }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_a_party_use_indexes() {
        for sql in [FIND, LIST_GUESTS] {
            assert_uses_indexes(sql).await;
        }
    }
}
