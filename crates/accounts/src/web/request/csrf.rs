//! The CSRF check of a form, and its CSRF token: an HMAC under the secret of the session, or of the pre-session cookie for
//! an anonymous visitor.

use auth::SessionToken;
use poem::http::Method;

use super::RequestContext;
use crate::web::page::Problem;
use crate::web::session::Visitor;

/// The name of the form field that carries the token.
pub(crate) const CSRF_FIELD: &str = "csrf_token";

/// Whether a method may change something. Every other method must change nothing, since its origin is not checked.
pub(crate) fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

impl RequestContext {
    /// A fresh CSRF token for a form of this response. It is masked, so that no two are equal.
    ///
    /// An anonymous visitor without a pre-session cookie gets one with this response. Where the visitor is unknown, the
    /// session of the request is the key: its forms are valid whether or not it is live.
    pub(crate) fn csrf_token(&self) -> String {
        let random = &*self.accounts.inner.random;
        let key = match (self.known_visitor(), self.session(), self.pre_sessions.first()) {
            (Some(Visitor::User(_)) | None, Some(session), _) => session,
            (_, _, Some(pre_session)) => pre_session,
            _ => self.new_pre_session.get_or_init(|| SessionToken::new(random)),
        };
        auth::csrf::token(key.secret(), random)
    }

    /// The CSRF check: whether a token belongs to the session of this request, or to its pre-session cookie.
    ///
    /// A token of the pre-session cookie is valid for an anonymous visitor only: forms from before a log-in end with it,
    /// even where the cookie was kept or planted.
    pub(super) async fn is_valid_csrf_token(&self, token: &str) -> Result<bool, Problem> {
        let is_keyed_by = |keys: &[SessionToken]| keys.iter().any(|key| auth::csrf::verify(key.secret(), token));
        match (is_keyed_by(self.sessions()), is_keyed_by(&self.pre_sessions)) {
            (true, _) => Ok(true),
            (_, true) => Ok(matches!(self.visitor().await?, Visitor::Anonymous)),
            _ => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_but_three_is_unsafe() {
        let is_unsafe = |method: &str| is_unsafe(&Method::from_bytes(method.as_bytes()).unwrap());
        for method in ["GET", "HEAD", "OPTIONS"] {
            assert!(!is_unsafe(method), "{method}");
        }
        for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPPATCH", "get", "BREW"] {
            assert!(is_unsafe(method), "{method}");
        }
    }
}
