//! The schema's rules (`migrations/`), each as the statement that finds the rows which break it all the same: a rule may have
//! been dropped, or switched off by whoever wrote.

use futures_util::TryStreamExt as _;
use sqlx::query_scalar;

use super::check::Tell;
use super::{Invariant, Violation};
use crate::engine::dialect::Dialect;
use crate::parties::row::first_guests;

/// A rule, and what finds the rows that break it.
struct Rule {
    table: &'static str,
    text: &'static str,
    broken: &'static str,
}

macro_rules! check {
    ($table:literal, $id:literal, $rule:literal) => {
        Rule {
            table: $table,
            text: concat!("CHECK (", $rule, ")"),
            broken: concat!("SELECT ", $id, " FROM ", $table, " WHERE NOT (", $rule, ")"),
        }
    };
}

macro_rules! unique {
    ($table:literal, $columns:literal) => {
        Rule {
            table: $table,
            text: concat!("UNIQUE (", $columns, ")"),
            broken: concat!("SELECT max(id) FROM ", $table, " GROUP BY ", $columns, " HAVING count(*) > 1"),
        }
    };
}

macro_rules! refers {
    ($table:literal, $id:literal, $column:literal, $to:literal) => {
        Rule {
            table: $table,
            text: concat!($column, " REFERENCES ", $to, " (id)"),
            broken: concat!(
                "SELECT ",
                $id,
                " FROM ",
                $table,
                " AS it WHERE NOT EXISTS (SELECT 1 FROM ",
                $to,
                " WHERE id = it.",
                $column,
                ")"
            ),
        }
    };
}

macro_rules! not_null {
    ($table:literal, $id:literal, $first:literal $(, $column:literal)*) => {
        Rule {
            table: $table,
            text: "NOT NULL",
            broken: concat!(
                "SELECT ", $id, " FROM ", $table, " WHERE ", $first, " IS NULL" $(, " OR ", $column, " IS NULL")*
            ),
        }
    };
}

/// The rows with a moment before 1970 or after 9999, which no clock tells and no page can show.
macro_rules! moments {
    ($table:literal, $first:literal $(, $column:literal)*) => {
        concat!(
            "SELECT id FROM ", $table, " WHERE ", $first, " NOT BETWEEN 0 AND 253402300799999"
            $(, " OR ", $column, " NOT BETWEEN 0 AND 253402300799999")*
        )
    };
}

