//! The use case to confirm the password in a session: the session then counts as logged in just now, under another token.

use std::time::{Duration, Instant};

use auth::{BrowserToken, BrowserTokens, HashQueueFull, Password, SessionToken};
use domain::credential::Credential;
use domain::event::EventKind;
use domain::session::SessionId;
use domain::throttle::Throttled;
use domain::user::User;
use domain::{Alongside, StoreError};

use crate::log_in::Client;
use crate::{Accounts, Caller, LogInError};

/// An attempt to confirm the password in a session.
#[derive(Debug)]
pub struct ConfirmPassword {
    /// The token of the session.
    pub session: SessionToken,
    /// The password as typed.
    pub password: Password,
    /// The client.
    pub caller: Caller,
    /// The tokens in the browser's device cookie.
    pub browser: BrowserTokens,
}

/// A session in which the password was confirmed.
#[derive(Debug)]
pub struct ConfirmedPassword {
    /// The user.
    pub user: User,
    /// The new token of the session, for the browser. The former one opens nothing any more.
    pub token: SessionToken,
    /// The session.
    pub session: SessionId,
    /// The tokens by which the browser is recognized at later log-ins, as in [`crate::LoggedIn::browser`].
    pub browser: BrowserTokens,
    /// What is left of the lifetime of a session that outlives the browser; `None` for any other.
    pub remembered_for: Option<Duration>,
}

/// Why a password was not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmPasswordError {
    /// The session has ended or expired, or another request has confirmed the password in it meanwhile.
    #[error("the session has ended")]
    SessionEnded,
    /// Wrong password.
    #[error("the password does not match")]
    Mismatch,
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

impl From<LogInError> for ConfirmPasswordError {
    fn from(error: LogInError) -> Self {
        match error {
            LogInError::Mismatch => Self::Mismatch,
            LogInError::Throttled(throttled) => Self::Throttled(throttled),
            LogInError::HashQueueFull(full) => Self::HashQueueFull(full),
            LogInError::Store(failure) => Self::Store(failure),
        }
    }
}

impl Accounts {
    /// Confirms the password in a session, which then has another token. Attempts are throttled as log-ins by username are.
    ///
    /// The browser becomes known to the account, as at a log-in.
    ///
    /// # Errors
    /// [`ConfirmPasswordError`]. The session keeps its token.
    pub async fn confirm_password(&self, attempt: ConfirmPassword) -> Result<ConfirmedPassword, ConfirmPasswordError> {
        let ConfirmPassword { session, password, caller, browser } = attempt;
        self.confirm(&session, Some(password), &caller, &browser).await
    }

    /// Confirms the password in a session. `None` is one above the length limit: it counts as a failure, and is not hashed.
    pub(crate) async fn confirm(
        &self,
        session: &SessionToken,
        password: Option<Password>,
        caller: &Caller,
        browser: &BrowserTokens,
    ) -> Result<ConfirmedPassword, ConfirmPasswordError> {
        let live = self.find_session(session).await?.ok_or(ConfirmPasswordError::SessionEnded)?;
        let client = Client { caller, browser };
        let (Credential { user, version, .. }, known_browser) =
            self.verify_in_session(live.user(), password, client).await?;
        let known_browser = known_browser.unwrap_or_else(|| BrowserToken::new(&*self.inner.random));
        let (token, now) = (SessionToken::new(&*self.inner.random), self.inner.clock.now());
        let event = self.event(EventKind::PasswordConfirmed, caller);
        let alongside = Alongside::event(event.clone());
        let confirmed = self.inner.ports.sessions.confirm(session.digest(), token.digest(), now, alongside);
        let remembered = self.remember_browser(user.id, version, &known_browser, caller);
        let (confirmed, ()) = tokio::join!(confirmed, remembered);
        let session = confirmed?.ok_or(ConfirmPasswordError::SessionEnded)?;
        self.emit(&event.of(user.id).in_session(session));
        let remembered_for = self.inner.lifetimes.remembered_for(&live, now);
        Ok(ConfirmedPassword { user, token, session, browser: browser.with_latest(known_browser), remembered_for })
    }

    /// Verifies the password of a user in a live session. `None` is one above the length limit: it counts as a failure, and is
    /// not hashed. Returns the credential, and the user's token of the browser where the browser is known.
    pub(crate) async fn verify_in_session(
        &self,
        user: &User,
        password: Option<Password>,
        client: Client<'_>,
    ) -> Result<(Credential, Option<BrowserToken>), LogInError> {
        let Client { caller, browser } = client;
        let began = Instant::now();
        let mut limits = self.limits_in_session(user, caller, browser).await?;
        let Some(password) = password else {
            limits.count().await?;
            self.sample_failure(caller);
            self.emit_log_in_failed(Some(user.id), caller);
            return Err(LogInError::Mismatch);
        };
        let credential = self.inner.ports.credentials.find(user.id).await?;
        let (credential, limits) = self.check_password(limits, credential, password, caller, began).await?;
        self.give_back_attempt(limits.counted().as_ref()).await;
        Ok((credential, limits.known_browser().cloned()))
    }
}
