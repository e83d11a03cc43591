//! Tests of the order, the bound and the cancellation of waiting jobs, with generated histories of a queue.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use proptest::prelude::*;

use super::*;

/// What happened to a job. The number of a job is its place in the order of arrival.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Event {
    Arrived(usize),
    Served(usize),
    Cancelled(usize),
    Dropped(usize),
}

/// A queue's capacity, the share of each job, and what happened to the jobs.
#[derive(Debug)]
struct History {
    capacity: usize,
    shares: Vec<Share>,
    events: Vec<Event>,
}

#[derive(Debug, Clone)]
enum Step {
    Push(Share),
    Pop,
    Cancel(prop::sample::Index),
}

fn share(network: u8, address: u8) -> Share {
    Share::of(Ipv4Addr::new(192, 0, network, address).into())
}

/// Steps of a queue that has jobs of a few networks, one of them with many, a third of the jobs of known browsers, and is
/// emptied at the end.
fn histories() -> impl Strategy<Value = History> {
    let networks = prop_oneof![(0..5u8, 0..4u8), (Just(0u8), 0..4u8)];
    let shares = (networks, prop::bool::weighted(0.33)).prop_map(|((network, address), is_known)| {
        let share = share(network, address);
        if is_known { share.with_known_browser() } else { share }
    });
    let step = prop_oneof![
        8 => shares.prop_map(Step::Push),
        4 => Just(Step::Pop),
        1 => any::<prop::sample::Index>().prop_map(Step::Cancel),
    ];
    (0..24usize, prop::collection::vec(step, 0..200)).prop_map(|(capacity, steps)| run(capacity, steps))
}

fn run(capacity: usize, steps: Vec<Step>) -> History {
    let mut queue = FairQueue::new(capacity);
    let (mut tickets, mut shares, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for step in steps {
        match step {
            Step::Push(share) => {
                let job = shares.len();
                let (ticket, dropped) = queue.push(share, job);
                tickets.push(ticket);
                shares.push(share);
                events.push(Event::Arrived(job));
                events.extend(dropped.map(Event::Dropped));
            }
            Step::Pop => events.extend(queue.pop().map(Event::Served)),
            Step::Cancel(at) if !tickets.is_empty() => {
                events.extend(queue.cancel(*at.get(&tickets)).map(Event::Cancelled));
            }
            Step::Cancel(_) => {}
        }
        assert!(queue.length() <= capacity);
        assert_eq!(queue.length(), queue.classes.length());
    }
    events.extend(std::iter::from_fn(|| queue.pop()).map(Event::Served));
    assert_eq!((queue.length(), queue.classes.0.len()), (0, 0));
    History { capacity, shares, events }
}

/// A member of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Member {
    Class(Class),
    Network(Network),
}

/// The members that a share belongs to, from the outermost level to the innermost.
fn path(share: Share) -> [Member; 3] {
    [Member::Class(share.class), Member::Network(share.outer()), Member::Network(share.inner())]
}

impl History {
    /// Each event with the jobs that waited before it, in the order of arrival.
    fn with_waiting(&self) -> impl Iterator<Item = (Event, BTreeSet<usize>)> {
        let mut waiting = BTreeSet::new();
        self.events.iter().map(move |event| {
            let before = waiting.clone();
            match event {
                Event::Arrived(job) => waiting.insert(*job),
                Event::Served(job) | Event::Cancelled(job) | Event::Dropped(job) => waiting.remove(job),
            };
            (*event, before)
        })
    }

    /// The waiting jobs by network, in the order of arrival.
    fn by<N: Ord>(
        &self,
        waiting: impl IntoIterator<Item = usize>,
        network: impl Fn(Share) -> N,
    ) -> BTreeMap<N, Vec<usize>> {
        let mut jobs = BTreeMap::<N, Vec<usize>>::new();
        waiting.into_iter().for_each(|job| jobs.entry(network(self.shares[job])).or_default().push(job));
        jobs
    }
}

/// The jobs of the largest network; of equally large ones, of the one with the newest job.
fn largest<N>(jobs: BTreeMap<N, Vec<usize>>) -> Vec<usize> {
    jobs.into_values().max_by_key(|jobs| (jobs.len(), jobs.last().copied())).unwrap_or_default()
}

