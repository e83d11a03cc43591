//! The limits on log-ins: checked before an attempt waits for its hash, counted when its turn has come, and given back when
//! the password matches.

use std::time::Duration;

use auth::{BrowserToken, BrowserTokens, Share, throttle_key};
use domain::StoreError;
use domain::caseless_key;
use domain::known_browser::Recognition;
use domain::throttle::{Attempt, Limit, LimitRule, ThrottleKey, Throttled};
use domain::user::{Email, User, UserId, Username};

use super::in_turn;
use super::networks::{address_part, network_limits};
use crate::{Accounts, Caller, LogInError, Throttling};

/// How long the failures of an account count without another one.
const ACCOUNT_REST: Duration = Duration::from_hours(24);

/// The same for a name without an account. A stranger can leave a counter for each, so they must not stay for a day.
const NO_ACCOUNT_REST: Duration = Duration::from_mins(15);

/// The limits of one attempt to log in.
pub(crate) struct LogInLimits<'a> {
    accounts: &'a Accounts,
    caller: &'a Caller,
    /// By identifier and address: the growing delay.
    delay: Limit,
    /// By address and by network.
    windows: Vec<Limit>,
    /// By account, or by identifier where there is no account; for clients that are not known to it. Quiet.
    account: Limit,
    /// The user's token of the browser, if the user has logged in with it. It is exempt from the limits above, and its own
    /// failures are few.
    known_browser: Option<(UserId, BrowserToken)>,
}

/// An attempt with the right password, which is counted as a failure still.
#[derive(Debug)]
pub(crate) struct CountedAttempt {
    /// The counters whose failures end.
    ended: [ThrottleKey; 2],
    /// The counters that lose this failure alone.
    windows: Vec<ThrottleKey>,
}

impl Accounts {
    /// Gives back what was counted, after a log-in that succeeded: the failures of its identifier and account end, the others
    /// stay. The log-in does not fail with it.
    pub(crate) async fn give_back_attempt(&self, counted: Option<&CountedAttempt>) {
        let Some(CountedAttempt { ended, windows }) = counted else { return };
        let throttles = &self.inner.ports.throttles;
        let (forgotten, given_back) = tokio::join!(throttles.forget(ended), throttles.give_back(windows));
        if let Err(failure) = forgotten.and(given_back) {
            tracing::warn!(error = ?failure, "a log-in stays counted as a failure");
        }
    }

    /// The limits of an attempt, of which none refuses it yet. Writes nothing.
    ///
    /// # Errors
    /// [`LogInError::Throttled`]: a limit refuses the attempt.
    pub(crate) async fn log_in_limits<'a>(
        &'a self,
        identifier: &str,
        user: Option<UserId>,
        caller: &'a Caller,
        browser: &BrowserTokens,
    ) -> Result<LogInLimits<'a>, LogInError> {
        let (recognition, known_browser) = self.recognize(user, caller, browser).await?;
        let known_browser = user.zip(known_browser);
        let identifier = identifier_key(identifier);
        let account = self.account_limit(&identifier, user, caller, recognition);
        self.checked_limits(&identifier, account, known_browser, caller).await
    }

    /// The limits of a password that is asked again in a live session: those of a log-in by username, but the failures of the
    /// account are counted apart. Strangers without a session, who may have used up the limit of log-ins, do not lock it.
    ///
    /// # Errors
    /// [`LogInError::Throttled`]: a limit refuses the attempt.
    pub(crate) async fn limits_in_session<'a>(
        &'a self,
        user: &User,
        caller: &'a Caller,
        browser: &BrowserTokens,
    ) -> Result<LogInLimits<'a>, LogInError> {
        let (_, known_browser) = self.recognize(Some(user.id), caller, browser).await?;
        let known_browser = known_browser.map(|token| (user.id, token));
        let key = key_in_session(user.id);
        let limit = self.inner.throttling.failures_per_account;
        let account = Limit::quiet(key, LimitRule::Consecutive { limit, rest: ACCOUNT_REST });
        self.checked_limits(&user.username.key(), account, known_browser, caller).await
    }

    /// The limits of an attempt by an identifier, checked unless the browser is known. Writes nothing.
    async fn checked_limits<'a>(
        &'a self,
        identifier: &str,
        account: Limit,
        known_browser: Option<(UserId, BrowserToken)>,
        caller: &'a Caller,
    ) -> Result<LogInLimits<'a>, LogInError> {
        let (delay, windows) = (self.delay_limit(identifier, caller), self.window_limits(caller));
        let limits = LogInLimits { accounts: self, caller, delay, windows, account, known_browser };
        if limits.known_browser.is_none() {
            let checked = self.inner.ports.throttles.check(&limits.all(), self.inner.clock.now()).await?;
            limits.emitted(checked)?;
        }
        Ok(limits)
    }

    /// Forgets the failures of an account after a change of its password, which has forgotten the browsers and networks that are
    /// exempt from the limit: the owner, too, logs in as a stranger then. The change does not fail with it.
    pub(crate) async fn forget_failures(&self, user: UserId, caller: &Caller) {
        let network = caller.network().map(|network| account_key(user, &network));
        let keys: Vec<_> = [account_key(user, ""), key_in_session(user)].into_iter().chain(network).collect();
        if let Err(failure) = self.inner.ports.throttles.forget(&keys).await {
            tracing::warn!(user = user.get(), error = ?failure, "the failures before a change of the password stay counted");
        }
    }

    /// Whether the user has logged in from this network, and with which of the browser's tokens. The queries are the same for an
    /// unknown user.
    pub(crate) async fn recognize(
        &self,
        user: Option<UserId>,
        caller: &Caller,
        browser: &BrowserTokens,
    ) -> Result<(Recognition, Option<BrowserToken>), StoreError> {
        const NO_USER: UserId = UserId::new(0); // row ids begin at 1
        let (user, network, now) = (user.unwrap_or(NO_USER), caller.network(), self.inner.clock.now());
        let find = |token: Option<&BrowserToken>| {
            self.inner.ports.known_browsers.find(user, token.map(BrowserToken::digest), network.clone(), now)
        };
        let mut stranger = None;
        for token in browser.iter() {
            let found = find(Some(token)).await?;
            if found.browser {
                return Ok((found, Some(token.clone())));
            }
            stranger = Some(found);
        }
        let stranger = if let Some(found) = stranger { found } else { find(None).await? };
        Ok((stranger, None))
    }

    /// The growing delay of one identifier and one address. It does not depend on whether the identifier is a user's, and
    /// counts e-mail address and username apart: a wait for one says nothing about the other.
    fn delay_limit(&self, identifier: &str, caller: &Caller) -> Limit {
        let Throttling { free_failures: free, longest_wait: longest, .. } = self.inner.throttling;
        let key = throttle_key("log-in", &[identifier.as_bytes(), address_part(caller).as_bytes()]);
        Limit::new(key, LimitRule::Delay { free, longest })
    }

    fn window_limits(&self, caller: &Caller) -> Vec<Limit> {
        network_limits("log-in", caller, self.inner.throttling.failures_per_minute, Duration::from_mins(1))
    }

    /// The limit of an account: one for all strangers, and one for each network from which the user has logged in, so that
    /// strangers elsewhere do not use up the owner's. An identifier without an account is limited alike: it takes the same
    /// commits, and in the end no hash either.
    fn account_limit(
        &self,
        identifier: &str,
        user: Option<UserId>,
        caller: &Caller,
        recognition: Recognition,
    ) -> Limit {
        let known_network = caller.network().filter(|_| recognition.network).unwrap_or_default();
        let (key, rest) = match user {
            Some(user) => (account_key(user, &known_network), ACCOUNT_REST),
            None => (throttle_key("no account", &[identifier.as_bytes()]), NO_ACCOUNT_REST),
        };
        let limit = self.inner.throttling.failures_per_account;
        Limit::quiet(key, LimitRule::Consecutive { limit, rest })
    }
}

