//! The ports of accounts as one value. The program decides which store implements them.

use std::sync::Arc;

use crate::credential::CredentialRepository;
use crate::event::EventRepository;
use crate::known_browser::KnownBrowserRepository;
use crate::lease::LeaseRepository;
use crate::notice::NoticeRepository;
use crate::registration_code::RegistrationCodeRepository;
use crate::session::SessionRepository;
use crate::throttle::ThrottleRepository;
use crate::user::UserRepository;

/// The ports of one store for accounts: users, credentials, sessions, what throttles log-ins, events, leases, registration codes,
/// and notices.
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
    /// What users are told on the next page.
    pub notices: Arc<dyn NoticeRepository>,
    /// Those of the ports that write in one commit, where a store has such. `None` is always right, and costs a second commit where
    /// sessions end.
    pub in_one_commit: Option<InOneCommit>,
}

/// Ports of one store: what a commit of `users` or `credentials` ends, `sessions` and `known_browsers` have no more.
#[derive(Clone)]
pub struct InOneCommit {
    /// The users.
    pub users: Arc<dyn UserRepository>,
    /// The password hashes of the users.
    pub credentials: Arc<dyn CredentialRepository>,
    /// The sessions of the users.
    pub sessions: Arc<dyn SessionRepository>,
    /// The browsers and networks in which users have logged in.
    pub known_browsers: Arc<dyn KnownBrowserRepository>,
}

impl AccountPorts {
    /// Whether a commit of `users` or `credentials` has ended the sessions and forgotten the browsers of the user, so that no second
    /// one is due. `false` where one of the four ports is not that of [`AccountPorts::in_one_commit`] any more: it was replaced by
    /// one of another store.
    #[must_use]
    pub fn end_sessions_in_one_commit(&self) -> bool {
        self.in_one_commit.as_ref().is_some_and(|ports| {
            Arc::ptr_eq(&ports.users, &self.users)
                && Arc::ptr_eq(&ports.credentials, &self.credentials)
                && Arc::ptr_eq(&ports.sessions, &self.sessions)
                && Arc::ptr_eq(&ports.known_browsers, &self.known_browsers)
        })
    }
}
