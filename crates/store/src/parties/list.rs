//! Lists of parties by pages: two walks along an index, one to come and one past, never a whole table, both in one
//! statement. A search and the filter for seats look at each row on the way: of everybody's parties, they begin the second
//! walk only where the first did not fill the page.

use std::cmp::max;

use domain::party::{PartyCursor, PartyQuery, PartySummary, Scope};
use domain::user::UserId;
use domain::{Page, PageSize, Timestamp, caseless_key};
use sqlx::{query_as, query_scalar};

use super::delimited_rows::{line, lines};
use super::row::{read_summaries, summaries};
use crate::engine::dialect::Dialect;
use crate::engine::read_pool::ReadPool;

/// The lines of the parties `$from` that begin after (`$at`, `$id`), the soonest on top; at most `$rows`, by `$filter`.
///
/// `($6 + 0)`, `($4 || '')`: SQLite compiles a statement anew whenever it is used, if its plan may depend on a parameter's
/// value: one that is by itself a LIMIT, a LIKE's pattern, or held against a column in the ON of a LEFT JOIN. That took
/// a third of a page's time, and is not so where the parameter is part of an expression.
macro_rules! to_come {
    ($from:expr, $at:literal, $id:literal, $rows:literal, $filter:expr) => {
        summaries!(
            concat!(
                "SELECT parties.* FROM ",
                $from,
                " (parties.starts_at, parties.id) > (",
                $at,
                ", ",
                $id,
                ")",
                $filter,
                " ORDER BY parties.starts_at, parties.id LIMIT (",
                $rows,
                ")"
            ),
            "starts_at, party.id"
        )
    };
}

/// As `to_come`, of the past, the latest on top. The first half of the condition finds the place in the index.
macro_rules! past {
    ($from:expr, $at:literal, $id:literal, $rows:literal, $filter:expr) => {
        summaries!(
            concat!(
                "SELECT parties.* FROM ",
                $from,
                " parties.starts_at <= ",
                $at,
                " AND (parties.starts_at < ",
                $at,
                " OR parties.id > ",
                $id,
                ")",
                $filter,
                " ORDER BY parties.starts_at DESC, parties.id LIMIT (",
                $rows,
                ")"
            ),
            "starts_at DESC, party.id"
        )
    };
}
pub(super) use {past, to_come};

/// Where a walk through what somebody attends begins. CROSS JOIN has SQLite begin with the guest's own answers, and never
/// (whatever its statistics say) try every party.
macro_rules! attended_by {
    ($guest:literal) => {
        concat!(
            "rsvps AS seat CROSS JOIN parties WHERE seat.guest_id = ",
            $guest,
            " AND seat.answer = 'seated' AND parties.id = seat.party_id AND"
        )
    };
}
pub(super) use attended_by;

// `$1` is the viewer, (`$2`, `$3`) where the walk of those to come begins, `$4` what to search for or NULL, `$5` whether to
// look for seats, `$6` how many rows, (`$7`, `$8`) where the walk of the past begins, `$9` whose parties.
macro_rules! filter {
    () => {
        " AND ($4 IS NULL OR search_key LIKE ($4 || '') ESCAPE '!') AND ($5 = 0 OR taken < seats)"
    };
}

/// Both walks, each as one text.
macro_rules! both {
    ($from:expr, $rows_of_the_past:literal) => {
        concat!(
            "SELECT (",
            to_come!($from, "$2", "$3", "$6 + 0", filter!()),
            "), (",
            past!($from, "$7", "$8", $rows_of_the_past, filter!()),
            ")"
        )
    };
}

// The rows that the first walk leaves to the second are counted in its index.
const ALL: &str = both!(
    "parties WHERE",
    "$6 - (SELECT count(*) FROM (SELECT id FROM parties WHERE (starts_at, id) > ($2, $3) LIMIT ($6 + 0)) AS fit)"
);
const FOUND_TO_COME: &str = to_come!("parties WHERE", "$2", "$3", "$6 + 0", filter!());
const FOUND_PAST: &str = past!("parties WHERE", "$2", "$3", "$6 + 0", filter!());
const HOSTED: &str = both!("parties WHERE host_id = $9 AND", "$6 + 0");
const ATTENDED: &str = both!(attended_by!("$9"), "$6 + 0");

/// The page of `query` after `after`, in one statement; of a search in everybody's parties, in at most two.
pub(super) async fn list<D: Dialect>(
    read: &ReadPool<D>,
    query: &PartyQuery,
    viewer: UserId,
    now: Timestamp,
    after: Option<PartyCursor>,
    size: PageSize,
) -> sqlx::Result<Page<PartySummary, PartyCursor>> {
    let Some(needle) = Needle::of(&query.search) else {
        return Ok(Page::from_rows(Vec::new(), size, |party| cursor(party, now)));
    };
    let (to_come, past) = beginnings(after, now);
    let walks = Walks { read, viewer, needle, with_seats: query.with_seats.into(), to_come, past };
    let rows = size.rows_and_one();
    let parties = match query.scope {
        Scope::All if walks.are_filtered() => walks.one_by_one(rows).await?,
        Scope::All => walks.at_once(ALL, None, rows).await?,
        Scope::HostedBy(user) => walks.at_once(HOSTED, Some(user), rows).await?,
        Scope::AttendedBy(user) => walks.at_once(ATTENDED, Some(user), rows).await?,
    };
    Ok(Page::from_rows(parties, size, |party| cursor(party, now)))
}

