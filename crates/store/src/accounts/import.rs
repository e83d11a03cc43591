//! The users of another program, added to the tables of users and credentials in lists.

use std::collections::{HashMap, HashSet};

use domain::user::{Email, ImportOutcome, ImportedUser, TakenKeys, UserId};
use domain::{Alongside, Timestamp};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use sqlx::query::QueryAs;
use sqlx::{query, query_as};

use crate::accounts::usernames::{Clash, ClashRow, LIST_CLASHES};
use crate::accounts::{events, usernames};
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::engine::read_pool::ReadPool;
use crate::engine::writer::WriteError;
use crate::statements::{PerEngine, statements};

/// The users of the list `$1` of [`Keys`]: with the key of a name, with the key of an address, or with its former key.
macro_rules! by_keys {
    ($position:literal, $imported:literal) => {
        concat!(
            by_keys!($position, $imported, "username_key", "0"),
            " UNION ALL ",
            by_keys!($position, $imported, "email_key", "1"),
            " UNION ALL ",
            by_keys!($position, $imported, "email_key", "2")
        )
    };
    ($position:literal, $imported:literal, $column:literal, $key:literal) => {
        concat!(
            "SELECT ",
            $position,
            " AS position, users.id, username_key, email, email_key FROM ",
            $imported,
            " CROSS JOIN users
                WHERE users.",
            $column,
            " = value ->> ",
            $key
        )
    };
}

statements! {
    /// At most three rows for each of a list.
    const LIST_BY_KEYS: PerEngine = PerEngine {
        sqlite: by_keys!("key", "json_each($1)"),
        postgres: by_keys!("position - 1", "jsonb_array_elements($1::text::jsonb) WITH ORDINALITY AS imported (value, position)"),
    };

    const ADD: PerEngine = PerEngine {
        sqlite: "INSERT INTO users (username, username_key, username_skeleton, email, email_key, joined_at)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each($1) WHERE true
            ON CONFLICT DO NOTHING
            RETURNING id, username_key",
        postgres: "INSERT INTO users (username, username_key, username_skeleton, email, email_key, joined_at)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, (value ->> 5)::bigint
            FROM jsonb_array_elements($1::text::jsonb) WITH ORDINALITY AS imported (value, position) ORDER BY position
            ON CONFLICT DO NOTHING
            RETURNING id, username_key",
    };

    /// Pairs of a user and a hash.
    const ADD_HASHES: PerEngine = PerEngine {
        sqlite: "INSERT INTO credentials (user_id, password_hash) SELECT value ->> 0, value ->> 1 FROM json_each($1)",
        postgres: "INSERT INTO credentials (user_id, password_hash)
            SELECT (value ->> 0)::bigint, value ->> 1 FROM jsonb_array_elements($1::text::jsonb) AS imported (value)",
    };
}

/// The unique values of a stored user.
struct KeysRow {
    position: i64, // of the imported user in the list
    id: i64,
    username_key: String,
    email: String,
    email_key: String,
}

from_row!(KeysRow { position, id, username_key, email, email_key });

/// The keys of a user to import: of the name and its skeleton, of the address, and the former one of the address.
struct Keys {
    username: String,
    skeleton: String,
    email: String,
    former_email: String,
}

impl Keys {
    fn of(user: &ImportedUser) -> Self {
        let (username, email) = (user.username.key(), user.email.key());
        Self { username, skeleton: user.username.skeleton(), email, former_email: user.email.former_key() }
    }

    /// Whether the stored user has this mailbox, by its key or, of two accounts of one mailbox, by its former key.
    fn is_mailbox_of(&self, row: &KeysRow) -> bool {
        let has_former_key = || {
            let stored = Email::from_stored(row.email.clone());
            row.email_key == self.former_email && stored.is_ok_and(|stored| stored.key() == self.email)
        };
        row.email_key == self.email || has_former_key()
    }

