//! Pages that show several lists of parties, read by one statement each: the home page and the user's own profile.
//!
//! Each statement wakes SQLite's thread and waits for it. Parameters and joins are written as in
//! [`list::statements`](super::list::statements).

use domain::party::{HomeView, PartyEnd, ProfileCursors, ProfileView};
use domain::user::UserId;
use domain::{Page, PageSize, Timestamp};
use sqlx::query_as;

use super::delimited_rows;
use super::list::statements::{not_over, over, page, parties_of, with_seat_for_viewer};
use super::list::{cursor, start_positions};
use super::row::zone;
use super::summary::read_summaries;
use crate::engine::dialect::Dialect;
use crate::engine::read_pool::ReadPool;
use crate::statements::{PerEngine, statements};

/// [`HOME`].
macro_rules! home {
    ($engine:ident) => {
        concat!(
            "SELECT (",
            page!(
                "ids.id",
                "SELECT id, starts_at FROM parties WHERE id IN (
                SELECT id FROM (
                    SELECT id FROM parties
                    WHERE host_id = $1 AND starts_at > $4 AND ends_at > $2 AND state = 'scheduled'
                    ORDER BY starts_at, id LIMIT 1
                ) AS hosted
                UNION ALL
                SELECT id FROM (
                    SELECT parties.id FROM ",
                parties_of!($engine, "seat"),
                " WHERE seat.guest_id = $1 AND seat.answer = 'seated' AND ends_at > $2 AND state = 'scheduled'
                    ORDER BY starts_at, parties.id LIMIT 1
                ) AS attended
            )
            ORDER BY starts_at, id LIMIT 1"
            ),
            "), (",
            page!(
                "ids.starts_at, ids.id",
                "SELECT id, starts_at FROM parties WHERE ",
                with_seat_for_viewer!(),
                " ORDER BY starts_at, id LIMIT ($3 + 0)"
            ),
            "), (",
            page!(
                "ids.starts_at, ids.id",
                "SELECT parties.id, starts_at FROM ",
                parties_of!($engine, "place"),
                " WHERE place.guest_id = $1 AND place.answer = 'waitlisted' AND starts_at > $2 AND state = 'scheduled'
                ORDER BY starts_at, parties.id LIMIT ($3 + 0)"
            ),
            ")"
        )
    };
}

/// The parties where the user `$1` is seated.
macro_rules! attended {
    ($engine:ident) => {
        concat!(parties_of!($engine, "seat"), " WHERE seat.guest_id = $1 AND seat.answer = 'seated'")
    };
}

/// [`OWN_PROFILE`].
macro_rules! own_profile {
    ($engine:ident) => {
        concat!(
            "SELECT (",
            page!("ids.starts_at, ids.id", not_over!("parties WHERE host_id = $1", "$2", "$4", "$5", "($3 + 0)")),
            "), (",
            page!("ids.starts_at DESC, ids.id", over!("parties WHERE host_id = $1", "$2", "$6", "$7", "($3 + 0)")),
            "), (",
            page!("ids.starts_at, ids.id", not_over!(attended!($engine), "$2", "$8", "$9", "($3 + 0)")),
            "), (",
            page!("ids.starts_at DESC, ids.id", over!(attended!($engine), "$2", "$10", "$11", "($3 + 0)")),
            "), (
            SELECT concat(id, '\u{1f}', zone) FROM parties
            WHERE host_id >= $1 AND host_id <= $1 ORDER BY host_id DESC, id DESC LIMIT 1
        )"
        )
    };
}

statements! {
    /// The next party that the viewer hosts or attends, then the parties with a seat for the viewer, then those on whose waiting list
    /// the viewer is: `$1` is the viewer, `$2` the current time, `$3` the number of parties, `$4` the earliest start of a party that may be under way.
    pub(super) const HOME: PerEngine = PerEngine { sqlite: home!(sqlite), postgres: home!(postgres) };

    /// The parties that the user hosts, then those that the user attends, each in two parts, then the zone of the party that the
    /// user created last: `$1` is the user, `$2` the current time, `$3` the number of rows, and each pair up to `$11` is where a
    /// part begins.
    pub(super) const OWN_PROFILE: PerEngine =
        PerEngine { sqlite: own_profile!(sqlite), postgres: own_profile!(postgres) };
}

/// The lists of [`HOME`].
type HomeRow = (Option<String>, Option<String>, Option<String>);

