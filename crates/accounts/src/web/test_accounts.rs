//! Accounts for unit tests that need no store: a call of the store fails the test.

use std::sync::Arc;

use domain::AccountPorts;
use domain::credential::MockCredentialRepository;
use domain::event::MockEventRepository;
use domain::known_browser::MockKnownBrowserRepository;
use domain::lease::MockLeaseRepository;
use domain::notice::MockNoticeRepository;
use domain::registration_code::MockRegistrationCodeRepository;
use domain::session::MockSessionRepository;
use domain::throttle::MockThrottleRepository;
use domain::user::MockUserRepository;

use crate::{Accounts, Builder};

/// Builds accounts on mocked ports.
pub(super) fn accounts(builder: Builder) -> Accounts {
    let ports = AccountPorts {
        users: Arc::new(MockUserRepository::new()),
        credentials: Arc::new(MockCredentialRepository::new()),
        sessions: Arc::new(MockSessionRepository::new()),
        throttles: Arc::new(MockThrottleRepository::new()),
        known_browsers: Arc::new(MockKnownBrowserRepository::new()),
        events: Arc::new(MockEventRepository::new()),
        leases: Arc::new(MockLeaseRepository::new()),
        registration_codes: Arc::new(MockRegistrationCodeRepository::new()),
        notices: Arc::new(MockNoticeRepository::new()),
        in_one_commit: None,
    };
    builder.build(ports).unwrap()
}
