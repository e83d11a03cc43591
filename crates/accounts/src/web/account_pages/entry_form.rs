//! What the log-in page, the registration page and the page that asks for the password again have in common: where their form
//! leads, what waits for it, and why the visitor is here.

use std::borrow::Cow;
use std::mem;

use poem::Response;
use poem::http::StatusCode;

use super::ShownLink;
use crate::log_in::Client;
use crate::web::AccountPage;
use crate::web::form::{Fields, FormErrors, FormView};
use crate::web::interrupted_form::{InterruptedForm, WaitingForm};
use crate::web::messages::{self, error_title};
use crate::web::page::{Flash, PageContext, redirect, with_retry_after};
use crate::web::request::{CODE_FIELD, RequestContext, ReturnPath, with_code};
use crate::web::session::SessionChange;
use crate::{RegistrationPolicy, Throttled, Wait};

/// The name of the button that leads from one entry form to the other, with all fields.
pub(in crate::web) const SWITCH_FIELD: &str = "switch";

/// The name of the hidden field of an entry form that is shown since the last one came without any cookie of this site.
pub(in crate::web) const REPEATED_FIELD: &str = "repeated";

/// What is around an entry form: a form that logs in or registers.
pub(super) struct EntryForm {
    /// The path that the form is sent to.
    pub(super) action: String,
    /// Where the form leads.
    pub(super) next: Option<ReturnPath>,
    /// The form that waits for it, as signed text. The links to other account pages are buttons then, which send it along.
    pub(super) resume: Option<String>,
    /// Whether the response is to a form that came without any cookie of this site.
    pub(super) is_without_cookies: bool,
    /// How long the visitor waits, if a limit has refused the form.
    pub(super) throttled: Option<String>,
    /// Why a form waits: the sentence above this form on the response to that form.
    pub(super) problem: Option<&'static str>,
    /// What a log-in means for the account of the form that waits.
    pub(super) consequence: Option<&'static str>,
    /// The embedder's sentence about `next`: see [`crate::Builder::describe_next`].
    pub(super) reason: Option<String>,
    /// The links to other account pages.
    pub(super) links: Vec<ShownLink>,
    /// What the log-in form carries back to the registration page: the registration code, and the embedder's own fields.
    pub(super) carried: Vec<(String, String)>,
    /// On the log-in page, that there is no registration page to lead to.
    pub(super) closed: Option<&'static str>,
}

impl EntryForm {
    /// Around the form of an account page, with the form that its own request was sent along with.
    pub(super) async fn new(page: &PageContext, own: AccountPage) -> Self {
        let waiting = InterruptedForm::submitted(page.request());
        let waiting = waiting.map(|(form, signed)| WaitingForm { signed: signed.to_owned(), user: form.user() });
        Self::with(page, own, waiting, None).await
    }

    /// Around the form of an account page on which another form waits.
    pub(super) async fn with(
        page: &PageContext,
        own: AccountPage,
        waiting: Option<WaitingForm>,
        problem: Option<&'static str>,
    ) -> Self {
        let (settings, next) = (page.request().settings(), page.request().next());
        let reason = match (&settings.describe_next, &next) {
            (Some(describe), Some(next)) if page.user().is_none() => describe(next.clone()).await,
            _ => None,
        };
        let policy = page.accounts().registration_policy();
        let code = page.request().code();
        let mut links = settings.links_from(own, next.as_ref());
        links.retain(|link| link.to != AccountPage::Register || policy != RegistrationPolicy::Closed);
        for link in &mut links {
            if link.to == AccountPage::Register && policy == RegistrationPolicy::Code {
                link.question = messages::REGISTER_WITH_CODE_QUESTION;
            }
            link.path = with_code(mem::take(&mut link.path), code.as_deref());
        }
        let is_log_in = own == AccountPage::LogIn;
        let is_closed = is_log_in && policy == RegistrationPolicy::Closed && settings.has(AccountPage::Register);
        let closed = is_closed.then_some(messages::REGISTRATION_CLOSED_ASIDE);
        let carried = if is_log_in { carried_fields(page.request(), code) } else { Vec::new() };
        let consequence = consequence(page, waiting.as_ref().filter(|_| is_log_in)).await;
        let resume = waiting.map(|form| form.signed);
        let is_without_cookies = page.request().is_without_cookies();
        let (action, throttled) = (settings.path(own).to_owned(), None);
        Self {
            action,
            next,
            resume,
            is_without_cookies,
            throttled,
            problem,
            consequence,
            reason,
            links,
            carried,
            closed,
        }
    }

    /// The title of the page with the form, which says where it was refused.
    pub(super) fn title(&self, form: &FormView<'_>, title: &str) -> String {
        if self.throttled.is_some() { error_title(title) } else { form.title(title) }
    }
}

