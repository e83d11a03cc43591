//! The ports that accounts need, as one value. Which store is behind them is decided where a program is put together.

use std::sync::Arc;

use crate::credential::CredentialRepository;
use crate::session::SessionRepository;
use crate::user::UserRepository;

/// Where users, their credentials and their sessions are kept: what a store hands over to the accounts.
#[derive(Clone)]
pub struct AccountPorts {
    /// Who there is.
    pub users: Arc<dyn UserRepository>,
    /// What their passwords are held against.
    pub credentials: Arc<dyn CredentialRepository>,
    /// Who is logged in.
    pub sessions: Arc<dyn SessionRepository>,
}
