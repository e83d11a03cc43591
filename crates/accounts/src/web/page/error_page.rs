//! Error pages: the one place that turns a problem into a response. No text of a source error reaches the visitor.

use askama::Template;
use domain::user::Username;
use poem::error::ResponseError;
use poem::http::StatusCode;
use poem::{PathPattern, Request, Response};

use super::problem_document::problem_document;
use super::{Flash, PageContext, Problem, redirect, with_retry_after};
use crate::Accounts;
use crate::log_budget::LogLine;
use crate::timeouts::RETRY_AFTER_SECS;
use crate::web::AccountPage;
use crate::web::account_pages::{Waiting, interrupt};
use crate::web::interrupted_form::{Asks, InterruptedForm};
use crate::web::messages::{self, Message};
use crate::web::methods::Allow;
use crate::web::request::{CSRF_FIELD, RequestContext, ReturnPath, is_unsafe};

/// The response to an endpoint's error. `head` is the request without its body, where [`crate::Builder::unauthorized`] is set.
pub(crate) async fn error_page(error: poem::Error, page: &PageContext, head: Option<&Request>) -> Response {
    if error.is_from_response() {
        return error.into_response(); // the endpoint made the response itself
    }
    let allow = error.data::<Allow>().cloned();
    let route = error.data::<PathPattern>().cloned();
    let problem = Problem::of(error);
    log(&problem, route.as_ref().map(|pattern| &*pattern.0), page.accounts());
    let mut response = match unauthorized_response(&problem, page, head) {
        Some(response) => response,
        None => respond(&problem, page).await,
    };
    if let Some(allow) = allow {
        allow.add(&mut response);
    }
    response
}

/// The embedder's own response to an anonymous visitor: see [`crate::Builder::unauthorized`].
fn unauthorized_response(problem: &Problem, page: &PageContext, head: Option<&Request>) -> Option<Response> {
    let respond = page.request().settings().unauthorized.as_ref()?;
    matches!(problem, Problem::LoginRequired).then(|| respond(head?, page)).flatten()
}

/// An error page in the embedder's layout; a problem document for a client that asks for JSON; a redirect where a log-in is required and
/// nothing was typed.
async fn respond(problem: &Problem, page: &PageContext) -> Response {
    let request = page.request();
    let message = message(problem, is_unsafe(&request.method));
    let response = if request.wants_json {
        problem_document(problem, &message, request)
    } else {
        // A page with status 401 needs a `WWW-Authenticate` header (RFC 9110, 15.5.2), which no form can answer.
        let status = match problem.status() {
            StatusCode::UNAUTHORIZED => StatusCode::FORBIDDEN,
            status => status,
        };
        html_page(problem, status, message, page).await
    };
    let retry_after = match problem {
        Problem::Throttled(throttled) => Some(throttled.wait.seconds()),
        _ => (problem.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_AFTER_SECS),
    };
    match retry_after {
        Some(seconds) => with_retry_after(response, seconds),
        None => response,
    }
}

/// The message for a problem. `is_change` is whether the request may have changed something.
fn message(problem: &Problem, is_change: bool) -> Message {
    match problem {
        Problem::LoginRequired => messages::LOG_IN_FIRST,
        Problem::RecentLogInRequired => messages::CONFIRM_FIRST,
        Problem::Forbidden => messages::FORBIDDEN,
        Problem::NotAForm => messages::NOT_A_FORM,
        Problem::Undecodable => messages::UNDECODABLE,
        Problem::CrossSite => messages::CROSS_SITE,
        Problem::StaleForm => messages::STALE_FORM,
        Problem::Misdirected => messages::MISDIRECTED,
        Problem::Unavailable(Some(failure)) if is_change && failure.is_outcome_unknown() => messages::OUTCOME_UNKNOWN,
        Problem::Unavailable(_) if is_change => messages::NOT_SAVED,
        Problem::Unavailable(_) => messages::NOT_READ,
        Problem::HashQueueFull => messages::BUSY,
        Problem::Throttled(throttled) => messages::too_many(throttled.wait),
        Problem::NotFound
        | Problem::MethodNotAllowed
        | Problem::TooLarge
        | Problem::NotRendered(_)
        | Problem::OutsideTheLayer
        | Problem::Status(_) => messages::status(problem.status().as_u16()),
    }
}