/// What a log-in means for the account of a form: it undoes its deletion. A browser that has not logged in to the account before does
/// not learn that its deletion is requested. The form waits also where the store fails; the log-in then reports it.
async fn consequence(page: &PageContext, waiting: Option<&WaitingForm>) -> Option<&'static str> {
    let (user, request) = (waiting?.user?, page.request());
    let client = Client { caller: &request.caller, browser: &request.browser };
    let undoes = page.accounts().log_in_undoes_deletion(user, client).await.unwrap_or_else(|failure| {
        tracing::error!(error = ?failure, "the log-in page does not know whether a log-in undoes a deletion");
        false
    });
    undoes.then_some(messages::LOG_IN_KEEPS_ACCOUNT)
}

/// Why an entry form is shown again.
pub(super) enum Refusal {
    /// It has errors, which the visitor can correct.
    Errors(FormErrors),
    /// A limit refuses it.
    Throttled(Wait),
}

impl From<FormErrors> for Refusal {
    fn from(errors: FormErrors) -> Self {
        Self::Errors(errors)
    }
}

impl From<Throttled> for Refusal {
    fn from(throttled: Throttled) -> Self {
        Self::Throttled(throttled.wait)
    }
}

/// Renders the page of an entry form.
type Render = fn(&PageContext, StatusCode, FormView<'_>, EntryForm) -> Response;

impl Refusal {
    /// The page with what was typed: 422 with the errors, or 429 with the wait, which is in `Retry-After` too.
    pub(super) async fn show(self, page: &PageContext, own: AccountPage, fields: &Fields, render: Render) -> Response {
        let around = EntryForm::new(page, own).await;
        match self {
            Self::Errors(errors) => {
                render(page, StatusCode::UNPROCESSABLE_ENTITY, FormView::new(fields, &errors), around)
            }
            Self::Throttled(wait) => {
                let around = EntryForm { throttled: Some(messages::throttled(wait)), ..around };
                let response = render(page, StatusCode::TOO_MANY_REQUESTS, FormView::filled(fields), around);
                with_retry_after(response, wait.seconds())
            }
        }
    }
}

/// The fields of the registration form that the log-in form has no use for: a registration code, and the embedder's own as typed.
pub(super) fn carried_fields(request: &RequestContext, code: Option<String>) -> Vec<(String, String)> {
    let is_entry = request.path().is_some_and(|path| request.settings().is_entry_form(path));
    let submitted = request.submitted().filter(|_| is_entry);
    let names = request.settings().own_names();
    let own = submitted.into_iter().flat_map(Fields::iter).filter(|(name, _)| names.contains(name));
    let code = code.map(|code| (CODE_FIELD.to_owned(), code));
    code.into_iter().chain(own.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
}

/// Whether a submitted entry form leads to the other one. It is not parsed then, and its passwords are wiped.
pub(super) fn is_switch(fields: &Fields) -> bool {
    fields.is_sent(SWITCH_FIELD)
}

/// The error of an entry form that came without any cookie of this site; `None` where one came.
///
/// The first time the browser may have lost the cookie since it opened the page, such as by a log-out in another tab. The
/// response sets a new one. A browser that does not send that one either keeps no cookies.
pub(super) fn missing_cookie(request: &RequestContext, fields: &Fields) -> Option<Cow<'static, str>> {
    let is_repeated = fields.is_sent(REPEATED_FIELD);
    let error = if is_repeated { messages::NO_COOKIES.into() } else { messages::STALE_FORM.text };
    request.is_without_cookies().then_some(error)
}

/// The response to a log-in or a registration: the form that was waiting for it, or else a redirect.
pub(super) fn entered(
    request: &RequestContext,
    greeting: String,
    change: SessionChange,
    destination: &str,
) -> Response {
    let mut response = Flash::success(greeting).to(destination);
    response.extensions_mut().insert(change);
    with_waiting_form(request, response)
}

/// The response to a confirmed password: the form that was waiting for it, or else a redirect.
pub(super) fn confirmed(request: &RequestContext, change: SessionChange) -> Response {
    let mut response = lead_on(request);
    response.extensions_mut().insert(change);
    response
}

/// Leads a visitor who is logged in already to where the form leads.
pub(super) fn lead_on(request: &RequestContext) -> Response {
    let destination = request.settings().destination_of_log_in(request.next().as_ref());
    with_waiting_form(request, redirect(&destination))
}

/// The response, and with it the form that was waiting: the layer shows its page.
fn with_waiting_form(request: &RequestContext, mut response: Response) -> Response {
    if let Some((form, _)) = InterruptedForm::submitted(request) {
        response.extensions_mut().insert(form);
    }
    response
}
