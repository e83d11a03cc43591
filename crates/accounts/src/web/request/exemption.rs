//! Requests that need no proof that a page of this origin sent them: those of programs. None of them comes with a cookie of
//! ours, so that none acts for the user of a browser.

use std::sync::Arc;

use auth::BearerToken;
use poem::Request;
use poem::http::{Method, header};

use super::origin_check::{RequestOrigin, request_origin};
use crate::web::session::CookieNames;
use crate::web::settings::{FindTokenUser, Settings};

/// Why a request needs no CSRF token and no header that names its origin.
#[derive(Clone)]
pub(crate) enum Exemption {
    /// It has credentials that no browser adds by itself, as it does with cookies and with `Basic`.
    Bearer(Bearer),
    /// It is a POST to a route of [`crate::Builder::open_at`].
    OpenRoute,
}

/// The bearer token of a program (RFC 6750).
#[derive(Clone)]
pub(crate) struct Bearer {
    /// `None` where it is malformed.
    pub(crate) token: Option<BearerToken>,
    /// Finds its user; `None` where the route is not for tokens.
    pub(crate) find_user: Option<FindTokenUser>,
}

impl Exemption {
    /// The exemption of a request; `None` where it needs a proof: with a cookie of ours, on an account page, and for any other
    /// request than those of programs.
    pub(super) fn of(request: &Request, settings: &Settings, cookies: &CookieNames) -> Option<Self> {
        let is_foreign = || request_origin(request, &settings.site) == RequestOrigin::Foreign;
        let is_open = || *request.method() == Method::POST && settings.open_routes.find(request.uri()).is_some();
        let exemption = match bearer(request) {
            Some(token) if !is_foreign() => {
                let find_user = settings.token_routes.find(request.uri()).map(Arc::clone);
                Self::Bearer(Bearer { token: token.0, find_user })
            }
            _ if is_open() => Self::OpenRoute,
            _ => return None,
        };
        (!cookies.any_in(request) && !settings.is_account_page(request.uri().path())).then_some(exemption)
    }
}

/// The text behind `Bearer`, where it is a token.
struct TypedToken(Option<BearerToken>);

/// The credentials of an `Authorization` header with the scheme `Bearer`, in any case (RFC 9110, 11.1). `None` for another scheme, and
/// for two headers.
fn bearer(request: &Request) -> Option<TypedToken> {
    let mut values = request.headers().get_all(header::AUTHORIZATION).iter();
    let (value, second) = (values.next()?.as_bytes(), values.next());
    let end = value.iter().position(|byte| *byte == b' ').unwrap_or(value.len());
    let (scheme, token) = value.split_at(end);
    let token = std::str::from_utf8(token.trim_ascii_start()).ok().and_then(BearerToken::parse);
    (scheme.eq_ignore_ascii_case(b"bearer") && second.is_none()).then_some(TypedToken(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The token of a request with these `Authorization` headers; empty for a malformed one.
    fn token(values: &[&'static str]) -> Option<String> {
        let request =
            values.iter().fold(Request::builder(), |r, value| r.header(header::AUTHORIZATION, *value)).finish();
        bearer(&request).map(|token| token.0.map_or_else(String::new, |token| token.expose().to_owned()))
    }

    #[test]
    fn scheme_is_bearer_in_any_case() {
        for value in ["Bearer abc", "bearer abc", "BEARER   abc"] {
            assert_eq!(token(&[value]), Some("abc".to_owned()), "{value}");
        }
        for value in
            ["", "abc", "Basic abc", "Bearerabc", "Bearer,abc", " Bearer abc", "Digest Bearer abc", "Bearer\tabc"]
        {
            assert_eq!(token(&[value]), None, "{value}");
        }
    }

    #[test]
    fn malformed_token_keeps_its_scheme_and_two_headers_have_none() {
        for value in ["Bearer", "Bearer ", "Bearer a b", "Bearer =", "Bearer \u{e9}"] {
            assert_eq!(token(&[value]).as_deref(), Some(""), "{value}");
        }
        assert_eq!(token(&[]), None);
        assert_eq!(token(&["Bearer abc", "Bearer abc"]), None);
        assert_eq!(token(&["Bearer abc", "Basic abc"]), None);
    }
}
