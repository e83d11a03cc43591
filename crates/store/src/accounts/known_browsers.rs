//! The tables of known browsers and known networks. Whether they exempt from a limit is not decided here.

use std::cmp::Reverse;

use async_trait::async_trait;
use domain::credential::PasswordVersion;
use domain::known_browser::{
    BrowserDigest, KNOWN_FOR, KnownBrowserRepository, KnownClient, MOST_FAILURES, MOST_KNOWN, Recognition,
};
use domain::user::UserId;
use domain::{StoreError, Timestamp};
use futures_util::future::BoxFuture;
use sqlx::{query, query_as, query_scalar};

use crate::accounts::users;
use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;
use crate::error::into_store_error;
use crate::statements::{PerEngine, statements};

statements! {
    const FIND: &str = "SELECT
        (SELECT count(*) FROM known_browsers WHERE user_id = $1 AND digest = $2 AND expires_at > $4) AS browser,
        (SELECT count(*) FROM known_networks WHERE user_id = $1 AND network = $3 AND expires_at > $4) AS network";

    const REMEMBER_BROWSER: &str = "INSERT INTO known_browsers (user_id, digest, failures, expires_at) VALUES ($1, $2, 0, $3)
        ON CONFLICT (user_id, digest) DO UPDATE SET failures = 0, expires_at = excluded.expires_at";

    const REMEMBER_NETWORK: &str = "INSERT INTO known_networks (user_id, network, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, network) DO UPDATE SET expires_at = excluded.expires_at";

    /// Leaves the browser of this log-in, and the 19 others that expire last.
    const BOUND_BROWSERS: &str = "DELETE FROM known_browsers WHERE user_id = $1 AND digest IN (
        SELECT digest FROM known_browsers WHERE user_id = $1 AND digest <> $2
        ORDER BY expires_at DESC LIMIT 1000 OFFSET 19)";

    const BOUND_NETWORKS: &str = "DELETE FROM known_networks WHERE user_id = $1 AND network IN (
        SELECT network FROM known_networks WHERE user_id = $1 AND network <> $2
        ORDER BY expires_at DESC LIMIT 1000 OFFSET 19)";

    /// At most 40 rows. They are sorted in Rust: the engines order a NULL differently.
    const LIST: &str = "SELECT NULL AS network, expires_at FROM known_browsers WHERE user_id = $1
        UNION ALL
        SELECT network, expires_at FROM known_networks WHERE user_id = $1";

    const COUNT_FAILURE: &str = "UPDATE known_browsers SET failures = failures + 1
        WHERE user_id = $1 AND digest = $2 AND expires_at > $3 AND failures < 4
        RETURNING user_id";

    const REMOVE_BROWSER: &str = "DELETE FROM known_browsers WHERE user_id = $1 AND digest = $2 AND expires_at > $3
        RETURNING user_id";

    const FORGET_BROWSERS: &str = "DELETE FROM known_browsers WHERE user_id = $1 RETURNING user_id";

    const FORGET_NETWORKS: &str = "DELETE FROM known_networks WHERE user_id = $1";

    /// Skips rows that another job has locked: it may be waiting for a row of this one.
    const PURGE_BROWSERS: PerEngine = PerEngine {
        sqlite: "DELETE FROM known_browsers WHERE (user_id, digest) IN (
                SELECT user_id, digest FROM known_browsers WHERE expires_at <= $1 ORDER BY expires_at LIMIT ($2 + 0))
            RETURNING user_id",
        postgres: "DELETE FROM known_browsers WHERE (user_id, digest) IN (
                SELECT user_id, digest FROM known_browsers WHERE expires_at <= $1 ORDER BY expires_at LIMIT ($2 + 0)
                FOR UPDATE SKIP LOCKED)
            RETURNING user_id",
    };

    const PURGE_NETWORKS: PerEngine = PerEngine {
        sqlite: "DELETE FROM known_networks WHERE (user_id, network) IN (
                SELECT user_id, network FROM known_networks WHERE expires_at <= $1 ORDER BY expires_at LIMIT ($2 + 0))
            RETURNING user_id",
        postgres: "DELETE FROM known_networks WHERE (user_id, network) IN (
                SELECT user_id, network FROM known_networks WHERE expires_at <= $1 ORDER BY expires_at LIMIT ($2 + 0)
                FOR UPDATE SKIP LOCKED)
            RETURNING user_id",
    };
}

