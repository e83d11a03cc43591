//! Setting accounts up. Each setting has a safe default; unsafe ones are refused when the whole is built, or before there is
//! a store.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth::{Cost, HashLimits, Hasher, Lifetimes, PasswordPolicy, Random};
use domain::{AccountPorts, Clock};

use crate::event::Listener;
use crate::{Accounts, Event, Inner, OsRandom, SystemClock, find_session};

/// Accounts about to be built. See [`Accounts::builder`].
#[must_use = "nothing is set up until `build`"]
pub struct Builder {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    cost: Cost,
    limits: HashLimits,
    policy: PasswordPolicy,
    lifetimes: Lifetimes,
    listener: Option<Listener>,
    #[cfg(feature = "poem")]
    pub(crate) web: crate::web::WebSettings,
}

/// Why a setting is refused: one clear line each.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Cookies and forms would cross the network in clear.
    #[error(
        "{0} is not a loopback address: name the https origin people will use (`origin`), or allow plain HTTP by name"
    )]
    NoOrigin(std::net::SocketAddr),
    /// The origin is not one.
    #[error("`{0}` is not an origin: write scheme, host and port alone, such as https://example.com")]
    NotAnOrigin(String),
    /// Cookies and forms would cross the network in clear.
    #[error("the origin {0} is plain HTTP: use https, or allow plain HTTP by name")]
    PlainOrigin(String),
    /// A path that no page can have.
    #[error("`{0}` is not a path of a page: it begins with one slash and holds no `?`, `#`, `:` or `*`")]
    NotAPath(String),
    /// A body limit that takes no form, or any.
    #[error("a body limit of {0} bytes is outside 1,024 to 16,777,216")]
    BodyLimit(usize),
    /// A time that no page can keep, or that nobody waits for.
    #[error("a handler timeout of {0:?} is outside 10 ms to 1 h")]
    HandlerTimeout(Duration),
    /// A prefix that no cookie's name can have.
    #[error("`{0}` is not 1 to 32 letters, digits and dashes")]
    NotACookiePrefix(String),
    /// A source that would end the directive it is added to.
    #[error("`{0}` is not a source of a content security policy")]
    NotASource(String),
}

/// The sentence, since `fn main() -> Result<…>` prints this form to whoever started the program.
impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(OsRandom),
            cost: Cost::DEFAULT,
            limits: HashLimits::default(),
            policy: PasswordPolicy::default(),
            lifetimes: Lifetimes::default(),
            listener: None,
            #[cfg(feature = "poem")]
            web: crate::web::WebSettings::default(),
        }
    }

    /// Goes by another clock than the system's.
    pub fn clock(self, clock: impl Clock + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Takes salts and tokens from another source than the operating system's. For tests: whoever can guess what it
    /// gives can log in as anybody.
    pub fn random(self, random: impl Random + 'static) -> Self {
        Self { random: Arc::new(random), ..self }
    }

    /// What hashing a password costs. Default: [`Cost::DEFAULT`].
    pub fn cost(self, cost: Cost) -> Self {
        Self { cost, ..self }
    }

    /// How many passwords are hashed at once, and how many requests wait for that; more are told to come back.
    /// Default: [`HashLimits::default`].
    pub fn hashing(self, limits: HashLimits) -> Self {
        Self { limits, ..self }
    }

    /// Which passwords are accepted. Default: [`PasswordPolicy::default`].
    pub fn password_policy(self, policy: PasswordPolicy) -> Self {
        Self { policy, ..self }
    }

    /// How long sessions live. Default: [`Lifetimes::default`].
    pub fn lifetimes(self, lifetimes: Lifetimes) -> Self {
        Self { lifetimes, ..self }
    }

    /// Tells somebody what happens: registered, logged in, refused, logged out. After the commit, in the request.
    pub fn on_event(self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self { listener: Some(Arc::new(listener)), ..self }
    }

    /// Looks at the settings alone: a program asks before it opens a database, so that a wrong setting leaves none behind.
    ///
    /// # Errors
    /// As [`Builder::build`].
    pub fn check(&self) -> Result<(), BuildError> {
        #[cfg(feature = "poem")]
        self.web.check()?;
        Ok(())
    }

    /// Puts it all together, for accounts that are kept in `store`.
    ///
    /// # Errors
    /// [`BuildError`]: the first setting that is unsafe or makes no sense.
    pub fn build(self, store: impl Into<AccountPorts>) -> Result<Accounts, BuildError> {
        let inner = Inner {
            ports: store.into(),
            hasher: Hasher::with_limits(self.cost, Arc::clone(&self.random), self.limits),
            clock: self.clock,
            random: self.random,
            policy: self.policy,
            lifetimes: self.lifetimes,
            notes: find_session::notes(),
            listener: self.listener,
            #[cfg(feature = "poem")]
            web: self.web.into_checked()?,
        };
        Ok(Accounts { inner: Arc::new(inner) })
    }
}
