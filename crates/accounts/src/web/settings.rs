//! The settings of the HTTP side: their values, defaults and checks. The methods that set them are in [`builder`].

mod builder;
mod route_paths;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use auth::BearerToken;
use domain::StoreError;
use domain::user::UserId;
use futures_util::future::BoxFuture;
use poem::http::{HeaderName, HeaderValue};
use poem::{Request, Response};
use url::Url;

use self::route_paths::RoutePaths;
use super::account_pages::{ACCOUNT_PAGES, AccountPage};
use super::own_fields::{OwnFields, reserved_name};
use super::page::{
    GuestMessages, Layout, PageContext, PlainLayout, Problem, content_security_policy, security_headers,
};
use super::request::{BodyRule, ReturnPath, Site, TrustedProxies};
use crate::BuildError;
use crate::timeouts::{HANDLER_TIMEOUT, HANDLER_TIMEOUT_RANGE};

/// The body limits that an embedder can choose, in bytes.
const BODY_LIMIT_RANGE: std::ops::RangeInclusive<usize> = 1024..=16 * 1024 * 1024;

/// How long a log-in is recent: 10 minutes.
const RECENT_LOG_IN: Duration = Duration::from_mins(10);

/// How long an embedder can let a log-in be recent. Below a minute a form cannot be filled in; two hours are the sudo mode of
/// GitHub.
const RECENT_LOG_IN_RANGE: std::ops::RangeInclusive<Duration> = Duration::from_mins(1)..=Duration::from_hours(2);

/// Responds to an anonymous visitor on a protected page, or leaves it to the default: see [`crate::Builder::unauthorized`].
pub(super) type Unauthorized = Arc<dyn Fn(&Request, &PageContext) -> Option<Response> + Send + Sync>;

/// Finds the user of a token: see [`crate::Builder::api_tokens_at`].
pub(super) type FindTokenUser =
    Arc<dyn Fn(BearerToken) -> BoxFuture<'static, Result<Option<UserId>, StoreError>> + Send + Sync>;

/// Describes the page at a return path to an anonymous visitor: see [`crate::Builder::describe_next`].
pub(super) type DescribeNext = Arc<dyn Fn(ReturnPath) -> BoxFuture<'static, Option<String>> + Send + Sync>;

/// A part of the account page that the embedder adds: see [`crate::Builder::account_section`].
pub(super) type AccountSection = Arc<dyn Fn(PageContext) -> BoxFuture<'static, Result<String, Problem>> + Send + Sync>;

/// The settings as they were chosen, unchecked.
pub(crate) struct UncheckedSettings {
    layout: Arc<dyn Layout>,
    unauthorized: Option<Unauthorized>,
    cookie_prefix: Option<String>,
    listen: Option<SocketAddr>,
    origin: Option<String>,
    allow_plain_http: bool,
    trusted_proxies: TrustedProxies,
    body_limit: usize,
    handler_timeout: Duration,
    recent_log_in: Duration,
    open_paths: Vec<(String, ())>,
    token_paths: Vec<(String, FindTokenUser)>,
    body_rules: Vec<(String, BodyRule)>,
    csp_sources: Vec<(String, String)>,
    guest_messages: Vec<String>,
    /// The paths of the account pages that were moved.
    pub(super) paths: BTreeMap<AccountPage, String>,
    pub(super) without: BTreeSet<AccountPage>,
    /// The account pages in whose place the embedder has a page.
    pub(super) own_pages: BTreeSet<AccountPage>,
    log_in_after_registration: bool,
    own_fields: Option<Arc<dyn OwnFields>>,
    describe_next: Option<DescribeNext>,
    account_sections: Vec<AccountSection>,
    after_registration: Option<String>,
    after_log_in: String,
    after_log_out: String,
    deletion_consequences: Vec<&'static str>,
}

/// The settings, checked.
pub(crate) struct Settings {
    pub(super) layout: Arc<dyn Layout>,
    pub(super) unauthorized: Option<Unauthorized>,
    pub(super) cookie_prefix: Option<String>,
    pub(super) site: Site,
    pub(super) trusted_proxies: TrustedProxies,
    pub(super) body_limit: usize,
    pub(super) handler_timeout: Duration,
    pub(super) recent_log_in: Duration,
    /// The routes that take a POST of any origin.
    pub(super) open_routes: RoutePaths<()>,
    /// The routes on which a program's token counts.
    pub(super) token_routes: RoutePaths<FindTokenUser>,
    /// The routes with a body limit of their own.
    pub(super) body_rules: RoutePaths<BodyRule>,
    /// The greatest body limit of a route.
    pub(super) greatest_body_limit: usize,
    pub(super) security_headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) guest_messages: GuestMessages,
    pub(super) paths: BTreeMap<AccountPage, String>,
    pub(super) without: BTreeSet<AccountPage>,
    pub(super) own_pages: BTreeSet<AccountPage>,
    pub(super) log_in_after_registration: bool,
    pub(super) own_fields: Option<Arc<dyn OwnFields>>,
    pub(super) describe_next: Option<DescribeNext>,
    pub(super) account_sections: Vec<AccountSection>,
    pub(super) after_registration: Option<String>,
    pub(super) after_log_in: String,
    pub(super) after_log_out: String,
    pub(super) deletion_consequences: Vec<&'static str>,
}

