//! Lists of parties by keyset pagination: the upcoming ones, the soonest first, then the past ones, the latest first.
//!
//! Both parts are read by one statement, each by an index. A search or the filter for free seats reads every party on its
//! way; so in all parties it begins the past part only where the upcoming one did not fill the page.

mod search;
pub(crate) mod statements;

use std::cmp::max;

use domain::party::{PartyCursor, PartyQuery, PartySummary, Scope};
use domain::user::UserId;
use domain::{Page, PageSize, Timestamp};
use sqlx::{query_as, query_scalar};

use self::search::Search;
use self::statements::{LIST, LIST_ATTENDED, LIST_HOSTED, SEARCH_PAST, SEARCH_UPCOMING};
use super::summary::read_summaries;
use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;

/// The page of `query` after `after`. One statement; a search in all parties takes up to two.
pub(super) async fn list<D: Dialect>(
    database: &OpenDatabase<D>,
    query: &PartyQuery,
    viewer: UserId,
    now: Timestamp,
    after: Option<PartyCursor>,
    size: PageSize,
) -> sqlx::Result<Page<PartySummary, PartyCursor>> {
    let Some(search) = Search::parse(&query.search) else {
        return Ok(Page::from_rows(Vec::new(), size, |party| cursor(party, now)));
    };
    let (upcoming, past) = start_positions(after, now);
    let list = List { database, viewer, search, only_with_seats: query.has_free_seats, upcoming, past };
    let rows = size.rows_and_one();
    let parties = match query.scope {
        Scope::All if list.is_filtered() => list.search(rows).await?,
        Scope::All => list.read(LIST, None, rows).await?,
        Scope::HostedBy(user) => list.read(LIST_HOSTED, Some(user), rows).await?,
        Scope::AttendedBy(user) => list.read(LIST_ATTENDED, Some(user), rows).await?,
    };
    Ok(Page::from_rows(parties, size, |party| cursor(party, now)))
}

/// The start in milliseconds and the id of a party, after which a list begins.
pub(super) type Position = (i64, i64);

/// Where the upcoming and the past part of the page after `after` begin. A party that begins now is past.
pub(super) fn start_positions(after: Option<PartyCursor>, now: Timestamp) -> (Position, Position) {
    let position = |cursor: PartyCursor| (cursor.starts_at.as_millis(), cursor.id.get());
    let end = (i64::MAX, i64::MAX);
    let (soonest, latest) = ((now.as_millis(), i64::MAX), (now.as_millis(), i64::MIN));
    match after {
        None => (soonest, latest),
        Some(after) if !after.is_past => (max(soonest, position(after)), latest),
        Some(after) if after.starts_at <= now => (end, position(after)),
        Some(_) => (end, latest),
    }
}

/// The cursor after `party`.
pub(super) fn cursor(party: &PartySummary, now: Timestamp) -> PartyCursor {
    let date = &party.heading.date;
    PartyCursor { is_past: date.has_begun(now), starts_at: date.starts_at(), id: party.id }
}

/// The parameters that the statements of a list share.
struct List<'e, D: Dialect> {
    database: &'e OpenDatabase<D>,
    viewer: UserId,
    search: Search,
    only_with_seats: bool,
    upcoming: Position,
    past: Position,
}

impl<D: Dialect> List<'_, D> {
    fn is_filtered(&self) -> bool {
        self.search.pattern.is_some() || self.only_with_seats
    }

    /// Reads the upcoming part, and the past part where rows are missing, on the search pool.
    async fn search(&self, rows: i64) -> sqlx::Result<Vec<PartySummary>> {
        let mut parties = self.search_part(SEARCH_UPCOMING, self.upcoming, rows).await?;
        let missing = rows - i64::try_from(parties.len()).unwrap_or(i64::MAX);
        if missing > 0 {
            parties.extend(self.search_part(SEARCH_PAST, self.past, missing).await?);
        }
        Ok(parties)
    }

    async fn search_part(
        &self,
        sql: &'static str,
        (starts_at, id): Position,
        rows: i64,
    ) -> sqlx::Result<Vec<PartySummary>> {
        let statement = query_scalar::<_, Option<String>>(sql)
            .bind(self.viewer.get())
            .bind(starts_at)
            .bind(id)
            .bind(self.search.pattern.as_deref())
            .bind(i64::from(self.only_with_seats))
            .bind(rows);
        read_summaries(statement.fetch_one(&self.database.searches).await?.as_deref())
    }

    /// Reads both parts.
    async fn read(&self, sql: &'static str, user: Option<UserId>, rows: i64) -> sqlx::Result<Vec<PartySummary>> {
        let statement = query_as::<_, (Option<String>, Option<String>)>(sql)
            .bind(self.viewer.get())
            .bind(self.upcoming.0)
            .bind(self.upcoming.1)
            .bind(self.search.pattern.as_deref())
            .bind(i64::from(self.only_with_seats))
            .bind(rows)
            .bind(self.past.0)
            .bind(self.past.1);
        let statement = match user {
            Some(user) => statement.bind(user.get()),
            None => statement,
        };
        let (upcoming, past) = statement.fetch_one(&self.database.read).await?;
        let mut parties = read_summaries(upcoming.as_deref())?;
        parties.extend(read_summaries(past.as_deref())?);
        Ok(parties)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{assert_uses_indexes, query_plan};

    #[tokio::test]
    async fn lists_are_read_in_index_order() {
        for sql in [LIST, SEARCH_UPCOMING, SEARCH_PAST, LIST_HOSTED] {
            assert_uses_indexes(sql).await;
        }
    }

    /// The date is a column of the party alone: a guest's own RSVPs are sorted by it, and no other RSVP is read.
    #[tokio::test]
    async fn attended_parties_are_found_by_the_guests_rsvps() {
        let steps = query_plan(LIST_ATTENDED).await;
        let pages: Vec<_> = (1..steps.len()).filter(|step| steps[step - 1] == "CO-ROUTINE party").collect();
        assert_eq!(pages.len(), 2, "{steps:#?}");
        for page in pages {
            assert!(steps[page].contains("rsvps_by_guest (guest_id=? AND answer=?)"), "{steps:#?}");
            assert!(steps[page + 1].contains("parties USING INTEGER PRIMARY KEY"), "{steps:#?}");
        }
    }
}
