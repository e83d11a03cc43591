//! The use cases that change a password: by the user with the current one, and by an operator without it.
//!
//! In one commit the password is new, the other sessions of the user end, and no browser is known to the account any more.

use auth::{BrowserToken, BrowserTokens, HashQueueFull, NewPasswordError, Password, PasswordRefusal, SessionToken};
use domain::credential::{ChangeAuthority, Credential, PasswordChange, PasswordChangeError, PasswordHash};
use domain::event::EventKind;
use domain::session::{OtherSessions, Rotation};
use domain::throttle::Throttled;
use domain::user::{Email, UserId, Username};
use domain::{Alongside, StoreError};

use crate::log_in::Client;
use crate::{Accounts, Caller, ConfirmedPassword, LogInError};

/// A user's request to change the password.
#[derive(Debug)]
pub struct ChangePassword {
    /// The token of the session, which stays with a new one. All other sessions of the user end.
    pub session: SessionToken,
    /// The current password as typed.
    pub current: Password,
    /// The new password as typed.
    pub new: Password,
    /// The client.
    pub caller: Caller,
    /// The tokens in the browser's device cookie.
    pub browser: BrowserTokens,
}

/// A password that was changed.
#[derive(Debug)]
pub struct PasswordChanged {
    /// The number of sessions that ended.
    pub ended: u64,
    /// The session that stays, with its new token and a new token of the browser. `None` if it has ended meanwhile: the user logs
    /// in with the new password.
    pub kept: Option<ConfirmedPassword>,
}

