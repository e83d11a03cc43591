//! What is under way on one connection, and since when: from that follows how long the connection may stay as it is.
//! Only the book is here; who writes in it is [`super::socket`] and [`super::service`], who acts on it [`super::leash`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::Method;
use tokio::time::Instant;

use super::head::Head;
use super::limits::Limits;

/// How long an HTTP/2 client has to take notice that its connection ends. HTTP/1 has no such word.
pub(super) const FAREWELL: Duration = Duration::from_millis(500);

/// The book of one connection.
pub(super) struct Ledger {
    limits: Limits,
    entries: Mutex<Entries>,
}

#[derive(Debug)]
struct Entries {
    /// Since when the connection has been as quiet as it is: nothing begun, nothing ended.
    since: Instant,
    /// Whether a head is awaited now: it has begun, or it is the first.
    heading: bool,
    /// What came of it, on HTTP/1.
    head: Head,
    /// Requests under way, until the last byte of the answer is out of our hands.
    open: u32,
    /// Answers that are ready and not yet out of our hands, oldest first.
    answers: Vec<(u64, Instant)>,
    begun: u64,
    /// Since when the client has not taken what there is for it.
    blocked: Option<Instant>,
    /// Whether something of a request was left unread.
    unread: bool,
    /// Since when nothing is left but to throw that away.
    lingering: Option<Instant>,
    /// When the client was told that the connection ends, and how long it has to take notice.
    farewell: Option<(Instant, Duration)>,
}

impl Ledger {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, entries: Mutex::new(Entries::new(Instant::now())) })
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner) // each entry is true by itself
    }

    /// Bytes came on an HTTP/1 connection.
    pub(super) fn came(&self, bytes: &[u8]) {
        let mut entries = self.entries();
        if entries.open == 0 {
            if !entries.heading {
                entries.heading = true;
                entries.since = Instant::now();
            }
            entries.head.push(bytes, 2 * self.limits.head_size);
        }
    }

    /// A request's head is complete. Tells whether its body has one length only, where `chunked` gives the method of a
    /// request that has one by its chunks.
    pub(super) fn begin(self: &Arc<Self>, chunked: Option<&Method>) -> (Ticket, bool) {
        let mut entries = self.entries();
        let is_sound = chunked.is_none_or(|method| entries.head.names_no_length(method));
        let number = entries.begin();
        (Ticket { ledger: Arc::clone(self), number }, is_sound)
    }

    /// The client takes no more, or takes again.
    pub(super) fn blocked(&self, is_blocked: bool) {
        self.entries().blocked = is_blocked.then(Instant::now);
    }

    /// A body was not read to its end.
    pub(super) fn left_unread(&self) {
        self.entries().unread = true;
    }

    /// Whether the last body that was begun was not read to its end.
    pub(super) fn has_left_unread(&self) -> bool {
        self.entries().unread
    }

    /// All is written. Whether the rest of what the client sends is to be thrown away for a while.
    pub(super) fn linger(&self) -> bool {
        let mut entries = self.entries();
        if entries.unread || entries.heading {
            entries.lingering = Some(Instant::now());
        }
        entries.lingering.is_some()
    }

    /// The client is told that the connection ends. Whether that is news, and it has some time to take notice.
    pub(super) fn bid_farewell(&self, patience: Duration) -> bool {
        let mut entries = self.entries();
        let is_news = entries.farewell.is_none();
        if is_news {
            entries.farewell = Some((Instant::now(), patience));
        }
        is_news
    }

    /// Whether nothing is under way.
    pub(super) fn is_waiting(&self) -> bool {
        let entries = self.entries();
        entries.open == 0 && entries.blocked.is_none() && entries.lingering.is_none()
    }

    /// Until when the connection may stay as it is; `None` while it is up to us.
    pub(super) fn deadline(&self, is_crowded: bool) -> Option<Instant> {
        self.entries().deadline(&self.limits, is_crowded)
    }
}

impl Entries {
    fn new(now: Instant) -> Self {
        Self {
            since: now,
            heading: true,
            head: Head::default(),
            open: 0,
            answers: Vec::new(),
            begun: 0,
            blocked: None,
            unread: false,
            lingering: None,
            farewell: None,
        }
    }

    fn begin(&mut self) -> u64 {
        self.head.clear();
        self.heading = false;
        self.unread = false;
        self.open += 1;
        self.begun += 1;
        self.begun
    }

    fn answered(&mut self, number: u64, now: Instant) {
        self.answers.push((number, now));
    }

    fn ended(&mut self, number: u64, now: Instant) {
        self.answers.retain(|(each, _)| *each != number);
        self.open = self.open.saturating_sub(1);
        self.since = now;
    }

    fn deadline(&self, limits: &Limits, is_crowded: bool) -> Option<Instant> {
        if let Some(since) = self.lingering {
            return Some(since + limits.linger);
        }
        let oldest = self.answers.first().map(|(_, since)| *since);
        if let Some(since) = self.blocked.into_iter().chain(oldest).min() {
            return Some(since + limits.answer);
        }
        if self.open > 0 {
            return None;
        }
        if let Some((told, patience)) = self.farewell {
            return Some(told.max(self.since) + patience);
        }
        let patience = if self.heading { limits.head } else { limits.idle };
        Some(self.since + if is_crowded { patience.min(limits.crowded) } else { patience })
    }
}

/// A request under way. Dropped when its answer is out of our hands, or it is given up.
pub(super) struct Ticket {
    ledger: Arc<Ledger>,
    number: u64,
}

impl Ticket {
    /// The answer is ready; from now on it is the client that is waited for.
    pub(super) fn answered(&self) {
        self.ledger.entries().answered(self.number, Instant::now());
    }

    pub(super) fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.ledger.entries().ended(self.number, Instant::now());
    }
}

#[cfg(test)]
mod tests;
