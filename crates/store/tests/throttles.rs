//! Counters over two stores on one database, as two processes would use them; and which rows an attempt writes.

use std::time::Duration;

use crate::common::{self, Fresh, NOW, add_user, past_our_types};
use domain::AccountPorts;
use domain::known_browser::BrowserDigest;
use domain::throttle::{Limit, LimitRule, ThrottleKey};
use tokio::task::JoinSet;

const ATTEMPTS: usize = 50;
const LIMIT: u32 = 10;
const ROUNDS: usize = 10;

async fn both() -> [Fresh; 2] {
    [common::sqlite().await, common::postgres().await]
}

fn limit(n: usize, limit: u32) -> Limit {
    let mut key = [0x5a; 32];
    key[..8].copy_from_slice(&n.to_be_bytes());
    Limit::new(ThrottleKey::new(key), LimitRule::Window { limit, period: Duration::from_mins(1) })
}

/// All counters as one number: it differs after any change of them.
async fn rows(fresh: &Fresh) -> i64 {
    let sum =
        "SELECT CAST(count(*) * 1000003 + coalesce(sum(count), 0) * 1009 + coalesce(sum(expires_at), 0) AS BIGINT)
        FROM throttles";
    past_our_types(&fresh.store, sum).await.unwrap().unwrap()
}

async fn count_at_once(fresh: Fresh) {
    let other: AccountPorts = fresh.another().await.accounts().clone().into();
    let stores = [fresh.accounts(), other];
    for round in 0..ROUNDS {
        let mut attempts = JoinSet::new();
        for n in 0..ATTEMPTS {
            let throttles = stores[n % 2].throttles.clone();
            // The key of the round, one that all attempts share, and one of this attempt alone; in any order.
            let mut limits = [limit(round, LIMIT), limit(50, 10_000), limit(100 + round * ATTEMPTS + n, 1)];
            limits.rotate_left(n % 3);
            attempts.spawn(async move { throttles.count(&limits, NOW).await.unwrap().is_ok() });
        }
        let allowed = attempts.join_all().await.into_iter().filter(|is_allowed| *is_allowed).count();
        assert_eq!(allowed, LIMIT as usize, "round {round}");
    }
    let [allowed, rows] = ["SELECT max(count) FROM throttles", "SELECT count(*) FROM throttles"]
        .map(|sql| past_our_types(&fresh.store, sql));
    let (allowed, rows) = (allowed.await.unwrap().unwrap(), rows.await.unwrap().unwrap());
    assert_eq!(allowed, 100, "none is lost, and no refused one is counted");
    assert_eq!(rows, 10 + 1 + allowed, "a refused attempt leaves no row");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_limit_of_ten_allows_exactly_ten_of_fifty() {
    count_at_once(common::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_limit_of_ten_allows_exactly_ten_of_fifty() {
    count_at_once(common::postgres().await).await;
}

#[tokio::test]
async fn refused_attempt_writes_nothing() {
    for fresh in both().await {
        let throttles = fresh.accounts().throttles;
        // An expired row, which an attempt that is allowed removes.
        throttles.count(&[limit(1, 1)], NOW - Duration::from_secs(1)).await.unwrap().unwrap();
        throttles.count(&[limit(9, 1)], NOW - Duration::from_hours(1)).await.unwrap().unwrap();
        let before = rows(&fresh).await;
        for limits in [[limit(1, 1), limit(2, 5)], [limit(0, 5), limit(1, 1)]] {
            throttles.count(&limits, NOW).await.unwrap().unwrap_err();
            throttles.check(&limits, NOW).await.unwrap().unwrap_err();
        }
        throttles.give_back(&[limit(2, 5).key]).await.unwrap();
        assert_eq!(rows(&fresh).await, before);
        throttles.count(&[limit(2, 5)], NOW).await.unwrap().unwrap();
        assert_ne!(rows(&fresh).await, before);
    }
}

#[tokio::test]
async fn schema_rejects_counters_and_browsers_out_of_range() {
    for fresh in both().await {
        let (accounts, ada) = (fresh.accounts(), add_user(&fresh.accounts(), "ada").await);
        accounts.throttles.count(&[limit(1, 1)], NOW).await.unwrap().unwrap();
        let network = Some("192.0.2.0/24".to_owned());
        accounts
            .known_browsers
            .remember(
                ada.id,
                domain::credential::PasswordVersion::INITIAL,
                Some(BrowserDigest::new([1; 32])),
                network,
                NOW,
            )
            .await
            .unwrap();
        for statement in [
            "UPDATE throttles SET count = -1",
            "UPDATE throttles SET count = 4294967296",
            "UPDATE throttles SET key = substr(key, 2)",
            "UPDATE known_browsers SET failures = 5",
            "UPDATE known_browsers SET digest = substr(digest, 2)",
            "UPDATE known_browsers SET user_id = user_id + 1",
            "UPDATE known_networks SET network = ''",
            "UPDATE known_networks SET user_id = user_id + 1",
        ] {
            assert!(past_our_types(&fresh.store, statement).await.is_err(), "{statement}");
        }
        past_our_types(&fresh.store, "DELETE FROM users").await.unwrap();
        for statement in ["SELECT count(*) FROM known_browsers", "SELECT count(*) FROM known_networks"] {
            assert_eq!(past_our_types(&fresh.store, statement).await.unwrap(), Some(0), "{statement}");
        }
    }
}