impl crate::Accounts {
    /// The most bytes of a request body on any route: see [`crate::Builder::body_limit`] and [`crate::Builder::upload_at`].
    ///
    /// An HTTP server in front of the layer that has a body limit of its own needs the same.
    #[must_use]
    pub fn body_limit(&self) -> usize {
        let settings = &self.inner.web;
        settings.greatest_body_limit
    }
}

impl Settings {
    /// The names of the embedder's own fields of the registration form.
    pub(super) fn own_names(&self) -> &'static [&'static str] {
        self.own_fields.as_ref().map_or(&[], |own| own.names())
    }

    /// Where a registration that logs in leads: to `next`, or to the path of the embedder's setting, or as a log-in.
    pub(super) fn destination_of_registration(&self, next: Option<&ReturnPath>) -> String {
        let own = self.after_registration.clone().filter(|_| next.is_none());
        own.unwrap_or_else(|| self.destination_of_log_in(next))
    }
}

impl Default for UncheckedSettings {
    fn default() -> Self {
        Self {
            layout: Arc::new(PlainLayout),
            unauthorized: None,
            cookie_prefix: None,
            listen: None,
            origin: None,
            allow_plain_http: false,
            trusted_proxies: TrustedProxies::default(),
            body_limit: 64 * 1024,
            handler_timeout: HANDLER_TIMEOUT,
            recent_log_in: RECENT_LOG_IN,
            open_paths: Vec::new(),
            token_paths: Vec::new(),
            body_rules: Vec::new(),
            csp_sources: Vec::new(),
            guest_messages: Vec::new(),
            paths: BTreeMap::new(),
            without: BTreeSet::new(),
            own_pages: BTreeSet::new(),
            log_in_after_registration: true,
            own_fields: None,
            describe_next: None,
            account_sections: Vec::new(),
            after_registration: None,
            after_log_in: "/".into(),
            after_log_out: "/".into(),
            deletion_consequences: Vec::new(),
        }
    }
}

impl UncheckedSettings {
    /// Validates every setting, and returns what follows from them: the site and the content security policy.
    pub(crate) fn validate(&self) -> Result<(Site, HeaderValue), BuildError> {
        let site = self.site()?;
        if let Some(limit) = self.body_limits().find(|limit| !BODY_LIMIT_RANGE.contains(limit)) {
            return Err(BuildError::BodyLimit(limit));
        }
        if !HANDLER_TIMEOUT_RANGE.contains(&self.handler_timeout) {
            return Err(BuildError::HandlerTimeout(self.handler_timeout));
        }
        if !RECENT_LOG_IN_RANGE.contains(&self.recent_log_in) {
            return Err(BuildError::RecentLogIn(self.recent_log_in));
        }
        if let Some(prefix) = self.cookie_prefix.as_ref().filter(|prefix| !is_cookie_prefix(prefix)) {
            return Err(BuildError::NotACookiePrefix(prefix.clone()));
        }
        let pages = ACCOUNT_PAGES.iter().filter_map(|entry| self.paths.get(&entry.page));
        let targets = self.after_registration.iter().chain([&self.after_log_in, &self.after_log_out]);
        if let Some(path) = pages.chain(targets).find(|path| !is_page_path(path)) {
            return Err(BuildError::NotAPath(path.clone()));
        }
        if let Some(name) = self.own_fields.as_ref().and_then(reserved_name) {
            return Err(BuildError::OwnField(name));
        }
        RoutePaths::new(&self.token_paths)?;
        self.ensure_not_of_account_pages(&self.open_paths)?;
        self.ensure_not_of_account_pages(&self.body_rules)?;
        Ok((site, content_security_policy(&self.csp_sources)?))
    }

    /// The body limit, and those of single routes.
    fn body_limits(&self) -> impl Iterator<Item = usize> {
        self.body_rules.iter().map(|(_, rule)| rule.limit).chain([self.body_limit])
    }

