//! What an embedder chooses of the HTTP side.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use poem::Response;
use poem::http::{HeaderName, HeaderValue};
use url::Url;

use super::headers;
use super::layout::{Layout, PageContext, PlainLayout};
use super::site::Site;
use crate::{BuildError, Builder};

/// A page that this crate brings, and that an embedder may move or replace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountPage {
    /// GET and POST, by default `/register`.
    Register,
    /// GET and POST, by default `/login`.
    LogIn,
    /// POST, by default `/logout`.
    LogOut,
}

/// Answers a guest at a protected page.
pub(super) type Unauthorized = Arc<dyn Fn(&PageContext) -> Response + Send + Sync>;

/// What was chosen, as it was said.
pub(crate) struct WebSettings {
    layout: Arc<dyn Layout>,
    unauthorized: Option<Unauthorized>,
    cookie_prefix: Option<String>,
    listen: Option<SocketAddr>,
    origin: Option<String>,
    allow_plain_http: bool,
    trusted_proxies: Vec<IpNet>,
    body_limit: usize,
    handler_timeout: Duration,
    csp_sources: Vec<(String, String)>,
    paths: Paths,
    after_registration: Option<String>,
    without: BTreeSet<AccountPage>,
}

/// What was chosen, checked.
pub(crate) struct Settings {
    pub(super) layout: Arc<dyn Layout>,
    pub(super) unauthorized: Option<Unauthorized>,
    pub(super) cookie_prefix: Option<String>,
    pub(super) site: Site,
    pub(super) trusted_proxies: Vec<IpNet>,
    pub(super) body_limit: usize,
    pub(super) handler_timeout: Duration,
    pub(super) security_headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) paths: Paths,
    pub(super) after_registration: String,
    pub(super) without: BTreeSet<AccountPage>,
}

/// Where the pages are, and where they lead.
#[derive(Debug, Clone)]
pub(super) struct Paths {
    pub(super) register: String,
    pub(super) log_in: String,
    pub(super) log_out: String,
    pub(super) after_log_in: String,
    pub(super) after_log_out: String,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            layout: Arc::new(PlainLayout),
            unauthorized: None,
            cookie_prefix: None,
            listen: None,
            origin: None,
            allow_plain_http: false,
            trusted_proxies: Vec::new(),
            body_limit: 64 * 1024,
            handler_timeout: Duration::from_secs(30),
            csp_sources: Vec::new(),
            paths: Paths {
                register: "/register".into(),
                log_in: "/login".into(),
                log_out: "/logout".into(),
                after_log_in: "/".into(),
                after_log_out: "/".into(),
            },
            after_registration: None,
            without: BTreeSet::new(),
        }
    }
}

impl Builder {
    /// The pages' layout. Default: [`Plain`].
    pub fn layout(mut self, layout: impl Layout + 'static) -> Self {
        self.web.layout = Arc::new(layout);
        self
    }

    /// Answers guests at protected pages in another way. Default: for a program 401 and JSON, for everybody else a
    /// redirect (303) to the log-in page with [`crate::words::LOGIN_REQUIRED`], which leads back after the log-in.
    pub fn unauthorized(mut self, answer: impl Fn(&PageContext) -> Response + Send + Sync + 'static) -> Self {
        self.web.unauthorized = Some(Arc::new(answer));
        self
    }

    /// Puts a word before the names of the cookies, for services that share a host: `trips` makes `trips-session`. 1 to 32
    /// letters, digits and dashes. Default: none.
    pub fn cookie_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.web.cookie_prefix = Some(prefix.into());
        self
    }

    /// The address that the service listens on. Default: this machine alone; any other needs an [`Builder::origin`].
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.web.listen = Some(address);
        self
    }

    /// The origin under which people reach the service, such as `https://dinner.example`. TLS ends at a proxy.
    ///
    /// Cookies then carry `__Host-` names and `Secure`, and HSTS is sent.
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.web.origin = Some(origin.into());
        self
    }

    /// Lets passwords and sessions cross the network in clear. For a closed network only. Without an [`Builder::origin`] the
    /// service then answers to its addresses, and to no name: any page of the web could lead a name of its own here.
    pub fn allow_plain_http(mut self) -> Self {
        self.web.allow_plain_http = true;
        self
    }

    /// The proxies whose `X-Forwarded-For` counts. Default: none.
    pub fn trusted_proxies(mut self, networks: impl IntoIterator<Item = IpNet>) -> Self {
        self.web.trusted_proxies.extend(networks);
        self
    }

    /// The most bytes that a request's body may have: 1,024 to 16 MiB. Default: 65,536.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.web.body_limit = bytes;
        self
    }

    /// How long a page may take before the visitor is told that it was given up (503), such as for a database that keeps
    /// silent: 10 ms to an hour. The body's way here does not count. Default: 30 s.
    pub fn handler_timeout(mut self, limit: Duration) -> Self {
        self.web.handler_timeout = limit;
        self
    }

    /// Adds a source to a directive of the content security policy, such as `("img-src", "https://tiles.example")`.
    pub fn csp_source(mut self, directive: impl Into<String>, source: impl Into<String>) -> Self {
        self.web.csp_sources.push((directive.into(), source.into()));
        self
    }

    /// Moves the registration page.
    pub fn register_at(mut self, path: impl Into<String>) -> Self {
        self.web.paths.register = path.into();
        self
    }

    /// Moves the log-in page.
    pub fn log_in_at(mut self, path: impl Into<String>) -> Self {
        self.web.paths.log_in = path.into();
        self
    }

    /// Moves the address that logs out.
    pub fn log_out_at(mut self, path: impl Into<String>) -> Self {
        self.web.paths.log_out = path.into();
        self
    }

    /// Where a registration leads. Default: to the log-in page, wherever that is.
    pub fn after_registration(mut self, path: impl Into<String>) -> Self {
        self.web.after_registration = Some(path.into());
        self
    }

    /// Where a log-in leads that has no `next`. Default: `/`.
    pub fn after_log_in(mut self, path: impl Into<String>) -> Self {
        self.web.paths.after_log_in = path.into();
        self
    }

    /// Where a log-out leads. Default: `/`.
    pub fn after_log_out(mut self, path: impl Into<String>) -> Self {
        self.web.paths.after_log_out = path.into();
        self
    }

    /// Leaves a page out: the embedder brings one of their own at its path, or wants none.
    pub fn without(mut self, page: AccountPage) -> Self {
        self.web.without.insert(page);
        self
    }
}

