//! The tables of parties and their RSVPs in SQL, a module per use. The rules are in `domain::party`.

pub(crate) mod add;
mod delimited_rows;
pub(crate) mod export;
pub(crate) mod find;
pub(crate) mod guests;
pub(crate) mod history;
pub(crate) mod hooks;
pub(crate) mod labels;
pub(crate) mod link;
pub(crate) mod list;
pub(crate) mod messages;
pub(crate) mod over_marks;
pub(crate) mod quota;
mod repository;
pub(crate) mod row;
pub(crate) mod row_steps;
#[cfg(test)]
mod statement_costs;
pub(crate) mod store;
mod summary;
pub(crate) mod texts;
pub(crate) mod update;
pub(crate) mod views;

use crate::engine::migrate::MigrationSet;

/// The tables of parties and RSVPs.
pub(crate) fn migrations() -> MigrationSet {
    MigrationSet::new("parties")
        .and(
            "parties and rsvps",
            include_str!("../migrations/parties/sqlite/0001_parties_and_rsvps.sql"),
            include_str!("../migrations/parties/postgres/0001_parties_and_rsvps.sql"),
        )
        .and(
            "a form hosts once",
            include_str!("../migrations/parties/sqlite/0002_a_form_hosts_once.sql"),
            include_str!("../migrations/parties/postgres/0002_a_form_hosts_once.sql"),
        )
        .and(
            "first guests",
            include_str!("../migrations/parties/sqlite/0003_first_guests.sql"),
            include_str!("../migrations/parties/postgres/0003_first_guests.sql"),
        )
        .and(
            "links, ends, visibility",
            include_str!("../migrations/parties/sqlite/0004_links_ends_visibility.sql"),
            include_str!("../migrations/parties/postgres/0004_links_ends_visibility.sql"),
        )
        .and(
            "parties that are over",
            include_str!("../migrations/parties/sqlite/0005_parties_that_are_over.sql"),
            include_str!("../migrations/parties/postgres/0005_parties_that_are_over.sql"),
        )
        .and(
            "waiting lists",
            include_str!("../migrations/parties/sqlite/0006_waiting_lists.sql"),
            include_str!("../migrations/parties/postgres/0006_waiting_lists.sql"),
        )
        .and(
            "messages",
            include_str!("../migrations/parties/sqlite/0007_messages.sql"),
            include_str!("../migrations/parties/postgres/0007_messages.sql"),
        )
        .and(
            "guest texts",
            include_str!("../migrations/parties/sqlite/0008_guest_texts.sql"),
            include_str!("../migrations/parties/postgres/0008_guest_texts.sql"),
        )
        .then_rows(row_steps::LINKS_AND_SEARCH_KEYS)
        .then_rows(row_steps::zone_names::ZONE_NAMES)
}
