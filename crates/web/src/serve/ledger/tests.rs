//! Until when a connection may stay as it is, on a clock that does not run.

use std::thread;

use super::super::patience::Pace;
use super::*;

const LINGER: Duration = Duration::from_secs(2);

const fn pace(grace: u64, rate: u32, most: u64) -> Pace {
    Pace { grace: Duration::from_secs(grace), rate, most: Duration::from_secs(most) }
}

const QUIET: Patience = Patience {
    head: Duration::from_secs(10),
    idle: Duration::from_mins(1),
    body: pace(10, 1_000, 30),
    answer: pace(50, 1, 50),
};

const CROWDED: Patience = Patience {
    head: Duration::from_secs(1),
    idle: Duration::from_secs(1),
    body: pace(2, 10_000, 8),
    answer: pace(3, 10_000, 9),
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

    /// A request without a body, that holds nothing.
    fn begin(&mut self) -> u64 {
        self.entries.begin(false, 0, self.dawn)
    }

    fn answered(&mut self, number: u64, second: u64) {
        let flow = Flow::new(self.at(second));
        self.entries.find(number).unwrap().stage = Stage::Answer(flow);
    }

    fn body_passed(&mut self, number: u64, count: usize) {
        match &mut self.entries.find(number).unwrap().stage {
            Stage::Body(flow, _) => flow.pass(count),
            stage => panic!("{stage:?}"),
        }
    }

    fn ended(&mut self, number: u64, second: u64) -> usize {
        self.entries.end(number, self.at(second))
    }

    /// The deadlines in a quiet house and in a crowded one, in seconds after the connection began.
    fn deadlines(&self) -> [Option<u64>; 2] {
        [QUIET, CROWDED].map(|patience| self.entries.deadline(&patience, LINGER).map(|at| (at - self.dawn).as_secs()))
    }
}

#[test]
fn the_first_head_has_its_time_from_the_start() {
    assert_eq!(Day::new().deadlines(), [Some(10), Some(1)]);
}

#[test]
fn a_request_under_way_is_up_to_us_and_its_answer_up_to_the_client() {
    let mut day = Day::new();
    let number = day.begin();
    assert_eq!(day.deadlines(), [None, None]);
    day.answered(number, 100);
    assert_eq!(day.deadlines(), [Some(150), Some(103)]);
    day.ended(number, 101);
    assert_eq!(day.deadlines(), [Some(161), Some(102)], "idle");
}

#[test]
fn of_several_answers_the_oldest_counts() {
    let mut day = Day::new();
    let numbers = [day.begin(), day.begin(), day.begin()];
    day.answered(numbers[1], 1);
    day.answered(numbers[0], 2);
    assert_eq!(day.deadlines(), [Some(51), Some(4)]);
    day.ended(numbers[1], 3);
    assert_eq!(day.deadlines(), [Some(52), Some(5)]);
    day.ended(numbers[0], 4);
    assert_eq!(day.deadlines(), [None, None], "one is under way");
}

#[test]
fn in_a_crowd_an_answer_that_is_taken_steadily_has_longer_and_not_for_ever() {
    let mut day = Day::new();
    let number = day.begin();
    day.answered(number, 1);
    for (taken, until) in [(20_000, 4), (30_000, 6), (20_000, 8), (1_000_000, 10)] {
        day.entries.answer_passed(taken);
        assert_eq!(day.deadlines(), [Some(51), Some(until)]);
    }
}

#[test]
fn in_a_crowd_what_is_taken_of_one_answer_counts_for_those_that_wait_behind_it_and_not_for_ever() {
    let mut day = Day::new();
    let (taken, behind, later, body) = (day.begin(), day.begin(), day.begin(), day.entries.begin(true, 0, day.at(5)));
    day.answered(taken, 1);
    day.answered(behind, 2);
    day.entries.answer_passed(50_000);
    day.ended(taken, 6);
    assert_eq!(day.deadlines()[1], Some(7), "of both, and of the body, which has its own");
    day.ended(body, 6);
    day.answered(later, 6);
    day.entries.answer_passed(10_000);
    assert_eq!(day.deadlines()[1], Some(8), "a second more; the last one has only begun");
    day.entries.answer_passed(1_000_000);
    assert_eq!(day.deadlines()[1], Some(11), "nine seconds, whatever is taken of the others");
}

#[test]
fn a_body_has_its_own_time_until_it_is_read() {
    let mut day = Day::new();
    let number = day.entries.begin(true, 0, day.at(1));
    assert_eq!(day.deadlines(), [Some(11), Some(3)]);
    day.body_passed(number, 15_000);
    assert_eq!(day.deadlines(), [Some(16), Some(3)]);
    day.body_passed(number, 40_000);
    assert_eq!(day.deadlines(), [Some(31), Some(6)]);
    day.entries.find(number).unwrap().stage = Stage::Work;
    assert_eq!(day.deadlines(), [None, None]);
}

#[test]
fn a_late_body_is_given_up_and_the_connection_is_up_to_us() {
    let mut day = Day::new();
    let (first, second) = (day.entries.begin(true, 0, day.at(1)), day.entries.begin(true, 0, day.at(2)));
    assert!(day.entries.give_up_bodies(day.at(10), &QUIET).is_empty());
    assert_eq!(day.entries.give_up_bodies(day.at(11), &QUIET).len(), 1);
    assert!(matches!(day.entries.find(first).unwrap().stage, Stage::Late));
    assert_eq!(day.deadlines(), [Some(12), Some(4)], "of the second");
    day.answered(second, 2);
    assert!(day.entries.give_up_bodies(day.at(100), &QUIET).is_empty(), "an answer is no body");
    day.ended(second, 3);
    assert_eq!(day.deadlines(), [None, None]);
}

