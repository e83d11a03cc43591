//! Quotas: how much one user may store, so that no user fills the lists of the others.

use std::time::Duration;

use super::GuestList;
use crate::Timestamp;
use crate::throttle::{Limit, LimitRule, ThrottleKey};
use crate::user::UserId;

/// The quotas of each user. The defaults are more than a host or a guest needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// The most parties of a host that have not begun, with those that are cancelled: 100.
    pub max_upcoming_parties: u32,
    /// The most parties that a host adds within an hour: 30.
    pub max_hosted_per_hour: u32,
    /// The most RSVPs of a guest within an hour that claim seats: 300.
    pub max_rsvps_per_hour: u32,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { max_upcoming_parties: 100, max_hosted_per_hour: 30, max_rsvps_per_hour: 300 }
    }
}

/// The quota of a host, for a party that is added at `now`. It is counted in the commit that adds the party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostQuota {
    /// The most parties that have not begun at `now`.
    pub max_upcoming: u32,
    /// The limit of added parties.
    pub limit: Limit,
    /// The time of the request.
    pub now: Timestamp,
}

/// The quota of a guest, for an RSVP at `now`. It is counted in the commit that saves the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RsvpQuota {
    /// The limit of RSVPs that claim seats.
    pub limit: Limit,
    /// The time of the request.
    pub now: Timestamp,
}

impl Quotas {
    /// The quota of a host who adds a party at `now`.
    #[must_use]
    pub fn of_host(&self, host: UserId, now: Timestamp) -> HostQuota {
        let limit = per_hour(self.max_hosted_per_hour, key(b"quota: hosted parties   ", host));
        HostQuota { max_upcoming: self.max_upcoming_parties, limit, now }
    }

    /// The quota of a guest who answers at `now`.
    #[must_use]
    pub fn of_guest(&self, guest: UserId, now: Timestamp) -> RsvpQuota {
        RsvpQuota { limit: per_hour(self.max_rsvps_per_hour, key(b"quota: claims of seats  ", guest)), now }
    }
}

impl RsvpQuota {
    /// Whether an answer is counted: `guest` holds more seats than before. An answer that is repeated, that holds fewer seats
    /// or none, or for which no seat was free, is not.
    #[must_use]
    pub fn is_counted(guest: UserId, before: &GuestList, after: &GuestList) -> bool {
        after.seats_held(guest) > before.seats_held(guest)
    }
}

fn per_hour(limit: u32, key: ThrottleKey) -> Limit {
    Limit::new(key, LimitRule::Window { limit, period: Duration::from_hours(1) })
}

/// The key of a user's counter. It is no digest: the number of a user is nothing that is typed, and it is in each row that the
/// user stores. No digest equals it, except by a chance of 1 in 2^192.
fn key(kind: &[u8; 24], user: UserId) -> ThrottleKey {
    let mut bytes = [0; 32];
    bytes[..24].copy_from_slice(kind);
    bytes[24..].copy_from_slice(&user.get().to_be_bytes());
    ThrottleKey::new(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::party::{Answer, Heads, Seats, Withdrawal};

    const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);

    #[test]
    fn each_user_has_counters_of_their_own() {
        let quotas = Quotas::default();
        let users = [i64::MIN, -1, 0, 1, 2, 256, i64::MAX].map(UserId::new);
        let keys = users.map(|user| [quotas.of_host(user, NOW).limit.key, quotas.of_guest(user, NOW).limit.key]);
        assert_eq!(keys.as_flattened().iter().collect::<BTreeSet<_>>().len(), 2 * users.len());
    }

    #[test]
    fn quota_has_the_limits_of_the_settings() {
        let quotas = Quotas { max_upcoming_parties: 7, max_hosted_per_hour: 8, max_rsvps_per_hour: 9 };
        let window = |limit| LimitRule::Window { limit, period: Duration::from_hours(1) };
        let host = quotas.of_host(UserId::new(1), NOW);
        assert_eq!((host.max_upcoming, host.limit.rule, host.now), (7, window(8), NOW));
        let guest = quotas.of_guest(UserId::new(1), NOW);
        assert_eq!((guest.limit.rule, guest.now), (window(9), NOW));
    }

    fn answer() -> impl Strategy<Value = Option<Answer>> {
        let heads = |heads| Heads::new(heads).unwrap();
        prop_oneof![
            Just(None),
            (1..4u32).prop_map(move |n| Some(Answer::Seated(heads(n)))),
            (1..4u32).prop_map(move |n| Some(Answer::Waitlisted { heads: heads(n), position: 1 })),
            Just(Some(Answer::Maybe)),
            Just(Some(Answer::Declined)),
            Just(Some(Answer::Invited)),
        ]
    }

    proptest! {
        /// An acceptance is counted if it takes seats off the free ones, and a withdrawal never.
        #[test]
        fn answer_is_counted_if_it_takes_free_seats(
            seats in 4..8u32, others in 0..4u32, before in answer(), heads in 1..5u32, is_accepted in any::<bool>()
        ) {
            let guest = UserId::new(1);
            let taken = 1 + before.map_or(0, Answer::seats_held) + others;
            prop_assume!(taken <= seats);
            let answers: BTreeMap<_, _> = before.map(|answer| (guest, answer)).into_iter().collect();
            let before = GuestList::from_stored(Seats::new(seats).unwrap(), taken, 3, answers).unwrap();
            let mut after = before.clone();
            if is_accepted {
                after.accept(guest, Heads::new(heads).unwrap());
            } else {
                after.release_seats(guest, Withdrawal::Declined);
            }
            let is_counted = RsvpQuota::is_counted(guest, &before, &after);
            prop_assert_eq!(is_counted, after.free_seats() < before.free_seats());
            prop_assert!(is_accepted || !is_counted);
            prop_assert!(!RsvpQuota::is_counted(guest, &after, &after));
        }
    }
}
