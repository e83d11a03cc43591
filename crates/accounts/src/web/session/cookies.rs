//! Names, reading and writing of this crate's cookies. No other code writes one.

use auth::{LiveSession, SessionToken};
use cookie::SameSite;
use poem::Request;
use poem::http::header;

use crate::Accounts;
use crate::web::request::{Site, local_port};

/// The cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The session token.
    Session,
    /// The secret of a visitor without a session, which keys the CSRF tokens of an anonymous visitor's forms.
    PreSession,
    /// The flash messages for the next page.
    Flash,
    /// The tokens by which the browser is recognized after a log-out.
    Browser,
}

impl Cookie {
    /// The cookie's name for a request.
    ///
    /// Over TLS it has the prefix `__Host-`, so that no other host can set it. Where the origin has a port that is not the
    /// default one, and on loopback, it ends in the port: cookies ignore ports, and two services on one host would overwrite
    /// each other's sessions.
    pub(crate) fn name(self, prefix: Option<&str>, site: &Site, request: &Request) -> String {
        let name = match self {
            Self::Session => "session",
            Self::PreSession => "visit",
            Self::Flash => "flash",
            Self::Browser => "device",
        };
        let name = prefix.map_or_else(|| name.to_owned(), |prefix| format!("{prefix}-{name}"));
        let port = match site {
            Site::Origin(_) => site.unusual_port(),
            _ => local_port(request),
        };
        let name = port.map_or_else(|| name.clone(), |port| format!("{name}-{port}"));
        if site.is_secure() { format!("__Host-{name}") } else { name }
    }
}

/// The name of the session cookie in versions before the port of an origin was part of it; `None` where it has no such port.
///
/// A live session is found under that name too, and its cookie is then moved to the current name: see [`FormerSession`].
/// No cookie of the former name is written, and no session lives longer than its lifetime, 30 days unless the embedder chooses more. So
/// after that time a cookie of that name is another service's. The pre-session cookie of the former name is not read: it ends with the
/// browser, and a form that it keys is kept and sent again.
pub(crate) fn former_session_name(prefix: Option<&str>, site: &Site, request: &Request) -> Option<String> {
    let port = match site {
        Site::Origin(_) => site.unusual_port()?,
        _ => return None,
    };
    Cookie::Session.name(prefix, site, request).strip_suffix(&format!("-{port}")).map(ToOwned::to_owned)
}

/// A live session whose cookie has the former name. The response sets it under the current name and removes the former.
#[derive(Clone)]
pub(crate) struct FormerSession {
    pub(super) token: SessionToken,
    /// What is left of the session's lifetime, in seconds; `None` where the cookie ends with the browser.
    pub(super) max_age: Option<u64>,
}

impl FormerSession {
    pub(crate) fn of(live: &LiveSession, token: &SessionToken, accounts: &Accounts) -> Self {
        let left = accounts.inner.lifetimes.remembered_for(live, accounts.inner.clock.now());
        Self { token: token.clone(), max_age: left.map(|left| left.as_secs()) }
    }
}

/// The value of the first cookie of that name.
pub(crate) fn read_cookie<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    read_cookies(request, name).next()
}

/// The values of all cookies of that name, in the order of the header, which RFC 6265 (4.2.2) leaves open. Another service may
/// have set one for a parent domain. The header is read as bytes: a foreign cookie may not be ASCII.
pub(crate) fn read_cookies<'r>(request: &'r Request, name: &str) -> impl Iterator<Item = &'r str> {
    let values = request.headers().get_all(header::COOKIE).iter();
    let pairs = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    let values = pairs.filter_map(|pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="));
    values.filter_map(|value| std::str::from_utf8(value).ok())
}

/// Whether a request has a cookie of that name, whatever its value.
pub(crate) fn has_cookie(request: &Request, name: &str) -> bool {
    let values = request.headers().get_all(header::COOKIE).iter();
    let mut names = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b';')).map(|pair| {
        let end = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        pair[..end].trim_ascii()
    });
    names.any(|found| found == name.as_bytes())
}

/// A `Set-Cookie` value: HttpOnly, `SameSite=Lax`, `Path=/`, and Secure over TLS. Without `max_age` (seconds) the cookie
/// ends with the browser.
pub(crate) fn set_cookie(site: &Site, name: &str, value: &str, max_age: Option<u64>) -> String {
    let mut cookie = cookie::Cookie::build((name, value)).path("/").http_only(true).same_site(SameSite::Lax);
    if site.is_secure() {
        cookie = cookie.secure(true);
    }
    let text = cookie.to_string();
    match max_age {
        Some(seconds) => format!("{text}; Max-Age={seconds}"),
        None => text,
    }
}

/// A `Set-Cookie` value that removes a cookie, with the attributes that it was set with.
pub(crate) fn remove_cookie(site: &Site, name: &str) -> String {
    set_cookie(site, name, "", Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(cookies: &[&'static str]) -> Request {
        cookies.iter().fold(Request::builder(), |request, line| request.header(header::COOKIE, *line)).finish()
    }

    #[test]
    fn first_cookie_of_the_exact_name_is_read() {
        let request = request(&["a=1; session-80=one;session-8000=two; session-8000=three", "b=4"]);
        let read = |name| read_cookie(&request, name);
        assert_eq!((read("session-8000"), read("session-80"), read("b")), (Some("two"), Some("one"), Some("4")));
        assert_eq!((read("session"), read("ession-80"), read("Session-80")), (None, None, None));
    }

    #[test]
    fn cookie_is_there_whatever_its_value() {
        let request = request(&["a=1; session = x;visit", "flash=\u{ff}"]);
        assert!(["a", "session", "visit", "flash"].iter().all(|name| has_cookie(&request, name)));
        assert!(["", "b", "x", "1", "sess", "Session", "sessions"].iter().all(|name| !has_cookie(&request, name)));
    }

    #[test]
    fn malformed_cookie_is_ignored() {
        for line in ["", ";", "=", "session", "session;", "=session", " session =x"] {
            assert_eq!(read_cookie(&request(&[line]), "session"), None, "{line:?}");
        }
        assert_eq!(read_cookie(&request(&["session="]), "session"), Some(""));
        assert_eq!(read_cookie(&request(&["session=a=b"]), "session"), Some("a=b"));
    }

    #[test]
    fn removed_cookie_has_the_attributes_it_was_set_with() {
        let site = Site::Origin(url::Url::parse("https://dinner.example").unwrap().origin());
        let attributes = |line: String| line.split_once("; ").map(|(_, attributes)| attributes.to_owned()).unwrap();
        let set = attributes(set_cookie(&site, "__Host-session", "x", None));
        assert_eq!(set, "HttpOnly; SameSite=Lax; Secure; Path=/");
        assert_eq!(attributes(remove_cookie(&site, "__Host-session")), format!("{set}; Max-Age=0"));
    }
}
