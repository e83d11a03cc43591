//! The use case to sign a user in: it opens a session for a user who has proved who they are. A log-in by password, a registration and
//! a proof of the embedder's all end here, so that each has the same checks, limits and events.

use auth::{BrowserToken, BrowserTokens, SessionToken};
use domain::credential::{Credential, PasswordVersion};
use domain::event::EventKind;
use domain::session::OpenSessionError;
use domain::user::{User, UserId};
use domain::{Alongside, StoreError};

use crate::throttling::CountedAttempt;
use crate::{Accounts, Caller, LoggedIn};

/// What the event of a sign-in says, whose proof is the embedder's.
const OWN_PROOF: &str = "without a password";

/// A user who has proved who they are, for [`Accounts::sign_in`].
///
/// [`Accounts::authenticate`] makes one of a password. [`SignIn::new`] is for a proof that the service has checked itself, such as a
/// link in a mail or a single sign-on.
///
/// ```
/// use accounts::{Accounts, Caller, SignIn, SignInError, UserId};
///
/// /// The token of a new session, for a user whom the service has recognized; `None` for a user who may not log in.
/// async fn open(accounts: &Accounts, user: UserId, caller: Caller) -> Result<Option<String>, SignInError> {
///     match accounts.sign_in(SignIn::new(user).caller(caller)).await {
///         Ok(logged_in) => Ok(Some(logged_in.token.expose())),
///         Err(SignInError::NotFound | SignInError::Disabled) => Ok(None),
///         Err(error) => Err(error),
///     }
/// }
/// ```
///
/// The client is named by [`SignIn::caller`], [`SignIn::browser`] and [`SignIn::replaces`]; `PageContext::sign_in` of the feature `poem`
/// takes what is not named from its request.
#[derive(Debug)]
#[must_use = "no session is open before `sign_in`"]
pub struct SignIn {
    user: UserId,
    remember: bool,
    caller: Option<Caller>,
    browser: Option<BrowserTokens>,
    replaces: Option<SessionToken>,
    /// What is known of the user by the proof; `None` for a proof of the embedder's.
    verified: Option<Box<Verified>>,
}

/// A user whose password was verified, or who has registered just now.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) user: User,
    /// The version of the password that was verified or registered.
    pub(crate) version: PasswordVersion,
    /// The token of the browser that is known to the user already. Without one the user gets a new one: another site, or another
    /// user of the browser, may have set the others.
    pub(crate) known_browser: Option<BrowserToken>,
    /// What the attempt was counted as, which is given back.
    pub(crate) counted: Option<CountedAttempt>,
}

/// Why a user was not signed in. No session was opened, and none has ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// There is no such user: the id is unknown, or the account is deleted, or can no longer be kept from being deleted.
    #[error("there is no such user")]
    NotFound,
    /// The user is disabled.
    #[error("the user is disabled")]
    Disabled,
    /// Meanwhile the password was changed, or the deletion of the account requested. What was proved before may not count any more.
    #[error("the account has changed meanwhile")]
    Changed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<OpenSessionError> for SignInError {
    fn from(error: OpenSessionError) -> Self {
        match error {
            OpenSessionError::UserDisabled => Self::Disabled,
            OpenSessionError::PasswordChanged | OpenSessionError::DeletionRequested => Self::Changed,
            OpenSessionError::Store(failure) => Self::Store(failure),
        }
    }
}

impl SignIn {
    /// A user who has proved to the service who they are. The service has checked the proof, and limits how often one is tried
    /// ([`Accounts::throttle`]).
    pub fn new(user: UserId) -> Self {
        Self { user, remember: false, caller: None, browser: None, replaces: None, verified: None }
    }

    /// A user whose password was verified, or who has registered.
    pub(crate) fn verified(verified: Verified) -> Self {
        let user = verified.user.id;
        Self { verified: Some(Box::new(verified)), ..Self::new(user) }
    }

    /// A user who has registered just now. The password was not changed since: its user is at hand then, and not a form that is sent
    /// again later.
    #[cfg(feature = "poem")]
    pub(crate) fn registered(user: User) -> Self {
        Self::verified(Verified { user, version: PasswordVersion::INITIAL, known_browser: None, counted: None })
    }

    /// The user.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Whether the session outlives the browser ("remember me"). Default: no.
    pub fn remember(self, remember: bool) -> Self {
        Self { remember, ..self }
    }

    /// The client. Default: none, [`Caller::default`].
    pub fn caller(self, caller: Caller) -> Self {
        Self { caller: Some(caller), ..self }
    }

    /// The tokens in the browser's device cookie: [`LoggedIn::browser`] of an earlier log-in. Default: none.
    pub fn browser(self, browser: BrowserTokens) -> Self {
        Self { browser: Some(browser), ..self }
    }

    /// The session that the browser has now, of whichever user. It ends in the commit that opens the new one. Default: none.
    pub fn replaces(self, session: Option<SessionToken>) -> Self {
        Self { replaces: session, ..self }
    }

    /// With what is not named yet.
    #[cfg(feature = "poem")]
    pub(crate) fn or(self, caller: &Caller, browser: &BrowserTokens, replaces: Option<&SessionToken>) -> Self {
        Self {
            caller: self.caller.or_else(|| Some(caller.clone())),
            browser: self.browser.or_else(|| Some(browser.clone())),
            replaces: self.replaces.or_else(|| replaces.cloned()),
            ..self
        }
    }
}

