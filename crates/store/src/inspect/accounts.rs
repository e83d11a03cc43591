//! The checks of the accounts' tables.

use domain::credential::PasswordHash;
use domain::user::{Deletion, Email, Username};
use sqlx::query_scalar;

use super::check::{
    InvariantCheck, IsVerifiable, Report, check_derived, check_invariants, check_references, check_rows, check_value,
    list_dangling, report_value,
};
use super::{Invariant, Violation};
use crate::accounts::users::deletion;
use crate::accounts::{events, roles};
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::error::corrupt;
use crate::statements::{OnPostgres, statements};

statements! {
    pub(super) const LIST_DANGLING: OnPostgres = OnPostgres("
        SELECT 'credentials', credentials.user_id, 'users' FROM credentials
        WHERE NOT EXISTS (SELECT 1 FROM users WHERE users.id = credentials.user_id)
        UNION ALL
        SELECT 'sessions', sessions.id, 'users' FROM sessions
        WHERE NOT EXISTS (SELECT 1 FROM users WHERE users.id = sessions.user_id)
        UNION ALL
        SELECT 'registration_keys', registration_keys.user_id, 'users' FROM registration_keys
        WHERE NOT EXISTS (SELECT 1 FROM users WHERE users.id = registration_keys.user_id)");

    /// On both engines, since SQLite's own check names no row of tables without a rowid.
    pub(super) const LIST_DANGLING_OF_USERS: &str = "
        SELECT 'known_browsers', known_browsers.user_id, 'users' FROM known_browsers
        WHERE NOT EXISTS (SELECT 1 FROM users WHERE users.id = known_browsers.user_id)
        UNION ALL
        SELECT 'known_networks', known_networks.user_id, 'users' FROM known_networks
        WHERE NOT EXISTS (SELECT 1 FROM users WHERE users.id = known_networks.user_id)
        UNION ALL
        SELECT 'user_roles', user_roles.user_id, 'users' FROM user_roles
        WHERE NOT EXISTS (SELECT 1 FROM users WHERE users.id = user_roles.user_id)
        UNION ALL
        SELECT 'reset_tokens', reset_tokens.user_id, 'users' FROM reset_tokens
        WHERE NOT EXISTS (SELECT 1 FROM users WHERE users.id = reset_tokens.user_id)";

    const LIST_WITHOUT_CREDENTIAL: &str = "SELECT id FROM users
        WHERE deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM credentials WHERE user_id = users.id)";

    const LIST_DELETED_WITH_REST: &str = "SELECT id FROM users
        WHERE deleted_at IS NOT NULL AND (EXISTS (SELECT 1 FROM credentials WHERE user_id = users.id)
            OR EXISTS (SELECT 1 FROM registration_keys WHERE user_id = users.id)
            OR EXISTS (SELECT 1 FROM user_roles WHERE user_id = users.id)
            OR EXISTS (SELECT 1 FROM reset_tokens WHERE user_id = users.id)
            OR EXISTS (SELECT 1 FROM notices WHERE user_id = users.id)
            OR EXISTS (SELECT 1 FROM notices WHERE about_id = users.id))";

    const LIST_LEAVING_WITH_SESSION: &str = "SELECT id FROM users
        WHERE ((delete_due IS NOT NULL OR deleted_at IS NOT NULL)
                AND EXISTS (SELECT 1 FROM sessions WHERE user_id = users.id))
            OR (deleted_at IS NOT NULL AND (EXISTS (SELECT 1 FROM known_browsers WHERE user_id = users.id)
                OR EXISTS (SELECT 1 FROM known_networks WHERE user_id = users.id)))";

    const LIST_HALF_DELETED: &str = "SELECT id FROM users
        WHERE (deletion_requested_at IS NULL) <> (delete_due IS NULL) OR delete_due < deletion_requested_at
            OR (deleted_at IS NOT NULL AND delete_due IS NOT NULL)";

    /// Timestamps before 1970 or after 9999, which no page can show.
    const LIST_USERS_OUT_OF_TIME: &str = "SELECT id FROM users
        WHERE joined_at NOT BETWEEN 0 AND 253402300799999 OR disabled_at NOT BETWEEN 0 AND 253402300799999
            OR deletion_requested_at NOT BETWEEN 0 AND 253402300799999 OR delete_due NOT BETWEEN 0 AND 253402300799999
            OR deleted_at NOT BETWEEN 0 AND 253402300799999";

    const LIST_SESSIONS_OUT_OF_TIME: &str = "SELECT id FROM sessions
        WHERE created_at NOT BETWEEN 0 AND 253402300799999 OR last_seen_at NOT BETWEEN 0 AND 253402300799999
            OR authenticated_at NOT BETWEEN 0 AND 253402300799999 OR expires_at NOT BETWEEN 0 AND 253402300799999";

    const LIST_KEYS_OUT_OF_TIME: &str = "SELECT user_id FROM registration_keys
        WHERE expires_at NOT BETWEEN 0 AND 253402300799999";

    const LIST_BROWSERS_OUT_OF_TIME: &str = "SELECT user_id FROM known_browsers
        WHERE expires_at NOT BETWEEN 0 AND 253402300799999";

    const LIST_NETWORKS_OUT_OF_TIME: &str = "SELECT user_id FROM known_networks
        WHERE expires_at NOT BETWEEN 0 AND 253402300799999";

    const LIST_RESET_TOKENS_OUT_OF_TIME: &str = "SELECT user_id FROM reset_tokens
        WHERE expires_at NOT BETWEEN 0 AND 253402300799999";

    const LIST_EVENTS_OUT_OF_TIME: &str = "SELECT id FROM events WHERE at NOT BETWEEN 0 AND 253402300799999";

    const LIST_NOTICES_OUT_OF_TIME: &str = "SELECT id FROM notices WHERE at NOT BETWEEN 0 AND 253402300799999";

    const LIST_RESERVATIONS_OUT_OF_TIME: &str = "SELECT user_id FROM former_usernames
        WHERE reserved_until NOT BETWEEN 0 AND 253402300799999";

    const LIST_CODES_OUT_OF_TIME: &str = "SELECT id FROM registration_codes
        WHERE created_at NOT BETWEEN 0 AND 253402300799999 OR expires_at NOT BETWEEN 0 AND 253402300799999
            OR revoked_at NOT BETWEEN 0 AND 253402300799999";

    const LIST_EVENT_KINDS: &str = "SELECT min(id), kind FROM events GROUP BY kind ORDER BY 1";

    const LIST_ROLES: &str = "SELECT min(user_id), role FROM user_roles GROUP BY role ORDER BY 1";

    const LIST_USERS: &str = "SELECT id, username, username_key, username_skeleton, email, email_key, deleted_at FROM users
        ORDER BY id";

    const FIND_BY_EMAIL_KEY: &str = "SELECT id FROM users WHERE email_key = $1";

    const LIST_CREDENTIALS: &str = "SELECT user_id, password_hash FROM credentials ORDER BY user_id";
}

