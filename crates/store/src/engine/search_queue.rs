//! The queue of the search pool, which decides whose search runs next. What a search is, is not known here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use crate::timeouts::{MAX_SEARCH_DEBT, SEARCH_QUEUE_TIMEOUT};

/// For how many times the duration of a search its user comes after the users who searched less.
const DEBT_PER_SEARCH_TIME: u32 = 100;

/// A fair queue. A user has one search at a time. Of the users who wait, the next is the one whose searches took the least time
/// lately, so that many searches of some users do not delay another user's.
///
/// A user has an entry while a search of the user runs, and for a hundred times its duration afterwards, ten minutes at most.
/// All searches together take two seconds a second at most, so that on average no more than 200 users have one.
#[derive(Debug, Clone)]
pub(crate) struct SearchQueue {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    free_turns: usize,
    users: HashMap<i64, Usage>,
    waiting: Vec<Waiting>,
    last_ticket: u64,
}

/// What the queue knows of a user.
#[derive(Debug)]
struct Usage {
    is_searching: bool,
    /// Until then the user comes after users with an earlier time.
    indebted_until: Instant,
}

/// A search that waits.
#[derive(Debug)]
struct Waiting {
    ticket: u64,
    user: i64,
    turn: oneshot::Sender<Turn>,
}

/// Why a search did not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SearchRefused {
    /// Another search of the same user was still running.
    #[error("another search of the user is running")]
    OwnSearchRunning,
    /// Searches of other users took all connections.
    #[error("searches of other users are running")]
    Busy,
}

impl SearchQueue {
    /// A queue with as many turns as there are connections.
    pub(crate) fn new(turns: u32) -> Self {
        let free_turns = usize::try_from(turns).unwrap_or(1);
        let state = State { free_turns, users: HashMap::new(), waiting: Vec::new(), last_ticket: 0 };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Waits until a search of `user` may begin. It ends when the [`Turn`] is dropped.
    ///
    /// # Errors
    /// [`SearchRefused`] after [`SEARCH_QUEUE_TIMEOUT`].
    pub(crate) async fn begin(&self, user: i64) -> Result<Turn, SearchRefused> {
        let (sender, receiver) = oneshot::channel();
        let ticket = self.state().enqueue(user, sender);
        let _entry = QueueEntry { queue: self, ticket };
        self.grant_turns();
        if let Ok(Ok(turn)) = timeout(SEARCH_QUEUE_TIMEOUT, receiver).await {
            return Ok(turn);
        }
        let is_searching = self.state().is_searching(user);
        Err(if is_searching { SearchRefused::OwnSearchRunning } else { SearchRefused::Busy })
    }

    /// Grants free turns to searches that wait. A turn that its search no longer takes is dropped, which grants it again.
    fn grant_turns(&self) {
        loop {
            let Some(Waiting { user, turn, .. }) = self.state().take_next() else { return };
            let granted = turn.send(Turn { queue: self.clone(), user, since: Instant::now() });
            drop(granted);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner) // no panic can leave a change half done
    }
}

impl State {
    fn enqueue(&mut self, user: i64, turn: oneshot::Sender<Turn>) -> u64 {
        self.last_ticket += 1;
        self.waiting.push(Waiting { ticket: self.last_ticket, user, turn });
        self.last_ticket
    }

    fn is_searching(&self, user: i64) -> bool {
        self.users.get(&user).is_some_and(|usage| usage.is_searching)
    }

    /// Takes the search that runs next out of the queue, if a turn is free and its user has no other search.
    fn take_next(&mut self) -> Option<Waiting> {
        if self.free_turns == 0 {
            return None;
        }
        let now = Instant::now();
        let debt = |user| self.users.get(&user).map(|usage| usage.indebted_until).filter(|until| *until > now);
        let ready = self.waiting.iter().enumerate().filter(|(_, waiting)| !self.is_searching(waiting.user));
        let (next, _) = ready.min_by_key(|(_, waiting)| (debt(waiting.user), waiting.ticket))?;
        let waiting = self.waiting.swap_remove(next);
        self.free_turns -= 1;
        self.users.entry(waiting.user).or_insert(Usage { is_searching: false, indebted_until: now }).is_searching =
            true;
        Some(waiting)
    }

    /// Ends the search of `user`, which took `duration`.
    fn release(&mut self, user: i64, duration: Duration) {
        let now = Instant::now();
        self.free_turns += 1;
        if let Some(usage) = self.users.get_mut(&user) {
            let until = usage.indebted_until.max(now) + duration * DEBT_PER_SEARCH_TIME;
            *usage = Usage { is_searching: false, indebted_until: until.min(now + MAX_SEARCH_DEBT) };
        }
        self.users.retain(|_, usage| usage.is_searching || usage.indebted_until > now);
    }
}

/// The permission to run one search.
#[derive(Debug)]
pub(crate) struct Turn {
    queue: SearchQueue,
    user: i64,
    since: Instant,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.queue.state().release(self.user, self.since.elapsed());
        self.queue.grant_turns();
    }
}

/// Removes a search from the queue when it no longer waits.
struct QueueEntry<'q> {
    queue: &'q SearchQueue,
    ticket: u64,
}

impl Drop for QueueEntry<'_> {
    fn drop(&mut self) {
        self.queue.state().waiting.retain(|waiting| waiting.ticket != self.ticket);
    }
}

#[cfg(test)]
mod tests;
