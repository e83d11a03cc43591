//! Accounts for Poem services: register, log in, remember, protect pages, find the current user, log out.
//!
//! [`Accounts`] is built once from a store and holds the use cases: [`Accounts::register`], [`Accounts::log_in`],
//! [`Accounts::sign_in`], [`Accounts::find_session`], [`Accounts::log_out`]. They work without HTTP. The feature `poem` (on by default) adds
//! [`web`]: the account pages, sessions in cookies, CSRF protection, flash messages, extractors and security headers, in the
//! embedder's layout.
//!
//! This crate has no SQL and no tables. The store is an argument: [`ports`] are the traits that it implements. The crate
//! `accounts-store` is one, on SQLite and PostgreSQL, and `accounts-http-server` serves any Poem endpoint:
//!
//! ```toml
//! [dependencies]
//! accounts = "0.1"
//! store = { package = "accounts-store", version = "0.1" }
//! http-server = { package = "accounts-http-server", version = "0.1" }
//! ```
//!
//! The guide, `docs/EMBEDDING.md` in the repository, leads from `cargo new` to a service that is served.
//!
//! # A protected page
//!
//! A handler that takes a [`web::CurrentUser`] is for users only: an anonymous visitor is redirected to the log-in page,
//! and back after the log-in. [`Accounts::routes`] adds the account pages.
//!
#![cfg_attr(not(feature = "test-kit"), doc = "```ignore")] // the hidden lines use the test kit
#![cfg_attr(feature = "test-kit", doc = "```")]
//! use accounts::{Accounts, web::{CurrentUser, PageContext, methods}};
//! use poem::{Response, Route, handler};
//!
//! #[handler]
//! async fn home(user: CurrentUser, page: PageContext) -> Response {
//!     page.render("Home", &format!("<p>Welcome back {}. The secret is basil.</p>", user.username))
//! }
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let url = format!("sqlite:{}", folder.path().join("recipe.db").display());
//! let store = store::AccountStore::connect(&url).await?; // sqlite:recipe.db, or postgres://…
//! let accounts = Accounts::builder().build(store)?;
//! let app = accounts.routes(Route::new().at("/home", methods().get(home)))?;
//! # use accounts::test_kit::{TestClient, TestServer};
//! # let server = TestServer::start(app).await?;
//! # let ada = TestClient::new(&server);
//! # assert!(ada.get("/home").await.text.contains("Sorry you must be logged in to view this page"));
//! # ada.register("ada", "marble otter seven").await;
//! # assert!(ada.get("/home").await.text.contains("The secret is basil."));
//! // Server::new(TcpListener::bind("127.0.0.1:8001")).run(app).await?;
//! # Ok(()) }
//! ```
//!
//! # Without HTTP
//!
//! The use cases need no feature:
//!
//! ```
//! use accounts::{Accounts, BrowserTokens, Caller, Email, LogIn, Password, Registration, Username};
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let store = store::AccountStore::connect(&format!("sqlite:{}", folder.path().join("test.db").display())).await?;
//! let accounts = Accounts::builder().build(store)?;
//! let caller = Caller::at("203.0.113.9".parse()?); // the client's address
//! let ada = Registration {
//!     username: Username::parse("ada")?,
//!     email: Email::parse("ada@example.com")?,
//!     password: Password::parse("marble otter seven".to_owned())?,
//!     code: None, // where the service asks for a registration code
//! };
//! accounts.register(ada, &caller).await?;
//!
//! let attempt = LogIn {
//!     identifier: "ADA@example.com".to_owned(), // or the username
//!     password: Password::parse("marble otter seven".to_owned())?,
//!     remember: false,
//!     caller: caller.clone(),
//!     browser: BrowserTokens::default(), // the value of the browser's device cookie
//!     replaces: None,
//! };
//! let logged_in = accounts.log_in(attempt).await?;
//! let live = accounts.find_session(&logged_in.token).await?.ok_or("the session lives")?;
//! assert_eq!(live.user().username.as_str(), "ada");
//!
//! accounts.log_out(&logged_in.token, &caller).await?;
//! assert!(accounts.find_session(&logged_in.token).await?.is_none());
//! # Ok(()) }
//! ```

mod add_user;
mod builder;
mod caller;
mod change_email;
mod change_password;
#[cfg(feature = "cli")]
pub mod cli;
mod confirm;
mod delete;
mod device;
mod disable;
mod event;
mod export;
mod find_session;
#[cfg(feature = "import")]
mod import;
mod log_budget;
mod log_in;
mod log_out;
mod maintenance;
pub mod ports;
mod register;
mod registration_codes;
mod rename;
mod reset_password;
mod roles;
mod sessions;
mod sign_in;
mod system;
mod throttling;
mod timeouts;
mod users;