const _: () = assert!(MOST_KNOWN == 20, "the OFFSET of `BOUND_BROWSERS` and `BOUND_NETWORKS`");
const _: () = assert!(MOST_FAILURES == 5, "the failures of `COUNT_FAILURE`");

/// The repository of known browsers and networks.
pub(crate) struct KnownBrowsers<D: Dialect> {
    pub(crate) database: OpenDatabase<D>,
}

/// The client of a log-in.
struct Client {
    user: UserId,
    verified: PasswordVersion,
    digest: Option<BrowserDigest>,
    network: Option<String>,
    now: Timestamp,
}

/// Removes every known browser and network of a user. Returns the number of browsers.
pub(super) async fn forget_all<D: Dialect>(connection: &mut D::Connection, user: UserId) -> sqlx::Result<u64> {
    query::<D>(FORGET_NETWORKS).bind(user.get()).execute(&mut *connection).await?;
    let browsers = query_scalar::<D, i64>(FORGET_BROWSERS).bind(user.get()).fetch_all(connection).await?;
    Ok(browsers.len() as u64)
}

/// The job of [`KnownBrowserRepository::remember`].
fn remember<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    Client { user, verified, digest, network, now }: &'j Client,
) -> BoxFuture<'j, Result<(), WriteError>> {
    Box::pin(async move {
        // Log-ins of a user write one after another, so that they leave no more rows than are allowed.
        match users::lock::<D>(&mut *connection, *user).await? {
            Some(locked) if locked.version() == *verified && locked.delete_due().is_none() => {}
            _ => return Ok(()),
        }
        let (user, expires_at) = (user.get(), (*now + KNOWN_FOR).as_millis());
        if let Some(digest) = digest.as_ref().map(BrowserDigest::as_bytes) {
            query::<D>(REMEMBER_BROWSER)
                .bind(user)
                .bind(&digest[..])
                .bind(expires_at)
                .execute(&mut *connection)
                .await?;
            query::<D>(BOUND_BROWSERS).bind(user).bind(&digest[..]).execute(&mut *connection).await?;
        }
        if let Some(network) = network.as_deref() {
            query::<D>(REMEMBER_NETWORK).bind(user).bind(network).bind(expires_at).execute(&mut *connection).await?;
            query::<D>(BOUND_NETWORKS).bind(user).bind(network).execute(&mut *connection).await?;
        }
        Ok(())
    })
}

async fn purge<D: Dialect>(connection: &mut D::Connection, now: Timestamp, limit: u32) -> sqlx::Result<u64> {
    let mut purged = 0;
    for PerEngine { sqlite, postgres } in [PURGE_BROWSERS, PURGE_NETWORKS] {
        let purge = query_scalar::<D, i64>(D::pick(sqlite, postgres)).bind(now.as_millis()).bind(i64::from(limit));
        purged += purge.fetch_all(&mut *connection).await?.len() as u64;
    }
    Ok(purged)
}

#[async_trait]
impl<D: Dialect> KnownBrowserRepository for KnownBrowsers<D> {
    async fn find(
        &self,
        user: UserId,
        digest: Option<BrowserDigest>,
        network: Option<String>,
        now: Timestamp,
    ) -> Result<Recognition, StoreError> {
        let digest = digest.map(|digest| digest.as_bytes().to_vec());
        let find = query_as::<_, (i64, i64)>(FIND).bind(user.get()).bind(digest).bind(network).bind(now.as_millis());
        let (browser, network) = find.fetch_one(&self.database.read).await.map_err(into_store_error)?;
        Ok(Recognition { browser: browser > 0, network: network > 0 })
    }

    async fn remember(
        &self,
        user: UserId,
        verified: PasswordVersion,
        digest: Option<BrowserDigest>,
        network: Option<String>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        Ok(self.database.writer.write(Client { user, verified, digest, network, now }, remember::<D>).await?)
    }