const INVARIANTS: &[InvariantCheck] = &[
    (Invariant::HasCredential, "users", LIST_WITHOUT_CREDENTIAL),
    (Invariant::DeletionIsWhole, "users", LIST_HALF_DELETED),
    (Invariant::DeletedUserHasNothing, "users", LIST_DELETED_WITH_REST),
    (Invariant::DeletionEndsSessions, "users", LIST_LEAVING_WITH_SESSION),
    (Invariant::TimestampIsInRange, "users", LIST_USERS_OUT_OF_TIME),
    (Invariant::TimestampIsInRange, "sessions", LIST_SESSIONS_OUT_OF_TIME),
    (Invariant::TimestampIsInRange, "registration_keys", LIST_KEYS_OUT_OF_TIME),
    (Invariant::TimestampIsInRange, "known_browsers", LIST_BROWSERS_OUT_OF_TIME),
    (Invariant::TimestampIsInRange, "known_networks", LIST_NETWORKS_OUT_OF_TIME),
    (Invariant::TimestampIsInRange, "reset_tokens", LIST_RESET_TOKENS_OUT_OF_TIME),
    (Invariant::TimestampIsInRange, "events", LIST_EVENTS_OUT_OF_TIME),
    (Invariant::TimestampIsInRange, "notices", LIST_NOTICES_OUT_OF_TIME),
    (Invariant::TimestampIsInRange, "former_usernames", LIST_RESERVATIONS_OUT_OF_TIME),
    (Invariant::TimestampIsInRange, "registration_codes", LIST_CODES_OUT_OF_TIME),
];