#[test]
fn a_client_that_takes_nothing_is_overdue_though_a_request_is_under_way() {
    let mut day = Day::new();
    day.begin();
    let mut flow = Flow::new(day.at(3));
    day.entries.blocked = Some(flow);
    assert_eq!(day.deadlines(), [Some(53), Some(6)]);
    flow.pass(50_000);
    day.entries.blocked = Some(flow);
    assert_eq!(day.deadlines(), [Some(53), Some(8)]);
}

#[test]
fn after_a_farewell_only_what_is_under_way_is_waited_for() {
    let mut day = Day::new();
    let number = day.begin();
    day.entries.farewell = Some((day.at(5), Duration::ZERO));
    assert_eq!(day.deadlines(), [None, None]);
    day.entries.blocked = Some(Flow::new(day.at(6)));
    assert_eq!(day.deadlines()[0], Some(56), "the last bytes too");
    day.entries.blocked = None;
    day.ended(number, 7);
    assert_eq!(day.deadlines(), [Some(7), Some(7)]);
}

#[test]
fn throwing_away_what_was_left_unread_has_its_own_time() {
    let mut day = Day::new();
    day.begin();
    day.entries.lingering = Some(day.at(8));
    assert_eq!(day.deadlines(), [Some(10), Some(10)]);
}

#[test]
fn what_is_held_is_the_clients_doing_from_when_the_first_was_waited_for() {
    let mut day = Day::new();
    let (one, two) = (day.entries.begin(false, 10, day.at(1)), day.entries.begin(true, 20, day.at(2)));
    let load = |held, second: Option<u64>| Load { held, awaited: second.map(|second| day.at(second)), is_cut: false };
    let (all, body) = (load(30, Some(2)), load(20, Some(2)));
    assert_eq!(day.entries.load(), all);
    let (work, none) = (load(20, None), load(0, None));
    assert_eq!(day.ended(one, 3), 10);
    assert_eq!(day.entries.load(), body);
    day.entries.find(two).unwrap().stage = Stage::Work;
    assert_eq!(day.entries.load(), work);
    assert_eq!((day.ended(two, 4), day.ended(two, 5)), (20, 0));
    assert_eq!(day.entries.load(), none);
}

#[test]
fn what_was_added_is_taken_away_again() {
    let weight = Weight::new(1 << 20);
    let ledger = Ledger::new(Arc::default(), &weight);
    let rooms = |size: usize| [size, size + 1].map(|size| weight.has_room(size));
    assert_eq!(rooms(2 << 20), [true, false]);
    let (ticket, _) = ledger.begin(None, true, 100);
    assert_eq!(rooms((2 << 20) - REQUEST - 100), [true, false]);
    ledger.body_came(ticket.number(), 1_000);
    assert_eq!(rooms((2 << 20) - REQUEST - 1_100), [true, false]);
    ticket.answered(5_000);
    assert_eq!(rooms((2 << 20) - ANSWER - 5_000), [true, false]);
    drop(ticket);
    assert_eq!(rooms(2 << 20), [true, false]);
}

#[test]
fn an_answer_without_a_body_has_room_however_much_is_held() {
    let ledger = Ledger::new(Arc::default(), &Weight::new(REQUEST / 4));
    assert!(ledger.has_room() && ledger.has_room_for(1));
    let _ticket = ledger.begin(None, false, 0);
    assert!(!ledger.has_room() && !ledger.has_room_for(1) && ledger.has_room_for(0));
}

/// Or whoever ends in between takes away what is not there yet, and less than nothing is held.
#[test]
fn what_comes_is_counted_before_it_is_noted() {
    const MUCH: usize = 2 << 20;
    let head = |ticket: &Ticket| _ = ticket.ledger().begin(None, false, MUCH);
    let body = |ticket: &Ticket| _ = ticket.ledger().body_came(ticket.number(), MUCH);
    let comes: [fn(&Ticket); 3] = [head, body, |ticket| ticket.answered(MUCH)];
    for (come, what) in comes.into_iter().zip(["a head", "a body", "an answer"]) {
        let weight = Weight::new(MUCH / 2);
        let ledger = Ledger::new(Arc::default(), &weight);
        let (ticket, _) = ledger.begin(None, true, 0);
        let (noting, begun) = (ledger.entries(), Instant::now());
        thread::scope(|scope| {
            scope.spawn(|| come(&ticket));
            while weight.has_room(0) && begun.elapsed() < Duration::from_secs(5) {
                thread::yield_now();
            }
            let is_counted = !weight.has_room(0);
            drop(noting);
            assert!(is_counted, "{what}");
        });
        drop(ticket);
        assert!(weight.has_room(MUCH), "{what} is held no more");
    }
}

#[test]
fn what_comes_too_late_is_not_counted() {
    let weight = Weight::new(1 << 20);
    let ledger = Ledger::new(Arc::default(), &weight);
    let (ticket, _) = ledger.begin(None, true, 0);
    ledger.entries().find(ticket.number()).unwrap().stage = Stage::Late;
    assert!(ledger.body_came(ticket.number(), 100), "it is late");
    assert!(!ledger.body_came(ticket.number() + 1, 100), "nobody's");
    drop(ticket);
    assert!(weight.has_room(2 << 20));
}
