//! The CSRF check of a form, and its CSRF token: an HMAC under the secret of the session, or of the pre-session cookie for
//! an anonymous visitor.

use auth::SessionToken;
use auth::signed::{self, Purpose};
use domain::user::UserId;
use poem::http::Method;

use super::RequestContext;
use crate::web::form::Fields;
use crate::web::page::Problem;
use crate::web::session::Visitor;

/// The name of the form field that carries the token.
pub(crate) const CSRF_FIELD: &str = "csrf_token";

/// Stands between a token, which is base64url, and the id of the form's user.
const USER_SEPARATOR: char = '.';

/// Whether a method may change something. Every other method must change nothing, since its origin is not checked.
pub(crate) fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

impl RequestContext {
    /// The CSRF token for the forms of this response. It is masked, so that no two responses have the same. The form of a user
    /// has the user's id behind the token: a form that outlives its session says whose it was.
    ///
    /// An anonymous visitor without a pre-session cookie gets one with this response. Where the visitor is unknown, the
    /// session of the request is the key: its forms are valid whether or not it is live.
    pub(crate) fn csrf_token(&self) -> &str {
        self.csrf_token.get_or_init(|| self.new_csrf_token())
    }

    fn new_csrf_token(&self) -> String {
        let random = &*self.accounts.inner.random;
        match (self.known_visitor(), self.session()) {
            (Some(Visitor::User(user)), Some(session)) => {
                format!("{}{USER_SEPARATOR}{}", auth::csrf::token(session.secret(), random), user.id.get())
            }
            (None, Some(session)) => auth::csrf::token(session.secret(), random),
            _ => auth::csrf::token(self.pre_session().secret(), random),
        }
    }

    /// The secret of the pre-session cookie: the one that the browser sent first, or a new one that this response sets.
    pub(crate) fn pre_session(&self) -> &SessionToken {
        let new = || self.new_pre_session.get_or_init(|| SessionToken::new(&*self.accounts.inner.random));
        self.pre_sessions.first().unwrap_or_else(new)
    }

    /// The secret of the pre-session cookie that keys the submitted form: of those that the browser sent, the one for which
    /// the form's CSRF token is valid, else the first.
    pub(crate) fn form_pre_session(&self) -> Option<&SessionToken> {
        let token = self.submitted().map_or("", |fields| fields.shown(CSRF_FIELD));
        let keys_form = |key: &&SessionToken| auth::csrf::verify(key.secret(), token);
        self.pre_sessions.iter().find(keys_form).or(self.pre_sessions.first())
    }

    /// The payload of a signed form, where a pre-session cookie of this browser signed it.
    pub(crate) fn verify_signed(&self, text: &str) -> Option<Vec<u8>> {
        self.pre_sessions.iter().find_map(|key| signed::verify(key.secret(), Purpose::InterruptedForm, text))
    }

    /// The CSRF check: whether a token belongs to the session of this request, or to its pre-session cookie.
    ///
    /// A token of the pre-session cookie is valid for an anonymous visitor only: forms from before a log-in end with it,
    /// even where the cookie was kept or planted.
    pub(super) async fn is_valid_csrf_token(&self, token: &str) -> Result<bool, Problem> {
        let token = token.split_once(USER_SEPARATOR).map_or(token, |(token, _)| token);
        let is_keyed_by = |keys: &[SessionToken]| keys.iter().any(|key| auth::csrf::verify(key.secret(), token));
        if is_keyed_by(self.sessions()) {
            return Ok(true);
        }
        Ok(is_keyed_by(&self.pre_sessions) && matches!(self.visitor().await?, Visitor::Anonymous))
    }

    /// The user for whom the submitted form was rendered, as its CSRF field says. It proves nothing, and only chooses the
    /// sentence of an error page.
    pub(crate) fn form_user(&self) -> Option<UserId> {
        form_user(self.submitted()?)
    }
}

/// The user for whom a form was rendered: see [`RequestContext::form_user`].
pub(super) fn form_user(fields: &Fields) -> Option<UserId> {
    let (_, user) = fields.shown(CSRF_FIELD).split_once(USER_SEPARATOR)?;
    user.parse().ok().map(UserId::new)
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
