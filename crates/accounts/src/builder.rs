//! The settings of the use cases. Each has a safe default, and an unsafe one is an error of [`Builder::build`]. The settings
//! of the HTTP side are in `web/settings`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth::{
    Cost, CostError, HashLimits, Hasher, LifetimeError, Lifetimes, PasswordPolicy, PasswordPolicyError, Random,
};
use domain::{AccountPorts, Clock};

use crate::event::Listener;
use crate::log_budget::LogBudget;
use crate::throttling::FailureSample;
use crate::{
    Accounts, Event, ExportSource, Inner, LogInBy, OsRandom, RegistrationPolicy, SystemClock, Throttling, event,
    export, find_session,
};

/// The settings of [`Accounts`]: see [`Accounts::builder`].
#[must_use = "`build` makes the accounts"]
pub struct Builder {
    /// The first value that its constructor has refused.
    refused: Option<BuildError>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    cost: Cost,
    limits: HashLimits,
    policy: PasswordPolicy,
    lifetimes: Lifetimes,
    log_in_by: LogInBy,
    registration: RegistrationPolicy,
    throttling: Throttling,
    listener: Option<Listener>,
    export_sources: export::Sources,
    #[cfg(feature = "poem")]
    pub(crate) web: crate::web::UncheckedSettings,
}

/// The value of a setting, or the error of its constructor, which is then that of [`Builder::build`]:
/// `builder.cost(Cost::from_rounds(1_000_000))`, with or without `?`.
pub trait IntoSetting<T> {
    /// The value.
    ///
    /// # Errors
    /// The error of the constructor.
    fn into_setting(self) -> Result<T, BuildError>;
}

impl<T, E: Into<BuildError>> IntoSetting<T> for Result<T, E> {
    fn into_setting(self) -> Result<T, BuildError> {
        self.map_err(Into::into)
    }
}

/// Implements [`IntoSetting`] for a type that is valid.
macro_rules! valid_settings {
    ($($value:ty)*) => { $(
        impl IntoSetting<$value> for $value {
            fn into_setting(self) -> Result<$value, BuildError> {
                Ok(self)
            }
        }
    )* };
}

valid_settings!(Cost PasswordPolicy Lifetimes);

/// A setting is unsafe or invalid. Each message is one line.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The cost of a password hash is out of range.
    #[error(transparent)]
    Cost(#[from] CostError),
    /// The password policy is out of range.
    #[error(transparent)]
    PasswordPolicy(#[from] PasswordPolicyError),
    /// The lifetimes of sessions are out of range.
    #[error(transparent)]
    Lifetime(#[from] LifetimeError),
    /// A limit is out of its range.
    #[error("{count} {name} are outside {min} to {max}")]
    Throttling {
        /// What is counted.
        name: &'static str,
        /// The limit that was chosen.
        count: u32,
        /// The lowest limit.
        min: u32,
        /// The highest limit.
        max: u32,
    },
    /// An array of the export has a name that another member of the document has.
    #[error("`{0}` cannot be the name of an export: another part of the document has it")]
    ExportName(&'static str),
    /// The longest wait is out of range.
    #[error("a longest wait of {0:?} is outside 1 min to 1 d")]
    LongestWait(Duration),
    /// The service listens beyond loopback, and passwords would be sent in clear.
    #[error(
        "{0} is not a loopback address: name the https origin people will use (`origin`), or allow plain HTTP by name"
    )]
    NoOrigin(std::net::SocketAddr),
    /// The text is not an origin.
    #[error("`{0}` is not an origin: write scheme, host and port alone, such as https://example.com")]
    NotAnOrigin(String),
    /// The origin is plain HTTP, and passwords would be sent in clear.
    #[error("the origin {0} is plain HTTP: use https, or allow plain HTTP by name")]
    PlainOrigin(String),
    /// No page can have this path.
    #[error("`{0}` is not a path of a page: it begins with one slash and has no `?`, `#`, `:` or `*`")]
    NotAPath(String),
    /// No route can have this path.
    #[error(
        "`{0}` is not the path of a route: it begins with a slash, and its parameters are as in Poem's `Route::at`"
    )]
    NotARoute(String),
    /// A setting for routes of the embedder's includes an account page.
    #[error("`{path}` includes the account page {page}")]
    IncludesAnAccountPage {
        /// The path of the setting.
        path: String,
        /// The path of the account page.
        page: String,
    },
    /// The body limit is out of range.
    #[error("a body limit of {0} bytes is outside 1,024 to 16,777,216")]
    BodyLimit(usize),
    /// The handler timeout is out of range.
    #[error("a handler timeout of {0:?} is outside 10 ms to 1 h")]
    HandlerTimeout(Duration),
    /// The time for which a log-in is recent is out of range.
    #[error("a recent log-in of {0:?} is outside 1 min to 2 h")]
    RecentLogIn(Duration),
    /// No cookie name can have this prefix.
    #[error("`{0}` is not 1 to 32 letters, digits and dashes")]
    NotACookiePrefix(String),
    /// An own field of the registration form has the name of one of ours, the name of a password, or none.
    #[error("`{0}` is no name for an own field of the registration form")]
    OwnField(&'static str),
    /// The directive or source is malformed, or would allow inline code.
    #[error("`{0}` is not a source of a content security policy")]
    NotASource(String),
}

