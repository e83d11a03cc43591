//! Making an account.

use auth::{HashQueueFull, NewPasswordError, Password, PasswordRefusal};
use domain::StoreError;
use domain::user::{AddUserError, Email, NewUser, TakenKeys, User, Username};

use crate::{Accounts, Event};

/// What somebody gives to have an account. What could not be one has been refused where it was parsed.
#[derive(Debug)]
pub struct Registration {
    /// The public name.
    pub username: Username,
    /// Where mail goes.
    pub email: Email,
    /// The password as typed.
    pub password: Password,
}

/// Why there is no new account. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The password is too short or easy to guess.
    #[error(transparent)]
    Weak(#[from] PasswordRefusal),
    /// Somebody has the username, the e-mail address, or both.
    #[error("the username or the e-mail address is taken")]
    Taken(TakenKeys),
    /// Too many passwords are being hashed already.
    #[error(transparent)]
    HashQueueFull(#[from] HashQueueFull),
    /// The store could not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NewPasswordError> for RegisterError {
    fn from(error: NewPasswordError) -> Self {
        match error {
            NewPasswordError::Refused(refusal) => Self::Weak(refusal),
            NewPasswordError::HashQueueFull(busy) => Self::HashQueueFull(busy),
        }
    }
}

impl Accounts {
    /// Makes an account. The new user is not logged in.
    ///
    /// # Errors
    /// [`RegisterError`]; two at once for one name give one account and one [`RegisterError::Taken`].
    pub async fn register(&self, registration: Registration) -> Result<User, RegisterError> {
        let Registration { username, email, password } = registration;
        let own_words = vec![username.as_str().to_owned(), email.as_str().to_owned()];
        let hash = self.inner.hasher.hash_new_password(&self.inner.policy, password, own_words).await?;
        let joined_at = self.inner.clock.now();
        let user = match self.inner.ports.users.add(NewUser { username, email, joined_at }, hash).await {
            Ok(user) => user,
            Err(AddUserError::Taken(taken)) => return Err(RegisterError::Taken(taken)),
            Err(AddUserError::Store(failure)) => return Err(failure.into()),
        };
        self.tell(&Event::Registered { user: user.id });
        Ok(user)
    }
}