    /// Rejects the path of a route that is an account page, or includes one.
    fn ensure_not_of_account_pages<T: Clone>(&self, paths: &[(String, T)]) -> Result<(), BuildError> {
        for path in paths {
            let routes = RoutePaths::new(std::slice::from_ref(path))?;
            let pages = ACCOUNT_PAGES.iter().filter(|entry| !self.without.contains(&entry.page));
            let mut pages = pages.map(|entry| self.paths.get(&entry.page).map_or(entry.default_path, String::as_str));
            let is_in_path = |page: &&str| page.parse().is_ok_and(|uri| routes.find(&uri).is_some());
            if let Some(page) = pages.find(is_in_path) {
                return Err(BuildError::IncludesAnAccountPage { path: path.0.clone(), page: page.to_owned() });
            }
        }
        Ok(())
    }

    /// The settings, if all are valid.
    pub(crate) fn into_checked(self) -> Result<Settings, BuildError> {
        let (site, csp) = self.validate()?;
        Ok(Settings {
            greatest_body_limit: self.body_limits().max().unwrap_or(self.body_limit),
            security_headers: security_headers(csp, site.is_secure()),
            guest_messages: GuestMessages::new(&self.guest_messages),
            layout: self.layout,
            unauthorized: self.unauthorized,
            cookie_prefix: self.cookie_prefix,
            site,
            trusted_proxies: self.trusted_proxies,
            body_limit: self.body_limit,
            handler_timeout: self.handler_timeout,
            recent_log_in: self.recent_log_in,
            open_routes: RoutePaths::new(&self.open_paths)?,
            token_routes: RoutePaths::new(&self.token_paths)?,
            body_rules: RoutePaths::new(&self.body_rules)?,
            paths: self.paths,
            without: self.without,
            own_pages: self.own_pages,
            log_in_after_registration: self.log_in_after_registration,
            own_fields: self.own_fields,
            describe_next: self.describe_next,
            account_sections: self.account_sections,
            after_registration: self.after_registration,
            after_log_in: self.after_log_in,
            after_log_out: self.after_log_out,
            deletion_consequences: self.deletion_consequences,
        })
    }

    fn site(&self) -> Result<Site, BuildError> {
        let Some(text) = &self.origin else {
            return match self.listen {
                Some(address) if !address.ip().is_loopback() && !self.allow_plain_http => {
                    Err(BuildError::NoOrigin(address))
                }
                Some(address) if !address.ip().is_loopback() => Ok(Site::Network),
                _ => Ok(Site::Loopback),
            };
        };
        let site = Site::Origin(parse_origin(text)?);
        if !site.is_secure() && !self.allow_plain_http {
            return Err(BuildError::PlainOrigin(text.clone()));
        }
        Ok(site)
    }
}

/// Parses an origin: scheme, host and port, and nothing else.
fn parse_origin(text: &str) -> Result<url::Origin, BuildError> {
    // What precedes an @ may be a password, and the error may be logged.
    let error = || BuildError::NotAnOrigin(text.rsplit('@').next().unwrap_or_default().to_owned());
    let mut url = Url::parse(text).map_err(|_| error())?;
    if let Some(host) = url.domain().and_then(|name| name.strip_suffix('.')).map(ToOwned::to_owned) {
        url.set_host(Some(&host)).map_err(|_| error())?; // the absolute form of the same name
    }
    let is_http = matches!(url.scheme(), "http" | "https");
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if is_http && is_bare && !has_credentials && !text.contains('*') { Ok(url.origin()) } else { Err(error()) }
}