impl WebSettings {
    /// Refuses what is unsafe or makes no sense; else tells what follows from the rest.
    pub(crate) fn check(&self) -> Result<(Site, HeaderValue), BuildError> {
        let site = self.site()?;
        if !(1024..=16 * 1024 * 1024).contains(&self.body_limit) {
            return Err(BuildError::BodyLimit(self.body_limit));
        }
        if !(Duration::from_millis(10)..=Duration::from_hours(1)).contains(&self.handler_timeout) {
            return Err(BuildError::AnswerWithin(self.handler_timeout));
        }
        if let Some(prefix) = self.cookie_prefix.as_ref().filter(|prefix| !is_cookie_prefix(prefix)) {
            return Err(BuildError::NotACookiePrefix(prefix.clone()));
        }
        let Paths { register, log_in, log_out, after_log_in, after_log_out } = &self.paths;
        let after_registration = self.after_registration.as_ref().unwrap_or(log_in);
        for path in [register, log_in, log_out, after_registration, after_log_in, after_log_out] {
            if !is_page(path) {
                return Err(BuildError::NotAPath(path.clone()));
            }
        }
        Ok((site, csp(&self.csp_sources)?))
    }

    pub(crate) fn checked(self) -> Result<Settings, BuildError> {
        let (site, csp) = self.check()?;
        let after_registration = self.after_registration.unwrap_or_else(|| self.paths.log_in.clone());
        Ok(Settings {
            security_headers: headers::security_headers(csp, site.is_secure()),
            layout: self.layout,
            unauthorized: self.unauthorized,
            cookie_prefix: self.cookie_prefix,
            site,
            trusted_proxies: self.trusted_proxies,
            body_limit: self.body_limit,
            handler_timeout: self.handler_timeout,
            paths: self.paths,
            after_registration,
            without: self.without,
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
        let site = Site::Origin(origin(text)?);
        if !site.is_secure() && !self.allow_plain_http {
            return Err(BuildError::PlainOrigin(text.clone()));
        }
        Ok(site)
    }
}

/// Reads an origin: scheme, host and port, nothing else.
fn origin(text: &str) -> Result<url::Origin, BuildError> {
    // What stands before an @ may be a password, and this line may be logged.
    let not_one = || BuildError::NotAnOrigin(text.rsplit('@').next().unwrap_or_default().to_owned());
    let url = Url::parse(text).map_err(|_| not_one())?;
    let bare = matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none();
    let nobody = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if bare && nobody && !text.contains('*') { Ok(url.origin()) } else { Err(not_one()) }
}

fn is_cookie_prefix(prefix: &str) -> bool {
    (1..=32).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether Poem routes a path to one page, and a redirect leads there.
fn is_page(path: &str) -> bool {
    super::Next::parse(path).is_some_and(|next| next.as_str() == path) && !path.contains(['?', ':', '*', '<'])
}

fn csp(sources: &[(String, String)]) -> Result<HeaderValue, BuildError> {
    let mut policy = headers::CSP.to_owned();
    for (directive, source) in sources {
        let refused = || BuildError::NotASource(format!("{directive} {source}"));
        let is_name = !directive.is_empty() && directive.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        // What would end the directive, or undo the policy: inline code is never allowed.
        let is_token = !source.is_empty() && source.bytes().all(|byte| byte.is_ascii_graphic());
        let is_source = is_token && !source.contains([';', ',']) && !source.to_ascii_lowercase().contains("unsafe");
        if !is_name || !is_source {
            return Err(refused());
        }
        let found = policy.split("; ").any(|part| part.split(' ').next() == Some(directive));
        policy = if found {
            policy.replace(&format!("{directive} "), &format!("{directive} {source} "))
        } else {
            format!("{policy}; {directive} {source}")
        };
    }
    HeaderValue::from_str(&policy).map_err(|_| BuildError::NotASource(policy))
}
