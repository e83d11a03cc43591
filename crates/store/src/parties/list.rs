//! Lists of parties by pages: two walks along an index, one to come and one past, never a whole table. A search and the
//! filter for seats look at each row on the way.

use std::cmp::max;

use domain::party::{PartyCursor, PartyQuery, PartySummary, Scope};
use domain::user::UserId;
use domain::{Page, PageSize, Timestamp, fold};
use sqlx::{Pool, query_scalar};

use super::lines::{line, lines};
use super::row::{read_summaries, summaries};
use crate::dialect::Dialect;

/// `$1` is the viewer, (`$2`, `$3`) where the walk begins, `$4` what to search for or NULL, `$5` whether to look for
/// seats, `$6` how many rows, `$7` whose parties.
///
/// `($4 || '')`, `($6 + 0)`: SQLite compiles a statement anew whenever it is used, if its plan may depend on a parameter's
/// value: one that is by itself a LIKE's pattern, a LIMIT, or held against a column in the ON of a LEFT JOIN. That took
/// a third of a page's time, and is not so where the parameter is part of an expression.
macro_rules! to_come {
    ($from:literal) => {
        summaries!(
            concat!(
                "SELECT parties.* FROM ",
                $from,
                " (parties.starts_at, parties.id) > ($2, $3) AND ($4 IS NULL OR search_key LIKE ($4 || '') ESCAPE '!') \
                 AND ($5 = 0 OR taken < seats) ORDER BY parties.starts_at, parties.id LIMIT ($6 + 0)"
            ),
            "starts_at, party.id"
        )
    };
}

/// As `to_come`. The first half of the first condition finds the place in the index.
macro_rules! past {
    ($from:literal) => {
        summaries!(
            concat!(
                "SELECT parties.* FROM ",
                $from,
                " parties.starts_at <= $2 AND (parties.starts_at < $2 OR parties.id > $3) \
                 AND ($4 IS NULL OR search_key LIKE ($4 || '') ESCAPE '!') AND ($5 = 0 OR taken < seats) \
                 ORDER BY parties.starts_at DESC, parties.id LIMIT ($6 + 0)"
            ),
            "starts_at DESC, party.id"
        )
    };
}

const ALL_TO_COME: &str = to_come!("parties WHERE");
const ALL_PAST: &str = past!("parties WHERE");
const HOSTED_TO_COME: &str = to_come!("parties WHERE host_id = $7 AND");
const HOSTED_PAST: &str = past!("parties WHERE host_id = $7 AND");
// CROSS JOIN has SQLite begin with the guest's own answers, and never (whatever its statistics say) try every party.
const ATTENDED_TO_COME: &str = to_come!(
    "rsvps AS seat CROSS JOIN parties WHERE seat.guest_id = $7 AND seat.answer = 'seated' AND parties.id = seat.party_id AND"
);
const ATTENDED_PAST: &str = past!(
    "rsvps AS seat CROSS JOIN parties WHERE seat.guest_id = $7 AND seat.answer = 'seated' AND parties.id = seat.party_id AND"
);

/// The page of `query` after `after`, in at most two statements.
pub(super) async fn list<D: Dialect>(
    read: &Pool<D>,
    query: &PartyQuery,
    viewer: UserId,
    now: Timestamp,
    after: Option<PartyCursor>,
    size: PageSize,
) -> sqlx::Result<Page<PartySummary, PartyCursor>> {
    let Some(needle) = Needle::of(&query.search) else {
        return Ok(Page::of(Vec::new(), size, |party| cursor(party, now)));
    };
    let (to_come, past) = match query.scope {
        Scope::All => (ALL_TO_COME, ALL_PAST),
        Scope::HostedBy(_) => (HOSTED_TO_COME, HOSTED_PAST),
        Scope::AttendedBy(_) => (ATTENDED_TO_COME, ATTENDED_PAST),
    };
    let walk = async |sql, (starts_at, id): (i64, i64), rows: i64| {
        let statement = query_scalar::<_, Option<String>>(sql)
            .bind(viewer.get())
            .bind(starts_at)
            .bind(id)
            .bind(needle.pattern.as_deref())
            .bind(i64::from(query.with_seats))
            .bind(rows);
        let statement = match query.scope {
            Scope::All => statement,
            Scope::HostedBy(user) | Scope::AttendedBy(user) => statement.bind(user.get()),
        };
        read_summaries(statement.fetch_one(read).await?.as_deref())
    };

    let mut parties = Vec::new();
    if after.is_none_or(|after| !after.past) {
        let first = (now.as_millis(), i64::MAX); // what begins now is past
        let from = after.map_or(first, |after| max(first, place(after)));
        parties = walk(to_come, from, size.rows_and_one()).await?;
    }
    let missing = size.rows_and_one() - i64::try_from(parties.len()).unwrap_or(i64::MAX);
    if missing > 0 {
        let first = (now.as_millis(), i64::MIN);
        let from = after.filter(|after| after.past && after.starts_at <= now).map_or(first, place);
        parties.extend(walk(past, from, missing).await?);
    }
    Ok(Page::of(parties, size, |party| cursor(party, now)))
}

fn place(cursor: PartyCursor) -> (i64, i64) {
    (cursor.starts_at.as_millis(), cursor.id.get())
}

fn cursor(party: &PartySummary, now: Timestamp) -> PartyCursor {
    let date = &party.invitation.date;
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
        let needle = fold(search).replace('!', "!!").replace('%', "!%").replace('_', "!_");
        Some(Self { pattern: Some(format!("%{needle}%")) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{assert_walks_an_index, plan};

    #[tokio::test]
    async fn a_page_costs_what_it_holds() {
        for sql in [ALL_TO_COME, ALL_PAST, HOSTED_TO_COME, HOSTED_PAST] {
            assert_walks_an_index(sql).await;
        }
    }

    /// The date is in the party's row alone: a guest's own answers are sorted, and nobody else's looked at.
    #[tokio::test]
    async fn a_page_of_what_somebody_attends_costs_what_they_attend() {
        for sql in [ATTENDED_TO_COME, ATTENDED_PAST] {
            let steps = plan(sql).await;
            let page = steps.iter().position(|step| step == "CO-ROUTINE party").unwrap();
            assert!(steps[page + 1].contains("rsvps_by_guest (guest_id=? AND answer=?)"), "{steps:#?}");
            assert!(steps[page + 2].contains("parties USING INTEGER PRIMARY KEY"), "{steps:#?}");
        }
    }
}
