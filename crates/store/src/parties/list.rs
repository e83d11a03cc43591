//! Lists of parties by keyset pagination: those that are not over, the soonest first, then those that are over, the latest
//! first.
//!
//! Both parts are read by one statement, each by an index. Of listed parties the second part is read only where the first does not
//! fill the page. A search reads every party on its way.

pub(crate) mod statements;

use std::cmp::max;

use domain::party::{ListError, PartyCursor, PartyEnd, PartyFilter, PartyQuery, PartySummary, Phase};
use domain::user::UserId;
use domain::{Page, PageSize, SearchWords, Timestamp};
use sqlx::query::QueryAs;
use sqlx::query_as;

use self::statements::{LIST, LIST_ATTENDED, LIST_HOSTED, LIST_OWN, SEARCH, SEARCH_WITH_SEAT};
use super::summary::read_summaries;
use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::engine::search_pool::Search;
use crate::engine::search_queue::SearchRefused;
use crate::error::into_store_error;

/// More bytes than the search key of any party has: a key has 767 characters before it is decomposed, which makes at most 18
/// characters of four bytes from one.
const MAX_WORD_BYTES: usize = 64 * 1024;

/// The page of `query` after `after`, by one statement.
pub(super) async fn list<D: Dialect>(
    database: &OpenDatabase<D>,
    query: &PartyQuery,
    viewer: UserId,
    now: Timestamp,
    after: Option<PartyCursor>,
    size: PageSize,
) -> Result<Page<PartySummary, PartyCursor>, ListError> {
    let (first, over) = start_positions(after, now);
    let list = List { database, viewer, now, first, over, rows: size.rows_and_one() };
    let parties = match query {
        PartyQuery::Listed(filter) if *filter == PartyFilter::default() => list.page(LIST, None).await?,
        PartyQuery::Listed(filter) => list.search(filter).await?,
        PartyQuery::HostedBy(user) if *user == viewer => list.page(LIST_OWN, None).await?,
        PartyQuery::HostedBy(user) => list.page(D::pick(LIST_HOSTED.sqlite, LIST_HOSTED.postgres), Some(*user)).await?,
        PartyQuery::AttendedBy(user) => list.attended(*user).await?,
    };
    Ok(Page::from_rows(parties, size, |party| cursor(party, now)))
}

/// The start in milliseconds and the id of a party, after which a list begins.
pub(super) type Position = (i64, i64);

/// Where the parties that are not over and those that are over begin on the page after `after`.
pub(super) fn start_positions(after: Option<PartyCursor>, now: Timestamp) -> (Position, Position) {
    let position = |cursor: PartyCursor| (cursor.starts_at.as_millis(), cursor.id.get());
    let end = (i64::MAX, i64::MAX);
    let earliest = ((now - PartyEnd::MAX_DURATION).as_millis(), i64::MAX);
    let latest = (now.as_millis(), i64::MIN);
    match after {
        None => (earliest, latest),
        Some(after) if !after.is_past => (max(earliest, position(after)), latest),
        Some(after) if after.starts_at <= now => (end, position(after)),
        Some(_) => (end, latest),
    }
}

/// The cursor after `party`.
pub(super) fn cursor(party: &PartySummary, now: Timestamp) -> PartyCursor {
    PartyCursor { is_past: party.phase(now) == Phase::Over, starts_at: party.heading.date.starts_at(), id: party.id }
}

/// The parameters that the statements of a list share.
struct List<'e, D: Dialect> {
    database: &'e OpenDatabase<D>,
    viewer: UserId,
    now: Timestamp,
    first: Position,
    over: Position,
    rows: i64,
}