/// The next party of `viewer`, `size` parties that have a seat for `viewer`, and `size` on whose waiting list `viewer` is.
pub(super) async fn home<D: Dialect>(
    read: &ReadPool<D>,
    viewer: UserId,
    now: Timestamp,
    size: PageSize,
) -> sqlx::Result<HomeView> {
    let rows = i64::try_from(size.rows()).unwrap_or(i64::MAX);
    let home = query_as::<_, HomeRow>(D::pick(HOME.sqlite, HOME.postgres));
    let home = home.bind(viewer.get()).bind(now.as_millis()).bind(rows);
    let (next, open, waiting) = home.bind((now - PartyEnd::MAX_DURATION).as_millis()).fetch_one(read).await?;
    let parties = |rows: Option<String>| read_summaries(rows.as_deref(), Some(viewer));
    Ok(HomeView { next: parties(next)?.pop(), open: parties(open)?, waiting: parties(waiting)? })
}

/// The lists of [`OWN_PROFILE`], and the zone.
type OwnProfileRow = (Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);

/// The parties that `user` hosts and attends, a page of each.
pub(super) async fn own_profile<D: Dialect>(
    read: &ReadPool<D>,
    user: UserId,
    now: Timestamp,
    after: ProfileCursors,
    size: PageSize,
) -> sqlx::Result<ProfileView> {
    let mut statement = query_as::<_, OwnProfileRow>(D::pick(OWN_PROFILE.sqlite, OWN_PROFILE.postgres))
        .bind(user.get())
        .bind(now.as_millis())
        .bind(size.rows_and_one());
    for list in [after.hosted, after.attended] {
        let (upcoming, past) = start_positions(list, now);
        statement = statement.bind(upcoming.0).bind(upcoming.1).bind(past.0).bind(past.1);
    }
    let (hosted_first, hosted_over, attended_first, attended_over, last) = statement.fetch_one(read).await?;
    let page = |upcoming: Option<String>, past: Option<String>| {
        let mut parties = read_summaries(upcoming.as_deref(), Some(user))?;
        parties.extend(read_summaries(past.as_deref(), Some(user))?);
        Ok::<_, sqlx::Error>(Page::from_rows(parties, size, |party| cursor(party, now)))
    };
    let last_zone = delimited_rows::split(last.as_deref()).next().map(|mut row| {
        let party = row.integer()?;
        zone(row.text()?, party)
    });
    Ok(ProfileView {
        hosted: page(hosted_first, hosted_over)?,
        attended: page(attended_first, attended_over)?,
        last_zone: last_zone.transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{assert_uses_indexes, postgres_plan, query_plan};

    #[tokio::test]
    async fn parties_with_free_seats_are_read_in_index_order() {
        let (views, _waiting) = HOME.sqlite.rsplit_once("), (").unwrap();
        let (_next, open) = views.rsplit_once("), (").unwrap();
        assert_uses_indexes(open).await;
    }

    #[tokio::test]
    async fn postgres_reads_views_in_index_order() {
        for (sql, parameters, indexes) in [
            (HOME.postgres, 4, &["parties_of_host", "parties_with_a_seat", "rsvps_by_guest"][..]),
            (OWN_PROFILE.postgres, 11, &["parties_of_host", "parties_by_host", "rsvps_by_guest"]),
        ] {
            let plan = postgres_plan(sql, &vec!["bigint"; parameters].join(","), false).await;
            for step in ["Seq Scan", "Bitmap Heap Scan", "Gather"] {
                assert!(!plan.contains(step), "{plan}");
            }
            for index in indexes {
                assert!(plan.contains(index), "{index}: {plan}");
            }
        }
    }

    /// The parties that a user attends are sorted. No other user's RSVPs are read, and each party is found by an index.
    #[tokio::test]
    async fn views_read_no_rows_of_others() {
        for (sql, indexes) in [
            (
                HOME.sqlite,
                &[
                    "parties_of_host (host_id=? AND starts_at>?)",
                    "parties_with_a_seat (has_free_seat=? AND starts_at>?)",
                ][..],
            ),
            (
                OWN_PROFILE.sqlite,
                &[
                    "parties_of_host (host_id=?",
                    "parties_of_host_latest (host_id=? AND starts_at<?)",
                    "parties_by_host",
                ],
            ),
        ] {
            let steps = query_plan(sql).await;
            let reads: Vec<_> =
                steps.iter().filter(|step| step.contains("parties") || step.contains("rsvps")).collect();
            assert!(reads.iter().all(|step| step.starts_with("SEARCH ")), "{steps:#?}");
            for index in indexes.iter().chain(&["rsvps_by_guest (guest_id=? AND answer=?)"]) {
                assert!(reads.iter().any(|step| step.contains(index)), "{index}: {steps:#?}");
            }
        }
    }
}