/// A moment, and a party's number, after which a walk begins.
pub(super) type Place = (i64, i64);

/// Where the two walks of the page after `after` begin.
pub(super) fn beginnings(after: Option<PartyCursor>, now: Timestamp) -> (Place, Place) {
    let place = |cursor: PartyCursor| (cursor.starts_at.as_millis(), cursor.id.get());
    let nowhere = (i64::MAX, i64::MAX);
    let (soonest, latest) = ((now.as_millis(), i64::MAX), (now.as_millis(), i64::MIN)); // what begins now is past
    match after {
        None => (soonest, latest),
        Some(after) if !after.past => (max(soonest, place(after)), latest),
        Some(after) if after.starts_at <= now => (nowhere, place(after)),
        Some(_) => (nowhere, latest),
    }
}

struct Walks<'r, D: Dialect> {
    read: &'r ReadPool<D>,
    viewer: UserId,
    needle: Needle,
    with_seats: i64,
    to_come: Place,
    past: Place,
}

impl<D: Dialect> Walks<'_, D> {
    fn are_filtered(&self) -> bool {
        self.needle.pattern.is_some() || self.with_seats != 0
    }

    async fn one_by_one(&self, rows: i64) -> sqlx::Result<Vec<PartySummary>> {
        let walk = async |sql, (starts_at, id): Place, rows: i64| {
            let statement = query_scalar::<_, Option<String>>(sql)
                .bind(self.viewer.get())
                .bind(starts_at)
                .bind(id)
                .bind(self.needle.pattern.as_deref())
                .bind(self.with_seats)
                .bind(rows);
            read_summaries(statement.fetch_one(&self.read.apart()).await?.as_deref())
        };
        let mut parties = walk(FOUND_TO_COME, self.to_come, rows).await?;
        let missing = rows - i64::try_from(parties.len()).unwrap_or(i64::MAX);
        if missing > 0 {
            parties.extend(walk(FOUND_PAST, self.past, missing).await?);
        }
        Ok(parties)
    }

    async fn at_once(&self, sql: &'static str, whose: Option<UserId>, rows: i64) -> sqlx::Result<Vec<PartySummary>> {
        let statement = query_as::<_, (Option<String>, Option<String>)>(sql)
            .bind(self.viewer.get())
            .bind(self.to_come.0)
            .bind(self.to_come.1)
            .bind(self.needle.pattern.as_deref())
            .bind(self.with_seats)
            .bind(rows)
            .bind(self.past.0)
            .bind(self.past.1);
        let statement = match whose {
            Some(user) => statement.bind(user.get()),
            None => statement,
        };
        let (to_come, past) = statement.fetch_one(self.read).await?;
        let mut parties = read_summaries(to_come.as_deref())?;
        parties.extend(read_summaries(past.as_deref())?);
        Ok(parties)
    }
}

pub(super) fn cursor(party: &PartySummary, now: Timestamp) -> PartyCursor {
    let date = &party.heading.date;
    PartyCursor { past: date.has_begun(now), starts_at: date.starts_at(), id: party.id }
}

/// What to search for: nothing in particular, or a pattern for LIKE.
struct Needle {
    pattern: Option<String>,
}

impl Needle {
    /// More bytes than any search key has: 464 code points, of which folding makes at most eleven times the bytes.
    const TOO_LONG: usize = 16 * 1024;

    /// `None` where no party can hold the text: it has controls (a NUL, which PostgreSQL refuses), or is longer than all
    /// that is searched (and perhaps than the pattern which SQLite takes).
    fn of(search: &str) -> Option<Self> {
        let search = search.trim();
        if search.is_empty() {
            return Some(Self { pattern: None });
        }
        if search.len() > Self::TOO_LONG || search.chars().any(char::is_control) {
            return None;
        }
        let needle = caseless_key(search).replace('!', "!!").replace('%', "!%").replace('_', "!_");
        Some(Self { pattern: Some(format!("%{needle}%")) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{assert_walks_an_index, plan};

    #[tokio::test]
    async fn a_page_costs_what_it_holds() {
        for sql in [ALL, FOUND_TO_COME, FOUND_PAST, HOSTED] {
            assert_walks_an_index(sql).await;
        }
    }

    /// The date is in the party's row alone: a guest's own answers are sorted, and nobody else's looked at.
    #[tokio::test]
    async fn a_page_of_what_somebody_attends_costs_what_they_attend() {
        let steps = plan(ATTENDED).await;
        let pages: Vec<_> = (1..steps.len()).filter(|step| steps[step - 1] == "CO-ROUTINE party").collect();
        assert_eq!(pages.len(), 2, "{steps:#?}");
        for page in pages {
            assert!(steps[page].contains("rsvps_by_guest (guest_id=? AND answer=?)"), "{steps:#?}");
            assert!(steps[page + 1].contains("parties USING INTEGER PRIMARY KEY"), "{steps:#?}");
        }
    }
}
