//! The names of this crate's cookies for one request.

use poem::Request;

use super::{Cookie, former_session_name, has_cookie};
use crate::web::settings::Settings;

/// The names of the cookies for a request: see [`Cookie::name`].
#[derive(Clone)]
pub(crate) struct CookieNames {
    pub(crate) session: String,
    /// See [`former_session_name`].
    pub(crate) former_session: Option<String>,
    pub(crate) pre_session: String,
    pub(crate) flash: String,
    pub(crate) browser: String,
}

impl CookieNames {
    pub(crate) fn of(request: &Request, settings: &Settings) -> Self {
        let (prefix, site) = (settings.cookie_prefix.as_deref(), &settings.site);
        let name = |cookie: Cookie| cookie.name(prefix, site, request);
        Self {
            session: name(Cookie::Session),
            former_session: former_session_name(prefix, site, request),
            pre_session: name(Cookie::PreSession),
            flash: name(Cookie::Flash),
            browser: name(Cookie::Browser),
        }
    }

    /// Whether a request has a cookie of one of these names, whatever its value.
    pub(crate) fn any_in(&self, request: &Request) -> bool {
        let Self { session, former_session, pre_session, flash, browser } = self;
        let mut names = [session, pre_session, flash, browser].into_iter().chain(former_session);
        names.any(|name| has_cookie(request, name))
    }
}
