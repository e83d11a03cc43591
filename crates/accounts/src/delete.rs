//! The use cases that delete an account: requested, undone by a log-in within 14 days, and completed by the maintenance task.

use domain::event::EventKind;
use domain::user::{
    CompleteDeletionError, Deletion, DueDeletion, RequestDeletionError, RequestedDeletion, User, UserId,
};
use domain::{Alongside, StoreError, Timestamp};

use crate::{Accounts, Caller};

/// After so many failures of the store a step gives up: it would wait for each.
const MOST_STORE_FAILURES: usize = 3;

impl Accounts {
    /// Requests the deletion of an account, which is completed after 14 days ([`Deletion::UNDO_PERIOD`]). A log-in until then undoes
    /// it. Ends every session of the user, and forgets the user's browsers.
    ///
    /// A hook of the embedder may refuse it (`store::embed::Hooks::deletion_requested`). What the hook has given up, an undo does
    /// not return. A deletion that is requested already stays as it is.
    ///
    /// # Errors
    /// [`RequestDeletionError`]
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
    /// [`RequestDeletionError`]: the account is not deleted. Where the store fails after the deletion was requested, the maintenance
    /// task completes it.
    pub async fn delete(&self, user: UserId, caller: &Caller) -> Result<User, RequestDeletionError> {
        let now = self.inner.clock.now();
        self.request_deletion_due(user, now, now, caller).await?;
        match self.complete_deletion(user, now, caller).await {
            Ok(deleted) => Ok(deleted),
            // The maintenance task was faster.
            Err(CompleteDeletionError::NotDue) => {
                self.inner.ports.users.find(user).await?.ok_or(RequestDeletionError::NotFound)
            }
            Err(CompleteDeletionError::Refused(refusal)) => Err(RequestDeletionError::Refused(refusal)),
            Err(CompleteDeletionError::Store(failure)) => Err(failure.into()),
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
        let elsewhere = self.inner.ports.sessions.end_all(user, Alongside::nothing()).await?;
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

    /// Completes at most `limit` deletions that are due at `now`, each in a commit of its own, and returns how many. One that fails
    /// or that a hook refuses does not keep the others from being completed.
    ///
    /// # Errors
    /// The first failure or refusal.
    pub(crate) async fn complete_due_deletions(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let (mut completed, mut failures, mut first_failure, mut after) = (0, 0, None, None::<DueDeletion>);
        loop {
            let due = self.inner.ports.users.list_due_deletions(now, after, limit).await?;
            for deletion in &due {
                let failure = match self.complete_deletion(deletion.user, now, &Caller::default()).await {
                    Ok(_) => {
                        completed += 1;
                        continue;
                    }
                    Err(CompleteDeletionError::NotDue) => continue, // undone, or completed by another process
                    Err(CompleteDeletionError::Refused(refusal)) => StoreError::new(refusal),
                    Err(CompleteDeletionError::Store(failure)) => {
                        failures += 1;
                        failure
                    }
                };
                tracing::debug!(user = deletion.user.get(), error = ?failure, "a deletion is not completed");
                first_failure.get_or_insert(failure);
                if failures == MOST_STORE_FAILURES {
                    return first_failure.map_or(Ok(completed), Err);
                }
            }
            after = due.last().copied();
            if due.len() < limit as usize || completed >= u64::from(limit) {
                return first_failure.map_or(Ok(completed), Err);
            }
        }
    }
}
