//! One party with its guests.

use domain::party::{
    Address, Attendee, Details, GuestCursor, Invitation, LinkToken, NamesShownTo, PartyId, PartySummary, PartyView,
};
use domain::user::UserId;
use domain::{Page, PageSize};
use sqlx::query_as;

use super::delimited_rows;
use super::row::{given_up, heads};
use super::summary::{self, sees_names, summary_row};
use super::texts::texts;
use crate::accounts::users::username;
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::engine::read_pool::ReadPool;
use crate::error::corrupt;
use crate::statements::statements;

/// A party as `$1` sees it, or a visitor who is logged out where `$1` is NULL, and the columns that a list does not show.
macro_rules! view_of {
    ($party:literal) => {
        concat!(
            "SELECT ",
            summary_row!(),
            " AS summary, party.id, party.details, party.address, party.invitation, party.sequence,
                party.revision, mine.id AS rsvp_id, mine.given_up_heads, mine.given_up_at,
                mine.note, mine.allergies
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

    /// The guests of the party `$1` after the place `$2`, in the order in which they were seated.
    const LIST_GUESTS: &str = "SELECT rsvps.id, guest_id, username, heads, place
        FROM rsvps JOIN users ON users.id = guest_id
        WHERE party_id = $1 AND answer = 'seated' AND place > $2
        ORDER BY place LIMIT 51";

    /// The guest `$2` of the party `$1`.
    const FIND_GUEST: &str = "SELECT rsvps.id, guest_id, username, heads, place
        FROM rsvps JOIN users ON users.id = guest_id
        WHERE party_id = $1 AND guest_id = $2 AND answer = 'seated'";
}

const _: () =
    assert!(PartyView::GUESTS == 50, "the LIMIT of `LIST_GUESTS`, without the row that shows that there are more");

struct GuestRow {
    id: i64,
    guest_id: i64,
    username: String,
    heads: i64,
    place: i64,
}

from_row!(GuestRow { id, guest_id, username, heads, place });

impl GuestRow {
    fn parse(self) -> sqlx::Result<Attendee> {
        Ok(Attendee { username: username(&self.username, self.guest_id)?, heads: heads(self.heads, self.id)?.get() })
    }
}

struct ViewRow {
    summary: String,
    id: i64,
    details: Option<String>,
    address: Option<String>,
    invitation: Option<String>,
    sequence: i64,
    revision: i64,
    rsvp_id: Option<i64>,
    given_up_heads: Option<i64>,
    given_up_at: Option<i64>,
    note: Option<String>,
    allergies: Option<String>,
}

from_row!(ViewRow {
    note,
    allergies,
    summary,
    id,
    details,
    address,
    invitation,
    sequence,
    revision,
    rsvp_id,
    given_up_heads,
    given_up_at
});

impl ViewRow {
    /// The party with every name, and who sees the names.
    fn summary(&self) -> sqlx::Result<Option<(PartySummary, NamesShownTo)>> {
        delimited_rows::split(Some(&self.summary)).map(summary::read).next().transpose()
    }
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
    let summary = row.summary()?;
    let details = details(row.details, row.id)?;
    Ok(summary.map(|(summary, _)| Invitation::of(summary, details)))
}

async fn view<D: Dialect>(
    read: &ReadPool<D>,
    row: Option<ViewRow>,
    viewer: UserId,
    has_link: bool,
) -> sqlx::Result<Option<PartyView>> {
    let Some(row) = row else { return Ok(None) };
    let id = row.id;
    let Some((mut summary, names_shown_to)) = row.summary()? else { return Ok(None) };
    let (is_host, rsvp) = (viewer == summary.host, row.rsvp_id.unwrap_or_default());
    if !is_host && !summary.visibility.admits(summary.my_answer, has_link) {
        return Ok(None);
    }
    let sees_names = sees_names(Some(viewer), &summary, names_shown_to);
    if !sees_names {
        summary.first_guests.clear();
    }
    let guests = if sees_names {
        list_guests(read, PartyId::new(id), GuestCursor::new(i64::MIN)).await?
    } else {
        let own = query_as::<_, GuestRow>(FIND_GUEST).bind(id).bind(viewer.get()).fetch_optional(read).await?;
        Page { items: own.map(GuestRow::parse).transpose()?.into_iter().collect(), next: None }
    };
    if sees_names && guests.next.is_none() {
        // An RSVP between the two statements: the total is that of the guests beside it.
        summary.taken = 1 + guests.items.iter().map(|guest| guest.heads).sum::<u32>();
    }
    let knows_address = is_host || summary.my_answer.is_some_and(|answer| answer.seats_held() > 0);
    let address = row.address.filter(|_| knows_address).map(Address::from_stored);
    let link = row.invitation.filter(|_| is_host).map(|token| LinkToken::parse(&token));
    Ok(Some(PartyView {
        summary,
        guests: guests.items,
        more_guests: guests.next,
        names_shown_to,
        revision: u32::try_from(row.revision).map_err(corrupt("parties", "revision", id))?,
        my_given_up: given_up(row.given_up_heads, row.given_up_at, rsvp)?,
        my_texts: texts(row.note, row.allergies, rsvp)?,
        details: details(row.details, id)?,
        address: address.transpose().map_err(corrupt("parties", "address", id))?,
        link: link.transpose().map_err(corrupt("parties", "invitation", id))?,
        sequence: u32::try_from(row.sequence).map_err(corrupt("parties", "sequence", id))?,
    }))
}

/// The seated guests of a party after a cursor.
pub(super) async fn list_guests<D: Dialect>(
    read: &ReadPool<D>,
    id: PartyId,
    after: GuestCursor,
) -> sqlx::Result<Page<Attendee, GuestCursor>> {
    let rows = query_as::<_, GuestRow>(LIST_GUESTS).bind(id.get()).bind(after.get()).fetch_all(read).await?;
    let size = PageSize::clamped(i64::from(PartyView::GUESTS));
    let page = Page::from_rows(rows, size, |row: &GuestRow| GuestCursor::new(row.place));
    let items = page.items.into_iter().map(GuestRow::parse).collect::<sqlx::Result<_>>()?;
    Ok(Page { items, next: page.next })
}

pub(super) fn details(stored: Option<String>, party: i64) -> sqlx::Result<Option<Details>> {
    stored.map(Details::from_stored).transpose().map_err(corrupt("parties", "details", party))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_a_party_use_indexes() {
        for sql in [FIND, FIND_BY_LINK, LIST_GUESTS, FIND_GUEST] {
            assert_uses_indexes(sql).await;
        }
    }
}
