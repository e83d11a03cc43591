//! A request's place in the book, from the end of its head until the last byte of its answer is out of our hands.

use std::mem;
use std::sync::Arc;

use tokio::time::Instant;

use super::entries::{Flow, Stage};
use super::{ANSWER, Ledger};

/// A request under way. Dropped when its answer is out of our hands, or it is given up.
pub(in super::super) struct Ticket {
    ledger: Arc<Ledger>,
    number: u64,
}

impl Ticket {
    pub(super) fn new(ledger: &Arc<Ledger>, number: u64) -> Self {
        Self { ledger: Arc::clone(ledger), number }
    }

    pub(in super::super) fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    pub(in super::super) fn number(&self) -> u64 {
        self.number
    }

    /// An answer of that size is ready; from now on it is the client that is waited for. What its request held is gone.
    pub(in super::super) fn answered(&self, size: usize) {
        let held = ANSWER + size;
        self.ledger.weight.add(held);
        let gone = self.ledger.entries().find(self.number).map_or(held, |request| {
            request.stage = Stage::Answer(Flow::new(Instant::now()));
            mem::replace(&mut request.held, held)
        });
        self.ledger.weight.remove(gone);
        self.ledger.weight.relieve();
    }

    /// So much of the answer is out of our hands.
    pub(in super::super) fn took(&self, count: usize) {
        self.ledger.entries().answer_passed(count);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let held = self.ledger.entries().end(self.number, Instant::now());
        self.ledger.weight.remove(held);
    }
}
