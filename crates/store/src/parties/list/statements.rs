//! The statements of lists of parties.
//!
//! | parameter | meaning |
//! | --- | --- |
//! | `$1` | the viewer |
//! | `$2` | the current time |
//! | `($3, $4)` | the start and the id after which the page begins; in a list of two parts, its first part |
//! | `$5` | the number of rows |
//! | `($6, $7)` | the start and the id after which the parties that are over begin |
//! | `$8` | the host or the guest whose parties are listed |
//! | `$8` to `$15` | in a search: the keys of its words, or NULL |
//!
//! The page is cut before anything is joined to it, so that the joins cost what a page costs. It is cut as ids and starts, which
//! the indexes hold: a subquery of whole rows is copied column by column. `parties.starts_at <= $6`
//! finds the position in the index, which the `OR` beside it could not. A party takes at most 72 hours, so that the first
//! part of a list begins that long before the current time.
//!
//! The column `is_over` divides the indexes of listed parties, so that neither part of a list reads the entries of the other. It
//! marks the parties that were over a short time ago ([`over_marks`](super::super::over_marks)). What has ended since is found
//! by its end, so that a list is right whatever is marked: `is_over < 1` is the condition of that index, and `= 0` of the others.
//! `starts_at + 0` and `host_id + 0` are in no index: the few rows are sorted.
//!
//! SQLite compiles a prepared statement again at each use if its plan may depend on a parameter's value: if the parameter is
//! by itself a LIMIT, the pattern of a LIKE, or compared with a column in the ON of a LEFT JOIN. That took a third of a page's
//! time. An expression, such as `($5 + 0)`, has no value to plan by.
//!
//! A join of a user's RSVPs with their parties begins, whatever the statistics say, with the RSVPs and never with every party: on
//! SQLite by CROSS JOIN, on PostgreSQL by a LATERAL subquery, which OFFSET 0 keeps as it is ([`parties_of`]).

use crate::statements::{PerEngine, statements};

/// The parties of `$ids`, a query of ids and starts, as one text in the order `$order`.
macro_rules! page {
    ($order:literal, $($ids:tt)+) => { page!(columns "", $order, $($ids)+) };
    (columns $columns:literal, $order:literal, $($ids:tt)+) => {
        concat!(
            "SELECT string_agg(delimited, '\u{1e}')", $columns, " FROM (
                SELECT ", crate::parties::summary::summary_row!(), " AS delimited
                FROM (", $($ids)+, ") AS ids
                JOIN parties AS party ON party.id = ids.id
                JOIN users AS host ON host.id = party.host_id
                LEFT JOIN rsvps AS mine ON mine.party_id = party.id AND mine.guest_id = ($1 + 0)
                ORDER BY ", $order, "
            ) AS page"
        )
    };
}
pub(in crate::parties) use page;

/// The parties of `$source` that are not over at `$now`, the soonest first, after the position `$starts_at`, `$id`.
macro_rules! not_over {
    ($source:expr, $now:literal, $starts_at:literal, $id:literal, $limit:literal) => {
        concat!(
            "SELECT parties.id, parties.starts_at FROM ",
            $source,
            " AND (parties.starts_at, parties.id) > (",
            $starts_at,
            ", ",
            $id,
            ")
                AND parties.ends_at > ",
            $now,
            "
            ORDER BY parties.starts_at, parties.id LIMIT ",
            $limit
        )
    };
}
pub(in crate::parties) use not_over;

