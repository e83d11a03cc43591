//! `next`: where a log-in or a registration leads. It travels through every account page and every link to one.

use poem::Request;
use url::form_urlencoded;

use super::{RequestContext, ReturnPath};
use crate::RegistrationPolicy;
use crate::web::AccountPage;
use crate::web::settings::Settings;

/// The name of the query parameter and of the form field.
pub(crate) const NEXT_FIELD: &str = "next";

/// The first `next` in the query.
pub(super) fn query_next(request: &Request) -> Option<ReturnPath> {
    let mut pairs = form_urlencoded::parse(request.uri().query()?.as_bytes());
    pairs.find(|(name, _)| name == NEXT_FIELD).and_then(|(_, next)| ReturnPath::parse_shortened(&next))
}

/// The name of the query parameter and of the form field with a registration code.
pub(crate) const CODE_FIELD: &str = "code";

/// The most bytes of a registration code that travels through the links.
const MAX_CODE_LENGTH: usize = 100;

/// The first `code` in the query: on the pages that log in or register, a registration code.
pub(super) fn query_code(request: &Request) -> Option<String> {
    let mut pairs = form_urlencoded::parse(request.uri().query()?.as_bytes());
    pairs.find(|(name, _)| name == CODE_FIELD).map(|(_, code)| code.into_owned())
}

impl RequestContext {
    /// The registration code that a visitor brings to the log-in page or the registration page, where the service asks for one.
    /// It travels from one page to the other.
    pub(crate) fn code(&self) -> Option<String> {
        let is_asked = self.accounts.registration_policy() == RegistrationPolicy::Code;
        if !is_asked || !self.path().is_some_and(|path| self.settings().is_entry_form(path)) {
            return None;
        }
        let code = match self.submitted() {
            Some(fields) => fields.one(CODE_FIELD).ok().map(ToOwned::to_owned),
            None => self.query_code.clone(),
        };
        code.filter(|code| (1..=MAX_CODE_LENGTH).contains(&code.len()))
    }

    /// Whether the address of the page may have a secret in its query: the token of a reset link, or a registration code.
    pub(crate) fn may_have_secret_in_query(&self) -> bool {
        let (settings, Some(path)) = (self.settings(), self.path()) else { return false };
        settings.is_reset_page(path) || (self.query_code.is_some() && settings.is_entry_form(path))
    }

    /// Where a log-in, a registration or a confirmation that begins on this page leads: on a page that has a `next` to that, on
    /// any other page back to it. `None` where that is `/`, a page that has a `next`, or no path on this origin.
    pub(crate) fn next(&self) -> Option<ReturnPath> {
        let settings = self.settings();
        if self.path().is_some_and(|path| settings.has_next(path)) {
            return self.sent_next();
        }
        let back = self.return_path().filter(|path| path.as_str() != "/").cloned();
        back.filter(|next| !settings.has_next(next.path()))
    }

    /// The `next` that came with the request, in its form or else in its query.
    pub(crate) fn sent_next(&self) -> Option<ReturnPath> {
        let next = match self.submitted() {
            Some(fields) => fields.one(NEXT_FIELD).ok().and_then(ReturnPath::parse_shortened),
            None => self.query_next.clone(),
        };
        // A page that has a `next` would lead back, or log out again.
        next.filter(|next| !self.settings().has_next(next.path()))
    }

    /// The path of an account page, with `next` in its query.
    pub(crate) fn account_path(&self, page: AccountPage) -> String {
        with_next(self.settings().path(page), self.next().as_ref())
    }
}

/// A path, which may have a query, with a registration code in its query.
pub(crate) fn with_code(path: String, code: Option<&str>) -> String {
    let Some(code) = code else { return path };
    let separator = if path.contains('?') { '&' } else { '?' };
    let code: String = form_urlencoded::byte_serialize(code.as_bytes()).collect();
    format!("{path}{separator}{CODE_FIELD}={code}")
}

/// A path with `next` in its query.
pub(crate) fn with_next(path: &str, next: Option<&ReturnPath>) -> String {
    next.map_or_else(|| path.to_owned(), |next| format!("{path}?{NEXT_FIELD}={}", next.encoded()))
}

impl Settings {
    /// Where a log-in leads: to `next`, or where there is none to a path that the embedder chooses.
    ///
    /// Whether a page exists at `next` is not known here: for a path without a page the service responds 404.
    pub(crate) fn destination_of_log_in(&self, next: Option<&ReturnPath>) -> String {
        next.map_or_else(|| self.after_log_in.clone(), ToString::to_string)
    }
}
