//! The contract functions of [`KnownBrowserRepository`](super::KnownBrowserRepository).
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a contract function panics on a violation")]

use std::time::Duration;

use super::{BrowserDigest, KNOWN_FOR, KnownClient, Recognition};
use crate::contract::{NOW, add_user, hash, join_all};
use crate::credential::{ChangeAuthority, PasswordChange, PasswordVersion};
use crate::user::UserId;
use crate::{AccountPorts, Alongside, Timestamp};

/// Passes the names of all contract functions of known browsers to the macro `$test`.
#[macro_export]
macro_rules! known_browser_contract {
    ($test:ident) => {
        $test! { known_browser:
            remembered_browser_and_network_are_known_to_one_user
            browser_and_network_are_known_for_ninety_days
            log_in_without_browser_or_network_remembers_the_other
            fifth_failure_removes_the_browser
            concurrent_failures_pass_five_times
            log_in_forgets_the_failures_of_its_browser
            twenty_first_browser_replaces_the_first_to_expire
            concurrent_log_ins_leave_twenty_browsers
            browsers_and_networks_of_one_user_are_listed
            forget_all_forgets_one_user
            purge_removes_expired_browsers_and_networks_up_to_limit
            missing_user_is_not_remembered
            log_in_before_a_password_change_is_not_remembered
        }
    };
}

const INITIAL: PasswordVersion = PasswordVersion::INITIAL;
const NETWORK: &str = "192.0.2.0/24";
const BOTH: Recognition = Recognition { browser: true, network: true };
const NEITHER: Recognition = Recognition { browser: false, network: false };

fn digest(n: u8) -> BrowserDigest {
    BrowserDigest::new([n; 32])
}

fn network(n: u8) -> String {
    format!("192.0.{n}.0/24")
}

async fn remember(store: &AccountPorts, user: UserId, n: u8, now: Timestamp) {
    store.known_browsers.remember(user, INITIAL, Some(digest(n)), Some(network(n)), now).await.unwrap();
}

async fn is_known(store: &AccountPorts, user: UserId, n: u8, now: Timestamp) -> bool {
    let found = store.known_browsers.find(user, Some(digest(n)), Some(network(n)), now).await.unwrap();
    assert_eq!(found.browser, found.network, "{n}");
    found.browser
}

async fn count_failure(store: &AccountPorts, user: UserId, n: u8) -> bool {
    store.known_browsers.count_failure(user, digest(n), NOW).await.unwrap()
}

/// How many failures of a browser are allowed. Counts them.
async fn failures(store: &AccountPorts, user: UserId, n: u8) -> u32 {
    let mut failures = 0;
    while count_failure(store, user, n).await {
        failures += 1;
    }
    failures
}

/// `find` returns what `remember` stored, for that user alone.
pub async fn remembered_browser_and_network_are_known_to_one_user(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await.id, add_user(store, "ben").await.id);
    store.known_browsers.remember(ada, INITIAL, Some(digest(1)), Some(NETWORK.to_owned()), NOW).await.unwrap();
    for (user, n, from, expected) in [
        (ada, 1, NETWORK, BOTH),
        (ada, 2, NETWORK, Recognition { browser: false, ..BOTH }),
        (ada, 1, "192.0.3.0/24", Recognition { network: false, ..BOTH }),
        (ben, 1, NETWORK, NEITHER),
    ] {
        let found = store.known_browsers.find(user, Some(digest(n)), Some(from.to_owned()), NOW).await.unwrap();
        assert_eq!(found, expected, "{user:?} {n} {from}");
    }
    assert_eq!(store.known_browsers.find(ada, None, None, NOW).await.unwrap(), NEITHER);
}

/// Each log-in begins the 90 days again.
pub async fn browser_and_network_are_known_for_ninety_days(store: &AccountPorts) {
    let ada = add_user(store, "ada").await.id;
    let (day, millisecond) = (Duration::from_hours(24), Duration::from_millis(1));
    for log_in in [NOW, NOW + day] {
        remember(store, ada, 1, log_in).await;
        assert!(is_known(store, ada, 1, log_in + KNOWN_FOR - millisecond).await);
        assert!(!is_known(store, ada, 1, log_in + KNOWN_FOR).await);
    }
    let expired = NOW + day + KNOWN_FOR;
    assert!(!store.known_browsers.count_failure(ada, digest(1), expired).await.unwrap());
}

