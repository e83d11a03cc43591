//! Tests of session lifetimes, with every moment given as an argument.

use domain::session::{SessionId, StoredSession};
use domain::user::{Email, Roles, User, Username};
use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn user() -> User {
    User {
        id: UserId::new(7),
        username: Username::parse("ada").unwrap(),
        email: Email::parse("ada@example.com").unwrap(),
        joined_at: NOW,
        disabled_at: None,
        deletion: None,
    }
}

/// A session that was opened at `NOW` under the default lifetimes.
fn opened(remembered: bool) -> SessionRecord {
    Lifetimes::default().open(UserId::new(7), remembered, Device::default(), NOW)
}

fn before(moment: Timestamp, earlier: Duration) -> Timestamp {
    Timestamp::from_millis(moment.as_millis() - i64::try_from(earlier.as_millis()).unwrap())
}

fn stored(record: &SessionRecord) -> StoredSession {
    StoredSession { id: SessionId::new(1), user: user(), roles: Roles::default(), notices: 0, record: record.clone() }
}

/// The session checked at `now` under the default lifetimes.
fn check(record: &SessionRecord, now: Timestamp) -> Option<LiveSession> {
    Lifetimes::default().live_session(stored(record), now)
}

fn is_live(record: &SessionRecord, now: Timestamp) -> bool {
    check(record, now).is_some()
}

/// What a request at `now` writes, under the default lifetimes.
fn renew(record: &SessionRecord, now: Timestamp) -> Option<Renewal> {
    Lifetimes::default().renew(&check(record, now)?, now)
}

/// Uses the session every `step` until it has expired. Returns how long it lived, at most about 60 days.
fn used_every(step: Duration, mut record: SessionRecord) -> Duration {
    let mut now = NOW;
    while is_live(&record, now) && now.since(NOW) < 60 * DAY {
        if let Some(renewal) = renew(&record, now) {
            (record.last_seen_at, record.expires_at) = (renewal.seen_at, renewal.expires_at);
        }
        now = now + step;
    }
    now.since(NOW)
}

#[test]
fn authentication_is_recent_for_a_time_and_under_a_clock_that_was_set_back() {
    let live = check(&opened(false), NOW).unwrap();
    let (within, millisecond) = (10 * MINUTE, Duration::from_millis(1));
    for (now, is_recent) in [
        (NOW, true),
        (NOW + within - millisecond, true),
        (NOW + within, false),
        (before(NOW, within.saturating_sub(millisecond)), true),
        (before(NOW, within), false),
    ] {
        assert_eq!(live.is_authenticated_within(within, now), is_recent, "{now:?}");
    }
}

#[test]
fn live_session_has_id_user_and_record_of_stored_one() {
    let record = opened(true);
    let live = check(&record, NOW).unwrap();
    assert_eq!((live.id(), live.user(), live.record()), (SessionId::new(1), &user(), &record));
    assert_eq!(live.into_user(), (user(), Roles::default()));
}

#[test]
fn session_of_disabled_user_is_not_live() {
    let mut disabled = stored(&opened(false));
    disabled.user.disabled_at = Some(NOW);
    assert_eq!(Lifetimes::default().live_session(disabled, NOW), None);
}

#[test]
fn idle_session_expires_after_12_h_or_14_days_if_remembered() {
    for (remembered, idle) in [(false, 12 * HOUR), (true, 14 * DAY)] {
        let record = opened(remembered);
        assert_eq!(record.expires_at, NOW + idle);
        assert!(is_live(&record, before(NOW + idle, Duration::from_millis(1))));
        assert!(!is_live(&record, NOW + idle));
    }
}

#[test]
fn session_in_use_expires_after_7_days_or_30_if_remembered() {
    assert_eq!(used_every(HOUR, opened(false)), 7 * DAY);
    assert_eq!(used_every(HOUR, opened(true)), 30 * DAY);
    assert_eq!(used_every(Duration::from_secs(59), opened(false)).as_secs() / DAY.as_secs(), 7);
}

#[test]
fn last_seen_is_written_once_a_minute() {
    let record = opened(false);
    assert_eq!(renew(&record, NOW + Duration::from_millis(59_999)), None);
    let now = NOW + MINUTE;
    let renewal = Renewal { seen_at: now, expires_at: now + 12 * HOUR, unless_seen_after: NOW };
    assert_eq!(renew(&record, now), Some(renewal));
}

#[test]
fn renewal_ends_at_absolute_limit() {
    let record = SessionRecord { last_seen_at: NOW + 6 * DAY + 20 * HOUR, ..opened(false) };
    let renewal = renew(&record, NOW + 6 * DAY + 23 * HOUR);
    assert_eq!(renewal.map(|renewal| renewal.expires_at), Some(NOW + 7 * DAY));
}

#[test]
fn session_that_expired_after_check_is_not_renewed() {
    let live = check(&opened(false), NOW).unwrap();
    assert_eq!(Lifetimes::default().renew(&live, NOW + 12 * HOUR), None);
}

#[test]
fn shorter_policy_expires_open_sessions() {
    let browser = Lifetime::new(HOUR, DAY).unwrap();
    let shorter = Lifetimes::new(browser, Lifetimes::default().remembered());
    let record = opened(false);
    assert!(record.expires_at > NOW + HOUR);
    assert_eq!(shorter.live_session(stored(&record), NOW + HOUR), None);
}

#[test]
fn session_survives_clock_set_back_1_h_and_still_expires() {
    let record = opened(false);
    let now = before(NOW, HOUR);
    assert!(is_live(&record, now));
    assert_eq!(renew(&record, now), None);
    assert!(!is_live(&record, now + 13 * HOUR));
}

