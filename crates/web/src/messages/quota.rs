//! The sentences for a quota that is exceeded: what is too much, and when the next one is possible.

use domain::throttle::Wait;

/// A host has as many upcoming parties as the quota allows.
pub(crate) fn too_many_upcoming(max: u32) -> String {
    let (parties, first) = if max == 1 { ("party", "it") } else { ("parties", "one of them") };
    format!(
        "You have {max} upcoming {parties}, the most one person can host here. Once {first} has begun, you can host another."
    )
}

/// A host has added as many parties as the quota of an hour allows.
pub(crate) fn too_many_hosted(wait: Wait) -> String {
    format!("You've hosted a lot of parties within an hour. Please try again {}.", in_minutes(wait))
}

/// A guest has asked for seats, for places on waiting lists, or to be noted as a maybe, as often as the quota of an hour allows.
pub(crate) fn too_many_rsvps(wait: Wait) -> String {
    format!("You've RSVP'd a lot within an hour. Please try again {}.", in_minutes(wait))
}

/// A host has changed parties and their guests as often as the quota of an hour allows.
pub(crate) fn too_many_changes(wait: Wait) -> String {
    format!("You've changed a lot within an hour. Please try again {}.", in_minutes(wait))
}

/// "in 5 hours", rounded up; in minutes up to an hour.
pub(super) fn in_hours(wait: Wait) -> String {
    match wait.seconds().div_ceil(60 * 60) {
        0 | 1 => in_minutes(wait),
        hours => format!("in {hours} hours"),
    }
}

/// "in 40 minutes", rounded up.
fn in_minutes(wait: Wait) -> String {
    match wait.seconds().div_ceil(60) {
        1 => "in a minute".into(),
        60 => "in an hour".into(),
        minutes => format!("in {minutes} minutes"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::Timestamp;
    use domain::throttle::{Counter, LimitRule};

    use super::*;

    fn wait(seconds: u64) -> Wait {
        let rule = LimitRule::Window { limit: 1, period: Duration::from_secs(seconds) };
        let now = Timestamp::from_millis(0);
        rule.count(rule.count(Counter::EMPTY, now).unwrap(), now).unwrap_err()
    }

    #[test]
    fn wait_is_in_minutes_rounded_up() {
        for (seconds, text) in [
            (1, "in a minute"),
            (60, "in a minute"),
            (61, "in 2 minutes"),
            (3_540, "in 59 minutes"),
            (3_541, "in an hour"),
            (3_600, "in an hour"),
        ] {
            assert_eq!(in_minutes(wait(seconds)), text, "{seconds}");
        }
    }

    #[test]
    fn longer_wait_is_in_hours_rounded_up() {
        for (seconds, text) in [
            (60, "in a minute"),
            (3_600, "in an hour"),
            (3_601, "in 2 hours"),
            (7_200, "in 2 hours"),
            (86_400, "in 24 hours"),
        ] {
            assert_eq!(in_hours(wait(seconds)), text, "{seconds}");
        }
    }

    #[test]
    fn each_quota_has_its_sentence() {
        for (message, sentence) in [
            (
                too_many_upcoming(100),
                "You have 100 upcoming parties, the most one person can host here. Once one of them has begun, you can \
                 host another.",
            ),
            (
                too_many_upcoming(1),
                "You have 1 upcoming party, the most one person can host here. Once it has begun, you can host another.",
            ),
            (
                too_many_hosted(wait(600)),
                "You've hosted a lot of parties within an hour. Please try again in 10 minutes.",
            ),
            (too_many_changes(wait(60)), "You've changed a lot within an hour. Please try again in a minute."),
            (too_many_rsvps(wait(3_600)), "You've RSVP'd a lot within an hour. Please try again in an hour."),
        ] {
            assert_eq!(message, sentence);
        }
    }
}