/// What opens a session, beside the user.
#[derive(Clone, Copy)]
struct OpenSession<'a> {
    remember: bool,
    caller: &'a Caller,
    browser: &'a BrowserTokens,
    replaces: Option<&'a SessionToken>,
    verified: &'a Verified,
    /// Whether the proof was the embedder's.
    is_own_proof: bool,
}

impl Accounts {
    /// Signs a user in: opens a session, and ends the one that it replaces in the same commit. The browser and its network become
    /// known to the account. A deletion of the account that was requested before is undone.
    ///
    /// The password counts as given now, for pages that require a recent log-in. The event is [`EventKind::LoggedIn`], and for a
    /// refusal [`EventKind::LogInFailed`].
    ///
    /// # Errors
    /// [`SignInError`]
    pub async fn sign_in(&self, sign_in: SignIn) -> Result<LoggedIn, SignInError> {
        let SignIn { user, remember, caller, browser, replaces, verified } = sign_in;
        let (caller, browser) = (caller.unwrap_or_default(), browser.unwrap_or_default());
        let is_own_proof = verified.is_none();
        let verified = match verified {
            Some(verified) => Ok(*verified),
            None => self.find_signing_in(user, &caller, &browser).await,
        };
        let opened = match verified {
            Ok(verified) => {
                let (caller, browser, replaces) = (&caller, &browser, replaces.as_ref());
                let open = OpenSession { remember, caller, browser, replaces, verified: &verified, is_own_proof };
                let given_back = self.give_back_attempt(verified.counted.as_ref());
                let ((), opened) = tokio::join!(given_back, self.open_session_or_undo_deletion(open));
                opened.map_err(SignInError::from)
            }
            Err(error) => Err(error),
        };
        if let Err(SignInError::NotFound | SignInError::Disabled | SignInError::Changed) = &opened {
            let known = !matches!(opened, Err(SignInError::NotFound));
            self.emit_log_in_failed(known.then_some(user), &caller);
        }
        opened
    }

    /// The user of a proof that is the embedder's.
    async fn find_signing_in(
        &self,
        user: UserId,
        caller: &Caller,
        browser: &BrowserTokens,
    ) -> Result<Verified, SignInError> {
        let credential = self.inner.ports.credentials.find(user).await?;
        let Credential { user, version, .. } = credential.ok_or(SignInError::NotFound)?;
        if user.disabled_at.is_some() {
            return Err(SignInError::Disabled);
        }
        if !user.may_log_in(self.inner.clock.now()) {
            return Err(SignInError::NotFound);
        }
        let (_, known_browser) = self.recognize(Some(user.id), caller, browser).await?;
        Ok(Verified { user, version, known_browser, counted: None })
    }

    /// Opens a session. A deletion of the account is undone before, if it was requested when the sign-in began: its user has pressed the
    /// button elsewhere since, and must not find it undone by a sign-in that was under way.
    async fn open_session_or_undo_deletion(&self, open: OpenSession<'_>) -> Result<LoggedIn, OpenSessionError> {
        let user = &open.verified.user;
        match self.open_session(open).await {
            Err(OpenSessionError::DeletionRequested) if user.deletion.is_some() => {
                let has_undone_deletion = self.undo_deletion(user.id, open.caller).await?;
                let logged_in = self.open_session(open).await?;
                let user = User { deletion: None, ..logged_in.user };
                Ok(LoggedIn { user, has_undone_deletion, ..logged_in })
            }
            opened => opened,
        }
    }

    /// Opens a session, and remembers the browser and its network. The one call of the port that opens sessions.
    async fn open_session(&self, open: OpenSession<'_>) -> Result<LoggedIn, OpenSessionError> {
        let OpenSession { remember, caller, browser, replaces, verified, is_own_proof } = open;
        let Verified { user, version, known_browser, .. } = verified;
        let (random, now) = (&*self.inner.random, self.inner.clock.now());
        let token = SessionToken::new(random);
        let known_browser = known_browser.clone().unwrap_or_else(|| BrowserToken::new(random));
        let session = self.inner.lifetimes.open(user.id, remember, caller.device(), now);
        let replaces = replaces.map(SessionToken::digest);
        let event = self.event(EventKind::LoggedIn, caller);
        let event = if is_own_proof { event.about(OWN_PROOF) } else { event };
        let alongside = Alongside::event(event.clone());
        let opened = self.inner.ports.sessions.open(token.digest(), session, *version, replaces, alongside);
        let (id, ()) = tokio::join!(opened, self.remember_browser(user.id, *version, &known_browser, caller));
        let session = id?;
        self.emit(&event.of(user.id).in_session(session));
        let (user, browser) = (user.clone(), browser.with_latest(known_browser));
        Ok(LoggedIn { user, token, session, browser, is_remembered: remember, has_undone_deletion: false })
    }

    /// Makes the browser and its network known to the user's account. The sign-in does not fail with it.
    pub(crate) async fn remember_browser(
        &self,
        user: UserId,
        verified: PasswordVersion,
        browser: &BrowserToken,
        caller: &Caller,
    ) {
        let (digest, network, now) = (browser.digest(), caller.network(), self.inner.clock.now());
        let remembered = self.inner.ports.known_browsers.remember(user, verified, Some(digest), network, now).await;
        if let Err(failure) = remembered {
            tracing::warn!(user = user.get(), error = ?failure, "the browser of a log-in is not remembered");
        }
    }
}
