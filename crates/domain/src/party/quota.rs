//! Quotas: how much one user may store, so that no user fills the lists of the others.

use std::time::Duration;

use super::PartyId;
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
    /// The most RSVPs of a guest within an hour that ask for something: 300. See [`Changed::is_counted`](super::Changed::is_counted).
    pub max_rsvps_per_hour: u32,
    /// The most changes of a host within an hour to the host's parties and their guests: 600.
    pub max_host_changes_per_hour: u32,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            max_upcoming_parties: 100,
            max_hosted_per_hour: 30,
            max_rsvps_per_hour: 300,
            max_host_changes_per_hour: 600,
        }
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

/// The quota of a user who changes a party at `now`. It is counted in the commit that saves the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeQuota {
    /// The limit of changes that are counted.
    pub limit: Limit,
    /// The time of the request.
    pub now: Timestamp,
}

impl Quotas {
    /// The most messages of a host to the guests of one party within a day: 3. What the product promises guests is no setting.
    pub const MOST_MESSAGES: u32 = 3;

    /// The quota of a message to the guests of `party` at `now`. It is counted in the commit that sends the message.
    #[must_use]
    pub fn of_message(party: PartyId, now: Timestamp) -> ChangeQuota {
        let rule = LimitRule::Window { limit: Self::MOST_MESSAGES, period: Duration::from_hours(24) };
        ChangeQuota { limit: Limit::new(key(b"quota: messages of party", party.get()), rule), now }
    }

    /// The quota of a host who adds a party at `now`.
    #[must_use]
    pub fn of_host(&self, host: UserId, now: Timestamp) -> HostQuota {
        let limit = per_hour(self.max_hosted_per_hour, key(b"quota: hosted parties   ", host.get()));
        HostQuota { max_upcoming: self.max_upcoming_parties, limit, now }
    }

    /// The quota of a guest who answers at `now`.
    #[must_use]
    pub fn of_guest(&self, guest: UserId, now: Timestamp) -> ChangeQuota {
        ChangeQuota { limit: per_hour(self.max_rsvps_per_hour, key(b"quota: claims of seats  ", guest.get())), now }
    }

    /// The quota of a host who changes a party or its guests at `now`.
    #[must_use]
    pub fn of_host_change(&self, host: UserId, now: Timestamp) -> ChangeQuota {
        ChangeQuota {
            limit: per_hour(self.max_host_changes_per_hour, key(b"quota: changes of a host", host.get())),
            now,
        }
    }
}

fn per_hour(limit: u32, key: ThrottleKey) -> Limit {
    Limit::new(key, LimitRule::Window { limit, period: Duration::from_hours(1) })
}

/// The key of the counter of a user or a party. It is no digest: such a number is nothing that is typed, and it is in each row that the
/// user stores. No digest equals it, except by a chance of 1 in 2^192.
fn key(kind: &[u8; 24], id: i64) -> ThrottleKey {
    let mut bytes = [0; 32];
    bytes[..24].copy_from_slice(kind);
    bytes[24..].copy_from_slice(&id.to_be_bytes());
    ThrottleKey::new(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);

    #[test]
    fn each_user_has_counters_of_their_own() {
        let quotas = Quotas::default();
        let users = [i64::MIN, -1, 0, 1, 2, 256, i64::MAX].map(UserId::new);
        let keys = users.map(|user| {
            let host = [quotas.of_host(user, NOW).limit.key, quotas.of_host_change(user, NOW).limit.key];
            let of_party = Quotas::of_message(PartyId::new(user.get()), NOW).limit.key;
            [host[0], host[1], quotas.of_guest(user, NOW).limit.key, of_party]
        });
        assert_eq!(keys.as_flattened().iter().collect::<BTreeSet<_>>().len(), 4 * users.len());
    }

    #[test]
    fn quota_has_the_limits_of_the_settings() {
        let quotas = Quotas {
            max_upcoming_parties: 7,
            max_hosted_per_hour: 8,
            max_rsvps_per_hour: 9,
            max_host_changes_per_hour: 10,
        };
        let window = |limit| LimitRule::Window { limit, period: Duration::from_hours(1) };
        let host = quotas.of_host(UserId::new(1), NOW);
        assert_eq!((host.max_upcoming, host.limit.rule, host.now), (7, window(8), NOW));
        let guest = quotas.of_guest(UserId::new(1), NOW);
        assert_eq!((guest.limit.rule, guest.now), (window(9), NOW));
        assert_eq!(quotas.of_host_change(UserId::new(1), NOW).limit.rule, window(10));
        let daily = LimitRule::Window { limit: 3, period: Duration::from_hours(24) };
        assert_eq!(Quotas::of_message(PartyId::new(1), NOW).limit.rule, daily);
    }
}
