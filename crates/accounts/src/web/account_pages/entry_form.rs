//! What is around a form that logs in, registers or asks for the password again, on our page or on the embedder's: where it leads, what
//! waits for it, and why the visitor is here.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use askama::Template;
use askama::filters::HtmlSafe;

use super::ShownLink;
use crate::RegistrationPolicy;
use crate::log_in::Client;
use crate::web::AccountPage;
use crate::web::form::Fields;
use crate::web::interrupted_form::{InterruptedForm, WaitingForm};
use crate::web::messages;
use crate::web::page::PageContext;
use crate::web::request::{CODE_FIELD, RequestContext, ReturnPath, with_code};

/// The name of the button that leads from one entry form to the other, with all fields.
pub(in crate::web) const SWITCH_FIELD: &str = "switch";

/// The name of the hidden field of an entry form that is shown since the last one came without any cookie of this site.
pub(in crate::web) const REPEATED_FIELD: &str = "repeated";

/// What is around an entry form: a form that logs in, registers, or asks for the password again. [`PageContext::entry_form`] makes it.
///
/// The `<form>` has the id [`EntryForm::ID`], sends by POST to [`EntryForm::action`], and contains [`PageContext::csrf_field`] and
/// [`EntryForm::hidden_fields`]. [`EntryForm::reasons`] belongs above it, and [`EntryForm::links`] below it.
#[derive(Debug)]
pub struct EntryForm {
    action: String,
    /// Where the form leads.
    next: Option<ReturnPath>,
    /// The form that waits for it, as signed text. The links to other account pages are buttons then, which send it along.
    resume: Option<String>,
    /// Set once the page has the hidden fields.
    is_shown: Option<Arc<AtomicBool>>,
    /// Whether the response is to a form that came without any cookie of this site.
    is_without_cookies: bool,
    /// Why a form waits: the sentence above this form on the response to that form.
    problem: Option<&'static str>,
    /// What a log-in means for the account of the form that waits.
    consequence: Option<&'static str>,
    /// The embedder's sentence about `next`: see [`crate::Builder::describe_next`].
    reason: Option<String>,
    /// The links to other account pages.
    links: Vec<ShownLink>,
    /// What the log-in form carries back to the registration page: the registration code, and the embedder's own fields.
    carried: Vec<(String, String)>,
    /// On the log-in page, that there is no registration page to lead to.
    closed: Option<&'static str>,
    prefilled: Fields,
}

/// A form that waits for an entry form.
#[derive(Clone)]
pub(crate) struct Waiting {
    pub(in crate::web) form: WaitingForm,
    /// Why it waits.
    pub(in crate::web) problem: &'static str,
    /// Whether the page has the form among its hidden fields.
    pub(in crate::web) is_shown: Arc<AtomicBool>,
}

impl Waiting {
    pub(in crate::web) fn new(page: &PageContext, asking: AccountPage, form: WaitingForm) -> Self {
        let had_session = page.request().had_expired_session() || page.request().form_user().is_some();
        let problem = match had_session {
            _ if asking == AccountPage::Confirm => messages::CONFIRM_FOR_FORM,
            true => messages::SESSION_ENDED_FORM,
            false if page.can_register() => messages::LOG_IN_FOR_FORM,
            false => messages::LOG_IN_FOR_FORM_ALONE,
        };
        Self { form, problem, is_shown: Arc::default() }
    }
}

impl EntryForm {
    /// The `id` of the `<form>`. The buttons of [`EntryForm::links`] name it, where a form waits.
    pub const ID: &'static str = "entry-form";

    /// Around the form of an account page, with the form that its own request was sent along with.
    pub(in crate::web) async fn new(page: &PageContext, own: AccountPage) -> Self {
        let waiting = page.request().waiting.clone();
        if waiting.is_some() {
            return Self::with(page, own, waiting).await;
        }
        let submitted = InterruptedForm::submitted(page.request());
        let form = submitted.map(|(form, signed)| WaitingForm { signed: signed.to_owned(), user: form.user() });
        Self::around(page, own, form).await
    }

    /// Around the form of an account page on which another form waits.
    pub(in crate::web) async fn with(page: &PageContext, own: AccountPage, waiting: Option<Waiting>) -> Self {
        let (form, problem, is_shown) = match waiting {
            Some(Waiting { form, problem, is_shown }) => (Some(form), Some(problem), Some(is_shown)),
            None => (None, None, None),
        };
        Self { is_shown, problem, ..Self::around(page, own, form).await }
    }