/// The message: `fn main() -> Result<…>` prints errors by `Debug`.
impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            refused: None,
            clock: Arc::new(SystemClock),
            random: Arc::new(OsRandom),
            cost: Cost::DEFAULT,
            limits: HashLimits::default(),
            policy: PasswordPolicy::default(),
            lifetimes: Lifetimes::default(),
            log_in_by: LogInBy::default(),
            registration: RegistrationPolicy::default(),
            throttling: Throttling::default(),
            listener: None,
            export_sources: Vec::new(),
            #[cfg(feature = "poem")]
            web: crate::web::UncheckedSettings::default(),
        }
    }

    /// The clock. Default: [`SystemClock`].
    pub fn clock(self, clock: impl Clock + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// The random source of salts and tokens. Default: [`OsRandom`]. Another one is for tests: with a predictable source every
    /// session token can be guessed.
    pub fn random(self, random: impl Random + 'static) -> Self {
        Self { random: Arc::new(random), ..self }
    }

    /// The value of a setting; `None` for one that its constructor has refused, which `build` returns.
    fn accepted<T>(&mut self, setting: impl IntoSetting<T>) -> Option<T> {
        setting.into_setting().map_err(|error| self.refused.get_or_insert(error)).ok()
    }

    /// The cost of a password hash, 600,000 to 10,000,000 rounds. Default: [`Cost::DEFAULT`].
    pub fn cost(mut self, cost: impl IntoSetting<Cost>) -> Self {
        self.cost = self.accepted(cost).unwrap_or(self.cost);
        self
    }

    /// How many password hashes run at once and how many wait in the hash queue; a request beyond gets 503. Default:
    /// [`HashLimits::default`].
    pub fn hashing(self, limits: HashLimits) -> Self {
        Self { limits, ..self }
    }

    /// The password policy. Default: [`PasswordPolicy::default`].
    pub fn password_policy(mut self, policy: impl IntoSetting<PasswordPolicy>) -> Self {
        if let Some(policy) = self.accepted(policy) {
            self.policy = policy;
        }
        self
    }

    /// The lifetimes of sessions. Default: [`Lifetimes::default`]. Beyond 30 days only by [`crate::Lifetime::long`].
    pub fn lifetimes(mut self, lifetimes: impl IntoSetting<Lifetimes>) -> Self {
        self.lifetimes = self.accepted(lifetimes).unwrap_or(self.lifetimes);
        self
    }

    /// What a user logs in with: the e-mail address, the username, or either. Default: either. Password managers keep the
    /// username for one site and the address for another, and fill in what they keep.
    pub fn log_in_by(self, log_in_by: LogInBy) -> Self {
        Self { log_in_by, ..self }
    }

    /// Who may register: every visitor, visitors with a registration code, or no visitor. Default: every visitor. An operator
    /// may always: see [`crate::Caller::operator`].
    ///
    /// Codes are made by [`Accounts::make_registration_code`], or by the operator's command `registration-code new`.
    pub fn registration(self, registration: RegistrationPolicy) -> Self {
        Self { registration, ..self }
    }

    /// The limits on attempts. Default: [`Throttling::default`].
    pub fn throttling(self, throttling: Throttling) -> Self {
        Self { throttling, ..self }
    }

    /// A listener for [`Event`]s. It is called in the request, after the commit, so long work belongs into a task of its own.
    /// A panic of it is logged.
    pub fn on_event(self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self { listener: Some(Arc::new(listener)), ..self }
    }

    /// Adds what the embedder stores about a user to [`Accounts::export`], as an array of the document.
    pub fn export(mut self, source: impl ExportSource + 'static) -> Self {
        self.export_sources.push(Arc::new(source));
        self
    }

    /// Rejects invalid settings without a store. A program calls it before it opens a database, so that an invalid setting
    /// leaves no new file behind.
    ///
    /// # Errors
    /// [`BuildError`], as [`Builder::build`] returns it.
    pub fn ensure_valid(&self) -> Result<(), BuildError> {
        self.refused.clone().map_or(Ok(()), Err)?;
        self.throttling.ensure_valid()?;
        self.ensure_valid_export()?;
        #[cfg(feature = "poem")]
        self.web.validate()?;
        Ok(())
    }

    /// Builds the accounts on a store: `store::AccountStore`, or [`AccountPorts`] of your own.
    ///
    /// # Errors
    /// [`BuildError`]: the first setting that is unsafe or invalid.
    pub fn build(self, store: impl Into<AccountPorts>) -> Result<Accounts, BuildError> {
        self.refused.clone().map_or(Ok(()), Err)?;
        self.throttling.ensure_valid()?;
        self.ensure_valid_export()?;
        let inner = Inner {
            ports: store.into(),
            hasher: Hasher::with_limits(self.cost, Arc::clone(&self.random), self.limits),
            clock: self.clock,
            random: self.random,
            policy: self.policy,
            lifetimes: self.lifetimes,
            log_in_by: self.log_in_by,
            registration: self.registration,
            throttling: self.throttling,
            failure_sample: FailureSample::default(),
            log_budget: LogBudget::default(),
            touch_permits: find_session::touch_permits(),
            event_permits: event::event_permits(),
            listener: self.listener,
            export_sources: self.export_sources,
            due_deletions: crate::delete::DueDeletions::default(),
            is_maintained: std::sync::atomic::AtomicBool::default(),
            #[cfg(feature = "poem")]
            web: self.web.into_checked()?,
        };
        Ok(Accounts { inner: Arc::new(inner) })
    }

    fn ensure_valid_export(&self) -> Result<(), BuildError> {
        export::invalid_name(&self.export_sources).map_or(Ok(()), |name| Err(BuildError::ExportName(name)))
    }
}
