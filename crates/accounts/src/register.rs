//! The use case to register an account.

use auth::{HashQueueFull, NewPasswordError, Password, PasswordRefusal};
use domain::credential::PasswordHash;
use domain::event::EventKind;
use domain::throttle::Throttled;
use domain::user::{AddUserError, Email, NewUser, RegistrationKey, TakenKeys, User, Username, UsernameError};
use domain::{Alongside, HookRefusal, Own, StoreError};

use crate::{Accounts, Caller};

/// A new account. Its values are parsed, so each is valid by itself.
#[derive(Debug)]
pub struct Registration {
    /// The username, which is public.
    pub username: Username,
    /// The e-mail address, which is private.
    pub email: Email,
    /// The password as typed.
    pub password: Password,
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

impl From<NewPasswordError> for RegisterError {
    fn from(error: NewPasswordError) -> Self {
        match error {
            NewPasswordError::Refused(refusal) => Self::Weak(refusal),
            NewPasswordError::HashQueueFull(full) => Self::HashQueueFull(full),
        }
    }
}

impl Accounts {
    /// Registers an account. The new user is not logged in.
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
        let Registration { username, email, password } = registration;
        username.ensure_assignable()?;
        let user_words = vec![username.as_str().to_owned(), email.as_str().to_owned()];
        let hash = self.hash_new_password(password, user_words, caller).await?;
        let joined_at = self.inner.clock.now();
        let new = NewUser { username, email, joined_at, registration_key };
        let registered = self.event(EventKind::Registered, caller);
        let user = match self.inner.ports.users.add(new, hash, Alongside::event(registered.clone()).with_own(own)).await
        {
            Ok(user) => user,
            Err(AddUserError::Repeated(user)) => {
                self.give_back_registration(caller).await;
                return Ok(*user);
            }
            Err(AddUserError::Refused(refusal)) => {
                self.give_back_registration(caller).await;
                return Err(RegisterError::Refused(refusal));
            }
            Err(AddUserError::Taken(taken)) => return Err(RegisterError::Taken(taken)),
            Err(AddUserError::Store(failure)) => {
                self.give_back_registration(caller).await;
                return Err(failure.into());
            }
        };
        self.emit(&registered.of(user.id));
        Ok(user)
    }

    /// Hashes the password of a new account in the caller's turn, after the registration was counted.
    async fn hash_new_password(
        &self,
        password: Password,
        user_words: Vec<String>,
        caller: &Caller,
    ) -> Result<PasswordHash, RegisterError> {
        let policy = &self.inner.policy;
        policy.ensure_length(&password)?;
        self.check_registration(caller).await??;
        let turn = self.inner.hasher.turn(caller.share()).await?;
        self.count_registration(caller).await??;
        let hashed = turn.hash_new_password(policy, password, user_words).await;
        if hashed.is_err() {
            self.give_back_registration(caller).await;
        }
        Ok(hashed?)
    }
}