fn is_cookie_prefix(prefix: &str) -> bool {
    (1..=32).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether Poem routes the path to exactly one page, and a redirect leads to it unchanged.
fn is_page_path(path: &str) -> bool {
    ReturnPath::parse(path).is_some_and(|parsed| parsed.as_str() == path) && !path.contains(['?', ':', '*', '<'])
}

#[cfg(test)]
mod tests {
    use auth::{Cost, Lifetime, Lifetimes, Password, PasswordPolicy};

    use super::*;

    const GUIDE: &str = include_str!("../../../../docs/EMBEDDING.md");

    /// The guide's tables of settings.
    fn chapter() -> &'static str {
        let (_, rest) = GUIDE.split_once("\n## What you can choose\n").unwrap();
        rest.split("\n## ").next().unwrap()
    }

    /// Each method of the builder that is a setting, by the source. Those that move an account page have a table of their own.
    #[test]
    fn guide_names_every_setting() {
        let sources = [include_str!("../builder.rs"), include_str!("settings/builder.rs")];
        let methods = sources.iter().flat_map(|source| source.split("\n    pub fn ").skip(1)).filter_map(|method| {
            let (name, arguments) = method.split_once('(')?;
            let is_setting = arguments.starts_with("self") || arguments.starts_with("mut self");
            is_setting.then(|| name.split('<').next().unwrap_or_default())
        });
        let settings: Vec<_> = methods.filter(|name| *name != "build").collect();
        assert!(settings.len() > 25, "{settings:?}");
        for name in settings {
            let is_named = chapter().lines().any(|line| {
                line.starts_with('|') && (line.contains(&format!("`{name}`")) || line.contains(&format!("`{name}(")))
            });
            assert!(is_named, "docs/EMBEDDING.md lacks the setting `{name}` in \"What you can choose\"");
        }
    }

    #[test]
    fn guide_has_the_default_and_the_range_of_each_limit() {
        let hours = |hours| Duration::from_hours(hours);
        let (browser, remembered) = (Lifetimes::default().browser(), Lifetimes::default().remembered());
        let lifetimes = [browser.idle(), browser.absolute(), remembered.idle(), remembered.absolute()];
        assert_eq!(lifetimes, [hours(12), hours(7 * 24), hours(14 * 24), hours(30 * 24)]);
        assert_eq!((Lifetime::MIN_IDLE, Lifetime::MAX_ABSOLUTE), (Duration::from_mins(2), hours(30 * 24)));
        assert_eq!((Lifetime::MAX_LONG_IDLE, Lifetime::MAX_LONG_ABSOLUTE), (hours(90 * 24), hours(400 * 24)));
        assert_eq!((Cost::MIN_ROUNDS, Cost::MAX_ROUNDS, Cost::DEFAULT.rounds()), (600_000, 10_000_000, 600_000));
        assert_eq!((PasswordPolicy::default().min_length(), Password::MAX_LENGTH), (8, 1_024));
        assert_eq!((UncheckedSettings::default().body_limit, BODY_LIMIT_RANGE), (65_536, 1_024..=16_777_216));
        assert_eq!(HANDLER_TIMEOUT, Duration::from_secs(30));
        assert_eq!(HANDLER_TIMEOUT_RANGE, Duration::from_millis(10)..=hours(1));
        assert_eq!((RECENT_LOG_IN, RECENT_LOG_IN_RANGE), (Duration::from_mins(10), Duration::from_mins(1)..=hours(2)));
        for (setting, end) in [
            (
                "lifetimes",
                "| 12 hours and 7 days; with \"remember me\" 14 and 30 days | at least 2 minutes, at most 30 days;",
            ),
            ("cost", " | 600,000 | 600,000 to 10,000,000 |"),
            ("password_policy", " | 8 to 1,024 | the least 8 to 64, the most 64 to 1,024 |"),
            ("body_limit", " | 65,536 | 1,024 to 16,777,216 |"),
            ("handler_timeout", " | 30 seconds | 10 milliseconds to 1 hour |"),
            ("recent_log_in", " | 10 minutes | 1 minute to 2 hours |"),
            ("cookie_prefix", " | 1 to 32 letters, digits and dashes |"),
        ] {
            let row = chapter().lines().find(|line| line.starts_with(&format!("| `{setting}`"))).unwrap_or_default();
            assert!(row.contains(end), "{setting}: {row:?} lacks {end:?}");
        }
    }

    #[test]
    fn value_that_its_constructor_has_refused_is_the_one_line_of_build() {
        use auth::{CostError, LifetimeError, PasswordPolicyError};

        let error = |builder: crate::Builder| builder.ensure_valid().err().map(|error| format!("{error:?}"));
        let long: Result<Lifetimes, LifetimeError> =
            Lifetime::long(Duration::from_hours(91 * 24), Duration::from_hours(100 * 24))
                .map(|long| Lifetimes::default().with_remembered(long));
        let cost: Result<Cost, CostError> = Cost::from_rounds(599_999);
        let policy: Result<PasswordPolicy, PasswordPolicyError> = PasswordPolicy::default().with_min_length(7);
        for (builder, line) in [
            (crate::Accounts::builder().lifetimes(long), "the idle limit of a long session is at most 90 days"),
            (crate::Accounts::builder().cost(cost), "a password hash takes at least 600000 rounds, not 599999"),
            (
                crate::Accounts::builder().password_policy(policy.clone()),
                "the least length of a password is 8 to 64 characters, not 7",
            ),
            (
                crate::Accounts::builder().cost(cost).lifetimes(long).cost(Cost::DEFAULT),
                "a password hash takes at least 600000 rounds, not 599999",
            ),
        ] {
            assert_eq!(error(builder).as_deref(), Some(line));
        }
        let valid: Result<Cost, CostError> = Ok(Cost::DEFAULT);
        assert_eq!(error(crate::Accounts::builder().cost(valid).lifetimes(Lifetimes::default())), None);
    }
}
