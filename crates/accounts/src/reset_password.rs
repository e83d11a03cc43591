//! The use cases of a link that sets a new password: a token is made for a user, and used once.
//!
//! A command prints a link with the token, and the mail of an embedder has one in it. The store has its digest alone.

use auth::{HashQueueFull, NewPasswordError, Password, PasswordRefusal, ResetToken};
use domain::credential::{ChangeAuthority, NewResetToken, PasswordChange, PasswordChangeError};
use domain::event::EventKind;
use domain::user::{User, UserId};
use domain::{Alongside, StoreError};

use crate::{Accounts, Caller};

/// Why a link did not set a password. Unless the store failed, nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ResetPasswordError {
    /// The token is unknown, was used, has expired, or its user is disabled.
    #[error("the link does not work any more")]
    Unusable,
    /// The password policy refuses the password. The token works on.
    #[error(transparent)]
    Weak(#[from] PasswordRefusal),
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

    /// The user of a token that works now, for the page that asks for the new password. Changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn find_user_by_reset_token(&self, token: &ResetToken) -> Result<Option<User>, StoreError> {
        self.inner.ports.credentials.find_by_reset_token(token.digest(), self.inner.clock.now()).await
    }

    /// Sets the password of the user of a token, and uses the token up. Every session of the user ends, no browser is known to the
    /// account any more, and the other tokens of the user do not work any more. Returns the user, who is not logged in.
    ///
    /// Nothing is hashed for a token that does not work.
    ///
    /// # Errors
    /// [`ResetPasswordError`]. Of two calls with one token at the same time, one gets [`ResetPasswordError::Unusable`].
    pub async fn reset_password(
        &self,
        token: &ResetToken,
        new: Password,
        caller: &Caller,
    ) -> Result<User, ResetPasswordError> {
        self.inner.policy.ensure_length(&new)?;
        let user = self.find_user_by_reset_token(token).await?.ok_or(ResetPasswordError::Unusable)?;
        let hash = self.hash_chosen_password(new, &user.username, &user.email, caller).await?;
        let authorized_by = ChangeAuthority::ResetToken { digest: token.digest(), now: self.inner.clock.now() };
        let change = PasswordChange { user: user.id, hash, authorized_by, keep: None };
        self.commit_password(change, caller).await?;
        Ok(user)
    }
}