/// The parties of `$source` that are over at `$now`, the latest first, after the position `$starts_at`, `$id`.
macro_rules! over {
    ($source:expr, $now:literal, $starts_at:literal, $id:literal, $limit:literal) => {
        concat!(
            "SELECT parties.id, parties.starts_at FROM ",
            $source,
            " AND parties.starts_at <= ",
            $starts_at,
            "
                AND (parties.starts_at < ",
            $starts_at,
            " OR parties.id > ",
            $id,
            ")
                AND parties.ends_at <= ",
            $now,
            "
            ORDER BY parties.starts_at DESC, parties.id LIMIT ",
            $limit
        )
    };
}
pub(in crate::parties) use over;

/// Whether the search key contains the word `$word`, if it is not NULL.
///
/// PostgreSQL compares the bytes of UTF-8. Its `strpos` counts the characters before each match, and takes 15 times as long for a
/// repeated character (figures in `docs/adr/0012-search-key.md`).
macro_rules! has_word {
    (sqlite, $word:literal) => {
        concat!("(", $word, " IS NULL OR instr(search_key, (", $word, " || '')) > 0)")
    };
    (postgres, $word:literal) => {
        concat!("(", $word, " IS NULL OR position(textsend(", $word, ") IN textsend(search_key)) > 0)")
    };
}

/// Whether the search key contains each word of `$8` to `$15`.
macro_rules! has_words {
    ($engine:ident) => {
        concat!(
            has_word!($engine, "$8"),
            " AND ",
            has_word!($engine, "$9"),
            " AND ",
            has_word!($engine, "$10"),
            " AND ",
            has_word!($engine, "$11"),
            " AND ",
            has_word!($engine, "$12"),
            " AND ",
            has_word!($engine, "$13"),
            " AND ",
            has_word!($engine, "$14"),
            " AND ",
            has_word!($engine, "$15")
        )
    };
}

/// The parties of `$source` that are not over, or that are over, as the parameters of a list select them.
macro_rules! part {
    (not_over, $source:expr) => {
        not_over!($source, "$2", "$3", "$4", "($5 + 0)")
    };
    (over, $source:expr) => {
        over!($source, "$2", "$6", "$7", "($5 + 0)")
    };
}

/// The listed parties that satisfy `$condition` and are not over, as in [`not_over!`]: those that are not marked in the order of
/// an index, and those that are marked by mistake, which no index has in that order. `$condition` is empty or begins with AND;
/// `$residual` is the same, but uses no index.
macro_rules! listed_not_over {
    ($condition:expr, $residual:expr) => {
        concat!(
            "SELECT id, starts_at FROM (
                SELECT id, starts_at FROM (",
            part!(not_over, concat!("parties WHERE visibility = 'listed' AND is_over = 0", $condition)),
            ") AS unmarked
                UNION ALL
                SELECT id, starts_at + 0 FROM parties
                WHERE visibility = 'listed' AND is_over > 0 AND ends_at > $2",
            $residual,
            " AND (starts_at, id) > ($3, $4)
            ) AS found ORDER BY starts_at, id LIMIT ($5 + 0)"
        )
    };
}

/// The listed parties that satisfy `$condition` and are over, as in [`over!`]: those that are marked in the order of an index, and
/// those that have ended since.
macro_rules! listed_over {
    ($condition:expr, $residual:expr) => {
        concat!(
            "SELECT id, starts_at FROM (
                SELECT id, starts_at FROM (",
            part!(over, concat!("parties WHERE visibility = 'listed' AND is_over = 1", $condition)),
            ") AS marked
                UNION ALL
                SELECT id, starts_at + 0 FROM parties
                WHERE visibility = 'listed' AND is_over < 1 AND ends_at <= $2",
            $residual,
            " AND starts_at <= $6 AND (starts_at < $6 OR id > $7)
            ) AS found ORDER BY starts_at DESC, id LIMIT ($5 + 0)"
        )
    };
}

/// The listed parties that satisfy `$condition`: those that are not over, and those that are over where the first do not fill the
/// page. SQLite and PostgreSQL evaluate a subquery of CASE only where its condition holds.
macro_rules! list_listed {
    ($condition:expr) => {
        concat!(
            "SELECT not_over, CASE WHEN found < ($5 + 0) THEN (",
            page!("ids.starts_at DESC, ids.id", listed_over!($condition, $condition)),
            ") END FROM (",
            page!(columns " AS not_over, count(*) AS found", "ids.starts_at, ids.id", listed_not_over!($condition, $condition)),
            ") AS page"
        )
    };
}

/// A list of two parts, each read whether or not the other fills the page: `$not_over` and `$over` are queries of ids and starts.
macro_rules! list_both {
    ($not_over:expr, $over:expr) => {
        concat!(
            "SELECT (",
            page!("ids.starts_at, ids.id", $not_over),
            "), (",
            page!("ids.starts_at DESC, ids.id", $over),
            ")"
        )
    };
}

/// Which parties have a seat that the viewer `$1` could take at the time `$2`.
macro_rules! with_seat_for_viewer {
    () => {
        "visibility = 'listed' AND state = 'scheduled' AND has_free_seat = 1
            AND starts_at > $2 AND rsvp_deadline > $2 AND host_id <> $1
            AND NOT EXISTS (
                SELECT 1 FROM rsvps
                WHERE party_id = parties.id AND guest_id = ($1 + 0) AND answer IN ('seated', 'removed')
            )"
    };
}
pub(in crate::parties) use with_seat_for_viewer;

/// The parties of a search with a seat for the viewer.
macro_rules! search_with_seat {
    ($engine:ident) => {
        concat!(
            "SELECT (",
            page!(
                "ids.starts_at, ids.id",
                concat!(
                    "SELECT parties.id, parties.starts_at FROM parties
            WHERE ",
                    with_seat_for_viewer!(),
                    " AND (parties.starts_at, parties.id) > ($3, $4) AND ",
                    has_words!($engine),
                    " ORDER BY parties.starts_at, parties.id LIMIT ($5 + 0)"
                )
            ),
            "), NULL"
        )
    };
}

/// The parties of the RSVPs `$rsvps`, as `parties`.
macro_rules! parties_of {
    (sqlite, $rsvps:literal) => {
        concat!("rsvps AS ", $rsvps, " CROSS JOIN parties ON parties.id = ", $rsvps, ".party_id")
    };
    (postgres, $rsvps:literal) => {
        concat!(
            "rsvps AS ",
            $rsvps,
            " CROSS JOIN LATERAL (SELECT * FROM parties WHERE id = ",
            $rsvps,
            ".party_id OFFSET 0) AS parties"
        )
    };
}
pub(in crate::parties) use parties_of;

/// The unlisted parties of the host `$8` to which the viewer has an answer.
macro_rules! unlisted_of_host {
    ($engine:ident) => {
        concat!(
            parties_of!($engine, "own"),
            " WHERE own.guest_id = $1 AND own.answer <> 'removed' AND parties.host_id = $8
                AND parties.visibility <> 'listed'"
        )
    };
}

/// [`LIST_HOSTED`].
macro_rules! list_hosted {
    ($engine:ident) => {
        list_both!(
            concat!(
                "SELECT * FROM (SELECT * FROM (",
                listed_not_over!(" AND host_id = $8", " AND host_id + 0 = $8"),
                ") AS listed UNION ALL SELECT * FROM (",
                part!(not_over, unlisted_of_host!($engine)),
                ") AS unlisted) AS found ORDER BY starts_at, id LIMIT ($5 + 0)"
            ),
            concat!(
                "SELECT * FROM (SELECT * FROM (",
                listed_over!(" AND host_id = $8", " AND host_id + 0 = $8"),
                ") AS listed UNION ALL SELECT * FROM (",
                part!(over, unlisted_of_host!($engine)),
                ") AS unlisted) AS found ORDER BY starts_at DESC, id LIMIT ($5 + 0)"
            )
        )
    };
}

/// The parties where `$8` is seated, if the viewer may find them and sees the names of guests.
macro_rules! attended {
    ($engine:ident) => {
        concat!(
            parties_of!($engine, "seat"),
            " WHERE seat.guest_id = $8 AND seat.answer = 'seated'
                AND (visibility = 'listed' OR host_id = ($1 + 0) OR EXISTS (
                    SELECT 1 FROM rsvps AS own
                    WHERE own.party_id = parties.id AND own.guest_id = ($1 + 0) AND own.answer <> 'removed'
                ))
                AND (names_shown_to = 'everyone' OR host_id = ($1 + 0) OR seat.guest_id = $1 OR (
                    names_shown_to = 'guests' AND EXISTS (
                        SELECT 1 FROM rsvps AS own WHERE own.party_id = parties.id AND own.guest_id = ($1 + 0)
                            AND own.answer = 'seated'
                    )
                ))"
        )
    };
}

statements! {
    /// The listed parties.
    pub(in crate::parties) const LIST: &str = list_listed!("");

    /// A search in the listed parties.
    pub(super) const SEARCH: PerEngine = PerEngine {
        sqlite: list_listed!(concat!(" AND ", has_words!(sqlite))),
        postgres: list_listed!(concat!(" AND ", has_words!(postgres))),
    };

    /// A search in the parties with a seat for the viewer.
    pub(super) const SEARCH_WITH_SEAT: PerEngine =
        PerEngine { sqlite: search_with_seat!(sqlite), postgres: search_with_seat!(postgres) };

    /// The parties that `$8`, another user, hosts: the listed ones, and unlisted ones to which the viewer has an answer.
    pub(in crate::parties) const LIST_HOSTED: PerEngine =
        PerEngine { sqlite: list_hosted!(sqlite), postgres: list_hosted!(postgres) };

    /// The parties that the viewer hosts.
    pub(in crate::parties) const LIST_OWN: &str =
        list_both!(part!(not_over, "parties WHERE host_id = $1"), part!(over, "parties WHERE host_id = $1"));

    /// The parties where `$8` is seated, if the viewer may find them and sees the names of guests.
    pub(super) const LIST_ATTENDED: PerEngine = PerEngine {
        sqlite: list_both!(part!(not_over, attended!(sqlite)), part!(over, attended!(sqlite))),
        postgres: list_both!(part!(not_over, attended!(postgres)), part!(over, attended!(postgres))),
    };
}