/// A browser that keeps no cookies, and a call without an address.
pub async fn log_in_without_browser_or_network_remembers_the_other(store: &AccountPorts) {
    let ada = add_user(store, "ada").await.id;
    let find = async || store.known_browsers.find(ada, Some(digest(1)), Some(NETWORK.to_owned()), NOW).await.unwrap();
    store.known_browsers.remember(ada, INITIAL, None, None, NOW).await.unwrap();
    assert_eq!(find().await, NEITHER);
    store.known_browsers.remember(ada, INITIAL, None, Some(NETWORK.to_owned()), NOW).await.unwrap();
    assert_eq!(find().await, Recognition { browser: false, ..BOTH });
    store.known_browsers.remember(ada, INITIAL, Some(digest(1)), None, NOW).await.unwrap();
    assert_eq!(find().await, BOTH);
}

/// The fifth failure is allowed, and ends what is known. The network stays known.
pub async fn fifth_failure_removes_the_browser(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await.id, add_user(store, "ben").await.id);
    store.known_browsers.remember(ada, INITIAL, Some(digest(1)), Some(NETWORK.to_owned()), NOW).await.unwrap();
    remember(store, ada, 2, NOW).await;
    for failure in 1..=5 {
        let found = store.known_browsers.find(ada, Some(digest(1)), Some(NETWORK.to_owned()), NOW).await.unwrap();
        assert_eq!(found, BOTH, "{failure}");
        assert!(!count_failure(store, ben, 1).await, "a browser of another user");
        assert!(count_failure(store, ada, 1).await, "{failure}");
    }
    let found = store.known_browsers.find(ada, Some(digest(1)), Some(NETWORK.to_owned()), NOW).await.unwrap();
    assert_eq!(found, Recognition { browser: false, ..BOTH });
    assert!(!count_failure(store, ada, 1).await);
    assert!(is_known(store, ada, 2, NOW).await);
}

/// Of twenty concurrent failures, exactly five are allowed.
pub async fn concurrent_failures_pass_five_times(store: &AccountPorts) {
    let ada = add_user(store, "ada").await.id;
    for n in 1..=5 {
        remember(store, ada, n, NOW).await;
        let attempts = (0..20).map(|_| store.known_browsers.count_failure(ada, digest(n), NOW));
        let known = join_all(attempts).await.into_iter().filter(|known| *known.as_ref().unwrap()).count();
        assert_eq!(known, 5);
    }
}

/// A log-in makes all five failures of its browser free again, and makes it known again where the fifth had removed it.
pub async fn log_in_forgets_the_failures_of_its_browser(store: &AccountPorts) {
    let ada = add_user(store, "ada").await.id;
    remember(store, ada, 1, NOW).await;
    for counted in [3, 5] {
        for _ in 0..counted {
            assert!(count_failure(store, ada, 1).await);
        }
        remember(store, ada, 1, NOW).await;
    }
    assert_eq!(failures(store, ada, 1).await, 5);
}

/// Browsers and networks are counted by user, and each by itself.
pub async fn twenty_first_browser_replaces_the_first_to_expire(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await.id, add_user(store, "ben").await.id);
    remember(store, ben, 100, NOW).await;
    for n in 0..20 {
        remember(store, ada, n, NOW + Duration::from_secs(n.into())).await;
    }
    let later = NOW + Duration::from_mins(1);
    remember(store, ada, 0, later).await; // logs in again: expires last
    assert!(is_known(store, ada, 1, later).await);
    store.known_browsers.remember(ada, INITIAL, Some(digest(20)), None, later).await.unwrap();
    for n in 0..20 {
        let found = store.known_browsers.find(ada, Some(digest(n)), Some(network(n)), later).await;
        assert_eq!(found.unwrap(), Recognition { browser: n != 1, network: true }, "{n}");
    }
    store.known_browsers.remember(ada, INITIAL, None, Some("198.51.100.0/24".to_owned()), later).await.unwrap();
    let found = store.known_browsers.find(ada, Some(digest(20)), Some(network(1)), later).await.unwrap();
    assert_eq!(found, Recognition { browser: true, network: false });
    assert!(is_known(store, ben, 100, later).await);
}