impl LogInLimits<'_> {
    /// The user's token of the browser, if the user has logged in with it before, and its failures are not used up.
    pub(crate) fn known_browser(&self) -> Option<&BrowserToken> {
        self.known_browser.as_ref().map(|(_, token)| token)
    }

    /// The share of the hash queue in which the attempt waits.
    pub(crate) fn share(&self) -> Share {
        let share = self.caller.share();
        if self.known_browser.is_some() { share.with_known_browser() } else { share }
    }

    fn all(&self) -> Vec<Limit> {
        [self.delay].into_iter().chain(self.windows.iter().copied()).chain([self.account]).collect()
    }

    /// Counts the attempt as a failure, before its password is hashed. [`Attempt::QuietlyRefused`] is answered as a mismatch,
    /// without a hash and after the time of one.
    ///
    /// # Errors
    /// [`LogInError::Throttled`]: other attempts have reached a limit meanwhile.
    pub(crate) async fn count(&mut self) -> Result<Attempt, LogInError> {
        if let Some((user, browser)) = &self.known_browser {
            let now = self.accounts.inner.clock.now();
            if in_turn(self.accounts.inner.ports.known_browsers.count_failure(*user, browser.digest(), now)).await? {
                return Ok(Attempt::Allowed);
            }
            self.known_browser = None; // other attempts have used up its failures
        }
        self.emitted(self.accounts.count_in_turn(&self.all()).await?)
    }

    /// What was counted, to be given back after a log-in that succeeded. `None` for a known browser, whose failures end when it is
    /// remembered.
    pub(crate) fn counted(&self) -> Option<CountedAttempt> {
        let windows = self.windows.iter().map(|limit| limit.key).collect();
        self.known_browser.is_none().then_some(CountedAttempt { ended: [self.delay.key, self.account.key], windows })
    }

    fn emitted(&self, counted: Result<Attempt, Throttled>) -> Result<Attempt, LogInError> {
        counted.map_err(|throttled| {
            self.accounts.emit_throttled("log-in", self.caller);
            LogInError::Throttled(throttled)
        })
    }
}

/// The key of the failures of an account: in a network from which its user has logged in, or in all others together (`""`).
fn account_key(user: UserId, known_network: &str) -> ThrottleKey {
    throttle_key("account", &[&user.get().to_be_bytes(), known_network.as_bytes()])
}

/// The key of the failures of an account in its sessions.
fn key_in_session(user: UserId) -> ThrottleKey {
    throttle_key("account in session", &[&user.get().to_be_bytes()])
}

/// The identifier as a part of a key: that of the e-mail address or the username that was typed, in any spelling, or else the
/// text without regard to case.
fn identifier_key(identifier: &str) -> String {
    let email = Email::parse(identifier).map(|email| email.key());
    email.or_else(|_| Username::parse(identifier).map(|name| name.key())).unwrap_or_else(|_| caseless_key(identifier))
}