#[rustfmt::skip]
const RULES: &[Rule] = &[
    not_null!("users", "id", "username", "username_key", "email", "email_key", "joined_at"),
    check!("users", "id", "length(username) BETWEEN 3 AND 64"),
    check!("users", "id", "length(username_key) > 0"),
    check!("users", "id", "length(email) BETWEEN 3 AND 254"),
    check!("users", "id", "length(email_key) > 0"),
    unique!("users", "username_key"),
    unique!("users", "email_key"),
    not_null!("credentials", "user_id", "password_hash"),
    check!("credentials", "user_id", "length(password_hash) BETWEEN 1 AND 1024"),
    refers!("credentials", "user_id", "user_id", "users"),
    not_null!("sessions", "id", "digest", "user_id", "created_at", "last_seen_at", "authenticated_at", "expires_at", "remembered"),
    check!("sessions", "id", "length(digest) = 32"),
    check!("sessions", "id", "remembered IN (0, 1)"),
    check!("sessions", "id", "length(network) <= 64"),
    check!("sessions", "id", "length(user_agent) <= 255"),
    unique!("sessions", "digest"),
    refers!("sessions", "id", "user_id", "users"),
    not_null!("parties", "id", "host_id", "local_time", "zone", "starts_at", "venue", "main_dish", "search_key", "seats", "taken",
        "max_companions", "state", "rsvp_deadline", "last_place", "first_guests"),
    check!("parties", "id", "length(local_time) BETWEEN 16 AND 40"),
    check!("parties", "id", "length(zone) BETWEEN 1 AND 64"),
    check!("parties", "id", "length(venue) BETWEEN 1 AND 200"),
    check!("parties", "id", "length(main_dish) BETWEEN 1 AND 200"),
    check!("parties", "id", "seats BETWEEN 1 AND 1000"),
    check!("parties", "id", "taken BETWEEN 1 AND seats"),
    check!("parties", "id", "max_companions BETWEEN 0 AND 999"),
    check!("parties", "id", "state IN ('scheduled', 'cancelled')"),
    check!("parties", "id", "length(form) BETWEEN 22 AND 64"),
    check!("parties", "id", "length(first_guests) <= 140"),
    Rule { table: "parties", text: "UNIQUE (host_id, form, local_time, zone, venue, main_dish, seats)", broken: "SELECT max(id) FROM parties WHERE form IS NOT NULL \
        GROUP BY host_id, form, local_time, zone, venue, main_dish, seats HAVING count(*) > 1" }, // any number of them may have none
    refers!("parties", "id", "host_id", "users"),
    not_null!("rsvps", "id", "party_id", "guest_id", "answer", "heads"),
    check!("rsvps", "id", "answer IN ('seated', 'waitlisted', 'maybe', 'declined', 'invited', 'removed')"),
    check!("rsvps", "id", "heads BETWEEN 0 AND 1000"),
    check!("rsvps", "id", "(answer IN ('seated', 'waitlisted')) = (heads > 0)"),
    check!("rsvps", "id", "(answer IN ('seated', 'waitlisted')) = (place IS NOT NULL)"),
    unique!("rsvps", "party_id, guest_id"),
    refers!("rsvps", "id", "party_id", "parties"),
    refers!("rsvps", "id", "guest_id", "users"),
];

/// Rules that no schema can keep: the table, and what finds the rows that break it.
const PROMISES: &[(Invariant, &str, &str)] = &[
    (
        Invariant::HasCredential,
        "users",
        "SELECT id FROM users WHERE NOT EXISTS (SELECT 1 FROM credentials WHERE user_id = users.id)",
    ),
    (
        Invariant::HostIsNoGuest,
        "rsvps",
        "SELECT rsvps.id FROM rsvps JOIN parties ON parties.id = party_id WHERE host_id = guest_id",
    ),
    (
        Invariant::PlaceIsUnique,
        "rsvps",
        "SELECT max(id) FROM rsvps WHERE place IS NOT NULL GROUP BY party_id, place HAVING count(*) > 1",
    ),
    (
        Invariant::PlaceIsDrawn,
        "parties",
        "SELECT id FROM parties WHERE EXISTS \
         (SELECT 1 FROM rsvps WHERE party_id = parties.id AND place NOT BETWEEN 1 AND parties.last_place)",
    ),
    (
        Invariant::FirstGuestsAreNamed,
        "parties",
        concat!("SELECT id FROM parties WHERE first_guests <> ", first_guests!("parties.id")),
    ),
    (Invariant::DeadlineBeforeStart, "parties", "SELECT id FROM parties WHERE rsvp_deadline > starts_at"),
    (Invariant::MomentIsOfOurTime, "users", moments!("users", "joined_at", "disabled_at")),
    (
        Invariant::MomentIsOfOurTime,
        "sessions",
        moments!("sessions", "created_at", "last_seen_at", "authenticated_at", "expires_at"),
    ),
    (Invariant::MomentIsOfOurTime, "parties", moments!("parties", "starts_at", "rsvp_deadline")),
];

pub(super) async fn check<D: Dialect>(connection: &mut D::Connection, tell: Tell<'_>) -> sqlx::Result<()> {
    for Rule { table, text: rule, broken } in RULES {
        let mut rows = query_scalar::<D, i64>(*broken).fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            tell(Violation::Rule { table, row, rule });
        }
    }
    for (promise, table, broken) in PROMISES {
        let mut rows = query_scalar::<D, i64>(*broken).fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            tell(Violation::Invariant { table, row, promise: *promise });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
