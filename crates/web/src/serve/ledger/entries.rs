//! What stands in the book, and what follows from it: pure functions of what was noted and when.

use std::task::Waker;

use tokio::time::{Duration, Instant};

use super::super::head::Head;
use super::super::patience::{Pace, Patience};

#[derive(Debug)]
pub(super) struct Entries {
    /// Since when the connection has been as quiet as it is: nothing begun, nothing ended.
    pub(super) since: Instant,
    /// Whether a head is awaited now: it has begun, or it is the first.
    pub(super) heading: bool,
    /// What came of it, on HTTP/1.
    pub(super) head: Head,
    /// Requests under way, until the last byte of the answer is out of our hands, oldest first.
    pub(super) requests: Vec<Request>,
    begun: u64,
    /// Since when the client has not taken all that there is for it.
    pub(super) blocked: Option<Flow>,
    /// Whether something of a request was left unread.
    pub(super) unread: bool,
    /// Since when nothing is left but to throw that away.
    pub(super) lingering: Option<Instant>,
    /// When the client was told that the connection ends, and how long it has to take notice.
    pub(super) farewell: Option<(Instant, Duration)>,
    /// Whether it must go, since all clients together hold too much.
    pub(super) is_cut: bool,
}

#[derive(Debug)]
pub(super) struct Request {
    number: u64,
    pub(super) stage: Stage,
    /// How many bytes it makes us hold.
    pub(super) held: usize,
}

/// What a request waits for.
#[derive(Debug)]
pub(super) enum Stage {
    /// The rest of its body, and whoever reads that.
    Body(Flow, Option<Waker>),
    /// Nothing: its body came too slowly, which whoever reads it is told.
    Late,
    /// Us.
    Work,
    /// That its answer is taken.
    Answer(Flow),
}

/// What passes between us and the client.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flow {
    since: Instant,
    passed: u64,
}

/// How much a connection makes us hold, and whether that is up to its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Load {
    /// In bytes.
    pub(in super::super) held: usize,
    /// Since when its client has been waited for, where it is.
    pub(in super::super) awaited: Option<Instant>,
    /// Whether it is to go already.
    pub(in super::super) is_cut: bool,
}

impl Flow {
    pub(super) fn new(now: Instant) -> Self {
        Self { since: now, passed: 0 }
    }

    pub(super) fn pass(&mut self, count: usize) {
        self.passed = self.passed.saturating_add(count as u64);
    }

    fn deadline(&self, pace: &Pace) -> Instant {
        self.since + pace.patience(self.passed)
    }
}

impl Request {
    fn deadline(&self, patience: &Patience) -> Option<Instant> {
        match &self.stage {
            Stage::Body(flow, _) => Some(flow.deadline(&patience.body)),
            Stage::Answer(flow) => Some(flow.deadline(&patience.answer)),
            Stage::Late | Stage::Work => None,
        }
    }
}

impl Entries {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            since: now,
            heading: true,
            head: Head::default(),
            requests: Vec::new(),
            begun: 0,
            blocked: None,
            unread: false,
            lingering: None,
            farewell: None,
            is_cut: false,
        }
    }

    /// A head is complete. Gives the request's number.
    pub(super) fn begin(&mut self, has_body: bool, held: usize, now: Instant) -> u64 {
        self.head.clear();
        self.heading = false;
        self.unread = false;
        self.begun += 1;
        let stage = if has_body { Stage::Body(Flow::new(now), None) } else { Stage::Work };
        self.requests.push(Request { number: self.begun, stage, held });
        self.begun
    }

    pub(super) fn find(&mut self, number: u64) -> Option<&mut Request> {
        self.requests.iter_mut().find(|request| request.number == number)
    }

    /// So much of an answer was taken. It counts for all of them: they share one line, and whoever takes one by one what it
    /// asked for at once is not slow.
    pub(super) fn answer_passed(&mut self, count: usize) {
        for request in &mut self.requests {
            if let Stage::Answer(flow) = &mut request.stage {
                flow.pass(count);
            }
        }
    }

    /// Gives how much is held no more.
    pub(super) fn end(&mut self, number: u64, now: Instant) -> usize {
        let at = self.requests.iter().position(|request| request.number == number);
        self.since = now;
        at.map_or(0, |at| self.requests.remove(at).held)
    }

    /// Whether the next bytes of an HTTP/1 connection are a head's.
    pub(super) fn awaits_head(&self) -> bool {
        self.requests.iter().all(|request| matches!(request.stage, Stage::Answer(_)))
    }

    /// Until when the connection, or a body on it, may stay as it is; `None` while it is up to us.
    pub(super) fn deadline(&self, patience: &Patience, linger: Duration) -> Option<Instant> {
        if let Some(since) = self.lingering {
            return Some(since + linger);
        }
        let blocked = self.blocked.as_ref().map(|flow| flow.deadline(&patience.answer));
        let first = self.requests.iter().filter_map(|request| request.deadline(patience)).chain(blocked).min();
        if first.is_some() || !self.requests.is_empty() {
            return first;
        }
        if let Some((told, patience)) = self.farewell {
            return Some(told.max(self.since) + patience);
        }
        Some(self.since + if self.heading { patience.head } else { patience.idle })
    }

    /// Gives up the bodies whose deadline is no later than this one. Gives whoever waits for them, each.
    pub(super) fn give_up_bodies(&mut self, deadline: Instant, patience: &Patience) -> Vec<Option<Waker>> {
        let mut readers = Vec::new();
        for request in &mut self.requests {
            let is_late = request.deadline(patience).is_some_and(|at| at <= deadline);
            if let (true, Stage::Body(flow, reader)) = (is_late, &mut request.stage) {
                tracing::debug!(came = flow.passed, "a body came too slowly");
                readers.push(reader.take());
                request.stage = Stage::Late;
            }
        }
        readers
    }

    pub(super) fn load(&self) -> Load {
        let flows = self.requests.iter().filter_map(|request| match &request.stage {
            Stage::Body(flow, _) | Stage::Answer(flow) => Some(flow),
            Stage::Late | Stage::Work => None,
        });
        Load {
            held: self.requests.iter().map(|request| request.held).sum(),
            awaited: flows.chain(&self.blocked).map(|flow| flow.since).min(),
            is_cut: self.is_cut,
        }
    }
}
