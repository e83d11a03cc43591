//! Every RSVP of a party, for its host.

use domain::party::{Answer, GuestOverview, GuestRow, PartyId};
use domain::user::UserId;
use sqlx::query_as;

use super::find;
use super::row::answer;
use super::texts::texts;
use crate::accounts::users::username;
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::engine::read_pool::ReadPool;
use crate::statements::statements;

statements! {
    /// Every RSVP of the party `$1`.
    const LIST: &str = "SELECT rsvps.id, guest_id, username, answer, heads, place, note, allergies
        FROM rsvps JOIN users ON users.id = guest_id WHERE party_id = $1";
}

struct StoredRow {
    id: i64,
    guest_id: i64,
    username: String,
    answer: String,
    heads: i64,
    place: Option<i64>,
    note: Option<String>,
    allergies: Option<String>,
}

from_row!(StoredRow { id, guest_id, username, answer, heads, place, note, allergies });

impl StoredRow {
    fn parse(self) -> sqlx::Result<(i64, GuestRow)> {
        let row = GuestRow {
            id: UserId::new(self.guest_id),
            username: username(&self.username, self.guest_id)?,
            answer: answer(&self.answer, self.heads, self.id)?,
            rank: None,
            texts: texts(self.note, self.allergies, self.id)?,
        };
        Ok((self.place.unwrap_or_default(), row))
    }
}

/// The party `id` with every RSVP, if `host` is its host.
pub(super) async fn guests<D: Dialect>(
    read: &ReadPool<D>,
    id: PartyId,
    host: UserId,
) -> sqlx::Result<Option<GuestOverview>> {
    let Some(mut party) = find::find(read, id, host).await?.filter(|party| party.summary.host == host) else {
        return Ok(None);
    };
    let rows = query_as::<_, StoredRow>(LIST).bind(id.get()).fetch_all(read).await?;
    let guests = in_order(rows.into_iter().map(StoredRow::parse).collect::<sqlx::Result<_>>()?);
    // An RSVP between the two statements: the totals are those of the guests beside them.
    party.summary.taken = 1 + guests.iter().map(|guest| guest.answer.seats_held()).sum::<u32>();
    party.summary.waiting = guests.iter().map(|guest| u32::from(guest.answer.is_waiting())).sum();
    Ok(Some(GuestOverview { party, guests }))
}

/// Sorts rows with their places, and numbers those on the waiting list.
fn in_order(mut rows: Vec<(i64, GuestRow)>) -> Vec<GuestRow> {
    rows.sort_by_cached_key(|(place, row)| (group(row.answer), *place, row.username.key()));
    let waiting = rows.iter_mut().filter(|(_, row)| row.answer.is_waiting());
    for (rank, (_, row)) in (1..).zip(waiting) {
        row.rank = Some(rank);
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The position of guests with that answer.
fn group(answer: Answer) -> u8 {
    match answer {
        Answer::Seated(_) => 0,
        Answer::Waitlisted(_) => 1,
        Answer::Maybe => 2,
        Answer::Invited => 3,
        Answer::Declined => 4,
        Answer::Removed => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn guests_are_read_by_an_index() {
        assert_uses_indexes(LIST).await;
    }
}
