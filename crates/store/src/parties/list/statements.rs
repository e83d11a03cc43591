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
//! | `$6` to `$13` | in a search: the keys of its words, or NULL |
//! | `($14, $15)` | in a search: the start and the id after which the parties that are over begin |
//!
//! The page is cut before anything is joined to it, so that the joins cost what a page costs. It is cut as ids and starts, which
//! the indexes hold: a subquery of whole rows is copied column by column. `parties.starts_at <= $6`
//! finds the position in the index, which the `OR` beside it could not. A party takes at most 72 hours, so that the first
//! part of a list begins that long before the current time.
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

/// Whether the search key contains each word of `$6` to `$13`.
macro_rules! has_words {
    ($engine:ident) => {
        concat!(
            has_word!($engine, "$6"),
            " AND ",
            has_word!($engine, "$7"),
            " AND ",
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
            has_word!($engine, "$13")
        )
    };
}

/// The listed parties of a search: those that are not over, and those that are over where the first do not fill the page. SQLite
/// and PostgreSQL evaluate a subquery of CASE only where its condition holds.
macro_rules! search_listed {
    ($engine:ident) => {
        concat!(
            "SELECT not_over, CASE WHEN found < ($5 + 0) THEN (",
            page!(
                "ids.starts_at DESC, ids.id",
                over!(
                    concat!("parties WHERE visibility = 'listed' AND ", has_words!($engine)),
                    "$2", "$14", "$15", "($5 + 0)"
                )
            ),
            ") END FROM (",
            page!(
                columns " AS not_over, count(*) AS found",
                "ids.starts_at, ids.id",
                not_over!(
                    concat!("parties WHERE visibility = 'listed' AND ", has_words!($engine)),
                    "$2", "$3", "$4", "($5 + 0)"
                )
            ),
            ") AS page"
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
        concat!(
            "SELECT (",
            page!(
                "ids.starts_at, ids.id",
                "SELECT * FROM (SELECT * FROM (",
                not_over!("parties WHERE host_id = $8 AND visibility = 'listed'", "$2", "$3", "$4", "($5 + 0)"),
                ") AS listed UNION ALL SELECT * FROM (",
                not_over!(unlisted_of_host!($engine), "$2", "$3", "$4", "($5 + 0)"),
                ") AS unlisted) AS found ORDER BY starts_at, id LIMIT ($5 + 0)"
            ),
            "), (",
            page!(
                "ids.starts_at DESC, ids.id",
                "SELECT * FROM (SELECT * FROM (",
                over!("parties WHERE host_id = $8 AND visibility = 'listed'", "$2", "$6", "$7", "($5 + 0)"),
                ") AS listed UNION ALL SELECT * FROM (",
                over!(unlisted_of_host!($engine), "$2", "$6", "$7", "($5 + 0)"),
                ") AS unlisted) AS found ORDER BY starts_at DESC, id LIMIT ($5 + 0)"
            ),
            ")"
        )
    };
}

/// The parties where `$8` is seated, if the viewer may find them.
macro_rules! attended {
    ($engine:ident) => {
        concat!(
            parties_of!($engine, "seat"),
            " WHERE seat.guest_id = $8 AND seat.answer = 'seated'
                AND (visibility = 'listed' OR host_id = ($1 + 0) OR EXISTS (
                    SELECT 1 FROM rsvps AS own
                    WHERE own.party_id = parties.id AND own.guest_id = ($1 + 0) AND own.answer <> 'removed'
                ))"
        )
    };
}

/// [`LIST_ATTENDED`].
macro_rules! list_attended {
    ($engine:ident) => {
        concat!(
            "SELECT (",
            page!("ids.starts_at, ids.id", not_over!(attended!($engine), "$2", "$3", "$4", "($5 + 0)")),
            "), (",
            page!("ids.starts_at DESC, ids.id", over!(attended!($engine), "$2", "$6", "$7", "($5 + 0)")),
            ")"
        )
    };
}

statements! {
    /// The listed parties: those that are not over, and as many that are over as the page has room for. The room is counted
    /// in the index of the first.
    pub(in crate::parties) const LIST: &str = concat!(
        "SELECT (",
        page!("ids.starts_at, ids.id",
            not_over!("parties WHERE visibility = 'listed'", "$2", "$3", "$4", "($5 + 0)")),
        "), (",
        page!("ids.starts_at DESC, ids.id",
            over!("parties WHERE visibility = 'listed'", "$2", "$6", "$7",
                "($5 - (
                    SELECT count(*) FROM (
                        SELECT id FROM parties
                        WHERE visibility = 'listed' AND (starts_at, id) > ($3, $4) AND ends_at > $2
                        ORDER BY starts_at, id LIMIT ($5 + 0)
                    ) AS fit
                ))")),
        ")");

    /// A search in the listed parties.
    pub(super) const SEARCH: PerEngine = PerEngine { sqlite: search_listed!(sqlite), postgres: search_listed!(postgres) };

    /// A search in the parties with a seat for the viewer.
    pub(super) const SEARCH_WITH_SEAT: PerEngine =
        PerEngine { sqlite: search_with_seat!(sqlite), postgres: search_with_seat!(postgres) };

    /// The parties that `$8`, another user, hosts: the listed ones, and unlisted ones to which the viewer has an answer.
    pub(in crate::parties) const LIST_HOSTED: PerEngine =
        PerEngine { sqlite: list_hosted!(sqlite), postgres: list_hosted!(postgres) };

    /// The parties that the viewer hosts.
    pub(in crate::parties) const LIST_OWN: &str = concat!(
        "SELECT (",
        page!("ids.starts_at, ids.id",
            not_over!("parties WHERE host_id = $1", "$2", "$3", "$4", "($5 + 0)")),
        "), (",
        page!("ids.starts_at DESC, ids.id",
            over!("parties WHERE host_id = $1", "$2", "$6", "$7", "($5 + 0)")),
        ")");

    /// The parties where `$8` is seated, if the viewer may find them.
    pub(super) const LIST_ATTENDED: PerEngine =
        PerEngine { sqlite: list_attended!(sqlite), postgres: list_attended!(postgres) };
}