async fn html_page(problem: &Problem, status: StatusCode, message: Message, page: &PageContext) -> Response {
    let request = page.request();
    // The layout shows the user if it can. A store that just failed is not queried for it.
    if !matches!(problem, Problem::Unavailable(_)) {
        let _ = request.visitor().await;
    }
    let kept = KeptForm::of(problem, page);
    let waits_for = kept.and_then(KeptForm::waits_for);
    let mut asks = None;
    if let Some(asking) = waits_for {
        let Some(form) = InterruptedForm::of(request) else { return redirect_to(asking, request) };
        if let Some(waiting) = form.waiting(request, asking) {
            let waiting = Waiting::new(page, asking, waiting);
            if request.settings().serves(asking) {
                return interrupt(page, asking, status, waiting).await;
            }
            asks = Some(Asks { page: asking, status, waiting });
        }
    }
    let beside = waits_for.map(|asking| Beside::new(page, asking));
    let upload = Some(request.expected_body).filter(|expected| expected.is_upload);
    let message = match upload {
        Some(upload) if matches!(problem, Problem::TooLarge) => messages::upload_too_large(upload.limit),
        Some(_) => messages::upload_not_kept(message),
        None => kept.and_then(KeptForm::message).unwrap_or(message),
    };
    let form_page = upload.and_then(|_| request.return_path());
    let sender = kept.and_then(|kept| kept.sender(page));
    let resubmit = kept.and_then(|_| Resubmit::new(request, sender));
    let acts_as = sender.filter(|_| resubmit.is_some()).map(messages::will_be_sent_as);
    let mut response =
        page.render_template(status, message.title, &ErrorPage { page, message, acts_as, resubmit, beside, form_page });
    if let Some(asks) = asks {
        response.extensions_mut().insert(asks); // the layer asks the embedder's page
    }
    response
}

fn is_open_account_page(page: &PageContext) -> bool {
    page.request().settings().is_open_account_page(page.path())
}

/// Why a form is kept on the error page, to be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeptForm {
    /// The visitor is anonymous, and the form needs a user.
    LogInRequired,
    /// The form needs the password again.
    ConfirmationRequired,
    /// It was rendered for another user than the one who is logged in now.
    OfAnotherUser,
    /// It was rendered before the visitor logged in.
    FromBeforeLogIn,
    /// Its CSRF token is stale for another reason.
    Stale,
    /// It failed, and may succeed later.
    Failed,
}

impl KeptForm {
    fn of(problem: &Problem, page: &PageContext) -> Option<Self> {
        let (now, form_user) = (page.user().map(|user| user.id), page.request().form_user());
        match (problem, now, form_user) {
            (Problem::LoginRequired, ..) => Some(Self::LogInRequired),
            (Problem::RecentLogInRequired, ..) => Some(Self::ConfirmationRequired),
            (Problem::StaleForm, None, Some(_)) if page.is_anonymous() && !is_open_account_page(page) => {
                Some(Self::LogInRequired)
            }
            (Problem::StaleForm, Some(now), Some(user)) if now != user => Some(Self::OfAnotherUser),
            (Problem::StaleForm, Some(_), None) => Some(Self::FromBeforeLogIn),
            (Problem::StaleForm, ..) => Some(Self::Stale),
            (Problem::Unavailable(_) | Problem::HashQueueFull | Problem::Throttled(_), ..) => Some(Self::Failed),
            _ => None,
        }
    }

    /// The page on which the form waits.
    fn waits_for(self) -> Option<AccountPage> {
        match self {
            Self::LogInRequired => Some(AccountPage::LogIn),
            Self::ConfirmationRequired => Some(AccountPage::Confirm),
            _ => None,
        }
    }

    /// The message, where it is not that of the problem.
    fn message(self) -> Option<Message> {
        match self {
            Self::LogInRequired => Some(messages::LOG_IN_BESIDE_THEN_SEND),
            Self::ConfirmationRequired => Some(messages::CONFIRM_BESIDE_THEN_SEND),
            Self::OfAnotherUser => Some(messages::ACCOUNT_CHANGED),
            Self::FromBeforeLogIn => Some(messages::FORM_FROM_BEFORE_LOG_IN),
            Self::Stale | Self::Failed => None,
        }
    }