/// Why a user did not change the password. Unless the store failed, nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The session has ended or expired.
    #[error("the session has ended")]
    SessionEnded,
    /// The current password is another one, or was changed meanwhile; or the user was disabled.
    #[error("the current password does not match")]
    Mismatch,
    /// The password policy refuses the new password.
    #[error(transparent)]
    Weak(#[from] PasswordRefusal),
    /// Too many attempts. The limits are those of log-ins.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The hash queue is full.
    #[error(transparent)]
    HashQueueFull(#[from] HashQueueFull),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LogInError> for ChangePasswordError {
    fn from(error: LogInError) -> Self {
        match error {
            LogInError::Mismatch => Self::Mismatch,
            LogInError::Throttled(throttled) => Self::Throttled(throttled),
            LogInError::HashQueueFull(full) => Self::HashQueueFull(full),
            LogInError::Store(failure) => Self::Store(failure),
        }
    }
}

impl From<NewPasswordError> for ChangePasswordError {
    fn from(error: NewPasswordError) -> Self {
        match error {
            NewPasswordError::Refused(refusal) => Self::Weak(refusal),
            NewPasswordError::HashQueueFull(full) => Self::HashQueueFull(full),
        }
    }
}

impl From<PasswordChangeError> for ChangePasswordError {
    fn from(error: PasswordChangeError) -> Self {
        match error {
            PasswordChangeError::NotFound | PasswordChangeError::Outdated => Self::Mismatch,
            PasswordChangeError::Store(failure) => Self::Store(failure),
        }
    }
}

/// Why an operator did not set a password. Unless the store failed, nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum SetPasswordError {
    /// There is no such user.
    #[error("there is no such user")]
    NotFound,
    /// The password policy refuses the password.
    #[error(transparent)]
    Weak(#[from] PasswordRefusal),
    /// The hash queue is full.
    #[error(transparent)]
    HashQueueFull(#[from] HashQueueFull),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NewPasswordError> for SetPasswordError {
    fn from(error: NewPasswordError) -> Self {
        match error {
            NewPasswordError::Refused(refusal) => Self::Weak(refusal),
            NewPasswordError::HashQueueFull(full) => Self::HashQueueFull(full),
        }
    }
}

impl From<PasswordChangeError> for SetPasswordError {
    fn from(error: PasswordChangeError) -> Self {
        match error {
            PasswordChangeError::NotFound | PasswordChangeError::Outdated => Self::NotFound,
            PasswordChangeError::Store(failure) => Self::Store(failure),
        }
    }
}

impl Accounts {
    /// Changes the password of a user who gives the current one. The other sessions of the user end, and no other browser is
    /// known to the account any more.
    ///
    /// The current password is counted by the limits of log-ins, and a failure is an event of the kind
    /// [`EventKind::LogInFailed`]. A log-in with the former password that is under way opens no session.
    ///
    /// # Errors
    /// [`ChangePasswordError`]. After [`ChangePasswordError::Store`] the password may be the new one, if
    /// [the outcome is unknown](StoreError::is_outcome_unknown). Of two changes at the same time, one gets
    /// [`ChangePasswordError::Mismatch`].
    pub async fn change_password(&self, change: ChangePassword) -> Result<PasswordChanged, ChangePasswordError> {
        let ChangePassword { session, current, new, caller, browser } = change;
        self.inner.policy.ensure_length(&new)?;
        let live = self.find_session(&session).await?.ok_or(ChangePasswordError::SessionEnded)?;
        let client = Client { caller: &caller, browser: &browser };
        let (Credential { user, version, .. }, _) = self.verify_in_session(live.user(), Some(current), client).await?;
        let hash = self.hash_chosen_password(new, &user.username, &user.email, &caller).await?;
        let (token, now) = (SessionToken::new(&*self.inner.random), self.inner.clock.now());
        let keep = Some(Rotation { from: session.digest(), to: token.digest(), authenticated_at: now });
        let authorized_by = ChangeAuthority::CurrentPassword(version);
        let change = PasswordChange { user: user.id, hash, authorized_by, keep };
        let OtherSessions { ended, kept } = self.commit_password(change, &caller).await?;
        let Some(session) = kept else { return Ok(PasswordChanged { ended, kept: None }) };
        let latest = BrowserToken::new(&*self.inner.random); // all former ones are forgotten
        self.remember_browser(user.id, version.next(), &latest, &caller).await;
        let remembered_for = self.inner.lifetimes.remembered_for(&live, now);
        let kept = ConfirmedPassword { user, token, session, browser: browser.with_latest(latest), remembered_for };
        Ok(PasswordChanged { ended, kept: Some(kept) })
    }

    /// Sets the password of a user, for an operator. Every session of the user ends, and no browser is known to the account any
    /// more. Returns the number of sessions. A disabled user stays disabled.
    ///
    /// # Errors
    /// [`SetPasswordError`]. After [`SetPasswordError::Store`] the password may be the new one, if
    /// [the outcome is unknown](StoreError::is_outcome_unknown).
    pub async fn set_password(&self, user: UserId, new: Password, caller: &Caller) -> Result<u64, SetPasswordError> {
        self.inner.policy.ensure_length(&new)?;
        let user = self.inner.ports.users.find(user).await?.ok_or(SetPasswordError::NotFound)?;
        let hash = self.hash_chosen_password(new, &user.username, &user.email, caller).await?;
        let authorized_by = ChangeAuthority::Operator;
        let change = PasswordChange { user: user.id, hash, authorized_by, keep: None };
        Ok(self.commit_password(change, caller).await?.ended)
    }

    /// Hashes a new password of a user in the caller's turn, if the policy accepts it.
    pub(crate) async fn hash_chosen_password(
        &self,
        password: Password,
        username: &Username,
        email: &Email,
        caller: &Caller,
    ) -> Result<PasswordHash, NewPasswordError> {
        let user_words = vec![username.as_str().to_owned(), email.as_str().to_owned()];
        let turn = self.inner.hasher.turn(caller.share()).await?;
        turn.hash_new_password(&self.inner.policy, password, user_words).await
    }

    pub(crate) async fn commit_password(
        &self,
        change: PasswordChange,
        caller: &Caller,
    ) -> Result<OtherSessions, PasswordChangeError> {
        let (user, keep) = (change.user, change.keep);
        let event = self.event(EventKind::PasswordChanged, caller).of(user);
        let is_reset = matches!(change.authorized_by, ChangeAuthority::ResetToken { .. });
        let event = if is_reset { event.about("by a reset link") } else { event };
        let changed = self.inner.ports.credentials.change(change, Alongside::event(event.clone())).await?;
        self.emit(&event);
        self.forget_failures(user, caller).await;
        if self.inner.ports.end_sessions_in_one_commit() {
            return Ok(changed); // a second time would end sessions that the new password has opened since
        }
        // A session store elsewhere has ended none in that commit. Where this fails, the password is changed.
        let elsewhere = self.inner.ports.sessions.keep_only(user, keep).await.map_err(StoreError::outcome_unknown)?;
        self.inner.ports.known_browsers.forget_all(user).await.map_err(StoreError::outcome_unknown)?;
        Ok(OtherSessions { ended: changed.ended + elsewhere.ended, kept: changed.kept.or(elsewhere.kept) })
    }
}