impl<D: Dialect> List<'_, D> {
    async fn begin_search(&self) -> Result<Search<D>, ListError> {
        self.database.searches.begin(self.viewer.get()).await.map_err(|refused| match refused {
            SearchRefused::OwnSearchRunning => ListError::OwnSearchRunning,
            SearchRefused::Busy => ListError::Busy,
        })
    }

    /// Reads a list whose length others do not decide.
    async fn page(&self, sql: &'static str, user: Option<UserId>) -> Result<Vec<PartySummary>, ListError> {
        let statement = match user {
            Some(user) => self.statement(sql).bind(user.get()),
            None => self.statement(sql),
        };
        Ok(self.read_both(statement.fetch_one(&self.database.read).await).map_err(into_store_error)?)
    }

    /// Sorts all parties that `user` attends.
    async fn attended(&self, user: UserId) -> Result<Vec<PartySummary>, ListError> {
        let search = self.begin_search().await?;
        let statement = self.statement(D::pick(LIST_ATTENDED.sqlite, LIST_ATTENDED.postgres)).bind(user.get());
        self.read_both(statement.fetch_one(search.executor()).await).map_err(into_list_error::<D>)
    }

    /// Runs a search. A party with a seat for the viewer is upcoming.
    async fn search(&self, filter: &PartyFilter) -> Result<Vec<PartySummary>, ListError> {
        let words = filter.words.as_slice();
        if words.iter().any(|word| word.len() > MAX_WORD_BYTES) {
            return Ok(Vec::new());
        }
        let sql = if filter.has_seat_for_viewer { SEARCH_WITH_SEAT } else { SEARCH };
        let mut statement = self.statement(D::pick(sql.sqlite, sql.postgres));
        for word in 0..SearchWords::MAX {
            statement = statement.bind(words.get(word).map(String::as_str));
        }
        let search = self.begin_search().await?;
        self.read_both(statement.fetch_one(search.executor()).await).map_err(into_list_error::<D>)
    }

    /// The statement `sql` with the parameters that all share.
    fn statement<'q>(&self, sql: &'static str) -> QueryAs<'q, D, BothParts, D::Arguments> {
        query_as(sql)
            .bind(self.viewer.get())
            .bind(self.now.as_millis())
            .bind(self.first.0)
            .bind(self.first.1)
            .bind(self.rows)
            .bind(self.over.0)
            .bind(self.over.1)
    }

    /// As many parties as the page has room for.
    fn read_both(&self, parts: sqlx::Result<BothParts>) -> sqlx::Result<Vec<PartySummary>> {
        let (not_over, over) = parts?;
        let mut parties = read_summaries(not_over.as_deref(), Some(self.viewer))?;
        parties.extend(read_summaries(over.as_deref(), Some(self.viewer))?);
        parties.truncate(usize::try_from(self.rows).unwrap_or(usize::MAX));
        Ok(parties)
    }
}

/// The parties that are not over and those that are over, as delimited rows.
type BothParts = (Option<String>, Option<String>);