/// Thirty concurrent log-ins of one user.
pub async fn concurrent_log_ins_leave_twenty_browsers(store: &AccountPorts) {
    let ada = add_user(store, "ada").await.id;
    let log_ins =
        (0..30).map(|n| store.known_browsers.remember(ada, INITIAL, Some(digest(n)), Some(NETWORK.to_owned()), NOW));
    for result in join_all(log_ins).await {
        result.unwrap();
    }
    assert_eq!(store.known_browsers.forget_all(ada).await.unwrap(), 20);
}

/// Those that expire last come first, with nothing of other users.
pub async fn browsers_and_networks_of_one_user_are_listed(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await.id, add_user(store, "ben").await.id);
    let later = NOW + Duration::from_hours(1);
    for (user, n, at) in [(ada, 1, NOW), (ada, 2, later), (ben, 3, NOW)] {
        remember(store, user, n, at).await;
    }
    let known = |network: Option<u8>, at: Timestamp| KnownClient {
        network: network.map(self::network),
        expires_at: at + KNOWN_FOR,
    };
    let expected = [known(None, later), known(Some(2), later), known(None, NOW), known(Some(1), NOW)];
    assert_eq!(store.known_browsers.list(ada).await.unwrap(), expected);
    assert_eq!(store.known_browsers.list(UserId::new(i64::MAX)).await.unwrap(), []);
}

/// `forget_all` removes browsers and networks of one user.
pub async fn forget_all_forgets_one_user(store: &AccountPorts) {
    let (ada, ben) = (add_user(store, "ada").await.id, add_user(store, "ben").await.id);
    for (user, n) in [(ada, 1), (ada, 2), (ben, 1)] {
        remember(store, user, n, NOW).await;
    }
    for removed in [2, 0] {
        assert_eq!(store.known_browsers.forget_all(ada).await.unwrap(), removed);
    }
    for (user, n, expected) in [(ada, 1, false), (ada, 2, false), (ben, 1, true)] {
        assert_eq!(is_known(store, user, n, NOW).await, expected);
    }
}

/// `purge` removes at most `limit` of each, so that a purge blocks no other write for long.
pub async fn purge_removes_expired_browsers_and_networks_up_to_limit(store: &AccountPorts) {
    let ada = add_user(store, "ada").await.id;
    for n in 0..6 {
        remember(store, ada, n, NOW + Duration::from_secs(n.into())).await;
    }
    let now = NOW + KNOWN_FOR + Duration::from_secs(4);
    let mut purged = vec![];
    for _ in 0..3 {
        purged.push(store.known_browsers.purge(now, 3).await.unwrap());
    }
    assert_eq!(purged, [6, 4, 0]);
    assert!(is_known(store, ada, 5, now).await);
}

/// A user who was deleted during the log-in.
pub async fn missing_user_is_not_remembered(store: &AccountPorts) {
    let missing = UserId::new(add_user(store, "ada").await.id.get() + 1);
    remember(store, missing, 1, NOW).await;
    assert!(!is_known(store, missing, 1, NOW).await);
    assert!(!count_failure(store, missing, 1).await);
    assert_eq!(store.known_browsers.forget_all(missing).await.unwrap(), 0);
}

/// What a change of the password has forgotten stays so, though a log-in with the former password ends after it.
pub async fn log_in_before_a_password_change_is_not_remembered(store: &AccountPorts) {
    let ada = add_user(store, "ada").await.id;
    remember(store, ada, 1, NOW).await;
    let change = PasswordChange { user: ada, hash: hash(), authorized_by: ChangeAuthority::Operator, keep: None };
    store.credentials.change(change, Alongside::nothing()).await.unwrap();
    store.known_browsers.forget_all(ada).await.unwrap(); // for a store of known browsers elsewhere
    remember(store, ada, 1, NOW).await;
    assert!(!is_known(store, ada, 1, NOW).await);
    let (verified, browser) = (INITIAL.next(), Some(digest(1)));
    store.known_browsers.remember(ada, verified, browser, Some(network(1)), NOW).await.unwrap();
    assert!(is_known(store, ada, 1, NOW).await);
}

#[cfg(test)]
mod tests {
    use crate::contract::{functions_in, names};

    #[test]
    fn macro_names_every_contract_function() {
        assert_eq!(known_browser_contract!(names), functions_in(include_str!("contract.rs")));
    }
}