    /// As whom the form will be sent, where the visitor may not expect it.
    fn sender(self, page: &PageContext) -> Option<&Username> {
        let is_unexpected = matches!(self, Self::OfAnotherUser | Self::FromBeforeLogIn);
        page.user().filter(|_| is_unexpected).map(|user| &user.username)
    }
}

/// Logs a problem with the pattern of its route, such as `/parties/:id`. A path may be a secret: the link to a page that
/// needs no log-in. `None` where no route matched, or the request was refused before routing.
fn log(problem: &Problem, route: Option<&str>, accounts: &Accounts) {
    match problem {
        Problem::Unavailable(Some(failure)) if failure.is_overload() && accounts.logs(LogLine::Overload) => {
            tracing::warn!(route, "the store is overloaded");
        }
        Problem::Unavailable(Some(failure)) if !failure.is_overload() => {
            tracing::error!(route, error = ?failure, "the store failed");
        }
        Problem::OutsideTheLayer => tracing::error!(route, "a page is outside the accounts' layer"),
        Problem::NotRendered(error) => tracing::error!(route, ?error, "a part of a page did not render"),
        Problem::Status(status) if status.is_server_error() => tracing::error!(route, %status, "a page failed"),
        Problem::HashQueueFull if accounts.logs(LogLine::HashQueueFull) => {
            tracing::warn!(route, "the hash queue is full");
        }
        Problem::CrossSite | Problem::StaleForm | Problem::Forbidden | Problem::LoginRequired
            if accounts.logs(LogLine::RequestRefused) =>
        {
            tracing::info!(route, reason = %problem, "refused");
        }
        Problem::Misdirected if accounts.logs(LogLine::Misdirected) => {
            tracing::warn!(route, "refused a request for another host: if a proxy is in front, set the origin");
        }
        _ => {}
    }
}

/// A redirect to the page that asks for a log-in or a password, with the return path as `next`. The reason for a log-in is in a
/// flash message; the other page says it itself.
fn redirect_to(asking: AccountPage, request: &RequestContext) -> Response {
    let path = request.account_path(asking);
    let reason = match (asking, request.expected_body.is_upload, request.had_expired_session()) {
        (AccountPage::Confirm, true, _) => messages::CONFIRM_FOR_UPLOAD.into(),
        (AccountPage::Confirm, false, _) => return redirect(&path),
        (_, true, true) => messages::SESSION_ENDED_UPLOAD.into(),
        (_, true, false) => messages::LOG_IN_FOR_UPLOAD.into(),
        (_, false, true) => messages::SESSION_ENDED.into(),
        (_, false, false) => messages::LOG_IN_FIRST.text,
    };
    Flash::refusal(reason).to(&path)
}

/// A form to submit again: what was typed, without passwords, under a fresh CSRF token.
struct Resubmit<'a> {
    action: &'a str,
    fields: Vec<(&'a str, &'a str)>,
    button: String,
}

impl<'a> Resubmit<'a> {
    fn new(request: &'a RequestContext, sender: Option<&Username>) -> Option<Self> {
        let fields = request.kept_form()?.iter().filter(|(name, _)| *name != CSRF_FIELD).collect();
        let button = sender.map_or_else(|| messages::SEND_AGAIN.to_owned(), messages::send_as);
        Some(Self { action: request.action.as_ref()?.as_str(), fields, button })
    }
}

#[derive(Template)]
#[template(path = "error_page.html")]
struct ErrorPage<'a> {
    page: &'a PageContext,
    message: Message,
    /// As whom the form will be sent, where that may have changed.
    acts_as: Option<String>,
    resubmit: Option<Resubmit<'a>>,
    /// The page on which the form would wait, opened in another tab.
    beside: Option<Beside>,
    /// The page on which a file is chosen again.
    form_page: Option<&'a ReturnPath>,
}

/// A link to the page that asks for a log-in or a password, opened in another tab.
struct Beside {
    path: String,
    text: &'static str,
}

impl Beside {
    fn new(page: &PageContext, asking: AccountPage) -> Self {
        let text = if asking == AccountPage::Confirm { messages::CONFIRM_BESIDE } else { messages::LOG_IN_BESIDE };
        Self { path: page.account_path(asking), text }
    }
}