/// The error of a search.
fn into_list_error<D: Dialect>(error: sqlx::Error) -> ListError {
    if D::is_interrupted(&error) { ListError::TookTooLong } else { into_store_error(error).into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PartyStore;
    use crate::embed::Database;
    use crate::plan::{assert_uses_indexes, postgres_plan, query_plan};

    #[tokio::test]
    async fn lists_are_read_in_index_order() {
        for sql in [SEARCH_WITH_SEAT.sqlite, LIST_OWN] {
            assert_uses_indexes(sql).await;
        }
    }

    /// Each part is read in the order of its index. The parties whose mark is wrong are found by their end.
    #[tokio::test]
    async fn listed_parties_are_read_in_index_order() {
        for sql in [LIST, SEARCH.sqlite] {
            let steps = query_plan(sql).await;
            let reads: Vec<_> = steps.iter().filter(|step| step.contains(" parties USING ")).collect();
            for (read, index) in reads.iter().zip([
                "INDEX parties_listed (starts_at>?)",
                "INDEX parties_marked (ends_at>?)",
                "INDEX parties_listed_latest (starts_at<?)",
                "INDEX parties_to_mark (ends_at<?)",
            ]) {
                assert!(read.contains(index), "{index}: {steps:#?}");
            }
            assert_eq!(reads.len(), 4, "{steps:#?}");
            for part in ["unmarked", "marked"] {
                let read = steps.iter().position(|step| step == &format!("CO-ROUTINE {part}")).unwrap() + 1;
                assert_eq!(steps[read + 1], format!("SCAN {part}"), "it is not sorted: {steps:#?}");
            }
        }
    }

    /// As many parties are read as the page has, in the order of an index or of its reverse.
    #[tokio::test]
    async fn postgres_reads_lists_in_index_order() {
        let integers = ["bigint"; 8];
        let search = [&["bigint"; 7][..], &["text"; 8]].concat();
        for (sql, types, indexes) in [
            (LIST, &integers[..7], &["parties_listed"][..]),
            (LIST_OWN, &integers[..7], &["parties_of_host"]),
            (LIST_HOSTED.postgres, &integers[..], &["parties_listed_of_host", "rsvps_by_guest"]),
            (LIST_ATTENDED.postgres, &integers[..], &["rsvps_by_guest", "parties_pkey"]),
            (SEARCH.postgres, &search[..], &["parties_listed"]),
            (SEARCH_WITH_SEAT.postgres, &search[..], &["parties_with_a_seat"]),
        ] {
            let plan = postgres_plan(sql, &types.join(","), types.len() > 8).await;
            for step in ["Seq Scan", "Bitmap Heap Scan", "Gather"] {
                assert!(!plan.contains(step), "{plan}");
            }
            for index in indexes {
                assert!(plan.contains(index), "{index}: {plan}");
            }
        }
    }

    /// The listed parties are read in the order of an index, and the others by the viewer's own RSVPs, which are sorted.
    #[tokio::test]
    async fn hosted_parties_of_another_user_are_found_by_indexes() {
        let steps = query_plan(LIST_HOSTED.sqlite).await;
        for (index, count) in [
            ("INDEX parties_listed_of_host (host_id=?", 1),
            ("INDEX parties_listed_of_host_latest (host_id=?", 1),
            ("INDEX rsvps_by_guest (guest_id=?", 2),
        ] {
            assert_eq!(steps.iter().filter(|step| step.contains(index)).count(), count, "{index}: {steps:#?}");
        }
        for table in ["SCAN parties", "SCAN own", "SCAN host", "SCAN mine", "SCAN rsvps"] {
            assert!(!steps.iter().any(|step| step.starts_with(table)), "{steps:#?}");
        }
    }

    /// The date is a column of the party alone: a guest's own RSVPs are sorted by it, and no other RSVP is read.
    #[tokio::test]
    async fn attended_parties_are_found_by_the_guests_rsvps() {
        let steps = query_plan(LIST_ATTENDED.sqlite).await;
        let pages: Vec<_> = (1..steps.len()).filter(|step| steps[step - 1] == "CO-ROUTINE ids").collect();
        assert_eq!(pages.len(), 2, "{steps:#?}");
        for page in pages {
            assert!(steps[page].contains("rsvps_by_guest (guest_id=? AND answer=?)"), "{steps:#?}");
            assert!(steps[page + 1].contains("parties USING INTEGER PRIMARY KEY"), "{steps:#?}");
        }
    }

    /// While the viewer's own search runs, and another user's has the other connection.
    async fn assert_only_search_waits<D: Dialect>(store: &PartyStore, database: &OpenDatabase<D>) {
        let (parties, viewer) = (store.parties(), UserId::new(1));
        let _searches = (database.searches.begin(1).await.unwrap(), database.searches.begin(2).await.unwrap());
        let list = async |query| parties.list(query, viewer, Timestamp::from_millis(0), None, PageSize::DEFAULT).await;
        for query in [
            PartyQuery::Listed(PartyFilter::default()),
            PartyQuery::HostedBy(viewer),
            PartyQuery::HostedBy(UserId::new(2)),
        ] {
            list(query).await.unwrap();
        }
        let words = SearchWords::parse("fish").unwrap();
        let search = PartyQuery::Listed(PartyFilter { words, ..PartyFilter::default() });
        assert!(matches!(list(search).await, Err(ListError::OwnSearchRunning)));
    }

    #[tokio::test]
    async fn list_without_search_never_waits_for_a_search() {
        let folder = tempfile::tempdir().unwrap();
        let postgres = test_support::Postgres::shared().await.unwrap().database().await.unwrap();
        for url in [test_support::sqlite_url(&folder), postgres] {
            let store = PartyStore::connect(&url).await.unwrap();
            match store.accounts().database() {
                Database::Sqlite(database) => assert_only_search_waits(&store, database).await,
                Database::Postgres(database) => assert_only_search_waits(&store, database).await,
            }
        }
    }
}
