//! Which usernames are free: those that no user has or resembles, and that are not reserved for a former owner. The table of
//! former usernames.

use domain::Timestamp;
use domain::user::{FormerUsername, UserId, Username};
use sqlx::{query, query_as, query_scalar};

use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::engine::read_pool::ReadPool;
use crate::statements::{OnPostgres, PerEngine, statements};

/// The columns of [`ClashRow`], of a name with a key and a skeleton, for a user, at a time.
macro_rules! clash_columns {
    ($key:literal, $skeleton:literal, $user:literal, $now:literal) => {
        concat!(
            "(SELECT count(*) FROM users WHERE username_key = ",
            $key,
            " AND id <> ",
            $user,
            ") AS users,
            (SELECT count(*) FROM former_usernames
                WHERE username_key = ",
            $key,
            " AND user_id <> ",
            $user,
            " AND reserved_until > ",
            $now,
            ") AS reserved,
            (SELECT count(*) FROM users WHERE username_skeleton = ",
            $skeleton,
            " AND id <> ",
            $user,
            ") AS look_alike_users,
            (SELECT count(*) FROM former_usernames
                WHERE username_skeleton = ",
            $skeleton,
            " AND user_id <> ",
            $user,
            " AND reserved_until > ",
            $now,
            ") AS look_alike_reserved"
        )
    };
}

statements! {
    /// Waits for each other transaction that gives or reserves a name with one of the skeletons, which are the lines of `$1`. In
    /// one order, so that two lists do not wait for each other. SQLite has one writer.
    const LOCK: OnPostgres = OnPostgres("SELECT pg_advisory_xact_lock(key) FROM (
            SELECT DISTINCT hashtextextended(skeleton, 6003) AS key
            FROM regexp_split_to_table($1, '\n') AS skeleton ORDER BY key
        ) AS keys");

    /// Of a name with the key `$1` and the skeleton `$2`, for the user `$3`, at the time `$4`.
    const FIND_CLASH: &str = concat!("SELECT ", clash_columns!("$1", "$2", "$3", "$4"));

    /// Of the names `$1` for new users, pairs of a key and a skeleton in JSON, at the time `$2`: a row for each, in their order.
    pub(super) const LIST_CLASHES: PerEngine = PerEngine {
        sqlite: concat!("SELECT ", clash_columns!("value ->> 0", "value ->> 1", "0", "$2"), " FROM json_each($1) ORDER BY key"),
        postgres: concat!("SELECT ", clash_columns!("value ->> 0", "value ->> 1", "0", "$2"), "
            FROM jsonb_array_elements($1::text::jsonb) WITH ORDINALITY AS names (value, position) ORDER BY position"),
    };

    const RESERVE: &str = "INSERT INTO former_usernames (username_key, username_skeleton, user_id, reserved_until)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (username_key) DO UPDATE SET username_skeleton = excluded.username_skeleton,
            user_id = excluded.user_id, reserved_until = excluded.reserved_until";

    /// Leaves the name with the key `$2`, and the four others of the user `$1` whose reservations end last.
    const BOUND: &str = "DELETE FROM former_usernames WHERE username_key IN (
        SELECT username_key FROM former_usernames WHERE user_id = $1 AND username_key <> $2
        ORDER BY reserved_until DESC, username_key LIMIT 1000000 OFFSET 4)";

    const LIST: &str = "SELECT username_key, reserved_until FROM former_usernames WHERE user_id = $1
        ORDER BY reserved_until, username_key";

    const RELEASE: &str = "DELETE FROM former_usernames WHERE username_key = $1";

    const PURGE: &str = "DELETE FROM former_usernames WHERE username_key IN (
            SELECT username_key FROM former_usernames WHERE reserved_until <= $1 ORDER BY reserved_until LIMIT ($2 + 0)
        )
        RETURNING user_id";
}

const _: () = assert!(Username::MOST_RESERVED == 5, "the OFFSET of `BOUND`, and one");

/// What keeps a name from a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clash {
    /// Another user has it, or it is reserved.
    Taken,
    /// It looks like another user's, or like a reserved one.
    LookAlike,
}

pub(super) struct ClashRow {
    users: i64,
    reserved: i64,
    look_alike_users: i64,
    look_alike_reserved: i64,
}

from_row!(ClashRow { users, reserved, look_alike_users, look_alike_reserved });

impl ClashRow {
    pub(super) fn clash(&self) -> Option<Clash> {
        match self {
            _ if self.users + self.reserved > 0 => Some(Clash::Taken),
            _ if self.look_alike_users + self.look_alike_reserved > 0 => Some(Clash::LookAlike),
            _ => None,
        }
    }
}

/// No user has this id.
const NO_USER: UserId = UserId::new(0);

/// Until the end of the transaction, no other one gives or reserves a name that has one of these names' skeletons.
pub(super) async fn lock<'n, D: Dialect>(
    connection: &mut D::Connection,
    names: impl IntoIterator<Item = &'n Username>,
) -> sqlx::Result<()> {
    if let Some(OnPostgres(sql)) = D::pick(None, Some(LOCK)) {
        let skeletons: Vec<_> = names.into_iter().map(Username::skeleton).collect();
        query::<D>(sql).bind(skeletons.join("\n")).execute(connection).await?;
    }
    Ok(())
}

