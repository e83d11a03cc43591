//! The use case to log in by a password. Every log-in goes through one function, so that each does the dummy hash for an unknown user.
//! The session is opened in `sign_in`.

use std::time::Instant;

use auth::{BrowserTokens, HashQueueFull, Password, SessionToken, Turn, Verification};
use domain::StoreError;
use domain::credential::Credential;
use domain::session::SessionId;
use domain::throttle::{Attempt, Throttled};
use domain::user::{Email, User, Username};

use crate::log_budget::LogLine;
use crate::sign_in::Verified;
use crate::throttling::LogInLimits;
use crate::{Accounts, Caller, SignIn, SignInError};

/// An attempt to log in.
#[derive(Debug)]
pub struct LogIn {
    /// The e-mail address or the username as typed: what contains an `@` is an e-mail address. A text that is neither, or
    /// that [`crate::Builder::log_in_by`] does not allow, matches no user.
    pub identifier: String,
    /// The password as typed.
    pub password: Password,
    /// "Remember me": the session outlives the browser.
    pub remember: bool,
    /// The client.
    pub caller: Caller,
    /// The tokens in the browser's device cookie: [`LoggedIn::browser`] of an earlier log-in, to this or another account.
    pub browser: BrowserTokens,
    /// The session that the browser has now. It ends in the same commit.
    pub replaces: Option<SessionToken>,
}

/// What a user logs in with, beside the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogInBy {
    /// The e-mail address or the username.
    #[default]
    EmailOrUsername,
    /// The e-mail address only.
    Email,
    /// The username only.
    Username,
}

impl LogInBy {
    fn allows_email(self) -> bool {
        self != Self::Username
    }

    fn allows_username(self) -> bool {
        self != Self::Email
    }
}

/// A log-in that succeeded.
#[derive(Debug)]
pub struct LoggedIn {
    /// The user.
    pub user: User,
    /// The token of the new session, for the browser. It exists only here: the store has its digest.
    pub token: SessionToken,
    /// The new session.
    pub session: SessionId,
    /// The tokens by which the browser is recognized at later log-ins, for a cookie of its own that lives for 90 days and stays
    /// at a log-out. That of this account is the first.
    pub browser: BrowserTokens,
    /// Whether the session outlives the browser.
    pub is_remembered: bool,
    /// Whether the log-in has undone the deletion of the account, which was requested.
    pub has_undone_deletion: bool,
}

/// Why a log-in was refused.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// Unknown e-mail address or username, wrong password, or disabled user: indistinguishable by text and by time.
    #[error("the user and the password do not match")]
    Mismatch,
    /// Too many attempts. Nothing was hashed, and nothing was written. A name that does not exist is throttled like one that
    /// does.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The hash queue is full. Nothing was done.
    #[error(transparent)]
    HashQueueFull(#[from] HashQueueFull),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SignInError> for LogInError {
    fn from(error: SignInError) -> Self {
        match error {
            // While the password was verified the user was disabled or deleted, the password changed, or the deletion was requested.
            SignInError::NotFound | SignInError::Disabled | SignInError::Changed => Self::Mismatch,
            SignInError::Store(failure) => Self::Store(failure),
        }
    }
}

/// The client of an attempt: its caller, and the tokens in its device cookie.
#[derive(Clone, Copy)]
pub(crate) struct Client<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) browser: &'a BrowserTokens,
}

impl Accounts {
    /// Logs in by e-mail address or username, and password, and opens a session: [`Accounts::authenticate`], then
    /// [`Accounts::sign_in`].
    ///
    /// # Errors
    /// [`LogInError`]
    pub async fn log_in(&self, attempt: LogIn) -> Result<LoggedIn, LogInError> {
        let sign_in = self.authenticate(attempt).await?;
        Ok(self.sign_in(sign_in).await?)
    }

    /// Verifies the password of a user, and opens no session yet: what it returns is for [`Accounts::sign_in`]. A second proof can be
    /// asked for in between.
    ///
    /// The attempt is counted as a failure until the user is signed in. An unknown user takes as long as a known one. A stored hash
    /// whose cost differs from the current cost is replaced (rehash).
    ///
    /// # Errors
    /// [`LogInError`]
    pub async fn authenticate(&self, attempt: LogIn) -> Result<SignIn, LogInError> {
        let LogIn { identifier, password, remember, caller, browser, replaces } = attempt;
        let began = Instant::now();
        let credential = self.find_credential(&identifier).await?;
        let user = credential.as_ref().map(|credential| credential.user.id);
        let limits = self.log_in_limits(&identifier, user, &caller, &browser).await?;
        let (Credential { user, version, .. }, limits) =
            self.check_password(limits, credential, password, &caller, began).await?;
        let (known_browser, counted) = (limits.known_browser().cloned(), limits.counted());
        let sign_in = SignIn::verified(Verified { user, version, known_browser, counted });
        Ok(sign_in.remember(remember).caller(caller).browser(browser).replaces(replaces))
    }

