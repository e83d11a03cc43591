//! An interrupted form: one that was refused since it requires a log-in, or the password again. Nothing of it is stored on the
//! server.
//!
//! The form travels through the log-in page and the registration page in one hidden field, signed by the pre-session cookie.
//! After the log-in it is shown filled in, on the page that it is from where that page asks for it
//! ([`PageContext::resumed`](crate::web::PageContext::resumed)), and one press sends it. Showing it never sends it.

mod ask;
mod show;
mod wire;

pub(super) use ask::{Asks, ask};
pub(super) use show::{ResumedForm, SavedRequest, show};

use auth::signed::{self, Purpose};
use domain::user::UserId;
use poem::http::Method;

use super::account_pages::AccountPage;
use super::form::Fields;
use super::request::{CSRF_FIELD, RequestContext, ReturnPath};

/// The name of the hidden field.
pub(super) const RESUME_FIELD: &str = "resume";

/// The most bytes of an interrupted form, before it is signed and encoded: 16 KiB.
const MAX_LENGTH: usize = 16 * 1024;

/// How many bytes of the body limit are left to the other fields of the log-in form and of the registration form.
const OTHER_FIELDS: usize = 8 * 1024;

/// A form that requires a log-in, as it was submitted, without passwords.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InterruptedForm {
    /// The path and query that it is sent to.
    action: ReturnPath,
    /// The page that it is from.
    page: ReturnPath,
    fields: Fields,
    /// The user for whom it was rendered, as [`RequestContext::form_user`] says. The form of another account says so after the log-in.
    user: Option<UserId>,
}

/// An interrupted form as it waits on an entry form, or on the page that asks for the password again.
#[derive(Clone)]
pub(super) struct WaitingForm {
    /// The signed text, for the hidden field.
    pub(super) signed: String,
    /// The user for whom the form was rendered. It proves nothing.
    pub(super) user: Option<UserId>,
}

impl InterruptedForm {
    /// The form that a request submitted by POST. `None` where nothing was typed, or where it is the form of an open account
    /// page.
    pub(super) fn of(request: &RequestContext) -> Option<Self> {
        let action = request.action.clone()?;
        if request.method != Method::POST || request.settings().is_open_account_page(action.path()) {
            return None;
        }
        if request.settings().is_confirm_page(action.path()) {
            return Self::submitted(request).map(|(form, _)| form); // the form that was waiting there waits on
        }
        let submitted = request.kept_form()?;
        let fields: Fields = submitted.iter().filter(|(name, _)| *name != CSRF_FIELD).collect();
        let page = request.return_path().cloned().or_else(|| ReturnPath::parse_shortened(action.as_str()))?;
        let is_empty = fields.iter().next().is_none();
        (!is_empty).then(|| Self { action, page, fields, user: request.form_user() })
    }

    /// The form as it waits on `asking`. `None` where the form is too large, or where the service is without that page.
    pub(super) fn waiting(&self, request: &RequestContext, asking: AccountPage) -> Option<WaitingForm> {
        let payload = self.encode();
        let room = request.settings().body_limit.saturating_sub(OTHER_FIELDS);
        let fits = payload.len() <= MAX_LENGTH && signed::signed_length(payload.len()) <= room;
        let has_page = request.settings().has(asking);
        let sign = || signed::sign(request.pre_session().secret(), Purpose::InterruptedForm, &payload);
        (fits && has_page).then(|| WaitingForm { signed: sign(), user: self.user })
    }

    /// The user for whom the form was rendered.
    pub(super) fn user(&self) -> Option<UserId> {
        self.user
    }

    /// The signed text in a submitted log-in form or registration form, where it was signed for this browser. Any other text
    /// is ignored.
    pub(super) fn submitted(request: &RequestContext) -> Option<(Self, &str)> {
        let text = request.submitted()?.one(RESUME_FIELD).ok()?;
        let form = request.verify_signed(text).and_then(|payload| Self::decode(&payload))?;
        Some((form, text))
    }
}
