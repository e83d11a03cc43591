//! When a connection must go: its ledger's deadline, or what the door says to all of them.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep_until};

use super::ledger::Ledger;

/// What the door says to all connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// There is room.
    Open,
    /// Somebody waits for a connection.
    Crowded,
    /// No more requests; what is under way is finished.
    Closing,
    /// It is over.
    Cut,
}

/// What a connection is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pull {
    /// Its time is up.
    Overdue,
    /// To finish what is under way.
    Closing,
    /// To go now.
    Cut,
    /// To go now, since all of them hold too much.
    TooMuch,
}

/// One connection's leash.
pub(super) struct Leash {
    ledger: Arc<Ledger>,
    word: watch::Receiver<Mood>,
    mood: Mood,
    timer: Pin<Box<Sleep>>,
}

impl Leash {
    pub(super) fn new(ledger: Arc<Ledger>, mut word: watch::Receiver<Mood>) -> Self {
        word.mark_changed(); // what was said before is heard too
        let timer = Box::pin(sleep_until(Instant::now() + ledger.limits().quiet.head));
        Self { ledger, word, mood: Mood::Open, timer }
    }

    /// Waits until the connection must do something about itself.
    pub(super) async fn pulled(&mut self) -> Pull {
        let Self { ledger, word, mood, timer } = self;
        loop {
            tokio::select! {
                biased;
                said = word.changed() => {
                    *mood = if said.is_ok() { *word.borrow_and_update() } else { Mood::Cut };
                    match *mood {
                        Mood::Open | Mood::Crowded => {}
                        Mood::Closing => return Pull::Closing,
                        Mood::Cut => return Pull::Cut,
                    }
                }
                () = ledger.is_cut() => return Pull::TooMuch,
                () = poll_fn(|context| poll_overdue(ledger, *mood == Mood::Crowded, timer.as_mut(), context)) => {
                    return Pull::Overdue;
                }
            }
        }
    }
}

/// A body that is late is told to its reader only, who has an answer to that. The timer is moved only where it would ring
/// too late, or rang too early: with requests that come and go it rings once in a while, and is not set for each.
fn poll_overdue(ledger: &Ledger, is_crowded: bool, mut timer: Pin<&mut Sleep>, context: &mut Context<'_>) -> Poll<()> {
    loop {
        let Some(deadline) = ledger.deadline(is_crowded) else { return Poll::Pending };
        if timer.deadline() > deadline {
            timer.as_mut().reset(deadline);
        }
        if timer.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        if timer.deadline() < deadline {
            timer.as_mut().reset(deadline);
        } else if !ledger.give_up_bodies(deadline, is_crowded) {
            return Poll::Ready(());
        }
    }
}