    /// Counts an attempt, and verifies the password of a credential in the caller's turn: of a log-in, or of a user who is logged
    /// in. Returns the credential and its limits, which the use case gives back.
    ///
    /// `began` is when the credential was asked for.
    ///
    /// # Errors
    /// [`LogInError`]
    pub(crate) async fn check_password<'a>(
        &self,
        mut limits: LogInLimits<'a>,
        credential: Option<Credential>,
        password: Password,
        caller: &Caller,
        began: Instant,
    ) -> Result<(Credential, LogInLimits<'a>), LogInError> {
        let user = credential.as_ref().map(|credential| credential.user.id);
        let before_queue = began.elapsed();
        let turn = self.inner.hasher.turn(limits.share()).await?.preceded_by(before_queue);
        let verified = match limits.count().await? {
            Attempt::Allowed => self.verify(turn, credential, password).await?,
            Attempt::QuietlyRefused => turn.pretend().await.map(|()| None)?,
        };
        let Some(credential) = verified else {
            self.sample_failure(caller);
            self.emit_log_in_failed(user, caller);
            return Err(LogInError::Mismatch);
        };
        Ok((credential, limits))
    }

    /// Refuses a log-in with a password above the length limit: it counts like any other failure, and is not hashed.
    #[cfg(feature = "poem")]
    pub(crate) async fn refuse_log_in(&self, identifier: &str, caller: &Caller, browser: &BrowserTokens) -> LogInError {
        let refused = async {
            let user = self.find_credential(identifier).await?.map(|credential| credential.user.id);
            self.log_in_limits(identifier, user, caller, browser).await?.count().await?;
            self.sample_failure(caller);
            self.emit_log_in_failed(user, caller);
            Err(LogInError::Mismatch)
        };
        let Err(error): Result<std::convert::Infallible, _> = refused.await;
        error
    }

    /// Finds the user of an e-mail address or a username. No username contains an `@`, so a text is one of both at most.
    async fn find_credential(&self, identifier: &str) -> Result<Option<Credential>, StoreError> {
        let (by, credentials) = (self.inner.log_in_by, &self.inner.ports.credentials);
        if by.allows_email()
            && let Ok(email) = Email::parse(identifier)
        {
            return credentials.find_by_email(&email).await;
        }
        if by.allows_username()
            && let Ok(username) = Username::parse(identifier)
        {
            return credentials.find_by_username(&username).await;
        }
        Ok(None)
    }

    /// Returns the credential if the password matches and the user is not disabled.
    async fn verify(
        &self,
        turn: Turn,
        credential: Option<Credential>,
        password: Password,
    ) -> Result<Option<Credential>, LogInError> {
        // A disabled user, or one whose deletion is due, gets a dummy hash, as an unknown one does: the time would show a rehash
        // of the right password.
        let now = self.inner.clock.now();
        let credential = credential.filter(|credential| credential.user.may_log_in(now));
        let hash = credential.as_ref().map(|credential| credential.hash.clone());
        let (rehash, credential) = match (turn.verify(password, hash).await?, credential) {
            (Verification::Match { rehash }, Some(credential)) => (rehash, credential),
            (Verification::Unreadable, Some(credential)) => {
                if self.logs(LogLine::UnreadableHash) {
                    tracing::error!(user = credential.user.id.get(), "stored password hash is unreadable");
                }
                return Ok(None);
            }
            _ => return Ok(None),
        };
        if let Some(fresh) = rehash {
            // The log-in succeeds also where the rehash fails: the next log-in tries again.
            let (user, stale) = (credential.user.id, &credential.hash);
            if let Err(failure) = self.inner.ports.credentials.rehash(user, stale, &fresh).await {
                tracing::warn!(user = user.get(), error = ?failure, "rehash failed");
            }
        }
        Ok(Some(credential))
    }
}
