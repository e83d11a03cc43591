//! The use cases of a link that sets a new password: a token is made for a user, and used once.
//!
//! A command prints a link with the token, and the mail of an embedder has one in it. The store has its digest alone.

use auth::{BrowserToken, BrowserTokens, HashQueueFull, NewPasswordError, Password, PasswordRefusal, ResetToken};
use domain::credential::{ChangeAuthority, NewResetToken, PasswordChange, PasswordChangeError};
use domain::event::EventKind;
use domain::throttle::Throttled;
use domain::user::{User, UserId};
use domain::{Alongside, StoreError};

use crate::{Accounts, Caller, ThrottleError};

/// A new password of a user who has a link.
#[derive(Debug)]
pub struct ResetPassword {
    /// The token of the link.
    pub token: ResetToken,
    /// The new password as typed.
    pub new: Password,
    /// The client.
    pub caller: Caller,
    /// The tokens in the browser's device cookie.
    pub browser: BrowserTokens,
}

/// A password that was set by a link.
#[derive(Debug)]
pub struct PasswordReset {
    /// The user, who is not logged in.
    pub user: User,
    /// The tokens by which the browser is recognized at the log-in, as in [`crate::LoggedIn::browser`].
    pub browser: BrowserTokens,
}

/// Why a link did not set a password. Unless the store failed, nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ResetPasswordError {
    /// The token is unknown, was used, has expired, or its user is disabled.
    #[error("the link does not work any more")]
    Unusable,
    /// The password policy refuses the password. The token works on.
    #[error(transparent)]
    Weak(#[from] PasswordRefusal),
    /// Too many attempts of the caller's network. The token works on.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The hash queue is full. The token works on.
    #[error(transparent)]
    HashQueueFull(#[from] HashQueueFull),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NewPasswordError> for ResetPasswordError {
    fn from(error: NewPasswordError) -> Self {
        match error {
            NewPasswordError::Refused(refusal) => Self::Weak(refusal),
            NewPasswordError::HashQueueFull(full) => Self::HashQueueFull(full),
        }
    }
}

impl From<PasswordChangeError> for ResetPasswordError {
    fn from(error: PasswordChangeError) -> Self {
        match error {
            PasswordChangeError::NotFound | PasswordChangeError::Outdated => Self::Unusable,
            PasswordChangeError::Store(failure) => Self::Store(failure),
        }
    }
}

impl Accounts {
    /// Makes a token that sets a new password of a user, once and for 30 minutes. `None` where there is no such user. A disabled
    /// user can use it once the user is enabled.
    ///
    /// It is a secret of the user. `Accounts::reset_link` of the feature `poem` makes the link to the page with it.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn create_reset_token(&self, user: UserId, caller: &Caller) -> Result<Option<ResetToken>, StoreError> {
        let (token, made_at) = (ResetToken::new(&*self.inner.random), self.inner.clock.now());
        let event = self.event(EventKind::ResetLinkMade, caller).of(user);
        let new = NewResetToken { digest: token.digest(), user, made_at };
        let is_added = self.inner.ports.credentials.add_reset_token(new, Alongside::event(event.clone())).await?;
        if is_added {
            self.emit(&event);
        }
        Ok(is_added.then_some(token))
    }

    /// The user of a token that works now, for the page that asks for the new password. Changes nothing but the count of the
    /// caller's network, where the token does not work.
    ///
    /// # Errors
    /// [`ThrottleError`]
    pub async fn find_user_by_reset_token(
        &self,
        token: &ResetToken,
        caller: &Caller,
    ) -> Result<Option<User>, ThrottleError> {
        self.check_reset(caller).await??;
        let user = self.inner.ports.credentials.find_by_reset_token(token.digest(), self.inner.clock.now()).await?;
        if user.is_none() {
            self.count_reset(caller).await??;
        }
        Ok(user)
    }

    /// Sets the password of the user of a token, and uses the token up. Every session of the user ends, no browser is known to the
    /// account any more but this one, and the other tokens of the user do not work any more. The failures of the account are
    /// forgotten, and this browser is known to it: strangers who guess passwords do not keep the user from logging in.
    ///
    /// Nothing is hashed for a token that does not work. An attempt that sets no password is counted for the caller's network.
    ///
    /// # Errors
    /// [`ResetPasswordError`]. Of two calls with one token at the same time, one gets [`ResetPasswordError::Unusable`].
    pub async fn reset_password(&self, reset: ResetPassword) -> Result<PasswordReset, ResetPasswordError> {
        let ResetPassword { token, new, caller, browser } = reset;
        self.inner.policy.ensure_length(&new)?;
        self.count_reset(&caller).await??;
        let (digest, credentials) = (token.digest(), &self.inner.ports.credentials);
        let found = credentials.find_by_reset_token(digest, self.inner.clock.now()).await?;
        let user = found.ok_or(ResetPasswordError::Unusable)?;
        // Each other change of the password voids the token, so that the version is still this one if the commit succeeds.
        let version = credentials.find(user.id).await?.ok_or(ResetPasswordError::Unusable)?.version;
        let hash = self.hash_chosen_password(new, &user.username, &user.email, &caller).await?;
        let authorized_by = ChangeAuthority::ResetToken { digest, now: self.inner.clock.now() };
        let change = PasswordChange { user: user.id, hash, authorized_by, keep: None };
        self.commit_password(change, &caller).await?;
        let latest = BrowserToken::new(&*self.inner.random); // all former ones are forgotten
        let remembered = self.remember_browser(user.id, version.next(), &latest, &caller);
        tokio::join!(remembered, self.give_back_reset(&caller));
        Ok(PasswordReset { user, browser: browser.with_latest(latest) })
    }
}