#[test]
fn session_more_than_a_day_ahead_of_clock_is_rejected() {
    assert!(is_live(&opened(true), before(NOW, DAY)));
    assert!(!is_live(&opened(true), before(NOW, DAY + Duration::from_millis(1))));
}

#[test]
fn unsafe_lifetime_is_rejected_with_one_line() {
    use LifetimeError::{IdleBeyondAbsolute, IdleTooShort, TooLong};
    let new = Lifetime::new;
    assert_eq!(new(2 * MINUTE, 2 * MINUTE).map(Lifetime::idle), Ok(2 * MINUTE));
    assert_eq!(new(DAY, 30 * DAY).map(Lifetime::absolute), Ok(30 * DAY));
    assert_eq!(new(119 * Duration::from_secs(1), DAY), Err(IdleTooShort));
    assert_eq!(new(2 * DAY, DAY), Err(IdleBeyondAbsolute));
    assert_eq!(new(DAY, 30 * DAY + Duration::from_nanos(1)), Err(TooLong));
    assert_eq!(TooLong.to_string(), "a session's absolute limit is at most 30 days, or 400 days by `Lifetime::long`");
    assert_eq!(IdleTooShort.to_string(), "a session's idle limit is at least 120 seconds");
}

#[test]
fn default_lifetimes_pass_their_own_check() {
    let Lifetimes { browser, remembered } = Lifetimes::default();
    for lifetime in [browser, remembered] {
        assert_eq!(Lifetime::new(lifetime.idle, lifetime.absolute), Ok(lifetime));
    }
}

#[test]
fn active_session_survives_shortest_idle_limit() {
    let shortest = Lifetime::new(Lifetime::MIN_IDLE, DAY).unwrap();
    let policy = Lifetimes::new(shortest, shortest);
    let mut record = opened(false);
    for at in (0..3_600).step_by(59) {
        let now = NOW + Duration::from_secs(at);
        let live = policy.live_session(stored(&record), now).unwrap_or_else(|| panic!("after {at} s"));
        record.last_seen_at = policy.renew(&live, now).map_or(record.last_seen_at, |renewal| renewal.seen_at);
    }
}

proptest! {
    #[test]
    fn no_moment_panics_and_purge_is_never_early(created: i64, seen: i64, now: i64, remembered: bool) {
        let [created_at, last_seen_at, now] = [created, seen, now].map(Timestamp::from_millis);
        let expires_at = Lifetimes::default().lifetime(remembered).expires_at(created_at, last_seen_at);
        let record = SessionRecord { created_at, last_seen_at, expires_at, ..opened(remembered) };
        prop_assert!(!(is_live(&record, now) && expires_at <= now));
        if let Some(renewal) = renew(&record, now) {
            prop_assert!(renewal.seen_at == now && renewal.expires_at > now);
            prop_assert!(renewal.expires_at <= created_at + Lifetime::MAX_ABSOLUTE);
        }
    }

    #[test]
    fn session_is_live_until_expires_at(created in -90..90i64, seen in -90..90i64, remembered: bool) {
        let at = |days: i64| Timestamp::from_millis(NOW.as_millis() + days * 86_400_000 / 3);
        let expires_at = Lifetimes::default().lifetime(remembered).expires_at(at(created), at(seen));
        let record = SessionRecord { created_at: at(created), last_seen_at: at(seen), expires_at, ..opened(remembered) };
        let is_within_skew = created.max(seen) <= 3;
        prop_assert_eq!(is_live(&record, NOW), is_within_skew && expires_at > NOW);
    }
}

#[test]
fn long_lifetime_is_at_most_90_days_idle_and_400_days_absolute() {
    use LifetimeError::{IdleBeyondAbsolute, IdleTooShort, LongIdleTooLong, LongTooLong};
    let (long, nanosecond) = (Lifetime::long, Duration::from_nanos(1));
    for (idle, absolute) in [(60 * DAY, 60 * DAY), (90 * DAY, 400 * DAY), (DAY, 31 * DAY), (2 * MINUTE, DAY)] {
        let lifetime = long(idle, absolute).unwrap();
        assert_eq!((lifetime.idle(), lifetime.absolute()), (idle, absolute));
    }
    for (idle, absolute, error, message) in [
        (90 * DAY + nanosecond, 400 * DAY, LongIdleTooLong, "the idle limit of a long session is at most 90 days"),
        (90 * DAY, 400 * DAY + nanosecond, LongTooLong, "the absolute limit of a long session is at most 400 days"),
        (61 * DAY, 60 * DAY, IdleBeyondAbsolute, "a session's idle limit is at most its absolute limit"),
        (MINUTE, 60 * DAY, IdleTooShort, "a session's idle limit is at least 120 seconds"),
    ] {
        assert_eq!(long(idle, absolute), Err(error));
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn session_of_a_long_lifetime_lives_by_its_own_limits() {
    let lifetimes = Lifetimes::default().with_remembered(Lifetime::long(60 * DAY, 200 * DAY).unwrap());
    let record = lifetimes.open(UserId::new(7), true, Device::default(), NOW);
    let is_live = |seen: Duration, now: Duration| {
        lifetimes.is_live(&SessionRecord { last_seen_at: NOW + seen, ..record.clone() }, NOW + now)
    };
    assert!(is_live(Duration::ZERO, 59 * DAY) && !is_live(Duration::ZERO, 60 * DAY), "idle");
    assert!(is_live(190 * DAY, 199 * DAY) && !is_live(190 * DAY, 200 * DAY), "absolute");
    assert_eq!(lifetimes.browser(), Lifetimes::default().browser());
}