proptest! {
    #[test]
    fn each_job_leaves_once(history in histories()) {
        let mut left: Vec<_> = history.events.iter().filter_map(|event| match event {
            Event::Arrived(_) => None,
            Event::Served(job) | Event::Cancelled(job) | Event::Dropped(job) => Some(*job),
        }).collect();
        left.sort_unstable();
        prop_assert_eq!(left, (0..history.shares.len()).collect::<Vec<_>>());
    }

    #[test]
    fn full_queue_drops_newest_job_of_largest_network(history in histories()) {
        for (event, waiting) in history.with_waiting() {
            let Event::Dropped(job) = event else {
                prop_assert!(waiting.len() <= history.capacity, "{event:?}");
                continue;
            };
            prop_assert_eq!(waiting.len(), history.capacity + 1);
            let of_class = largest(history.by(waiting, |share| share.class));
            let of_network = largest(history.by(of_class, Share::outer));
            let of_address = largest(history.by(of_network, Share::inner));
            prop_assert_eq!(Some(&job), of_address.last());
        }
    }

    #[test]
    fn share_is_served_in_order_of_arrival(history in histories()) {
        for (event, waiting) in history.with_waiting() {
            let Event::Served(job) = event else { continue };
            prop_assert_eq!(waiting.into_iter().find(|other| history.shares[*other] == history.shares[job]), Some(job));
        }
    }

    #[test]
    fn class_within_half_of_the_queue_loses_no_job_to_the_other(history in histories()) {
        for (event, waiting) in history.with_waiting() {
            let Event::Dropped(job) = event else { continue };
            let class = history.shares[job].class;
            let of_class = waiting.into_iter().filter(|other| history.shares[*other].class == class).count();
            prop_assert!(of_class > history.capacity / 2, "{class:?} had {of_class} of {}", history.capacity);
        }
    }

    /// While a class waits, the other one is served at most once; inside a class, the same for its networks; inside a network,
    /// the same for its addresses.
    #[test]
    fn no_member_is_served_twice_while_another_waits(history in histories()) {
        for depth in 0..3 {
            let level = |share| path(share)[..=depth].to_vec();
            // For each waiting member: those served since it came or was served itself.
            let mut served_since = BTreeMap::<_, BTreeSet<_>>::new();
            for (event, waiting) in history.with_waiting() {
                let jobs = history.by(waiting, level);
                served_since.retain(|member, _| jobs.contains_key(member));
                let Event::Served(job) = event else { continue };
                let served = level(history.shares[job]);
                let others = jobs.keys().filter(|other| other[..depth] == served[..depth] && **other != served);
                for other in others {
                    let is_first_time = served_since.entry(other.clone()).or_default().insert(served.clone());
                    prop_assert!(is_first_time, "{served:?} was served twice while {other:?} waited");
                }
                served_since.remove(&served);
            }
        }
    }
}

#[test]
fn networks_take_turns_and_addresses_inside_them() {
    let mut queue = FairQueue::new(64);
    for job in ["a1.1", "a1.2", "a1.3", "a2.1", "a2.2", "b1.1", "b1.2", "c1.1"] {
        let [network, address, ..] = job.as_bytes() else { unreachable!() };
        assert!(queue.push(share(*network, *address), job).1.is_none());
    }
    let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
    assert_eq!(order, ["a1.1", "b1.1", "c1.1", "a2.1", "b1.2", "a1.2", "a2.2", "a1.3"]);
}

#[test]
fn known_browser_waits_for_one_job_of_strangers_and_takes_every_other_turn() {
    let mut queue = FairQueue::new(64);
    for network in 0..40 {
        assert!(queue.push(share(network, 0), 'o').1.is_none());
    }
    for network in [1, 1, 2] {
        assert!(queue.push(share(network, 0).with_known_browser(), 'k').1.is_none());
    }
    let order: String = (0..8).filter_map(|_| queue.pop()).collect();
    assert_eq!(order, "okokokoo");
}

#[test]
fn flood_of_strangers_drops_no_job_of_a_known_browser() {
    let mut queue = FairQueue::new(4);
    let known = share(9, 0).with_known_browser();
    for job in 0..4 {
        assert_eq!(queue.push(share(job, 0), job).1, None);
    }
    assert_eq!(queue.push(known, 4).1, Some(3), "each network of strangers has one job, and the newest is dropped");
    assert_eq!(queue.push(share(5, 0), 5).1, Some(5));
    assert_eq!(queue.push(known, 6).1, Some(2), "known browsers have half of the queue");
    assert_eq!(queue.push(share(6, 0), 7).1, Some(7));
    assert_eq!(queue.push(known, 8).1, Some(8), "and not more");
    assert_eq!(queue.push(share(8, 0).with_known_browser(), 9).1, Some(6), "a network of known browsers has its share");
}

#[test]
fn job_of_other_network_replaces_newest_of_largest() {
    let mut queue = FairQueue::new(3);
    for job in 0..3 {
        assert_eq!(queue.push(share(0, job), job).1, None);
    }
    assert_eq!(queue.push(share(0, 9), 3).1, Some(3), "the arriving job of the largest network");
    assert_eq!(queue.push(share(1, 0), 4).1, Some(2), "the newest of the largest network");
    assert_eq!(queue.push(share(1, 1), 5).1, Some(5), "the arriving job of a network that has become as large");
    assert_eq!(queue.push(share(2, 0), 6).1, Some(1));
    assert_eq!(queue.push(share(3, 0), 7).1, Some(7), "one job of each network: the queue is shared by three already");
}

#[test]
fn cancelled_job_is_not_served() {
    let mut queue = FairQueue::new(4);
    let tickets = [0, 1, 2].map(|job| queue.push(share(0, 0), job).0);
    assert_eq!(queue.cancel(tickets[1]), Some(1));
    assert_eq!(queue.cancel(tickets[1]), None, "it has left already");
    assert_eq!([queue.pop(), queue.pop(), queue.pop()], [Some(0), Some(2), None]);
    assert_eq!(queue.cancel(tickets[0]), None, "it was served");
}

#[test]
fn queue_without_capacity_drops_each_job() {
    let mut queue = FairQueue::new(0);
    assert_eq!(queue.push(share(0, 0), "job").1, Some("job"));
    assert_eq!(queue.pop(), None);
}
