//! Until when a connection may stay as it is, on a clock that does not run.

use super::*;

const LIMITS: Limits = Limits {
    connections: 10,
    head: Duration::from_secs(10),
    idle: Duration::from_mins(1),
    crowded: Duration::from_secs(1),
    body: Duration::from_secs(30),
    body_grace: Duration::from_secs(10),
    body_rate: 1_024,
    answer: Duration::from_secs(50),
    linger: Duration::from_secs(2),
    linger_size: 0,
    drain: Duration::from_secs(10),
    head_size: 16_384,
    target_size: 8_192,
    streams: 32,
    ping: Duration::from_secs(20),
    pong: Duration::from_secs(10),
};

struct Day {
    dawn: Instant,
    entries: Entries,
}

impl Day {
    fn new() -> Self {
        let dawn = Instant::now();
        Self { dawn, entries: Entries::new(dawn) }
    }

    fn at(&self, second: u64) -> Instant {
        self.dawn + Duration::from_secs(second)
    }

    /// The deadline, in seconds after the connection began.
    fn deadline(&self) -> Option<u64> {
        self.entries.deadline(&LIMITS, false).map(|at| (at - self.dawn).as_secs())
    }

    fn crowded(&self) -> Option<u64> {
        self.entries.deadline(&LIMITS, true).map(|at| (at - self.dawn).as_secs())
    }
}

#[test]
fn the_first_head_has_its_time_from_the_start() {
    let day = Day::new();
    assert_eq!((day.deadline(), day.crowded()), (Some(10), Some(1)));
}

#[test]
fn a_request_under_way_is_up_to_us_and_its_answer_up_to_the_client() {
    let mut day = Day::new();
    let number = day.entries.begin();
    assert_eq!((day.deadline(), day.crowded()), (None, None));
    day.entries.answered(number, day.at(100));
    assert_eq!((day.deadline(), day.crowded()), (Some(150), Some(150)));
    day.entries.ended(number, day.at(101));
    assert_eq!((day.deadline(), day.crowded()), (Some(161), Some(102)), "idle");
}

#[test]
fn of_several_answers_the_oldest_counts() {
    let mut day = Day::new();
    let numbers = [day.entries.begin(), day.entries.begin(), day.entries.begin()];
    day.entries.answered(numbers[1], day.at(1));
    day.entries.answered(numbers[0], day.at(2));
    assert_eq!(day.deadline(), Some(51));
    day.entries.ended(numbers[1], day.at(3));
    assert_eq!(day.deadline(), Some(52));
    day.entries.ended(numbers[0], day.at(4));
    assert_eq!(day.deadline(), None, "one is under way");
}

#[test]
fn a_client_that_takes_nothing_is_overdue_though_a_request_is_under_way() {
    let mut day = Day::new();
    day.entries.begin();
    day.entries.blocked = Some(day.at(3));
    assert_eq!(day.deadline(), Some(53));
}

#[test]
fn after_a_farewell_only_what_is_under_way_is_waited_for() {
    let mut day = Day::new();
    let number = day.entries.begin();
    day.entries.farewell = Some((day.at(5), Duration::ZERO));
    assert_eq!(day.deadline(), None);
    day.entries.blocked = Some(day.at(6));
    assert_eq!(day.deadline(), Some(56), "the last bytes too");
    day.entries.blocked = None;
    day.entries.ended(number, day.at(7));
    assert_eq!(day.deadline(), Some(7));
}

#[test]
fn throwing_away_what_was_left_unread_has_its_own_time() {
    let mut day = Day::new();
    day.entries.begin();
    day.entries.lingering = Some(day.at(8));
    assert_eq!(day.deadline(), Some(10));
}
