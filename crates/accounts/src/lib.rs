//! Accounts for Poem services: register, log in, remember, protect pages, know the current user, log out.
//!
//! [`Accounts`] is the whole of it as a value: built once from a store, it holds the use cases ([`Accounts::register`],
//! [`Accounts::log_in`], [`Accounts::log_out`]), which work without any HTTP. The feature `poem` (on by default) adds
//! [`web`]: the pages, the session layer, CSRF protection, flashes, extractors and headers, in the embedder's layout.
//!
//! No SQL is here and no table: a store comes in as [`domain::AccountPorts`].

mod builder;
mod current;
mod log_in;
mod log_out;
mod register;
mod system;
pub mod words;

#[cfg(feature = "poem")]
pub mod web;

#[cfg(feature = "test-kit")]
pub mod test_kit;

use std::sync::Arc;

pub use auth::{
    Cost, CostError, Lifetime, LifetimeError, Lifetimes, Limits, Password, PasswordPolicy, PasswordPolicyError,
    PasswordRefusal, PasswordTooLong, Random, SessionToken,
};
pub use builder::{BuildError, Builder};
pub use domain::credential::PasswordHash;
pub use domain::session::{Device, LiveSession};
pub use domain::user::{Email, User, UserId, Username};
pub use domain::{AccountPorts, Clock, StoreError, Timestamp};
pub use log_in::{LogIn, LogInError, LoggedIn};
pub use register::{RegisterError, Registration};
pub use system::{OsRandom, SystemClock};

use auth::Hasher;

/// The accounts of a service. Cheap to clone: all clones are one.
#[derive(Clone)]
pub struct Accounts {
    inner: Arc<Inner>,
}

struct Inner {
    ports: AccountPorts,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    hasher: Hasher,
    policy: PasswordPolicy,
    lifetimes: Lifetimes,
    #[cfg(feature = "poem")]
    web: web::Settings,
}

impl Accounts {
    /// Begins to set up accounts that are kept in `store`. Without another word everything has its safe default, and
    /// only requests to this very machine are answered: see [`Builder`].
    pub fn builder(store: impl Into<AccountPorts>) -> Builder {
        Builder::new(store.into())
    }

    /// How passwords are judged here.
    #[must_use]
    pub fn password_policy(&self) -> &PasswordPolicy {
        &self.inner.policy
    }
}