#[cfg(feature = "poem")]
pub mod web;

#[cfg(feature = "test-kit")]
pub mod test_kit;

use std::sync::Arc;

pub use auth::{
    BearerToken, BrowserToken, BrowserTokens, Cost, CostError, HashLimits, HashQueueFull, Lifetime, LifetimeError,
    Lifetimes, LiveSession, Password, PasswordPolicy, PasswordPolicyError, PasswordRefusal, PasswordTooLong,
    PasswordWarning, Random, RegistrationCode, ResetToken, SessionToken, is_verifiable,
};
pub use builder::{BuildError, Builder, IntoSetting};
pub use caller::Caller;
pub use change_email::{ChangeEmail, ChangeEmailError};
pub use change_password::{ChangePassword, ChangePasswordError, PasswordChanged, SetPasswordError};
pub use confirm::{ConfirmPassword, ConfirmPasswordError, ConfirmedPassword};
pub use device::device_name;
pub use domain::event::{
    Counted, Event, EventFilter, EventId, EventKind, OperatorName, Origin, OriginError, RequestId, StoredEvent,
};
pub use domain::registration_code::{CodeId, CodeNote, CodeNoteError, CodeState, CodeUses, CodeUsesError, StoredCode};
pub use domain::session::{Device, ListedSession, SessionId};
pub use domain::throttle::{Throttled, Wait};
pub use domain::user::{
    AddRoleError, Deletion, Email, EmailError, RenameUserError, RequestDeletionError, RequestedDeletion, Role,
    RoleError, Roles, TakenKeys, User, UserId, Username, UsernameError,
};
pub use domain::{
    Clock, HookRefusal, IdempotencyKey, MaintenanceJob, Own, Page, PageSize, ShortText, StoreError, TextError,
    Timestamp, trim_invisible,
};
pub use export::{Export, ExportPage, ExportSource, export_time};
#[cfg(feature = "import")]
pub use import::{CheckedImport, ImportError, ImportProgress, ImportReport, ImportRow, RefusedRow, RowRefusal};
#[cfg(feature = "poem")]
pub use ipnet::IpNet;
pub use log_in::{LogIn, LogInBy, LogInError, LoggedIn};
pub use maintenance::{Maintenance, Pass, RunningMaintenance};
pub use register::{CodeRefusal, RegisterError, Registration};
pub use registration_codes::{CodeSettings, MadeCode, RegistrationPolicy, RegistrationPolicyError};
pub use reset_password::{PasswordReset, ResetPassword, ResetPasswordError};
pub use serde_json; // the rows of an `ExportSource`
pub use sessions::RenewedSession;
pub use sign_in::{SignIn, SignInError};
pub use system::{OsRandom, SystemClock};
pub use throttling::{Action, ThrottleError, Throttling};
pub use users::UserKey;

use auth::Hasher;
use domain::AccountPorts;

/// The accounts of a service. Cheap to clone: all clones share one state.
#[derive(Clone)]
pub struct Accounts {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Accounts(..)")
    }
}

struct Inner {
    ports: AccountPorts,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    hasher: Hasher,
    policy: PasswordPolicy,
    lifetimes: Lifetimes,
    log_in_by: LogInBy,
    registration: RegistrationPolicy,
    throttling: Throttling,
    failure_sample: throttling::FailureSample,
    log_budget: log_budget::LogBudget,
    touch_permits: Arc<tokio::sync::Semaphore>,
    event_permits: Arc<tokio::sync::Semaphore>,
    listener: Option<event::Listener>,
    export_sources: export::Sources,
    due_deletions: delete::DueDeletions,
    /// Whether the maintenance was started, or is started by the embedder.
    is_maintained: std::sync::atomic::AtomicBool,
    #[cfg(feature = "poem")]
    web: web::Settings,
}

impl Accounts {
    /// Begins to set up accounts. Every setting has a safe default: see [`Builder`]. Without a setting the service responds
    /// on loopback only.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The password policy.
    #[must_use]
    pub fn password_policy(&self) -> &PasswordPolicy {
        &self.inner.policy
    }
}

#[cfg(all(doctest, feature = "test-kit"))]
#[doc = include_str!("../../../README.md")]
struct Readme;

#[cfg(all(doctest, feature = "contract", feature = "test-kit"))]
#[doc = include_str!("../../../docs/EMBEDDING.md")]
struct Embedding;