    async fn around(page: &PageContext, own: AccountPage, waiting: Option<WaitingForm>) -> Self {
        let request = page.request();
        let (settings, next) = (request.settings(), request.next());
        let reason = match (&settings.describe_next, &next) {
            (Some(describe), Some(next)) if page.user().is_none() => describe(next.clone()).await,
            _ => None,
        };
        let policy = page.accounts().registration_policy();
        let code = request.code();
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
        let prefilled = prefilled(request, own, code.clone());
        let carried = if is_log_in { carried_fields(request, code) } else { Vec::new() };
        let consequence = consequence(page, waiting.as_ref().filter(|_| is_log_in)).await;
        let resume = waiting.map(|form| form.signed);
        let is_without_cookies = request.is_without_cookies();
        let (action, is_shown, problem) = (settings.path(own).to_owned(), None, None);
        Self {
            action,
            next,
            resume,
            is_shown,
            is_without_cookies,
            problem,
            consequence,
            reason,
            links,
            carried,
            closed,
            prefilled,
        }
    }

    /// The path that the form is sent to.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.action
    }

    /// Where the form leads: the path after a log-in or a registration. `None` where the setting decides.
    #[must_use]
    pub fn next(&self) -> Option<&ReturnPath> {
        self.next.as_ref()
    }

    /// What a form that is opened has in its fields: a registration code of the link, and what was typed on the other page before
    /// the visitor pressed the button that leads here. Its names are `code`, `email`, `username` and the embedder's own.
    #[must_use]
    pub fn prefilled(&self) -> &Fields {
        &self.prefilled
    }

    /// The hidden fields: where the form leads, and a form that waits for it. A page without them loses that form.
    #[must_use]
    pub fn hidden_fields(&self) -> EntryHtml<'_> {
        if let Some(is_shown) = &self.is_shown {
            is_shown.store(true, Ordering::Relaxed);
        }
        EntryHtml { around: self, part: Part::HiddenFields }
    }

    /// The sentences above the form: why the visitor is here ([`crate::Builder::describe_next`]), and that a form waits.
    #[must_use]
    pub fn reasons(&self) -> EntryHtml<'_> {
        EntryHtml { around: self, part: Part::Reasons }
    }

    /// The links below the form: from the log-in page to the registration page, and back. Where a form waits they are buttons, which
    /// send it along.
    #[must_use]
    pub fn links(&self) -> EntryHtml<'_> {
        EntryHtml { around: self, part: Part::Links }
    }
}

/// A part of the page of an entry form. Displays as safe HTML.
#[derive(Debug, Template)]
#[template(path = "entry_part.html")]
pub struct EntryHtml<'a> {
    around: &'a EntryForm,
    part: Part,
}

#[derive(Debug, Clone, Copy)]
enum Part {
    HiddenFields,
    Reasons,
    Links,
}

impl HtmlSafe for EntryHtml<'_> {}

/// What a form has in its fields when it is opened.
fn prefilled(request: &RequestContext, own: AccountPage, code: Option<String>) -> Fields {
    let typed = request.submitted().filter(|_| request.is_switch());
    let identifier = |names: [&str; 2]| {
        let texts = names.map(|name| typed.map_or("", |typed| typed.shown(name)));
        texts.into_iter().find(|text| !text.is_empty())
    };
    match own {
        AccountPage::LogIn => identifier(["email", "username"]).map(|typed| ("email", typed)).into_iter().collect(),
        AccountPage::Register => {
            let identifier = identifier(["email", "email"]);
            let field = if identifier.is_some_and(|typed| typed.contains('@')) { "email" } else { "username" };
            let identifier = identifier.map(|typed| (field.to_owned(), typed.to_owned()));
            identifier.into_iter().chain(carried_fields(request, code)).collect()
        }
        _ => Fields::default(),
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

/// The fields of the registration form that the log-in form has no use for: a registration code, and the embedder's own as typed.
fn carried_fields(request: &RequestContext, code: Option<String>) -> Vec<(String, String)> {
    let is_entry = request.path().is_some_and(|path| request.settings().is_entry_form(path));
    let submitted = request.submitted().filter(|_| is_entry);
    let names = request.settings().own_names();
    let own = submitted.into_iter().flat_map(Fields::iter).filter(|(name, _)| names.contains(name));
    let code = code.map(|code| (CODE_FIELD.to_owned(), code));
    code.into_iter().chain(own.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
}
