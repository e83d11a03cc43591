//! A bounded queue that serves networks in turn. Pure: no lock, no task, no clock.

use std::collections::VecDeque;

use ipnet::IpNet;

use crate::Share;
use crate::share::Class;

/// Waiting jobs: round robin over the two classes, inside each over its outer networks, inside each over its inner
/// networks, inside each first come first served.
///
/// A class or network that has no job when its first one arrives is served after those that have some. So the first job
/// of a class waits for at most one job of the other class, and the first job of a network for at most one of each other
/// network in its class, however many those have. Operations take time linear in the number of networks that have jobs
/// (`benches/hash.rs`).
pub(crate) struct FairQueue<T> {
    capacity: usize,
    length: usize,
    pushed: u64,
    classes: Rotation<Class, Rotation<Network, Rotation<Network, Line<T>>>>,
}

/// A network of a client; `None` for calls without an address.
type Network = Option<IpNet>;

/// Identifies a job in a queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket {
    share: Share,
    number: u64,
}

impl<T> FairQueue<T> {
    /// An empty queue for `capacity` jobs.
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, length: 0, pushed: 0, classes: Rotation::default() }
    }

    /// Adds a job at the end of its share, and returns the job that is dropped if the queue was full.
    ///
    /// The dropped job is the newest of the larger class, inside it of its largest outer network, inside that of its largest
    /// inner network. The arriving job counts, and may be the dropped one. Of two of one size the one with the newest job is
    /// the largest, so that no job is dropped in favor of another of an equally large network. A class with at most half of
    /// the capacity, rounded down, loses no job to the other class.
    pub(crate) fn push(&mut self, share: Share, job: T) -> (Ticket, Option<T>) {
        let number = self.pushed;
        self.pushed += 1;
        self.length += 1;
        self.classes.push(key(share), Entry { number, job });
        let dropped = if self.length > self.capacity { self.classes.remove_newest_of_largest() } else { None };
        (Ticket { share, number }, self.taken(dropped))
    }

    /// Removes the job whose turn it is.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let next = self.classes.pop();
        self.taken(next)
    }

    /// Removes a job before its turn. `None` if it has left the queue already.
    pub(crate) fn cancel(&mut self, ticket: Ticket) -> Option<T> {
        let cancelled = self.classes.remove(key(ticket.share), ticket.number);
        self.taken(cancelled)
    }

    /// The number of jobs.
    #[cfg(test)]
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    fn taken(&mut self, entry: Option<Entry<T>>) -> Option<T> {
        let entry = entry?;
        self.length -= 1;
        Some(entry.job)
    }
}

fn key(share: Share) -> (Class, (Network, (Network, ()))) {
    (share.class, (share.outer(), (share.inner(), ())))
}

/// A job, with a number that grows with each job of the queue.
struct Entry<T> {
    number: u64,
    job: T,
}

/// One level of the queue.
trait Level: Default {
    type Job;
    /// Where a job belongs, from this level downwards.
    type Key;

    fn length(&self) -> usize;
    /// The number of the job that arrived last.
    fn newest(&self) -> Option<u64>;
    fn push(&mut self, key: Self::Key, entry: Entry<Self::Job>);
    fn pop(&mut self) -> Option<Entry<Self::Job>>;
    fn remove(&mut self, key: Self::Key, number: u64) -> Option<Entry<Self::Job>>;
    fn remove_newest_of_largest(&mut self) -> Option<Entry<Self::Job>>;
}

/// First come first served.
type Line<T> = VecDeque<Entry<T>>;

impl<T> Level for Line<T> {
    type Job = T;
    type Key = ();

    fn length(&self) -> usize {
        self.len()
    }

    fn newest(&self) -> Option<u64> {
        self.back().map(|entry| entry.number)
    }

    fn push(&mut self, (): (), entry: Entry<T>) {
        self.push_back(entry);
    }

    fn pop(&mut self) -> Option<Entry<T>> {
        self.pop_front()
    }

    fn remove(&mut self, (): (), number: u64) -> Option<Entry<T>> {
        let at = self.binary_search_by_key(&number, |entry| entry.number).ok()?;
        VecDeque::remove(self, at)
    }

    fn remove_newest_of_largest(&mut self) -> Option<Entry<T>> {
        self.pop_back()
    }
}

/// Round robin over members: the classes, or the networks of one kind. A member is in it while it has jobs; the first one is
/// served next.
struct Rotation<K, Q>(VecDeque<(K, Q)>);

impl<K, Q> Default for Rotation<K, Q> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<K: PartialEq, Q: Level> Rotation<K, Q> {
    fn position(&self, member: &K) -> Option<usize> {
        self.0.iter().position(|(other, _)| other == member)
    }

    /// Takes a job of one member, and removes the member with its last job.
    fn take(&mut self, at: usize, take: impl FnOnce(&mut Q) -> Option<Entry<Q::Job>>) -> Option<Entry<Q::Job>> {
        let (_, jobs) = self.0.get_mut(at)?;
        let taken = take(jobs);
        if jobs.length() == 0 {
            self.0.remove(at);
        }
        taken
    }
}

impl<K: PartialEq, Q: Level> Level for Rotation<K, Q> {
    type Job = Q::Job;
    type Key = (K, Q::Key);

    fn length(&self) -> usize {
        self.0.iter().map(|(_, jobs)| jobs.length()).sum()
    }

    fn newest(&self) -> Option<u64> {
        self.0.iter().filter_map(|(_, jobs)| jobs.newest()).max()
    }

    fn push(&mut self, (member, rest): Self::Key, entry: Entry<Self::Job>) {
        if let Some((_, jobs)) = self.position(&member).and_then(|at| self.0.get_mut(at)) {
            return jobs.push(rest, entry);
        }
        let mut jobs = Q::default();
        jobs.push(rest, entry);
        self.0.push_back((member, jobs));
    }

    fn pop(&mut self) -> Option<Entry<Self::Job>> {
        let (member, mut jobs) = self.0.pop_front()?;
        let next = jobs.pop();
        if jobs.length() > 0 {
            self.0.push_back((member, jobs));
        }
        next
    }

    fn remove(&mut self, (member, rest): Self::Key, number: u64) -> Option<Entry<Self::Job>> {
        self.take(self.position(&member)?, |jobs| jobs.remove(rest, number))
    }

    fn remove_newest_of_largest(&mut self) -> Option<Entry<Self::Job>> {
        let largest = self.0.iter().enumerate().max_by_key(|(_, (_, jobs))| (jobs.length(), jobs.newest()))?.0;
        self.take(largest, Q::remove_newest_of_largest)
    }
}

#[cfg(test)]
mod tests;
