//! What a page shows of several lists, in one statement: a home, and one's own profile.

use domain::party::{HomeView, ProfileCursors, ProfileView};
use domain::user::UserId;
use domain::{Page, PageSize, Timestamp};
use sqlx::query_as;

use super::delimited_rows::{self as lines, line, lines};
use super::list::{attended_by, beginnings, cursor, past, to_come};
use super::row::{read_summaries, summaries, zone};
use crate::engine::dialect::Dialect;
use crate::engine::read_pool::ReadPool;

/// The parties that have a seat for the viewer, by HOME's parameters.
macro_rules! open {
    () => {
        summaries!(
            "SELECT * FROM parties WHERE starts_at > $2 AND rsvp_deadline > $2 AND state = 'scheduled' AND taken < seats \
             AND host_id <> $1 AND NOT EXISTS (SELECT 1 FROM rsvps WHERE party_id = parties.id AND guest_id = ($1 + 0) \
             AND answer IN ('seated', 'removed')) ORDER BY starts_at, id LIMIT ($3 + 0)",
            "starts_at, party.id"
        )
    };
}

/// `$1` is the viewer, `$2` the moment, `$3` how many that are open to them: first where they are expected next, then
/// those.
const HOME: &str = concat!(
    "SELECT (",
    summaries!(
        concat!(
            "SELECT * FROM parties WHERE id IN (SELECT id FROM (SELECT id FROM parties WHERE host_id = $1 \
             AND starts_at > $2 AND state = 'scheduled' ORDER BY starts_at, id LIMIT 1) AS hosted UNION ALL \
             SELECT id FROM (SELECT parties.id FROM ",
            attended_by!("$1"),
            " starts_at > $2 AND state = 'scheduled' ORDER BY starts_at, parties.id LIMIT 1) AS attended) \
             ORDER BY starts_at, id LIMIT 1"
        ),
        "id"
    ),
    "), (",
    open!(),
    ")"
);

#[cfg(test)]
const OPEN: &str = open!();

pub(super) async fn home<D: Dialect>(
    read: &ReadPool<D>,
    viewer: UserId,
    now: Timestamp,
    size: PageSize,
) -> sqlx::Result<HomeView> {
    let rows = size.rows_and_one() - 1;
    let home = query_as::<_, (Option<String>, Option<String>)>(HOME);
    let (next, open) = home.bind(viewer.get()).bind(now.as_millis()).bind(rows).fetch_one(read).await?;
    Ok(HomeView { next: read_summaries(next.as_deref())?.pop(), open: read_summaries(open.as_deref())? })
}

/// `$1` is whose, `$2` how many rows, and the pairs up to `$10` say where the four walks begin.
const OWN_PROFILE: &str = concat!(
    "SELECT (",
    to_come!("parties WHERE host_id = $1 AND", "$3", "$4", "$2 + 0", ""),
    "), (",
    past!("parties WHERE host_id = $1 AND", "$5", "$6", "$2 + 0", ""),
    "), (",
    to_come!(attended_by!("$1"), "$7", "$8", "$2 + 0", ""),
    "), (",
    past!(attended_by!("$1"), "$9", "$10", "$2 + 0", ""),
    "), (SELECT ",
    line!("id", "zone"),
    " FROM parties WHERE host_id = $1 ORDER BY id DESC LIMIT 1)"
);

type OwnProfile = (Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);

pub(super) async fn own_profile<D: Dialect>(
    read: &ReadPool<D>,
    user: UserId,
    now: Timestamp,
    after: ProfileCursors,
    size: PageSize,
) -> sqlx::Result<ProfileView> {
    let mut statement = query_as::<_, OwnProfile>(OWN_PROFILE).bind(user.get()).bind(size.rows_and_one());
    for list in [after.hosted, after.attended] {
        let (to_come, past) = beginnings(list, now);
        statement = statement.bind(to_come.0).bind(to_come.1).bind(past.0).bind(past.1);
    }
    let (host_to_come, hosted, attend_to_come, attended, last) = statement.fetch_one(read).await?;
    let page = |to_come: Option<String>, past: Option<String>| {
        let mut parties = read_summaries(to_come.as_deref())?;
        parties.extend(read_summaries(past.as_deref())?);
        Ok::<_, sqlx::Error>(Page::from_rows(parties, size, |party| cursor(party, now)))
    };
    let last_zone = lines::read(last.as_deref()).next().map(|mut line| {
        let party = line.number()?;
        zone(line.text()?, party)
    });
    Ok(ProfileView {
        hosted: page(host_to_come, hosted)?,
        attended: page(attend_to_come, attended)?,
        last_zone: last_zone.transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{assert_walks_an_index, plan};

    #[tokio::test]
    async fn what_is_open_is_walked_to_and_not_sorted() {
        assert_walks_an_index(OPEN).await;
    }

    /// What somebody attends is sorted; nobody else's answers are looked at, and each party by an index alone.
    #[tokio::test]
    async fn a_view_costs_what_it_shows_and_what_somebody_attends() {
        for (sql, indexes) in [
            (HOME, &["parties_to_come_by_host (host_id=? AND starts_at>?)", "parties_to_come (starts_at>?)"][..]),
            (
                OWN_PROFILE,
                &[
                    "parties_to_come_by_host (host_id=?",
                    "parties_past_by_host (host_id=? AND starts_at<?)",
                    "parties_by_host",
                ],
            ),
        ] {
            let steps = plan(sql).await;
            let reads: Vec<_> =
                steps.iter().filter(|step| step.contains("parties") || step.contains("rsvps")).collect();
            assert!(reads.iter().all(|step| step.starts_with("SEARCH ")), "{steps:#?}");
            for index in indexes.iter().chain(&["rsvps_by_guest (guest_id=? AND answer=?)"]) {
                assert!(reads.iter().any(|step| step.contains(index)), "{index}: {steps:#?}");
            }
        }
    }
}
