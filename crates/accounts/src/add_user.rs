//! The use case by which an operator adds a user, whatever the registration of the service asks for.

use auth::Password;
use domain::Alongside;
use domain::credential::PasswordHash;
use domain::event::EventKind;
use domain::user::{AddUserError, Email, NewUser, User, Username};

use crate::{Accounts, Caller, CodeRefusal, RegisterError};

impl Accounts {
    /// Adds a user, for an operator: no limit of registrations applies. Without a password nobody can log in until one is set.
    ///
    /// # Errors
    /// [`RegisterError`], but for a limit. Nothing was written.
    pub async fn add_user(
        &self,
        username: Username,
        email: Email,
        password: Option<Password>,
        caller: &Caller,
    ) -> Result<User, RegisterError> {
        username.ensure_assignable()?;
        let hash = match password {
            Some(password) => {
                self.inner.policy.ensure_length(&password)?;
                self.hash_chosen_password(password, &username, &email, caller).await?
            }
            None => PasswordHash::no_password(),
        };
        let new = NewUser { username, email, joined_at: self.inner.clock.now(), registration_key: None, code: None };
        let event = self.event(EventKind::Registered, caller);
        let user = match self.inner.ports.users.add(new, hash, Alongside::event(event.clone())).await {
            Ok(user) => user,
            Err(AddUserError::Repeated(user)) => return Ok(*user), // only with a registration key
            Err(AddUserError::Code) => return Err(CodeRefusal::Unusable.into()), // only with a code
            Err(AddUserError::Taken(taken)) => return Err(RegisterError::Taken(taken)),
            Err(AddUserError::Refused(refusal)) => return Err(RegisterError::Refused(refusal)),
            Err(AddUserError::Store(failure)) => return Err(failure.into()),
        };
        self.emit(&event.of(user.id));
        Ok(user)
    }

    /// Refuses a name or an address that another user has at this moment.
    #[cfg(feature = "cli")]
    pub(crate) async fn ensure_free(&self, username: &Username, email: &Email) -> Result<(), RegisterError> {
        let ports = &self.inner.ports;
        let taken = domain::user::TakenKeys {
            username: ports.users.find_by_username(username).await?.is_some(),
            look_alike: false, // found in the commit
            email: ports.credentials.find_by_email(email).await?.is_some(),
        };
        if taken.username || taken.email { Err(RegisterError::Taken(taken)) } else { Ok(()) }
    }
}
