//! The use case to register an account.

use auth::{HashQueueFull, NewPasswordError, Password, PasswordRefusal};
use domain::StoreError;
use domain::user::{AddUserError, Email, NewUser, TakenKeys, User, Username};

use crate::{Accounts, Event};

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
    /// Another user has the username, the e-mail address, or both.
    #[error("the username or the e-mail address is taken")]
    Taken(TakenKeys),
    /// The hash queue is full.
    #[error(transparent)]
    HashQueueFull(#[from] HashQueueFull),
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
    /// [`RegisterError`]. Of two registrations of one name at the same time, one gets [`RegisterError::Taken`].
    pub async fn register(&self, registration: Registration) -> Result<User, RegisterError> {
        let Registration { username, email, password } = registration;
        let user_words = vec![username.as_str().to_owned(), email.as_str().to_owned()];
        let hash = self.inner.hasher.hash_new_password(&self.inner.policy, password, user_words).await?;
        let joined_at = self.inner.clock.now();
        let user = match self.inner.ports.users.add(NewUser { username, email, joined_at }, hash).await {
            Ok(user) => user,
            Err(AddUserError::Taken(taken)) => return Err(RegisterError::Taken(taken)),
            Err(AddUserError::Store(failure)) => return Err(failure.into()),
        };
        self.emit(&Event::Registered { user: user.id });
        Ok(user)
    }
}
