//! The one place that turns what went wrong into an answer. What a visitor reads never comes from a source error.

use askama::Template;
use poem::error::ResponseError;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};

use super::csrf;
use super::exchange::Exchange;
use super::fields::Fields;
use super::flash::{Flash, FlashKind};
use super::layout::PageContext;
use super::methods::Allow;
use super::next::Next;
use super::problem::Problem;
use super::response::redirect;
use crate::words;

/// The answer to an endpoint's error.
pub(super) async fn answer(error: poem::Error, parts: &PageContext) -> Response {
    if error.is_from_response() {
        return error.into_response(); // the endpoint made an answer of its own
    }
    let allow = error.data::<Allow>().cloned();
    let mut response = tell(&Problem::of(error), parts).await;
    if let Some(allow) = allow {
        allow.add(&mut response);
    }
    response
}

/// What is told; of a failing store, whether something was to be saved.
fn words_of(problem: &Problem, saves: bool) -> words::Told {
    match problem {
        Problem::LoginRequired => ("Log in", words::LOGIN_REQUIRED),
        Problem::Forbidden => words::FORBIDDEN,
        Problem::NotAForm => words::NOT_A_FORM,
        Problem::Undecodable => words::UNDECODABLE,
        Problem::CrossSite => words::CROSS_SITE,
        Problem::StaleForm => words::FORM_STALE,
        Problem::Misdirected => words::MISDIRECTED,
        Problem::Unavailable(Some(failure)) if saves && failure.is_outcome_unknown() => words::PERHAPS_SAVED,
        Problem::Unavailable(_) if saves => words::NOT_SAVED,
        Problem::Unavailable(_) => words::NOT_READ,
        Problem::HashQueueFull => words::BUSY,
        Problem::NotFound
        | Problem::MethodNotAllowed
        | Problem::TooLarge
        | Problem::OutsideTheLayer
        | Problem::Status(_) => words::status(problem.status().as_u16()),
    }
}

/// The answer: a page in the embedder's layout, JSON for a program, a redirect for a guest.
async fn tell(problem: &Problem, parts: &PageContext) -> Response {
    let exchange = parts.exchange();
    log(problem, exchange);
    let status = problem.status();
    let (title, sentence) = words_of(problem, csrf::is_unsafe(&exchange.method));
    let hook = exchange.settings().unauthorized.as_ref().filter(|_| matches!(problem, Problem::LoginRequired));
    let mut response = if let Some(hook) = hook {
        hook(parts)
    } else if exchange.wants_json {
        let body = serde_json::json!({ "error": sentence }).to_string();
        body.with_content_type("application/json; charset=utf-8").with_status(status).into_response()
    } else if matches!(problem, Problem::LoginRequired) {
        send_to_log_in(exchange)
    } else {
        // Who reads the page is a courtesy here: where the store cannot say, the layout draws it without; and one
        // that just failed is not asked.
        if !matches!(problem, Problem::Unavailable(_)) {
            let _ = exchange.visitor().await;
        }
        let may_pass = matches!(problem, Problem::StaleForm | Problem::Unavailable(_) | Problem::HashQueueFull);
        let again = exchange.sent().filter(|_| may_pass).and_then(|sent| SendAgain::new(exchange, sent));
        let log_in = matches!(problem, Problem::StaleForm).then(|| log_in_elsewhere(parts)).flatten();
        let (title, sentence) = log_in.map_or((title, sentence), |_| words::FORM_OUTLIVED_SESSION);
        parts.render_template(status, title, &ProblemPage { parts, title, sentence, again, log_in })
    };
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

fn log(problem: &Problem, exchange: &Exchange) {
    let path = exchange.here.as_ref().map(Next::path);
    match problem {
        Problem::Unavailable(Some(failure)) => tracing::error!(path, error = ?failure, "the store could not answer"),
        Problem::OutsideTheLayer => tracing::error!(path, "a page is outside the accounts' layer"),
        Problem::Status(status) if status.is_server_error() => tracing::error!(path, %status, "a page failed"),
        Problem::HashQueueFull => tracing::warn!(path, "the hash queue is full"),
        Problem::CrossSite | Problem::StaleForm | Problem::Forbidden | Problem::LoginRequired => {
            tracing::info!(path, refused = %problem, "refused");
        }
        Problem::Misdirected => {
            tracing::warn!(path, "refused a request for another host: is a proxy in front, and --origin not set?");
        }
        _ => {}
    }
}

/// To the log-in page, with the reason and the way back.
fn send_to_log_in(exchange: &Exchange) -> Response {
    let reason = if exchange.lost_a_session() { words::SESSION_ENDED } else { words::LOGIN_REQUIRED };
    let log_in = &exchange.settings().paths.log_in;
    let flash = Flash { kind: FlashKind::Refusal, text: reason.into() };
    match exchange.way_back() {
        Some(next) if next.as_str() != "/" => flash.with(redirect(&format!("{log_in}?next={}", next.encoded()))),
        _ => flash.with(redirect(log_in)),
    }
}

/// The log-in page, where a guest sent a form of somebody who was logged in: any but the accounts' own, which are a
/// guest's. What was typed stays on the page that says so while they log in beside it.
fn log_in_elsewhere(parts: &PageContext) -> Option<&str> {
    let (exchange, paths) = (parts.exchange(), &parts.exchange().settings().paths);
    let own = [&paths.log_in, &paths.register, &paths.log_out];
    let is_own = exchange.here.as_ref().is_some_and(|here| own.iter().any(|path| here.path() == path.as_str()));
    (parts.is_guest() && !is_own).then_some(paths.log_in.as_str())
}

/// The form once more: what was typed, but no password, under a fresh token.
struct SendAgain {
    action: String,
    fields: Vec<(String, String)>,
}

impl SendAgain {
    fn new(exchange: &Exchange, sent: &Fields) -> Option<Self> {
        // A field that an embedder named passphrase or newPassword is one too.
        let is_kept = |name: &str| name != csrf::FIELD && !name.to_lowercase().contains("pass");
        let fields = sent.iter().filter(|(name, _)| is_kept(name));
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Some(Self { action: exchange.here.as_ref()?.as_str().to_owned(), fields })
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    parts: &'a PageContext,
    title: &'a str,
    sentence: &'a str,
    again: Option<SendAgain>,
    /// The log-in page, for another tab.
    log_in: Option<&'a str>,
}
