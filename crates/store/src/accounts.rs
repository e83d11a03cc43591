//! The tables of the accounts in SQL: users and their former names, credentials, sessions, registration keys, what throttles
//! log-ins, events, leases, and notices.

pub(crate) mod credentials;
pub(crate) mod events;
pub(crate) mod import;
pub(crate) mod known_browsers;
pub(crate) mod leases;
pub(crate) mod notices;
pub(crate) mod registration_codes;
pub(crate) mod registration_keys;
pub(crate) mod reset_tokens;
pub(crate) mod roles;
pub(crate) mod row_steps;
pub(crate) mod sessions;
pub(crate) mod store;
pub(crate) mod throttles;
pub(crate) mod usernames;
pub(crate) mod users;

use crate::engine::migrate::MigrationSet;

/// The tables of the accounts.
pub(crate) fn migrations() -> MigrationSet {
    MigrationSet::new("accounts")
        .and(
            "users and sessions",
            include_str!("../migrations/accounts/sqlite/0001_users_and_sessions.sql"),
            include_str!("../migrations/accounts/postgres/0001_users_and_sessions.sql"),
        )
        .and(
            "registration idempotency",
            include_str!("../migrations/accounts/sqlite/0002_registration_idempotency.sql"),
            include_str!("../migrations/accounts/postgres/0002_registration_idempotency.sql"),
        )
        .and(
            "e-mail keys",
            include_str!("../migrations/accounts/sqlite/0003_email_keys.sql"),
            include_str!("../migrations/accounts/postgres/0003_email_keys.sql"),
        )
        .and(
            "throttling",
            include_str!("../migrations/accounts/sqlite/0004_throttling.sql"),
            include_str!("../migrations/accounts/postgres/0004_throttling.sql"),
        )
        .and(
            "events",
            include_str!("../migrations/accounts/sqlite/0005_events.sql"),
            include_str!("../migrations/accounts/postgres/0005_events.sql"),
        )
        .and(
            "leases",
            include_str!("../migrations/accounts/sqlite/0006_leases.sql"),
            include_str!("../migrations/accounts/postgres/0006_leases.sql"),
        )
        .and(
            "look-alike usernames",
            include_str!("../migrations/accounts/sqlite/0007_look_alike_usernames.sql"),
            include_str!("../migrations/accounts/postgres/0007_look_alike_usernames.sql"),
        )
        .and(
            "password versions",
            include_str!("../migrations/accounts/sqlite/0008_password_versions.sql"),
            include_str!("../migrations/accounts/postgres/0008_password_versions.sql"),
        )
        .and(
            "roles",
            include_str!("../migrations/accounts/sqlite/0009_roles.sql"),
            include_str!("../migrations/accounts/postgres/0009_roles.sql"),
        )
        .and(
            "reset tokens",
            include_str!("../migrations/accounts/sqlite/0010_reset_tokens.sql"),
            include_str!("../migrations/accounts/postgres/0010_reset_tokens.sql"),
        )
        .and(
            "deletion",
            include_str!("../migrations/accounts/sqlite/0011_deletion.sql"),
            include_str!("../migrations/accounts/postgres/0011_deletion.sql"),
        )
        .and(
            "registration codes",
            include_str!("../migrations/accounts/sqlite/0012_registration_codes.sql"),
            include_str!("../migrations/accounts/postgres/0012_registration_codes.sql"),
        )
        .and(
            "former usernames of users",
            include_str!("../migrations/accounts/sqlite/0013_former_usernames_of_users.sql"),
            include_str!("../migrations/accounts/postgres/0013_former_usernames_of_users.sql"),
        )
        .and(
            "notices",
            include_str!("../migrations/accounts/sqlite/0014_notices.sql"),
            include_str!("../migrations/accounts/postgres/0014_notices.sql"),
        )
        .then_rows(row_steps::EMAIL_KEYS)
        .then_rows(row_steps::skeletons::SKELETONS)
}
