//! The contract functions of [`LeaseRepository`](super::LeaseRepository).
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a contract function panics on a violation")]

use std::time::Duration;

use super::LeaseHolder;
use crate::contract::{NOW, join_all};
use crate::{AccountPorts, Timestamp};

/// Passes the names of all contract functions of leases to the macro `$test`.
#[macro_export]
macro_rules! lease_contract {
    ($test:ident) => {
        $test! { lease:
            lease_has_one_holder_until_it_ends
            holder_renews_its_lease
            leases_of_two_names_are_two_leases
            released_lease_is_free
            lease_of_a_clock_that_was_ahead_has_ended
            concurrent_acquires_give_the_lease_once
        }
    };
}

const DURATION: Duration = Duration::from_mins(3);
const ONE: LeaseHolder = LeaseHolder::new([1; 16]);
const OTHER: LeaseHolder = LeaseHolder::new([2; 16]);

async fn acquire(store: &AccountPorts, holder: LeaseHolder, at: Timestamp) -> bool {
    store.leases.acquire("job", holder, at, DURATION).await.unwrap()
}

/// Another holder gets the lease from the time on until which it was given.
pub async fn lease_has_one_holder_until_it_ends(store: &AccountPorts) {
    assert!(acquire(store, ONE, NOW).await);
    for at in [NOW, NOW + DURATION - Duration::from_millis(1)] {
        assert!(!acquire(store, OTHER, at).await);
    }
    assert!(acquire(store, OTHER, NOW + DURATION).await);
    assert!(!acquire(store, ONE, NOW + DURATION).await);
}

/// A renewed lease lasts its whole duration from then on.
pub async fn holder_renews_its_lease(store: &AccountPorts) {
    let later = NOW + Duration::from_mins(2);
    assert!(acquire(store, ONE, NOW).await);
    assert!(acquire(store, ONE, later).await);
    assert!(!acquire(store, OTHER, NOW + DURATION).await);
    assert!(acquire(store, OTHER, later + DURATION).await);
}

/// Each name has a lease of its own, also a name of the greatest length.
pub async fn leases_of_two_names_are_two_leases(store: &AccountPorts) {
    assert!(store.leases.acquire(&"é".repeat(64), ONE, NOW, DURATION).await.unwrap());
    assert!(store.leases.acquire(&"e".repeat(64), OTHER, NOW, DURATION).await.unwrap());
}

/// Its holder alone releases a lease.
pub async fn released_lease_is_free(store: &AccountPorts) {
    assert!(!store.leases.release("job", ONE).await.unwrap(), "there is none");
    assert!(acquire(store, ONE, NOW).await);
    assert!(!store.leases.release("job", OTHER).await.unwrap());
    assert!(!acquire(store, OTHER, NOW).await);
    assert!(store.leases.release("job", ONE).await.unwrap());
    assert!(acquire(store, OTHER, NOW).await);
}

/// Clocks of two processes may differ by less than the duration.
pub async fn lease_of_a_clock_that_was_ahead_has_ended(store: &AccountPorts) {
    assert!(acquire(store, ONE, NOW).await);
    assert!(!acquire(store, OTHER, NOW - DURATION).await);
    assert!(acquire(store, OTHER, NOW - DURATION - Duration::from_millis(1)).await);
}

/// Of eight holders at once, one gets the lease, and each of the next rounds has another one.
pub async fn concurrent_acquires_give_the_lease_once(store: &AccountPorts) {
    for round in 0..10 {
        let at = NOW + DURATION * round;
        let acquired = join_all((0..8).map(|n| acquire(store, LeaseHolder::new([n; 16]), at))).await;
        assert_eq!(acquired.iter().filter(|acquired| **acquired).count(), 1, "round {round}: {acquired:?}");
    }
}

#[cfg(test)]
mod tests {
    use crate::contract::{functions_in, names};

    #[test]
    fn macro_names_every_contract_function() {
        assert_eq!(lease_contract!(names), functions_in(include_str!("contract.rs")));
    }
}
