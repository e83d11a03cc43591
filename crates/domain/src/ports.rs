//! The ports of accounts as one value. The program decides which store implements them.

use std::sync::Arc;

use crate::credential::CredentialRepository;
use crate::session::SessionRepository;
use crate::user::UserRepository;

/// The ports of one store for accounts: users, credentials and sessions.
#[derive(Clone)]
pub struct AccountPorts {
    /// The users.
    pub users: Arc<dyn UserRepository>,
    /// The password hashes of the users.
    pub credentials: Arc<dyn CredentialRepository>,
    /// The sessions of the users.
    pub sessions: Arc<dyn SessionRepository>,
}
