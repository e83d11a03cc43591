//! The use case to register an account.

use auth::{HashQueueFull, NewPasswordError, Password, PasswordRefusal, RegistrationCode};
use domain::credential::PasswordHash;
use domain::event::{Event, EventKind};
use domain::registration_code::{CodeDigest, CodeId};
use domain::throttle::Throttled;
use domain::user::{AddUserError, Email, NewUser, RegistrationKey, TakenKeys, User, Username, UsernameError};
use domain::{Alongside, HookRefusal, Own, StoreError};

use crate::{Accounts, Caller, RegistrationPolicy};

/// A new account. Its values are parsed, so each is valid by itself.
#[derive(Debug)]
pub struct Registration {
    /// The username, which is public.
    pub username: Username,
    /// The e-mail address, which is private.
    pub email: Email,
    /// The password as typed.
    pub password: Password,
    /// The registration code, where the service asks for one; not read where it does not.
    pub code: Option<RegistrationCode>,
}

/// Why a registration was refused. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The password policy refuses the password.
    #[error(transparent)]
    Weak(#[from] PasswordRefusal),
    /// The name is one that no new user may have.
    #[error(transparent)]
    Username(#[from] UsernameError),
    /// Another user has the username, the e-mail address, or both, or the username looks like another one.
    #[error("the username or the e-mail address is taken")]
    Taken(TakenKeys),
    /// The service asks for a registration code, and this one registers nobody.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// Registration is closed. Only an operator may register.
    #[error("registration is closed")]
    Closed,
    /// The caller's network has registered too many accounts.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The hash queue is full.
    #[error(transparent)]
    HashQueueFull(#[from] HashQueueFull),
    /// A hook of the embedder refuses the user.
    #[error(transparent)]
    Refused(HookRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a registration code is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefusal {
    /// There is none.
    #[error("a registration code is required")]
    Missing,
    /// It is unknown, used up, expired or revoked.
    #[error("the registration code is not valid, or not any more")]
    Unusable,
}

impl From<NewPasswordError> for RegisterError {
    fn from(error: NewPasswordError) -> Self {
        match error {
            NewPasswordError::Refused(refusal) => Self::Weak(refusal),
            NewPasswordError::HashQueueFull(full) => Self::HashQueueFull(full),
        }
    }
}

impl Accounts {
    /// Registers an account. The new user is not logged in. Where the service asks for a registration code, one use of it is used
    /// up in the same commit; a registration that is refused uses none.
    ///
    /// # Errors
    /// [`RegisterError`]. Of two registrations of one name or of look-alike names at the same time, one gets [`RegisterError::Taken`].
    pub async fn register(&self, registration: Registration, caller: &Caller) -> Result<User, RegisterError> {
        self.register_once(registration, None, None, caller).await
    }

    /// As [`Accounts::register`], with a value for the embedder's hook: `store::embed::Hooks::registered` gets it in the commit
    /// that adds the user.
    ///
    /// # Errors
    /// [`RegisterError`]
    pub async fn register_with(
        &self,
        registration: Registration,
        own: Own,
        caller: &Caller,
    ) -> Result<User, RegisterError> {
        self.register_once(registration, Some(own), None, caller).await
    }

    /// Registers an account, unless a form with the same key has done so less than ten minutes ago: then it returns the user
    /// of that registration, and no password is compared.
    pub(crate) async fn register_once(
        &self,
        registration: Registration,
        own: Option<Own>,
        registration_key: Option<RegistrationKey>,
        caller: &Caller,
    ) -> Result<User, RegisterError> {
        let Registration { username, email, password, code } = registration;
        username.ensure_assignable()?;
        let policy = &self.inner.policy;
        policy.ensure_length(&password)?;
        self.check_registration(caller).await??;
        let joined_at = self.inner.clock.now();
        let mut new = NewUser { username, email, joined_at, registration_key, code: None };
        let code = match self.check_code(code, caller).await {
            Ok(code) => code,
            Err(refusal) => return self.repeated_or(new, refusal, caller).await,
        };
        let user_words = vec![new.username.as_str().to_owned(), new.email.as_str().to_owned()];
        let hash = self.hash_new_password(password, user_words, caller).await?;
        new.joined_at = self.inner.clock.now();
        new.code = code.as_ref().map(|(digest, _)| *digest);
        let events: Vec<_> = self.events_of_registration(code.map(|(_, id)| id), caller);
        let alongside = Alongside { events: events.clone(), own };
        let user = match self.inner.ports.users.add(new, hash, alongside).await {
            Ok(user) => user,
            Err(error) => return self.not_added(error, caller).await,
        };
        for event in events {
            self.emit(&event.of(user.id));
        }
        Ok(user)
    }

    /// What a registration that added no user returns. A taken name and a code stay counted.
    async fn not_added(&self, error: AddUserError, caller: &Caller) -> Result<User, RegisterError> {
        if !matches!(error, AddUserError::Taken(_) | AddUserError::Code) {
            self.give_back_registration(caller).await;
        }
        match error {
            AddUserError::Repeated(user) => Ok(*user),
            AddUserError::Refused(refusal) => Err(RegisterError::Refused(refusal)),
            AddUserError::Taken(taken) => Err(RegisterError::Taken(taken)),
            AddUserError::Code => Err(RegisterError::Code(CodeRefusal::Unusable)),
            AddUserError::Store(failure) => Err(failure.into()),
        }
    }

    /// The events of a registration, which name no user yet.
    fn events_of_registration(&self, code: Option<CodeId>, caller: &Caller) -> Vec<Event> {
        let used = code.map(|code| self.event(EventKind::RegistrationCodeUsed, caller).about(&code.name()));
        [self.event(EventKind::Registered, caller)].into_iter().chain(used).collect()
    }

    /// Whether the caller may register with that code. Returns the code to use up, before a password is hashed. An operator needs
    /// none.
    async fn check_code(
        &self,
        code: Option<RegistrationCode>,
        caller: &Caller,
    ) -> Result<Option<(CodeDigest, CodeId)>, RegisterError> {
        match (self.inner.registration, code) {
            (RegistrationPolicy::Open, _) => Ok(None),
            _ if caller.operator.is_some() => Ok(None),
            (RegistrationPolicy::Closed, _) => Err(RegisterError::Closed),
            (RegistrationPolicy::Code, None) => Err(RegisterError::Code(CodeRefusal::Missing)),
            (RegistrationPolicy::Code, Some(code)) => {
                let digest = code.digest();
                let found = self.inner.ports.registration_codes.find_usable(digest, self.inner.clock.now()).await?;
                let found = found.ok_or(RegisterError::Code(CodeRefusal::Unusable))?;
                Ok(Some((digest, found.id)))
            }
        }
    }

    /// The user of the registration that `new` repeats, where a code is refused since the first submit has used it up. Otherwise
    /// the refusal, which is counted: it may be a guess.
    async fn repeated_or(&self, new: NewUser, refusal: RegisterError, caller: &Caller) -> Result<User, RegisterError> {
        if !matches!(refusal, RegisterError::Code(CodeRefusal::Unusable)) {
            return Err(refusal);
        }
        if let Some(user) = self.inner.ports.users.find_repeated(new).await? {
            return Ok(user);
        }
        self.count_registration(caller).await??;
        Err(refusal)
    }

    /// Hashes the password of a new account in the caller's turn, after the registration was counted.
    async fn hash_new_password(
        &self,
        password: Password,
        user_words: Vec<String>,
        caller: &Caller,
    ) -> Result<PasswordHash, RegisterError> {
        let turn = self.inner.hasher.turn(caller.share()).await?;
        self.count_registration(caller).await??;
        let hashed = turn.hash_new_password(&self.inner.policy, password, user_words).await;
        if hashed.is_err() {
            self.give_back_registration(caller).await;
        }
        Ok(hashed?)
    }
}