/// What keeps a name from a user, or from a new one; `None` if nothing does. Call [`lock`] before.
pub(super) async fn find_clash<D: Dialect>(
    connection: &mut D::Connection,
    name: &Username,
    user: Option<UserId>,
    at: Timestamp,
) -> sqlx::Result<Option<Clash>> {
    let find = query_as::<D, ClashRow>(FIND_CLASH).bind(name.key()).bind(name.skeleton());
    let find = find.bind(user.unwrap_or(NO_USER).get()).bind(at.as_millis());
    Ok(find.fetch_one(connection).await?.clash())
}

/// Reserves a name that a user gives up, for that user. A reservation of the same name ends, and so do the oldest ones of the user
/// where there are too many. Call [`lock`] before.
pub(crate) async fn reserve<D: Dialect>(
    connection: &mut D::Connection,
    name: &Username,
    user: UserId,
    at: Timestamp,
) -> sqlx::Result<()> {
    let reserve = query::<D>(RESERVE).bind(name.key()).bind(name.skeleton()).bind(user.get());
    reserve.bind((at + Username::RESERVED).as_millis()).execute(&mut *connection).await?;
    query::<D>(BOUND).bind(user.get()).bind(name.key()).execute(connection).await?;
    Ok(())
}

/// The names that are reserved for a user.
pub(super) async fn list<D: Dialect>(read: &ReadPool<D>, user: UserId) -> sqlx::Result<Vec<FormerUsername>> {
    let rows = query_as::<_, (String, i64)>(LIST).bind(user.get()).fetch_all(read).await?;
    let former = |(key, end)| FormerUsername { key, reserved_until: Timestamp::from_millis(end) };
    Ok(rows.into_iter().map(former).collect())
}

/// Ends the reservation of a name that a user gets.
pub(super) async fn release<D: Dialect>(connection: &mut D::Connection, name: &Username) -> sqlx::Result<()> {
    query::<D>(RELEASE).bind(name.key()).execute(connection).await?;
    Ok(())
}

/// Removes up to `limit` reservations that have ended, the oldest first. Returns their number.
pub(super) async fn purge<D: Dialect>(connection: &mut D::Connection, now: Timestamp, limit: u32) -> sqlx::Result<u64> {
    let purge = query_scalar::<D, i64>(PURGE).bind(now.as_millis()).bind(i64::from(limit));
    Ok(purge.fetch_all(connection).await?.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{assert_uses_indexes, query_plan};

    #[tokio::test]
    async fn statements_of_usernames_use_indexes() {
        for sql in [FIND_CLASH, LIST, RELEASE, PURGE] {
            assert_uses_indexes(sql).await;
        }
    }

    /// At most six rows are sorted: those of one user.
    #[tokio::test]
    async fn bound_sorts_the_names_of_one_user() {
        let plan = query_plan(BOUND).await.join("\n");
        assert!(plan.contains("INDEX former_usernames_by_user") && !plan.contains("SCAN"), "{plan}");
    }
}