    async fn count_failure(&self, user: UserId, digest: BrowserDigest, now: Timestamp) -> Result<bool, StoreError> {
        let counted = self.database.writer.write((user, digest, now), |connection, (user, digest, now)| {
            Box::pin(async move {
                for sql in [COUNT_FAILURE, REMOVE_BROWSER] {
                    let count = query_scalar::<D, i64>(sql).bind(user.get()).bind(&digest.as_bytes()[..]);
                    if count.bind(now.as_millis()).fetch_optional(&mut *connection).await?.is_some() {
                        return Ok(true);
                    }
                }
                Ok(false)
            })
        });
        Ok(counted.await?)
    }

    async fn list(&self, user: UserId) -> Result<Vec<KnownClient>, StoreError> {
        let rows = query_as::<_, (Option<String>, i64)>(LIST).bind(user.get()).fetch_all(&self.database.read);
        let rows = rows.await.map_err(into_store_error)?;
        let known = |(network, at)| KnownClient { network, expires_at: Timestamp::from_millis(at) };
        let mut known: Vec<_> = rows.into_iter().map(known).collect();
        known.sort_by_cached_key(|known| (Reverse(known.expires_at), known.network.clone()));
        Ok(known)
    }

    async fn forget_all(&self, user: UserId) -> Result<u64, StoreError> {
        let forgotten = self
            .database
            .writer
            .write(user, |connection, user| Box::pin(async move { Ok(forget_all::<D>(connection, *user).await?) }));
        Ok(forgotten.await?)
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let purged = self.database.writer.write((now, limit), |connection, (now, limit)| {
            Box::pin(async move { Ok(purge::<D>(connection, *now, *limit).await?) })
        });
        Ok(purged.await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{assert_uses_indexes, query_plan};

    #[tokio::test]
    async fn statements_of_known_browsers_use_indexes() {
        for sql in [
            FIND,
            LIST,
            COUNT_FAILURE,
            REMOVE_BROWSER,
            FORGET_BROWSERS,
            FORGET_NETWORKS,
            PURGE_BROWSERS.sqlite,
            PURGE_NETWORKS.sqlite,
        ] {
            assert_uses_indexes(sql).await;
        }
    }

    /// Of 20 browsers and networks of each of 1,000 users.
    #[cfg(feature = "party")]
    #[tokio::test]
    async fn postgres_statements_of_known_browsers_use_indexes() {
        for (sql, types, index) in [
            (FIND, "bigint, bytea, text, bigint", "known_browsers_pkey"),
            (FIND, "bigint, bytea, text, bigint", "known_networks_pkey"),
            (BOUND_BROWSERS, "bigint, bytea", "known_browsers_pkey"),
            (BOUND_NETWORKS, "bigint, text", "known_networks_pkey"),
            (COUNT_FAILURE, "bigint, bytea, bigint", "known_browsers_pkey"),
            (REMOVE_BROWSER, "bigint, bytea, bigint", "known_browsers_pkey"),
            (FORGET_BROWSERS, "bigint", "known_browsers_pkey"),
            (FORGET_NETWORKS, "bigint", "known_networks_pkey"),
            (PURGE_BROWSERS.postgres, "bigint, bigint", "known_browsers_by_expiry"),
            (PURGE_NETWORKS.postgres, "bigint, bigint", "known_networks_by_expiry"),
        ] {
            let plan = crate::plan::postgres_plan(sql, types, false).await;
            assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{sql}\n{plan}");
        }
    }

    /// At most 21 rows are sorted: those of one user.
    #[tokio::test]
    async fn bound_sorts_the_rows_of_one_user() {
        for (sql, table, key) in
            [(BOUND_BROWSERS, "known_browsers", "digest"), (BOUND_NETWORKS, "known_networks", "network")]
        {
            let plan = [
                &format!("SEARCH {table} USING PRIMARY KEY (user_id=? AND {key}=?)"),
                "LIST SUBQUERY 1",
                &format!("SEARCH {table} USING PRIMARY KEY (user_id=?)"),
                "USE TEMP B-TREE FOR ORDER BY",
            ];
            assert_eq!(query_plan(sql).await, plan);
        }
    }
}
