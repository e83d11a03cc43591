//! Accounts for Poem services: register, log in, remember, protect pages, know the current user, log out.
//!
//! [`Accounts`] is the whole of it as a value: built once from a store, it holds the use cases ([`Accounts::register`],
//! [`Accounts::log_in`], [`Accounts::log_out`]), which work without any HTTP. The feature `poem` (on by default) adds
//! [`web`]: the pages, the session layer, CSRF protection, flashes, extractors and headers, in the embedder's layout.
//!
//! No SQL is here and no table: a store comes in as [`domain::AccountPorts`].
//!
//! # A protected page
//!
//! A handler that takes a [`web::CurrentUser`] is for users alone: a guest is sent to log in, and back. The pages to
//! register, log in and log out come along.
//!
#![cfg_attr(not(feature = "test-kit"), doc = "```ignore")] // it is a visitor of the kit that shows it
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
//! # ada.log_in("ada", "marble otter seven").await;
//! # assert!(ada.get("/home").await.text.contains("The secret is basil."));
//! // Server::new(TcpListener::bind("127.0.0.1:8001")).run(app).await?;
//! # Ok(()) }
//! ```
//!
//! # Without HTTP
//!
//! The use cases are the same for a program that has no pages, and need no feature:
//!
//! ```
//! use accounts::{Accounts, Device, Email, LogIn, Password, Registration, Username};
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let store = store::AccountStore::connect(&format!("sqlite:{}", folder.path().join("test.db").display())).await?;
//! let accounts = Accounts::builder().build(store)?;
//! let ada = Registration {
//!     username: Username::parse("ada")?,
//!     email: Email::parse("ada@example.com")?,
//!     password: Password::parse("marble otter seven".to_owned())?,
//! };
//! accounts.register(ada).await?;
//!
//! let attempt = LogIn {
//!     email: "ADA@example.com".to_owned(),
//!     password: Password::parse("marble otter seven".to_owned())?,
//!     remember: false,
//!     device: Device::default(),
//!     replaces: None,
//! };
//! let logged_in = accounts.log_in(attempt).await?;
//! let live = accounts.find_session(&logged_in.token).await?.ok_or("the session lives")?;
//! assert_eq!(live.user().username.as_str(), "ada");
//!
//! accounts.log_out(&logged_in.token).await?;
//! assert!(accounts.find_session(&logged_in.token).await?.is_none());
//! # Ok(()) }
//! ```

mod builder;
mod event;
mod find_session;
mod log_in;
mod log_out;
mod register;
mod system;
#[cfg(feature = "poem")]
mod timeouts;
mod users;

#[cfg(feature = "poem")]
pub mod web;

#[cfg(feature = "test-kit")]
pub mod test_kit;

use std::sync::Arc;

pub use auth::{
    Cost, CostError, HashLimits, HashQueueFull, Lifetime, LifetimeError, Lifetimes, LiveSession, Password,
    PasswordPolicy, PasswordPolicyError, PasswordRefusal, PasswordTooLong, PasswordWarning, Random, SessionToken,
    is_verifiable,
};
pub use builder::{BuildError, Builder};
pub use domain::credential::PasswordHash;
pub use domain::session::{Device, SessionId, SessionRecord, StoredSession};
pub use domain::user::{Email, EmailError, TakenKeys, User, UserId, Username, UsernameError};
pub use domain::{AccountPorts, Clock, Page, PageSize, ShortText, ShortTextError, StoreError, Timestamp};
pub use event::Event;
#[cfg(feature = "poem")]
pub use ipnet::IpNet;
pub use log_in::{LogIn, LogInError, LoggedIn};
pub use register::{RegisterError, Registration};
pub use system::{OsRandom, SystemClock};

use auth::Hasher;

/// The accounts of a service. Cheap to clone: all clones are one.
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
    notes: Arc<tokio::sync::Semaphore>,
    listener: Option<event::Listener>,
    #[cfg(feature = "poem")]
    web: web::Settings,
}

impl Accounts {
    /// Begins to set up accounts. Without another word everything has its safe default, and only requests to this very
    /// machine are answered: see [`Builder`].
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// How passwords are judged here.
    #[must_use]
    pub fn password_policy(&self) -> &PasswordPolicy {
        &self.inner.policy
    }
}

#[cfg(all(doctest, feature = "test-kit"))]
#[doc = include_str!("../../../README.md")]
struct Readme;

#[cfg(all(doctest, feature = "test-kit"))]
#[doc = include_str!("../../../docs/EMBEDDING.md")]
struct Embedding;
