//! One party with its guests.

use domain::party::{Address, Attendee, Details, Invitation, LinkToken, PartyId, PartyView};
use domain::user::UserId;
use sqlx::{FromRow, query_as};

use super::row::heads;
use super::summary::{read_summaries, summary_row};
use crate::accounts::users::username;
use crate::engine::dialect::Dialect;
use crate::engine::read_pool::ReadPool;
use crate::error::corrupt;
use crate::statements::statements;

/// A party as `$1` sees it, or a visitor who is logged out where `$1` is NULL, and the columns that a list does not show.
macro_rules! view_of {
    ($party:literal) => {
        concat!(
            "SELECT ",
            summary_row!(),
            " AS summary, party.id, party.details, party.address, party.invitation, party.sequence
            FROM (SELECT * FROM parties WHERE ",
            $party,
            ") AS party
            JOIN users AS host ON host.id = party.host_id
            LEFT JOIN rsvps AS mine ON mine.party_id = party.id AND mine.guest_id = ($1 + 0)"
        )
    };
}

statements! {
    /// The party `$2`.
    const FIND: &str = view_of!("id = $2");

    /// The party with the link `$2`.
    const FIND_BY_LINK: &str = view_of!("invitation = $2");

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

#[derive(FromRow)]
struct ViewRow {
    summary: String,
    id: i64,
    details: Option<String>,
    address: Option<String>,
    invitation: Option<String>,
    sequence: i64,
}

/// The party `id`, if `viewer` may find it.
pub(super) async fn find<D: Dialect>(
    read: &ReadPool<D>,
    id: PartyId,
    viewer: UserId,
) -> sqlx::Result<Option<PartyView>> {
    let row = query_as::<_, ViewRow>(FIND).bind(viewer.get()).bind(id.get()).fetch_optional(read).await?;
    view(read, row, viewer, false).await
}

/// The party with that link, if the link opens it to `viewer`.
pub(super) async fn find_by_link<D: Dialect>(
    read: &ReadPool<D>,
    token: LinkToken,
    viewer: UserId,
) -> sqlx::Result<Option<PartyView>> {
    let found = query_as::<_, ViewRow>(FIND_BY_LINK).bind(viewer.get()).bind(token.to_string());
    view(read, found.fetch_optional(read).await?, viewer, true).await
}

/// What the link shows a visitor who is logged out.
pub(super) async fn find_invitation<D: Dialect>(
    read: &ReadPool<D>,
    token: LinkToken,
) -> sqlx::Result<Option<Invitation>> {
    let found = query_as::<_, ViewRow>(FIND_BY_LINK).bind(None::<i64>).bind(token.to_string());
    let Some(row) = found.fetch_optional(read).await? else { return Ok(None) };
    let summary = read_summaries(Some(&row.summary))?.pop();
    let details = details(row.details, row.id)?;
    Ok(summary.map(|summary| Invitation::of(summary, details)))
}

async fn view<D: Dialect>(
    read: &ReadPool<D>,
    row: Option<ViewRow>,
    viewer: UserId,
    has_link: bool,
) -> sqlx::Result<Option<PartyView>> {
    let Some(row) = row else { return Ok(None) };
    let id = row.id;
    let Some(summary) = read_summaries(Some(&row.summary))?.pop() else { return Ok(None) };
    let is_host = viewer == summary.host;
    if !is_host && !summary.visibility.is_open_to(summary.my_answer, has_link) {
        return Ok(None);
    }
    let guests = query_as::<_, GuestRow>(LIST_GUESTS).bind(id).fetch_all(read).await?;
    let knows_address = is_host || summary.my_answer.is_some_and(|answer| answer.seats_held() > 0);
    let address = row.address.filter(|_| knows_address).map(Address::from_stored);
    let link = row.invitation.filter(|_| is_host).map(|token| LinkToken::parse(&token));
    Ok(Some(PartyView {
        summary,
        guests: guests.into_iter().map(GuestRow::parse).collect::<sqlx::Result<_>>()?,
        details: details(row.details, id)?,
        address: address.transpose().map_err(corrupt("parties", "address", id))?,
        link: link.transpose().map_err(corrupt("parties", "invitation", id))?,
        sequence: u32::try_from(row.sequence).map_err(corrupt("parties", "sequence", id))?,
    }))
}

fn details(stored: Option<String>, party: i64) -> sqlx::Result<Option<Details>> {
    stored.map(Details::from_stored).transpose().map_err(corrupt("parties", "details", party))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_a_party_use_indexes() {
        for sql in [FIND, FIND_BY_LINK, LIST_GUESTS] {
            assert_uses_indexes(sql).await;
        }
    }
}
