//! Our cookies: their names, what is read from them, and how they are written. Nobody else writes one.

use cookie::{Cookie, SameSite};
use poem::Request;
use poem::http::header;

use super::site::{self, Site};

/// The three cookies. With TLS a `__Host-` name keeps every other host from setting them; without, on this machine,
/// the port is part of the name, since cookies ignore ports and two services would log each other's users out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The token of a session.
    Session,
    /// What a guest's forms are keyed by, before there is a session.
    Visit,
    /// Messages for the next page.
    Flash,
}

impl Kind {
    /// The cookie's name at this site, for a request that came in by this port.
    pub(super) fn name(self, prefix: Option<&str>, site: &Site, request: &Request) -> String {
        let name = match self {
            Self::Session => "session",
            Self::Visit => "visit",
            Self::Flash => "flash",
        };
        let name = prefix.map_or_else(|| name.to_owned(), |prefix| format!("{prefix}-{name}"));
        match site {
            site if site.is_secure() => format!("__Host-{name}"),
            Site::Origin(_) => name,
            _ => match site::port(request) {
                Some(port) => format!("{name}-{port}"),
                None => name,
            },
        }
    }
}

/// The value of a cookie that a request brings: the first of that name. Read as bytes, since another service of this
/// host may have set a neighbor in the same header that is no ASCII.
pub(super) fn read<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    let values = request.headers().get_all(header::COOKIE).iter();
    let pairs = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    let mut values = pairs.filter_map(|pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="));
    std::str::from_utf8(values.next()?).ok()
}

/// A cookie to set: HttpOnly, `SameSite=Lax`, for the whole site; Secure with TLS. Without `max_age` (in seconds) it
/// lives as long as the browser runs.
pub(super) fn set(site: &Site, name: &str, value: &str, max_age: Option<u64>) -> String {
    let mut cookie = Cookie::build((name, value)).path("/").http_only(true).same_site(SameSite::Lax);
    if site.is_secure() {
        cookie = cookie.secure(true);
    }
    let text = cookie.to_string();
    match max_age {
        Some(seconds) => format!("{text}; Max-Age={seconds}"),
        None => text,
    }
}

/// A cookie to remove, by the same attributes it was set with.
pub(super) fn remove(site: &Site, name: &str) -> String {
    set(site, name, "", Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(cookies: &[&'static str]) -> Request {
        cookies.iter().fold(Request::builder(), |request, line| request.header(header::COOKIE, *line)).finish()
    }

    #[test]
    fn the_first_cookie_of_that_very_name_is_read() {
        let brings = request(&["a=1; session-80=one;session-8000=two; session-8000=three", "b=4"]);
        let read = |name| read(&brings, name);
        assert_eq!((read("session-8000"), read("session-80"), read("b")), (Some("two"), Some("one"), Some("4")));
        assert_eq!((read("session"), read("ession-80"), read("Session-80")), (None, None, None));
    }

    #[test]
    fn what_is_no_cookie_is_not_read() {
        for line in ["", ";", "=", "session", "session;", "=session", " session =x"] {
            assert_eq!(read(&request(&[line]), "session"), None, "{line:?}");
        }
        assert_eq!(read(&request(&["session="]), "session"), Some(""));
        assert_eq!(read(&request(&["session=a=b"]), "session"), Some("a=b"));
    }

    #[test]
    fn a_cookie_is_removed_by_the_attributes_it_was_set_with() {
        let site = Site::Origin(url::Url::parse("https://dinner.example").unwrap().origin());
        let attributes = |line: String| line.split_once("; ").map(|(_, attributes)| attributes.to_owned()).unwrap();
        let set = attributes(set(&site, "__Host-session", "x", None));
        assert_eq!(set, "HttpOnly; SameSite=Lax; Secure; Path=/");
        assert_eq!(attributes(remove(&site, "__Host-session")), format!("{set}; Max-Age=0"));
    }
}
