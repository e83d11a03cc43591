//! Logging in: one function for every way in, so that no way forgets the decoy.

use auth::{HashQueueFull, Password, SessionToken, Verification};
use domain::StoreError;
use domain::credential::Credential;
use domain::session::{Device, SessionId};
use domain::user::{Email, User};
use tracing::Instrument as _;

use crate::{Accounts, Event};

/// How many expired sessions each log-in forgets: more than the one it adds, so that they never pile up, and few
/// enough that nobody waits for it.
const PURGED_PER_LOG_IN: u32 = 100;

/// What somebody gives to be let in, as typed.
#[derive(Debug)]
pub struct LogIn {
    /// The e-mail address, in whatever form: what is none matches nobody.
    pub email: String,
    /// The password.
    pub password: Password,
    /// "Remember me": the session outlives the browser.
    pub remember: bool,
    /// From where.
    pub device: Device,
    /// The session that the browser has now, which ends in the same commit.
    pub replaces: Option<SessionToken>,
}

/// Somebody let in.
#[derive(Debug)]
pub struct LoggedIn {
    /// Who.
    pub user: User,
    /// What the browser keeps. It is told here, once; the store has its digest only.
    pub token: SessionToken,
    /// Which session it opens.
    pub session: SessionId,
    /// Whether it outlives the browser.
    pub is_remembered: bool,
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// Unknown address, wrong password, disabled user: one answer, at one cost.
    #[error("the e-mail address and the password do not match")]
    Mismatch,
    /// Too many passwords are being hashed already.
    #[error(transparent)]
    HashQueueFull(#[from] HashQueueFull),
    /// The store could not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Accounts {
    /// Lets somebody in by e-mail address and password, and opens a session.
    ///
    /// An unknown address costs what a known one costs. A password whose stored hash has another cost than today's is
    /// hashed anew.
    ///
    /// # Errors
    /// [`LogInError`]
    pub async fn log_in(&self, attempt: LogIn) -> Result<LoggedIn, LogInError> {
        let known = self.known(&attempt.email).await?;
        let whose = known.as_ref().map(|known| known.user.id);
        let Some(Credential { user, .. }) = self.prove(known, attempt.password).await? else {
            self.tell(&Event::LogInFailed { user: whose, network: attempt.device.network });
            return Err(LogInError::Mismatch);
        };
        let token = SessionToken::new(&*self.inner.random);
        let now = self.inner.clock.now();
        let session = self.inner.lifetimes.open(user.id, attempt.remember, attempt.device, now);
        let replaces = attempt.replaces.as_ref().map(SessionToken::digest);
        let id = self.inner.ports.sessions.open(token.digest(), session, replaces).await?;
        self.purge_in_the_background();
        self.tell(&Event::LoggedIn { user: user.id, session: id });
        Ok(LoggedIn { user, token, session: id, is_remembered: attempt.remember })
    }

    /// Tells of somebody who was refused without a password to hash: one longer than any.
    #[cfg(feature = "poem")]
    pub(crate) async fn reject_log_in(&self, email: &str, device: Device) -> Result<(), StoreError> {
        let user = self.known(email).await?.map(|known| known.user.id);
        self.tell(&Event::LogInFailed { user, network: device.network });
        Ok(())
    }

    /// Whose address that is, if it is one and somebody's.
    async fn known(&self, email: &str) -> Result<Option<Credential>, StoreError> {
        match Email::parse(email) {
            Ok(email) => self.inner.ports.credentials.find_by_email(&email).await,
            Err(_) => Ok(None),
        }
    }

    /// The credential, if the password proves it and its user may come in; `None` for one of the reasons that are not told.
    async fn prove(&self, known: Option<Credential>, password: Password) -> Result<Option<Credential>, LogInError> {
        let hash = known.as_ref().map(|known| known.hash.clone());
        let fresh = match (self.inner.hasher.verify(password, hash).await?, &known) {
            (Verification::Match { rehash }, Some(_)) => rehash,
            (Verification::Unreadable, Some(known)) => {
                tracing::error!(user = known.user.id.get(), "the stored password hash is not one of ours");
                return Ok(None);
            }
            _ => return Ok(None),
        };
        let Some(known) = known.filter(|known| known.user.disabled_at.is_none()) else { return Ok(None) };
        if let Some(fresh) = fresh {
            // Somebody who could be let in is, whether or not their hash could be renewed: the next log-in tries again.
            if let Err(failure) = self.inner.ports.credentials.rehash(known.user.id, &known.hash, &fresh).await {
                tracing::warn!(user = known.user.id.get(), error = ?failure, "the password hash was not renewed");
            }
        }
        Ok(Some(known))
    }

    fn purge_in_the_background(&self) {
        let accounts = self.clone();
        let purge = async move {
            let now = accounts.inner.clock.now();
            if let Err(failure) = accounts.inner.ports.sessions.purge(now, PURGED_PER_LOG_IN).await {
                tracing::warn!(error = ?failure, "expired sessions were not forgotten");
            }
        };
        tokio::spawn(purge.in_current_span());
    }
}
