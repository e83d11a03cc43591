//! What is under way on one connection, and since when: from that follows how long the connection may stay as it is, and
//! what it makes us hold. Only the book is here; who writes in it is [`super::socket`] and [`super::service`], who acts on
//! it [`super::leash`] and [`super::weight`].

mod entries;
mod ticket;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

use hyper::Method;
use tokio::sync::Notify;
use tokio::time::Instant;

pub(super) use self::entries::Load;
use self::entries::{Entries, Flow, Request, Stage};
pub(super) use self::ticket::Ticket;
use super::limits::Limits;
use super::patience::Patience;
use super::weight::Weight;

/// How long an HTTP/2 client has to take notice that its connection ends. HTTP/1 has no such word.
pub(super) const FAREWELL: Duration = Duration::from_millis(500);

/// What a request makes us hold besides its bytes, measured over HTTP/2: the state of its handler, and of its stream.
const REQUEST: usize = 16 << 10;

/// What its answer makes us hold besides its bytes.
const ANSWER: usize = 4 << 10;

/// The book of one connection.
pub(super) struct Ledger {
    limits: Arc<Limits>,
    weight: Arc<Weight>,
    entries: Mutex<Entries>,
    cut: Notify,
}

impl Ledger {
    pub(super) fn new(limits: Arc<Limits>, weight: &Arc<Weight>) -> Arc<Self> {
        let entries = Mutex::new(Entries::new(Instant::now()));
        let ledger = Arc::new(Self { limits, weight: Arc::clone(weight), entries, cut: Notify::new() });
        weight.know(&ledger);
        ledger
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
        if entries.awaits_head() {
            if !entries.heading {
                entries.heading = true;
                entries.since = Instant::now();
            }
            entries.head.push(bytes, self.limits.head_size);
        }
    }

    /// A request's head is complete, and has that many bytes. Tells whether its body has one length only, where `chunked`
    /// gives the method of a request that has one by its chunks.
    pub(super) fn begin(self: &Arc<Self>, chunked: Option<&Method>, has_body: bool, size: usize) -> (Ticket, bool) {
        let held = REQUEST + size;
        self.weight.add(held);
        let (number, is_sound) = {
            let mut entries = self.entries();
            let is_sound = chunked.is_none_or(|method| entries.head.names_no_length(method));
            (entries.begin(has_body, held, Instant::now()), is_sound)
        };
        self.weight.relieve();
        (Ticket::new(self, number), is_sound)
    }

    /// Whether there is room for one more request, of whomever.
    pub(super) fn has_room(&self) -> bool {
        self.weight.has_room(0)
    }

    /// Whether there is room for an answer of that size. For one without a body there always is, since a refusal would be
    /// larger.
    pub(super) fn has_room_for(&self, answer: usize) -> bool {
        answer == 0 || self.weight.has_room(answer)
    }

    /// So much of a body has come. Whether that is too late.
    pub(super) fn body_came(&self, number: u64, count: usize) -> bool {
        self.weight.add(count); // before it is noted: a ticket that ends takes away what is
        let (noted, is_late) = match self.entries().find(number) {
            None => (0, false),
            Some(Request { stage: Stage::Late, .. }) => (0, true),
            Some(request) => {
                if let Stage::Body(flow, _) = &mut request.stage {
                    flow.pass(count);
                }
                request.held += count;
                (count, false)
            }
        };
        self.weight.remove(count - noted);
        self.weight.relieve();
        is_late
    }

    /// A body is waited for, and whoever does so is woken when it is too late. Whether it is.
    pub(super) fn body_awaited(&self, number: u64, context: &Context<'_>) -> bool {
        match self.entries().find(number).map(|request| &mut request.stage) {
            Some(Stage::Body(_, reader)) => {
                if !reader.as_ref().is_some_and(|reader| reader.will_wake(context.waker())) {
                    *reader = Some(context.waker().clone());
                }
                false
            }
            Some(Stage::Late) => true,
            Some(Stage::Work | Stage::Answer(_)) | None => false,
        }
    }

    /// A body is read, or is not going to be: then something is left unread.
    pub(super) fn body_is_over(&self, number: u64, is_read: bool) {
        let mut entries = self.entries();
        entries.unread |= !is_read;
        if let Some(request) = entries.find(number)
            && matches!(request.stage, Stage::Body(..) | Stage::Late)
        {
            request.stage = Stage::Work;
        }
    }

    /// The client takes no more, or takes again.
    pub(super) fn blocked(&self, is_blocked: bool) {
        self.entries().blocked = is_blocked.then(|| Flow::new(Instant::now()));
    }

    /// It does not take all, but so much.
    pub(super) fn took(&self, count: usize) {
        if let Some(flow) = &mut self.entries().blocked {
            flow.pass(count);
        }
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
        entries.requests.is_empty() && entries.blocked.is_none() && entries.lingering.is_none()
    }

    /// Until when the connection, or a body on it, may stay as it is; `None` while it is up to us.
    pub(super) fn deadline(&self, is_crowded: bool) -> Option<Instant> {
        self.entries().deadline(self.patience(is_crowded), self.limits.linger)
    }

    /// That deadline has passed: tells readers of bodies if it was theirs. Whether it was.
    pub(super) fn give_up_bodies(&self, deadline: Instant, is_crowded: bool) -> bool {
        let readers = self.entries().give_up_bodies(deadline, self.patience(is_crowded));
        let were_any = !readers.is_empty();
        readers.into_iter().flatten().for_each(Waker::wake);
        were_any
    }

    fn patience(&self, is_crowded: bool) -> &Patience {
        if is_crowded { &self.limits.crowded } else { &self.limits.quiet }
    }

    pub(super) fn load(&self) -> Load {
        self.entries().load()
    }

    /// The connection must go, since all of them hold too much.
    pub(super) fn cut(&self) {
        self.entries().is_cut = true;
        self.cut.notify_one();
    }

    /// Waits for that.
    pub(super) async fn is_cut(&self) {
        self.cut.notified().await;
    }
}

#[cfg(test)]
mod tests;
