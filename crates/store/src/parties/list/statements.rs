//! The statements of lists of parties.
//!
//! | parameter | meaning |
//! | --- | --- |
//! | `$1` | the viewer |
//! | `($2, $3)` | the start and the id after which the upcoming parties begin (in [`SEARCH_PAST`]: the past ones) |
//! | `$4` | the pattern to search for, or NULL |
//! | `$5` | 1: only parties with a free seat |
//! | `$6` | the number of rows |
//! | `($7, $8)` | the start and the id after which the past parties begin |
//! | `$9` | the host or the guest whose parties are listed |
//!
//! The page is cut before anything is joined to it, so that the joins cost what a page costs. `parties.starts_at <= $7`
//! finds the position in the index, which the `OR` beside it could not.
//!
//! SQLite compiles a prepared statement again at each use if its plan may depend on a parameter's value: if the parameter is
//! by itself a LIMIT, the pattern of a LIKE, or compared with a column in the ON of a LEFT JOIN. That took a third of a page's
//! time. An expression, such as `($6 + 0)` or `($4 || '')`, has no value to plan by.
//!
//! CROSS JOIN makes SQLite begin with the guest's own RSVPs, and never, whatever its statistics say, with every party.

use super::super::summary::summary_row;
use crate::statements::statements;

statements! {
    /// All parties: those to come, and as many past ones as the page has room for. The room is counted in the index of the
    /// upcoming ones.
    pub(super) const LIST: &str = concat!("SELECT (
            SELECT string_agg(delimited, '\u{1e}') FROM (
                SELECT ", summary_row!(), " AS delimited
                FROM (
                    SELECT parties.* FROM parties
                    WHERE (parties.starts_at, parties.id) > ($2, $3)
                        AND ($4 IS NULL OR search_key LIKE ($4 || '') ESCAPE '!')
                        AND ($5 = 0 OR taken < seats)
                    ORDER BY parties.starts_at, parties.id
                    LIMIT ($6 + 0)
                ) AS party
                JOIN users AS host ON host.id = party.host_id
                LEFT JOIN rsvps AS mine ON mine.party_id = party.id AND mine.guest_id = ($1 + 0)
                ORDER BY party.starts_at, party.id
            ) AS page
        ), (
            SELECT string_agg(delimited, '\u{1e}') FROM (
                SELECT ", summary_row!(), " AS delimited
                FROM (
                    SELECT parties.* FROM parties
                    WHERE parties.starts_at <= $7
                        AND (parties.starts_at < $7 OR parties.id > $8)
                        AND ($4 IS NULL OR search_key LIKE ($4 || '') ESCAPE '!')
                        AND ($5 = 0 OR taken < seats)
                    ORDER BY parties.starts_at DESC, parties.id
                    LIMIT ($6 - (
                        SELECT count(*) FROM (
                            SELECT id FROM parties WHERE (starts_at, id) > ($2, $3) LIMIT ($6 + 0)
                        ) AS fit
                    ))
                ) AS party
                JOIN users AS host ON host.id = party.host_id
                LEFT JOIN rsvps AS mine ON mine.party_id = party.id AND mine.guest_id = ($1 + 0)
                ORDER BY party.starts_at DESC, party.id
            ) AS page
        )");

    /// The upcoming part of a search in all parties.
    pub(super) const SEARCH_UPCOMING: &str = concat!("SELECT string_agg(delimited, '\u{1e}') FROM (
            SELECT ", summary_row!(), " AS delimited
            FROM (
                SELECT parties.* FROM parties
                WHERE (parties.starts_at, parties.id) > ($2, $3)
                    AND ($4 IS NULL OR search_key LIKE ($4 || '') ESCAPE '!')
                    AND ($5 = 0 OR taken < seats)
                ORDER BY parties.starts_at, parties.id
                LIMIT ($6 + 0)
            ) AS party
            JOIN users AS host ON host.id = party.host_id
            LEFT JOIN rsvps AS mine ON mine.party_id = party.id AND mine.guest_id = ($1 + 0)
            ORDER BY party.starts_at, party.id
        ) AS page");

    /// The past part of a search in all parties.
    pub(super) const SEARCH_PAST: &str = concat!("SELECT string_agg(delimited, '\u{1e}') FROM (
            SELECT ", summary_row!(), " AS delimited
            FROM (
                SELECT parties.* FROM parties
                WHERE parties.starts_at <= $2
                    AND (parties.starts_at < $2 OR parties.id > $3)
                    AND ($4 IS NULL OR search_key LIKE ($4 || '') ESCAPE '!')
                    AND ($5 = 0 OR taken < seats)
                ORDER BY parties.starts_at DESC, parties.id
                LIMIT ($6 + 0)
            ) AS party
            JOIN users AS host ON host.id = party.host_id
            LEFT JOIN rsvps AS mine ON mine.party_id = party.id AND mine.guest_id = ($1 + 0)
            ORDER BY party.starts_at DESC, party.id
        ) AS page");

    /// The parties that `$9` hosts.
    pub(super) const LIST_HOSTED: &str = concat!("SELECT (
            SELECT string_agg(delimited, '\u{1e}') FROM (
                SELECT ", summary_row!(), " AS delimited
                FROM (
                    SELECT parties.* FROM parties
                    WHERE host_id = $9
                        AND (parties.starts_at, parties.id) > ($2, $3)
                        AND ($4 IS NULL OR search_key LIKE ($4 || '') ESCAPE '!')
                        AND ($5 = 0 OR taken < seats)
                    ORDER BY parties.starts_at, parties.id
                    LIMIT ($6 + 0)
                ) AS party
                JOIN users AS host ON host.id = party.host_id
                LEFT JOIN rsvps AS mine ON mine.party_id = party.id AND mine.guest_id = ($1 + 0)
                ORDER BY party.starts_at, party.id
            ) AS page
        ), (
            SELECT string_agg(delimited, '\u{1e}') FROM (
                SELECT ", summary_row!(), " AS delimited
                FROM (
                    SELECT parties.* FROM parties
                    WHERE host_id = $9
                        AND parties.starts_at <= $7
                        AND (parties.starts_at < $7 OR parties.id > $8)
                        AND ($4 IS NULL OR search_key LIKE ($4 || '') ESCAPE '!')
                        AND ($5 = 0 OR taken < seats)
                    ORDER BY parties.starts_at DESC, parties.id
                    LIMIT ($6 + 0)
                ) AS party
                JOIN users AS host ON host.id = party.host_id
                LEFT JOIN rsvps AS mine ON mine.party_id = party.id AND mine.guest_id = ($1 + 0)
                ORDER BY party.starts_at DESC, party.id
            ) AS page
        )");

    /// The parties where `$9` is seated.
    pub(super) const LIST_ATTENDED: &str = concat!("SELECT (
            SELECT string_agg(delimited, '\u{1e}') FROM (
                SELECT ", summary_row!(), " AS delimited
                FROM (
                    SELECT parties.* FROM rsvps AS seat CROSS JOIN parties
                    WHERE seat.guest_id = $9 AND seat.answer = 'seated' AND parties.id = seat.party_id
                        AND (parties.starts_at, parties.id) > ($2, $3)
                        AND ($4 IS NULL OR search_key LIKE ($4 || '') ESCAPE '!')
                        AND ($5 = 0 OR taken < seats)
                    ORDER BY parties.starts_at, parties.id
                    LIMIT ($6 + 0)
                ) AS party
                JOIN users AS host ON host.id = party.host_id
                LEFT JOIN rsvps AS mine ON mine.party_id = party.id AND mine.guest_id = ($1 + 0)
                ORDER BY party.starts_at, party.id
            ) AS page
        ), (
            SELECT string_agg(delimited, '\u{1e}') FROM (
                SELECT ", summary_row!(), " AS delimited
                FROM (
                    SELECT parties.* FROM rsvps AS seat CROSS JOIN parties
                    WHERE seat.guest_id = $9 AND seat.answer = 'seated' AND parties.id = seat.party_id
                        AND parties.starts_at <= $7
                        AND (parties.starts_at < $7 OR parties.id > $8)
                        AND ($4 IS NULL OR search_key LIKE ($4 || '') ESCAPE '!')
                        AND ($5 = 0 OR taken < seats)
                    ORDER BY parties.starts_at DESC, parties.id
                    LIMIT ($6 + 0)
                ) AS party
                JOIN users AS host ON host.id = party.host_id
                LEFT JOIN rsvps AS mine ON mine.party_id = party.id AND mine.guest_id = ($1 + 0)
                ORDER BY party.starts_at DESC, party.id
            ) AS page
        )");
}
