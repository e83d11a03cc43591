//! The promises of lifetimes, with the clock moved by hand.

use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn opened(remembered: bool) -> Session {
    Lifetimes::default().open(UserId::new(7), remembered, Device::default(), NOW)
}

fn before(moment: Timestamp, earlier: Duration) -> Timestamp {
    Timestamp::from_millis(moment.as_millis() - i64::try_from(earlier.as_millis()).unwrap())
}

fn is_live(session: &Session, now: Timestamp) -> bool {
    Lifetimes::default().is_live(session, now)
}

/// Uses the session every `step` until it is refused, and tells how long that took.
fn used_every(step: Duration, mut session: Session) -> Duration {
    let mut now = NOW;
    while is_live(&session, now) {
        if let Some(renewal) = Lifetimes::default().renew(&session, now) {
            (session.last_seen_at, session.expires_at) = (renewal.seen_at, renewal.expires_at);
        }
        now = now + step;
    }
    now.since(NOW)
}

#[test]
fn an_idle_session_ends_after_12_hours_and_a_remembered_one_after_14_days() {
    for (remembered, idle) in [(false, 12 * HOUR), (true, 14 * DAY)] {
        let session = opened(remembered);
        assert_eq!(session.expires_at, NOW + idle);
        assert!(is_live(&session, before(NOW + idle, Duration::from_millis(1))));
        assert!(!is_live(&session, NOW + idle));
    }
}

#[test]
fn a_session_in_use_ends_after_7_days_and_a_remembered_one_after_30() {
    assert_eq!(used_every(HOUR, opened(false)), 7 * DAY);
    assert_eq!(used_every(HOUR, opened(true)), 30 * DAY);
    assert_eq!(used_every(Duration::from_secs(59), opened(false)).as_secs() / DAY.as_secs(), 7);
}

#[test]
fn last_seen_is_written_once_a_minute() {
    let session = opened(false);
    assert_eq!(Lifetimes::default().renew(&session, NOW + Duration::from_millis(59_999)), None);
    let now = NOW + MINUTE;
    let renewal = Renewal { seen_at: now, expires_at: now + 12 * HOUR, unless_seen_after: NOW };
    assert_eq!(Lifetimes::default().renew(&session, now), Some(renewal));
}

#[test]
fn no_renewal_goes_beyond_the_absolute_limit() {
    let session = Session { last_seen_at: NOW + 6 * DAY + 20 * HOUR, ..opened(false) };
    let renewal = Lifetimes::default().renew(&session, NOW + 6 * DAY + 23 * HOUR);
    assert_eq!(renewal.map(|renewal| renewal.expires_at), Some(NOW + 7 * DAY));
}

#[test]
fn a_session_that_ended_is_not_renewed() {
    assert_eq!(Lifetimes::default().renew(&opened(false), NOW + 12 * HOUR), None);
}

#[test]
fn a_shorter_policy_ends_sessions_that_are_open() {
    let browser = Lifetime::new(HOUR, DAY).unwrap();
    let shorter = Lifetimes::new(browser, Lifetimes::default().remembered());
    let session = opened(false);
    assert!(session.expires_at > NOW + HOUR);
    assert!(!shorter.is_live(&session, NOW + HOUR));
}

#[test]
fn a_clock_set_back_an_hour_ends_no_session_and_keeps_none_for_ever() {
    let session = opened(false);
    let now = before(NOW, HOUR);
    assert!(is_live(&session, now));
    assert_eq!(Lifetimes::default().renew(&session, now), None);
    assert!(!is_live(&session, now + 13 * HOUR));
}

#[test]
fn a_session_of_a_clock_far_ahead_is_not_believed() {
    assert!(is_live(&opened(true), before(NOW, DAY)));
    assert!(!is_live(&opened(true), before(NOW, DAY + Duration::from_millis(1))));
}

#[test]
fn an_unsafe_lifetime_is_refused_with_one_line() {
    use LifetimeError::{IdleBeyondAbsolute, IdleTooShort, TooLong};
    let new = Lifetime::new;
    assert_eq!(new(2 * MINUTE, 2 * MINUTE).map(Lifetime::idle), Ok(2 * MINUTE));
    assert_eq!(new(DAY, 30 * DAY).map(Lifetime::absolute), Ok(30 * DAY));
    assert_eq!(new(119 * Duration::from_secs(1), DAY), Err(IdleTooShort));
    assert_eq!(new(2 * DAY, DAY), Err(IdleBeyondAbsolute));
    assert_eq!(new(DAY, 30 * DAY + Duration::from_nanos(1)), Err(TooLong));
    assert_eq!(TooLong.to_string(), "a session's absolute limit is at most 30 days");
    assert_eq!(IdleTooShort.to_string(), "a session's idle limit is at least 120 seconds");
}

#[test]
fn the_defaults_are_safe_lifetimes() {
    let Lifetimes { browser, remembered } = Lifetimes::default();
    for lifetime in [browser, remembered] {
        assert_eq!(Lifetime::new(lifetime.idle, lifetime.absolute), Ok(lifetime));
    }
}

#[test]
fn somebody_active_stays_logged_in_on_the_shortest_idle_limit() {
    let shortest = Lifetime::new(Lifetime::SHORTEST_IDLE, DAY).unwrap();
    let policy = Lifetimes::new(shortest, shortest);
    let mut session = opened(false);
    for at in (0..3_600).step_by(59) {
        let now = NOW + Duration::from_secs(at);
        assert!(policy.is_live(&session, now), "after {at} s");
        session.last_seen_at = policy.renew(&session, now).map_or(session.last_seen_at, |renewal| renewal.seen_at);
    }
}

proptest! {
    #[test]
    fn no_moment_panics_and_the_purge_never_comes_early(
        created: i64, seen: i64, now: i64, remembered: bool,
    ) {
        let [created_at, last_seen_at, now] = [created, seen, now].map(Timestamp::from_millis);
        let expires_at = Lifetimes::default().of(remembered).expires_at(created_at, last_seen_at);
        let session = Session { created_at, last_seen_at, expires_at, ..opened(remembered) };
        prop_assert!(!(is_live(&session, now) && expires_at <= now));
        if let Some(renewal) = Lifetimes::default().renew(&session, now) {
            prop_assert!(renewal.seen_at == now && renewal.expires_at > now);
            prop_assert!(renewal.expires_at <= created_at + Lifetime::LONGEST);
        }
    }

    #[test]
    fn near_moments_too(created in -90..90i64, seen in -90..90i64, remembered: bool) {
        let at = |days: i64| Timestamp::from_millis(NOW.as_millis() + days * 86_400_000 / 3);
        let expires_at = Lifetimes::default().of(remembered).expires_at(at(created), at(seen));
        let session = Session { created_at: at(created), last_seen_at: at(seen), expires_at, ..opened(remembered) };
        let believed = created.max(seen) <= 3;
        prop_assert_eq!(is_live(&session, NOW), believed && expires_at > NOW);
    }
}