    /// What keeps the user out, of the rows of [`LIST_BY_KEYS`]; `None` if nothing does.
    fn outcome(&self, rows: &[&KeysRow]) -> Option<ImportOutcome> {
        let of_name = rows.iter().find(|row| row.username_key == self.username).map(|row| row.id);
        let is_of_mailbox = |row: &&&KeysRow| self.is_mailbox_of(row);
        match of_name {
            Some(id) if rows.iter().filter(is_of_mailbox).any(|row| row.id == id) => {
                Some(ImportOutcome::AlreadyThere(UserId::new(id)))
            }
            _ => {
                let (username, email) = (of_name.is_some(), rows.iter().any(|row| self.is_mailbox_of(row)));
                let taken = TakenKeys { username, look_alike: false, email };
                (username || email).then_some(ImportOutcome::Taken(taken))
            }
        }
    }
}

/// A user to import, and the keys, which are computed once.
struct Candidate<'u> {
    user: &'u ImportedUser,
    keys: Keys,
}

impl<'u> Candidate<'u> {
    fn of(user: &'u ImportedUser) -> Self {
        Self { user, keys: Keys::of(user) }
    }
}

/// The outcome of a user whose name is not free.
fn of_clash(clash: Clash) -> ImportOutcome {
    let is_taken = clash == Clash::Taken;
    ImportOutcome::Taken(TakenKeys { username: is_taken, look_alike: !is_taken, email: false })
}

/// A statement for each engine, with a list in JSON as the first parameter.
type OfList<'q, D, R> = QueryAs<'q, D, R, <D as sqlx::Database>::Arguments>;

/// [`LIST_BY_KEYS`] and [`LIST_CLASHES`] of a list.
fn finding<D: Dialect>(
    users: &[&Candidate<'_>],
    now: Timestamp,
) -> (OfList<'static, D, KeysRow>, OfList<'static, D, ClashRow>) {
    let keys = users.iter().map(|Candidate { keys, .. }| json!([keys.username, keys.email, keys.former_email]));
    let names = users.iter().map(|Candidate { keys, .. }| json!([keys.username, keys.skeleton]));
    let by_keys = query_as(D::pick(LIST_BY_KEYS.sqlite, LIST_BY_KEYS.postgres)).bind(json(keys));
    let clashes = query_as(D::pick(LIST_CLASHES.sqlite, LIST_CLASHES.postgres)).bind(json(names));
    (by_keys, clashes.bind(now.as_millis()))
}

/// What keeps each user of a list out, by the rows of both statements of [`finding`].
fn outcomes(users: &[&Candidate<'_>], rows: &[KeysRow], clashes: &[ClashRow]) -> Vec<Option<ImportOutcome>> {
    let mut of_user: Vec<Vec<&KeysRow>> = users.iter().map(|_| Vec::new()).collect();
    for row in rows {
        if let Some(rows) = usize::try_from(row.position).ok().and_then(|position| of_user.get_mut(position)) {
            rows.push(row);
        }
    }
    let found = users.iter().zip(of_user).zip(clashes);
    found.map(|((user, rows), clash)| user.keys.outcome(&rows).or_else(|| clash.clash().map(of_clash))).collect()
}

/// What keeps each user out; `None` where nothing does.
pub(super) async fn find_all<D: Dialect>(
    read: &ReadPool<D>,
    users: &[ImportedUser],
    now: Timestamp,
) -> sqlx::Result<Vec<Option<ImportOutcome>>> {
    let users: Vec<_> = users.iter().map(Candidate::of).collect();
    let users: Vec<_> = users.iter().collect();
    let (by_keys, clashes) = finding::<D>(&users, now);
    let rows = by_keys.fetch_all(read).await?;
    Ok(outcomes(&users, &rows, &clashes.fetch_all(read).await?))
}

/// Adds the users in their order, so that a user of the list is compared with those before.
pub(super) fn add_all<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (users, now, alongside): &'j (Vec<ImportedUser>, Timestamp, Alongside),
) -> BoxFuture<'j, Result<Vec<ImportOutcome>, WriteError>> {
    Box::pin(async move {
        usernames::lock::<D>(&mut *connection, users.iter().map(|user| &user.username)).await?;
        let candidates: Vec<_> = users.iter().map(Candidate::of).collect();
        let (mut outcomes, mut rest) = (Vec::with_capacity(users.len()), candidates.as_slice());
        while !rest.is_empty() {
            let (distinct, others) = rest.split_at(distinct(rest));
            outcomes.extend(add::<D>(&mut *connection, distinct, *now, alongside).await?);
            rest = others;
        }
        Ok(outcomes)
    })
}

