//! The ports: the traits that a store of accounts implements, and the types in their signatures.
//!
//! The crate `store` implements them on SQLite and PostgreSQL. A service with a store of its own, such as sessions in
//! Redis, implements one of them or all, puts them into [`AccountPorts`], and passes these to
//! [`Builder::build`](crate::Builder::build). The doc comment of a trait is its contract. With the feature `contract`,
//! `ports::contract` has the contract suite: each contract function is an async function that gets an empty store and panics
//! if the store breaks the contract.
//!
//! `examples/session_store` implements [`SessionRepository`], passes its contract, and serves with it.

pub use domain::credential::{
    ChangeAuthority, Credential, CredentialRepository, PasswordChange, PasswordChangeError, PasswordHash,
    PasswordVersion,
};
pub use domain::event::{Event, EventFilter, EventId, EventKind, EventRepository, Origin, StoredEvent};
pub use domain::known_browser::{BrowserDigest, KnownBrowserRepository, KnownClient, Recognition};
pub use domain::lease::{LeaseHolder, LeaseRepository};
pub use domain::notice::{MOST_COUNTED, Notice, NoticeId, NoticeRepository, StoredNotice};
pub use domain::registration_code::{CodeDigest, CodeId, NewCode, RegistrationCodeRepository, StoredCode};
pub use domain::session::{
    Device, EndedSession, KeptSession, ListedSession, OpenSessionError, OtherSessions, Rotation, SessionId,
    SessionRecord, SessionRepository, StoredSession, TokenDigest,
};
pub use domain::throttle::{
    Attempt, Counted, Counter, Limit, LimitRule, ThrottleKey, ThrottleRepository, Throttled, Wait,
};
pub use domain::user::{
    AddRoleError, AddUserError, CompleteDeletionError, Deletion, DueDeletion, Email, NewUser, RegistrationKey,
    RenameUserError, RequestDeletionError, RequestedDeletion, Role, Roles, TakenKeys, User, UserId, UserRepository,
    Username,
};
pub use domain::{AccountPorts, Alongside, HookRefusal, InOneCommit, Own, Page, PageSize, StoreError, Timestamp};

/// The contract suite: contract functions by port, and for each port a macro that lists them. `docs/EMBEDDING.md` shows how
/// to make a test of each.
#[cfg(feature = "contract")]
pub mod contract {
    pub use domain::credential::contract as credential;
    pub use domain::event::contract as event;
    pub use domain::known_browser::contract as known_browser;
    pub use domain::lease::contract as lease;
    pub use domain::notice::contract as notice;
    pub use domain::registration_code::contract as registration_code;
    pub use domain::session::contract as session;
    pub use domain::throttle::contract as throttle;
    pub use domain::user::contract as user;
    pub use domain::{
        credential_contract, event_contract, known_browser_contract, lease_contract, notice_contract,
        registration_code_contract, session_contract, throttle_contract, user_contract,
    };
}
