//! The ports of accounts as one value. The program decides which store implements them.

use std::sync::Arc;

use crate::credential::CredentialRepository;
use crate::event::EventRepository;
use crate::known_browser::KnownBrowserRepository;
use crate::lease::LeaseRepository;
use crate::registration_code::RegistrationCodeRepository;
use crate::session::SessionRepository;
use crate::throttle::ThrottleRepository;
use crate::user::UserRepository;

/// The ports of one store for accounts: users, credentials, sessions, what throttles log-ins, events, leases, and registration
/// codes.
#[derive(Clone)]
pub struct AccountPorts {
    /// The users.
    pub users: Arc<dyn UserRepository>,
    /// The password hashes of the users.
    pub credentials: Arc<dyn CredentialRepository>,
    /// The sessions of the users.
    pub sessions: Arc<dyn SessionRepository>,
    /// The counters of attempts.
    pub throttles: Arc<dyn ThrottleRepository>,
    /// The browsers and networks in which users have logged in.
    pub known_browsers: Arc<dyn KnownBrowserRepository>,
    /// What happened to the accounts.
    pub events: Arc<dyn EventRepository>,
    /// Which process does the maintenance.
    pub leases: Arc<dyn LeaseRepository>,
    /// The invitations to register.
    pub registration_codes: Arc<dyn RegistrationCodeRepository>,
}