struct UserRow {
    id: i64,
    username: String,
    username_key: String,
    username_skeleton: String,
    email: String,
    email_key: String,
    deleted_at: Option<i64>,
}

from_row!(UserRow { id, username, username_key, username_skeleton, email, email_key, deleted_at });

pub(super) async fn check<D: Dialect>(
    connection: &mut D::Connection,
    is_verifiable: IsVerifiable<'_>,
    report: Report<'_>,
) -> sqlx::Result<()> {
    check_references::<D>(connection, LIST_DANGLING, report).await?;
    list_dangling::<D>(connection, LIST_DANGLING_OF_USERS, report).await?;
    check_invariants::<D>(connection, INVARIANTS, report).await?;
    let mut former_keys = Vec::new();
    let check_user = |row, report: Report<'_>| former_keys.extend(check_user(row, report));
    check_rows::<D, UserRow>(connection, ("users", LIST_USERS), report, check_user).await?;
    for (row, key) in former_keys {
        match query_scalar::<D, i64>(FIND_BY_EMAIL_KEY).bind(key).fetch_optional(&mut *connection).await? {
            Some(_) => {
                report(Violation::Invariant { table: "users", row, invariant: Invariant::MailboxHasOneAccount });
            }
            None => check_derived(false, ("users", "email_key", row), report),
        }
    }
    let check_kind = |(id, kind): (i64, String), report: Report<'_>| {
        check_value(events::kind(&kind, id), ("events", id), report);
    };
    check_rows::<D, (i64, String)>(&mut *connection, ("events", LIST_EVENT_KINDS), report, check_kind).await?;
    let check_role = |(user, role): (i64, String), report: Report<'_>| {
        check_value(roles::parse([role.as_str()], user), ("user_roles", user), report);
    };
    check_rows::<D, (i64, String)>(&mut *connection, ("user_roles", LIST_ROLES), report, check_role).await?;
    let check_hash = |(user, hash), report: Report<'_>| {
        if !is_verifiable(&PasswordHash::new(hash)) {
            report_value(("credentials", "password_hash", user), "it cannot be verified", report);
        }
    };
    check_rows::<D, (i64, String)>(connection, ("credentials", LIST_CREDENTIALS), report, check_hash).await
}

/// Checks a row. Returns the id and the key that the address should have, if the row has the address's former key.
fn check_user(row: UserRow, report: Report<'_>) -> Option<(i64, String)> {
    let UserRow { id, username, username_key, username_skeleton, email, email_key, deleted_at } = row;
    let username = Username::from_stored(username).map_err(corrupt("users", "username", id));
    let username = check_value(username, ("users", id), report);
    if let Some(username) = &username {
        check_derived(username_key == username.key(), ("users", "username_key", id), report);
        check_derived(username_skeleton == username.skeleton(), ("users", "username_skeleton", id), report);
    }
    if let (Some(username), Some(_)) = (&username, deleted_at) {
        let is_anonymous = Deletion::is_name(username);
        if !is_anonymous || !deletion::is_address_of(username, &email, &email_key) {
            report(Violation::Invariant { table: "users", row: id, invariant: Invariant::DeletedUserIsAnonymous });
        }
        return None;
    }
    let email = Email::from_stored(email).map_err(corrupt("users", "email", id));
    let email = check_value(email, ("users", id), report)?;
    let key = email.key();
    if email_key != key && email_key == email.former_key() {
        return Some((id, key));
    }
    check_derived(email_key == key, ("users", "email_key", id), report);
    None
}
