//! The use case to change one's e-mail address.

use auth::{BrowserTokens, HashQueueFull, Password};
use domain::credential::Credential;
use domain::event::EventKind;
use domain::throttle::Throttled;
use domain::user::{ChangeEmailError as PortError, Email, User, UserId};
use domain::{Alongside, StoreError};

use crate::log_in::Client;
use crate::{Accounts, Caller, LogInError};

/// A change of the e-mail address, which takes effect at once: no mail confirms it.
#[derive(Debug)]
pub struct ChangeEmail {
    /// The user, who is logged in.
    pub user: UserId,
    /// The new address.
    pub email: Email,
    /// The password as typed.
    pub password: Password,
    /// The client.
    pub caller: Caller,
    /// The tokens in the browser's device cookie.
    pub browser: BrowserTokens,
}

/// Why the address was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeEmailError {
    /// There is no such user; or the user was disabled, asked to be deleted, or changed the password meanwhile.
    #[error("there is no such user")]
    NotFound,
    /// Wrong password.
    #[error("the password does not match")]
    Mismatch,
    /// Another user has the address.
    #[error("the e-mail address is taken")]
    Taken,
    /// Too many attempts. Nothing was hashed, and nothing was written.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The hash queue is full. Nothing was done.
    #[error(transparent)]
    HashQueueFull(#[from] HashQueueFull),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LogInError> for ChangeEmailError {
    fn from(error: LogInError) -> Self {
        match error {
            LogInError::Mismatch => Self::Mismatch,
            LogInError::Throttled(throttled) => Self::Throttled(throttled),
            LogInError::HashQueueFull(full) => Self::HashQueueFull(full),
            LogInError::Store(failure) => Self::Store(failure),
        }
    }
}

impl From<PortError> for ChangeEmailError {
    fn from(error: PortError) -> Self {
        match error {
            PortError::NotFound => Self::NotFound,
            PortError::Taken => Self::Taken,
            PortError::Store(failure) => Self::Store(failure),
        }
    }
}

impl Accounts {
    /// Gives a user another e-mail address, once the password matches. Attempts are throttled as in
    /// [`Accounts::confirm_password`]. The sessions stay, and the former address is free.
    ///
    /// # Errors
    /// [`ChangeEmailError`]: the address is as before.
    pub async fn change_email(&self, change: ChangeEmail) -> Result<User, ChangeEmailError> {
        let ChangeEmail { user, email, password, caller, browser } = change;
        self.change_email_of(user, email, Some(password), &caller, &browser).await
    }

    /// The same, where `None` is a password above the length limit: it counts as a failure, and is not hashed.
    pub(crate) async fn change_email_of(
        &self,
        user: UserId,
        email: Email,
        password: Option<Password>,
        caller: &Caller,
        browser: &BrowserTokens,
    ) -> Result<User, ChangeEmailError> {
        let user = self.inner.ports.users.find(user).await?.ok_or(ChangeEmailError::NotFound)?;
        let client = Client { caller, browser };
        let (Credential { user, version, .. }, known_browser) = self.verify_in_session(&user, password, client).await?;
        if let Some(known_browser) = known_browser {
            self.remember_browser(user.id, version, &known_browser, caller).await; // ends its failures
        }
        let event = self.event(EventKind::EmailChanged, caller).of(user.id);
        let changed =
            self.inner.ports.users.change_email(user.id, version, email, Alongside::event(event.clone())).await?;
        if changed.email != user.email {
            self.emit(&event);
        }
        Ok(changed)
    }
}
