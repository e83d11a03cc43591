//! The use case to log in. Every log-in goes through one function, so that each does the dummy hash for an unknown user.

use auth::{HashQueueFull, Password, SessionToken, Verification};
use domain::StoreError;
use domain::credential::Credential;
use domain::session::{Device, SessionId};
use domain::user::{Email, User};
use tracing::Instrument as _;

use crate::{Accounts, Event};

/// How many expired sessions a log-in removes. More than the one it adds, so that they do not accumulate, and few enough to
/// be one short write.
const PURGED_PER_LOG_IN: u32 = 100;

/// An attempt to log in.
#[derive(Debug)]
pub struct LogIn {
    /// The e-mail address as typed. A text that is not an e-mail address matches no user.
    pub email: String,
    /// The password as typed.
    pub password: Password,
    /// "Remember me": the session outlives the browser.
    pub remember: bool,
    /// The client's network and browser.
    pub device: Device,
    /// The session that the browser has now. It ends in the same commit.
    pub replaces: Option<SessionToken>,
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
    /// Whether the session outlives the browser.
    pub is_remembered: bool,
}

/// Why a log-in was refused.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// Unknown e-mail address, wrong password, or disabled user: indistinguishable by text and by time.
    #[error("the e-mail address and the password do not match")]
    Mismatch,
    /// The hash queue is full. Nothing was done.
    #[error(transparent)]
    HashQueueFull(#[from] HashQueueFull),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Accounts {
    /// Logs in by e-mail address and password, and opens a session.
    ///
    /// An unknown address takes as long as a known one. A stored hash whose cost differs from the current cost is replaced
    /// (rehash).
    ///
    /// # Errors
    /// [`LogInError`]
    pub async fn log_in(&self, attempt: LogIn) -> Result<LoggedIn, LogInError> {
        let credential = self.find_credential(&attempt.email).await?;
        let user = credential.as_ref().map(|credential| credential.user.id);
        let Some(Credential { user, .. }) = self.verify(credential, attempt.password).await? else {
            self.emit(&Event::LogInFailed { user, network: attempt.device.network });
            return Err(LogInError::Mismatch);
        };
        let token = SessionToken::new(&*self.inner.random);
        let now = self.inner.clock.now();
        let session = self.inner.lifetimes.open(user.id, attempt.remember, attempt.device, now);
        let replaces = attempt.replaces.as_ref().map(SessionToken::digest);
        let id = self.inner.ports.sessions.open(token.digest(), session, replaces).await?;
        self.purge_in_background();
        self.emit(&Event::LoggedIn { user: user.id, session: id });
        Ok(LoggedIn { user, token, session: id, is_remembered: attempt.remember })
    }

    /// Emits [`Event::LogInFailed`] for a password above the length limit, which is refused without hashing.
    #[cfg(feature = "poem")]
    pub(crate) async fn refuse_log_in(&self, email: &str, device: Device) -> Result<(), StoreError> {
        let user = self.find_credential(email).await?.map(|credential| credential.user.id);
        self.emit(&Event::LogInFailed { user, network: device.network });
        Ok(())
    }

    async fn find_credential(&self, email: &str) -> Result<Option<Credential>, StoreError> {
        match Email::parse(email) {
            Ok(email) => self.inner.ports.credentials.find_by_email(&email).await,
            Err(_) => Ok(None),
        }
    }

    /// Returns the credential if the password matches and the user is not disabled.
    async fn verify(
        &self,
        credential: Option<Credential>,
        password: Password,
    ) -> Result<Option<Credential>, LogInError> {
        let hash = credential.as_ref().map(|credential| credential.hash.clone());
        let rehash = match (self.inner.hasher.verify(password, hash).await?, &credential) {
            (Verification::Match { rehash }, Some(_)) => rehash,
            (Verification::Unreadable, Some(credential)) => {
                tracing::error!(user = credential.user.id.get(), "stored password hash is unreadable");
                return Ok(None);
            }
            _ => return Ok(None),
        };
        let Some(credential) = credential.filter(|credential| credential.user.disabled_at.is_none()) else {
            return Ok(None);
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

    fn purge_in_background(&self) {
        let accounts = self.clone();
        let purge = async move {
            let now = accounts.inner.clock.now();
            if let Err(failure) = accounts.inner.ports.sessions.purge(now, PURGED_PER_LOG_IN).await {
                tracing::warn!(error = ?failure, "session purge failed");
            }
        };
        tokio::spawn(purge.in_current_span());
    }
}
