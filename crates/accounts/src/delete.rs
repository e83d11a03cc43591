//! The use cases that delete an account: requested, undone by a log-in within 14 days, and completed by the maintenance task.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use domain::event::EventKind;
use domain::user::{
    CompleteDeletionError, Deletion, DueDeletion, RequestDeletionError, RequestedDeletion, User, UserId,
};
use domain::{Alongside, StoreError, Timestamp};

#[cfg(feature = "poem")]
use crate::log_in::Client;
use crate::{Accounts, Caller};

/// After so many failures of the store a step gives up: it would wait for each.
const MOST_STORE_FAILURES: usize = 3;

/// What this process knows of the deletions that are due.
#[derive(Debug, Default)]
pub(crate) struct DueDeletions(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// The last one that a step has tried. The next step begins after it, so that those which are refused do not keep others from
    /// being tried.
    tried: Option<DueDeletion>,
    /// The users whose deletion a hook has refused: it is logged already.
    refused: BTreeSet<UserId>,
}

impl DueDeletions {
    fn with<T>(&self, change: impl FnOnce(&mut Known) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Accounts {
    /// Requests the deletion of an account, which is completed after 14 days ([`Deletion::UNDO_PERIOD`]). A log-in until then undoes
    /// it. Ends every session of the user. The user's browsers and networks stay known until the deletion is completed, so that strangers who
    /// use up the limit of the account cannot keep the user from undoing it.
    ///
    /// A hook of the embedder may refuse it (`store::embed::Hooks::deletion_requested`). What the hook has given up, an undo does
    /// not return. A deletion that is requested already stays as it is.
    ///
    /// # Errors
    /// [`RequestDeletionError`]. Where [the outcome is unknown](StoreError::is_outcome_unknown), the deletion may be requested, and a
    /// session store elsewhere may still have sessions: another call ends them.
    pub async fn request_deletion(
        &self,
        user: UserId,
        caller: &Caller,
    ) -> Result<RequestedDeletion, RequestDeletionError> {
        let now = self.inner.clock.now();
        self.request_deletion_due(user, now, now + Deletion::UNDO_PERIOD, caller).await
    }

    /// Deletes an account at once, without time to undo it. Returns the user as it stays.
    ///
    /// # Errors
    /// [`RequestDeletionError`]: the account is not deleted. A refusal by `store::embed::Hooks::deletion_requested` changes nothing.
    /// Where `Hooks::deleting` refuses, or the store fails after the deletion was requested
    /// ([the outcome is unknown](StoreError::is_outcome_unknown)), every session has ended, no log-in undoes the deletion, and the
    /// maintenance task tries each minute to complete it.
    pub async fn delete(&self, user: UserId, caller: &Caller) -> Result<User, RequestDeletionError> {
        let now = self.inner.clock.now();
        self.request_deletion_due(user, now, now, caller).await?;
        match self.complete_deletion(user, now, caller).await {
            Ok(deleted) => Ok(deleted),
            // The maintenance task was faster.
            Err(CompleteDeletionError::NotDue) => {
                let found = self.inner.ports.users.find(user).await.map_err(StoreError::outcome_unknown)?;
                found.ok_or(RequestDeletionError::NotFound)
            }
            Err(CompleteDeletionError::Refused(refusal)) => Err(RequestDeletionError::Refused(refusal)),
            Err(CompleteDeletionError::Store(failure)) => Err(StoreError::outcome_unknown(failure).into()),
        }
    }

    /// Undoes the deletion of an account that is requested and not due. Returns `false` where there is none.
    ///
    /// # Errors
    /// [`StoreError`]: the deletion may still be requested.
    pub async fn undo_deletion(&self, user: UserId, caller: &Caller) -> Result<bool, StoreError> {
        let event = self.event(EventKind::DeletionUndone, caller).of(user);
        let is_undone = self.inner.ports.users.undo_deletion(user, event.at, Alongside::event(event.clone())).await?;
        if is_undone {
            self.emit(&event);
        }
        Ok(is_undone)
    }

    /// Whether a log-in of this browser undoes the deletion of the account: it is requested and not due, and the browser has logged
    /// in to the account before.
    ///
    /// # Errors
    /// [`StoreError`]
    #[cfg(feature = "poem")]
    pub(crate) async fn log_in_undoes_deletion(&self, user: UserId, client: Client<'_>) -> Result<bool, StoreError> {
        let found = self.inner.ports.users.find(user).await?;
        if !found.is_some_and(|user| user.deletion.is_some() && user.may_log_in(self.inner.clock.now())) {
            return Ok(false);
        }
        let (_, known) = self.recognize(Some(user), client.caller, client.browser).await?;
        Ok(known.is_some())
    }

    async fn request_deletion_due(
        &self,
        user: UserId,
        at: Timestamp,
        due: Timestamp,
        caller: &Caller,
    ) -> Result<RequestedDeletion, RequestDeletionError> {
        let event = self.event(EventKind::DeletionRequested, caller).of(user);
        let alongside = Alongside::event(event.clone());
        let requested = self.inner.ports.users.request_deletion(user, at, due, alongside).await?;
        if !requested.is_repeated {
            self.emit(&event.counting(requested.sessions));
        }
        // A session store elsewhere has ended none in that commit. For a deletion that was requested before, this ends what an
        // interrupted call has left there.
        let elsewhere = self.end_sessions_elsewhere(user).await?;
        Ok(RequestedDeletion { sessions: requested.sessions + elsewhere, ..requested })
    }

    async fn complete_deletion(
        &self,
        user: UserId,
        now: Timestamp,
        caller: &Caller,
    ) -> Result<User, CompleteDeletionError> {
        let event = self.event(EventKind::Deleted, caller).of(user);
        let deleted = self.inner.ports.users.complete_deletion(user, now, Alongside::event(event.clone())).await?;
        self.emit(&event);
        Ok(deleted)
    }

    /// Tries at most `limit` deletions that are due at `now`, each in a commit of its own, and returns how many it has completed.
    /// One that fails or that a hook refuses does not keep the others from being completed. A refusal is logged once for each user.
    ///
    /// # Errors
    /// The first failure of the store.
    pub(crate) async fn complete_due_deletions(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let start = self.inner.due_deletions.with(|known| known.tried);
        let (mut tried, mut left) = (self.inner.ports.users.list_due_deletions(now, start, limit).await?, limit);
        left -= left.min(u32::try_from(tried.len()).unwrap_or(u32::MAX));
        if start.is_some() && left > 0 {
            let mut first = self.inner.ports.users.list_due_deletions(now, None, left).await?;
            first.retain(|deletion| Some(*deletion) <= start);
            tried.append(&mut first);
        }
        let (mut completed, mut failures, mut first_failure) = (0, 0, None);
        for deletion in tried {
            self.inner.due_deletions.with(|known| known.tried = Some(deletion));
            match self.complete_deletion(deletion.user, now, &Caller::default()).await {
                Ok(_) => {
                    completed += 1;
                    self.note_refusal(deletion.user, false);
                }
                // Undone, or completed by another process.
                Err(CompleteDeletionError::NotDue) => self.note_refusal(deletion.user, false),
                Err(CompleteDeletionError::Refused(_)) => self.note_refusal(deletion.user, true),
                Err(CompleteDeletionError::Store(failure)) => {
                    tracing::debug!(user = deletion.user.get(), error = ?failure, "a deletion is not completed");
                    failures += 1;
                    first_failure.get_or_insert(failure);
                }
            }
            if failures == MOST_STORE_FAILURES {
                break;
            }
        }
        first_failure.map_or(Ok(completed), Err)
    }

    /// Notes whether a hook refuses the deletion of a user, and logs the first refusal.
    fn note_refusal(&self, user: UserId, is_refused: bool) {
        let is_new = self.inner.due_deletions.with(|known| {
            let was_refused = known.refused.contains(&user);
            if is_refused {
                known.refused.insert(user)
            } else {
                known.refused.remove(&user)
            };
            is_refused && !was_refused
        });
        if is_new {
            tracing::warn!(user = user.get(), "a hook refuses to delete an account");
        }
    }
}