/// How many of the first users have nothing in common: these can be compared with what is stored, and added, at once.
fn distinct(users: &[Candidate<'_>]) -> usize {
    let (mut names, mut skeletons, mut addresses) = (HashSet::new(), HashSet::new(), HashSet::new());
    let is_new = |Candidate { keys, .. }: &&Candidate<'_>| {
        let is_free = !names.contains(&keys.username)
            && !skeletons.contains(&keys.skeleton)
            && ![&keys.email, &keys.former_email].into_iter().any(|key| addresses.contains(key));
        names.insert(keys.username.clone());
        skeletons.insert(keys.skeleton.clone());
        addresses.extend([keys.email.clone(), keys.former_email.clone()]);
        is_free
    };
    users.iter().take_while(is_new).count()
}

/// Adds users who have nothing in common.
async fn add<D: Dialect>(
    connection: &mut D::Connection,
    users: &[Candidate<'_>],
    now: Timestamp,
    alongside: &Alongside,
) -> sqlx::Result<Vec<ImportOutcome>> {
    let mut found: Vec<Option<ImportOutcome>> = vec![None; users.len()];
    loop {
        let open: Vec<_> = (0..users.len()).filter(|at| found[*at].is_none()).collect();
        if open.is_empty() {
            return Ok(found.into_iter().flatten().collect());
        }
        let candidates: Vec<_> = open.iter().map(|at| &users[*at]).collect();
        let (by_keys, clashes) = finding::<D>(&candidates, now);
        let rows = by_keys.fetch_all(&mut *connection).await?;
        let clashes = clashes.fetch_all(&mut *connection).await?;
        for (at, outcome) in open.iter().zip(outcomes(&candidates, &rows, &clashes)) {
            found[*at] = outcome;
        }
        let free: Vec<_> = open.into_iter().filter(|at| found[*at].is_none()).collect();
        let ids = add_users::<D>(&mut *connection, &free.iter().map(|at| &users[*at]).collect::<Vec<_>>()).await?;
        for at in free {
            // A user without an id has a key that another process has added between the statements, and is looked for again.
            let Some(id) = ids.get(&users[at].keys.username).copied() else { continue };
            events::add_alongside::<D>(&mut *connection, alongside, id, None).await?;
            found[at] = Some(ImportOutcome::Added(id));
        }
    }
}

/// Adds users whose keys were free, with their hashes, and returns the ids by the keys of the names.
async fn add_users<D: Dialect>(
    connection: &mut D::Connection,
    users: &[&Candidate<'_>],
) -> sqlx::Result<HashMap<String, UserId>> {
    let values = users.iter().map(|Candidate { user, keys }| {
        let joined_at = user.joined_at.as_millis();
        json!([user.username.as_str(), keys.username, keys.skeleton, user.email.as_str(), keys.email, joined_at])
    });
    let add = query_as::<D, (i64, String)>(D::pick(ADD.sqlite, ADD.postgres)).bind(json(values));
    let added = add.fetch_all(&mut *connection).await?;
    let ids: HashMap<_, _> = added.into_iter().map(|(id, key)| (key, UserId::new(id))).collect();
    let hashes = users
        .iter()
        .filter_map(|Candidate { user, keys }| Some(json!([ids.get(&keys.username)?.get(), user.hash.expose()])));
    query::<D>(D::pick(ADD_HASHES.sqlite, ADD_HASHES.postgres)).bind(json(hashes)).execute(connection).await?;
    Ok(ids)
}

fn json(values: impl Iterator<Item = Value>) -> String {
    Value::Array(values.collect()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::query_plan;

    #[tokio::test]
    async fn statements_of_import_use_indexes() {
        for sql in [LIST_BY_KEYS.sqlite, LIST_CLASHES.sqlite] {
            let steps = query_plan(sql).await;
            assert!(!steps.iter().any(|step| step.starts_with("SCAN ") && !step.contains("json_each")), "{steps:#?}");
        }
    }
}
