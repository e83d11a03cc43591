//! Adds the cookies to a response: session, pre-session and flash.

use std::time::Duration;

use auth::{BrowserTokens, SessionToken};
use domain::known_browser::KNOWN_FOR;
use domain::user::User;
use poem::Response;
use poem::http::header;

use super::{remove_cookie, set_cookie};
use crate::web::page::NewFlashes;
use crate::web::request::RequestContext;
use crate::{ConfirmedPassword, LoggedIn, PasswordReset, RenewedSession};

/// What a response does to the session cookie, as an extension of the response.
#[derive(Debug, Clone)]
pub(crate) enum SessionChange {
    Opened {
        user: Box<User>,
        token: SessionToken,
        is_remembered: bool,
        browser: BrowserTokens,
    },
    /// The session has another token. It outlives the browser for the rest of its lifetime.
    Renewed {
        token: SessionToken,
        remembered_for: Option<Duration>,
        browser: BrowserTokens,
    },
    Ended,
}

impl SessionChange {
    /// Adds the change to a response, whose cookies the layer sets.
    pub(crate) fn with(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }

    /// The token that the browser has from now on.
    pub(crate) fn token(&self) -> Option<&SessionToken> {
        match self {
            Self::Opened { token, .. } | Self::Renewed { token, .. } => Some(token),
            Self::Ended => None,
        }
    }
}

/// The tokens of a browser that became known to an account without a log-in, as an extension of the response.
#[derive(Debug, Clone)]
struct NewlyKnownBrowser(BrowserTokens);

impl LoggedIn {
    /// Adds the cookies of the new session and of the browser to a response, such as a redirect.
    #[must_use]
    pub fn with_cookies(self, response: Response) -> Response {
        let Self { user, token, browser, is_remembered, .. } = self;
        SessionChange::Opened { user: user.into(), token, is_remembered, browser }.with(response)
    }
}

impl ConfirmedPassword {
    /// Adds the cookies with the new token of the session, and of the browser, to a response.
    #[must_use]
    pub fn with_cookies(self, response: Response) -> Response {
        let Self { token, browser, remembered_for, .. } = self;
        SessionChange::Renewed { token, remembered_for, browser }.with(response)
    }
}

impl RenewedSession {
    /// Adds the cookies with the new token of the session, and of the browser, to a response.
    #[must_use]
    pub fn with_cookies(self, response: Response) -> Response {
        let Self { token, browser, remembered_for, .. } = self;
        SessionChange::Renewed { token, remembered_for, browser }.with(response)
    }
}

impl PasswordReset {
    /// Adds the cookie of the browser, which is known to the account from now on, to a response that leads to the log-in page.
    #[must_use]
    pub fn with_cookies(self, mut response: Response) -> Response {
        response.extensions_mut().insert(NewlyKnownBrowser(self.browser));
        response
    }
}

impl RequestContext {
    /// Adds a `Set-Cookie` header for every cookie that the request changed. A program gets no flash message and no pre-session cookie: it
    /// shows no page, and a later request with a cookie of ours would count as a browser's.
    pub(crate) fn add_cookies(&self, response: &mut Response) {
        let change = response.extensions().get::<SessionChange>();
        let former = self.former_session_cookies(change.is_some());
        let session = self.session_cookies(change).into_iter().chain(former);
        let flash =
            if self.is_program() { None } else { self.flash_cookie(response.extensions().get::<NewFlashes>(), change) };
        let browser = response.extensions().get::<NewlyKnownBrowser>().map(|known| self.device_cookie(&known.0));
        for line in session.chain(flash).chain(browser) {
            if let Ok(value) = line.parse() {
                response.headers_mut().append(header::SET_COOKIE, value);
            }
        }
    }

    /// A session that was ended removes the pre-session cookie: the forms that it keys end with it. A log-in does not remove
    /// it, for the interrupted forms of other tabs and a repeated registration; its CSRF tokens are void for a user.
    fn session_cookies(&self, change: Option<&SessionChange>) -> Vec<String> {
        let (site, names) = (&self.settings().site, &self.cookie_names);
        match change {
            Some(SessionChange::Opened { token, is_remembered, browser, .. }) => {
                let lifetime = self.accounts.inner.lifetimes.remembered().absolute();
                self.new_session_cookies(token, is_remembered.then_some(lifetime), browser)
            }
            Some(SessionChange::Renewed { token, remembered_for, browser }) => {
                self.new_session_cookies(token, *remembered_for, browser)
            }
            Some(SessionChange::Ended) => {
                vec![remove_cookie(site, &names.session), remove_cookie(site, &names.pre_session)]
            }
            None => {
                let pre_session = self.new_pre_session.get().filter(|_| !self.is_program());
                let set = |token: &SessionToken| set_cookie(site, &names.pre_session, &token.expose(), None);
                pre_session.map(set).into_iter().collect()
            }
        }
    }

    /// The session cookie with a new token, and the device cookie.
    fn new_session_cookies(
        &self,
        token: &SessionToken,
        remembered_for: Option<Duration>,
        browser: &BrowserTokens,
    ) -> Vec<String> {
        let (site, names) = (&self.settings().site, &self.cookie_names);
        vec![
            set_cookie(site, &names.session, &token.expose(), remembered_for.map(|left| left.as_secs())),
            self.device_cookie(browser),
        ]
    }

    fn device_cookie(&self, browser: &BrowserTokens) -> String {
        set_cookie(&self.settings().site, &self.cookie_names.browser, &browser.expose(), Some(KNOWN_FOR.as_secs()))
    }

    /// Moves the cookie of a live session to its current name. A session that this response opens or ends is not moved.
    fn former_session_cookies(&self, is_changed: bool) -> Vec<String> {
        let (site, names) = (&self.settings().site, &self.cookie_names);
        let (Some(session), Some(former)) = (self.former_session.get(), &names.former_session) else {
            return Vec::new();
        };
        let moved = set_cookie(site, &names.session, &session.token.expose(), session.max_age);
        let moved = (!is_changed).then_some(moved);
        moved.into_iter().chain([remove_cookie(site, former)]).collect()
    }
}
