//! The one place that turns what went wrong into an answer. What a visitor reads never comes from a source error.

use askama::Template;
use domain::StoreError;
use poem::error::ResponseError;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};

use super::csrf;
use super::exchange::Exchange;
use super::fields::Fields;
use super::flash::{Flash, FlashKind};
use super::layout::{PageParts, html_response};
use super::methods::Allow;
use super::next::Next;
use super::response::redirect;
use crate::words;

/// Why a request has no page of its own. A handler returns it as its error; the layer makes the page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// There is no such page, or it is not the visitor's to see: 404.
    #[error("no such page")]
    NotFound,
    /// Only for somebody logged in: to the log-in page, and back; 401 for a program.
    #[error("log-in required")]
    LoginRequired,
    /// Not theirs to do: 403.
    #[error("not theirs to do")]
    Forbidden,
    /// The page does not answer to that method: 405.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The body is no form: 415.
    #[error("not a form")]
    NotAForm,
    /// The body cannot be decoded: 400.
    #[error("undecodable")]
    Undecodable,
    /// The body is past the limit: 413.
    #[error("body too large")]
    TooLarge,
    /// Another site sent the form, or nothing shows that it is ours: 403.
    #[error("not shown to come from one of our forms")]
    CrossSite,
    /// The form's token is not this browser's any more: 403, and the form once more.
    #[error("a stale form")]
    StaleForm,
    /// The host is not ours: 421.
    #[error("not meant for this host")]
    Misdirected,
    /// The store could not answer: 503.
    #[error("the store could not answer")]
    Unavailable(#[source] Option<StoreError>),
    /// Too many passwords are being hashed already: 503.
    #[error("busy")]
    Busy,
    /// A page that the accounts' layer is not around: 500.
    #[error("this page is outside the accounts' layer")]
    OutsideTheLayer,
    /// Whatever else an endpoint answers with: its status, and nothing of its text.
    #[error("status {0}")]
    Status(StatusCode),
}

impl From<StoreError> for Problem {
    fn from(failure: StoreError) -> Self {
        Self::Unavailable(Some(failure))
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::LoginRequired => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::CrossSite | Self::StaleForm => StatusCode::FORBIDDEN,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Undecodable => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::Unavailable(_) | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::OutsideTheLayer => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Status(status) => *status,
        }
    }
}

impl Problem {
    /// What an endpoint's error means. Only what we know is kept: an error's text can hold anything.
    pub(super) fn of(error: poem::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(problem) => problem,
            // A path that is no text names no page.
            Err(error) if error.is::<poem::error::ParsePathError>() => Self::NotFound,
            Err(error) => Self::Status(error.status()),
        }
    }

    /// What is told; of a failing store, whether something was to be saved.
    fn words(&self, saves: bool) -> words::Told {
        match self {
            Self::LoginRequired => ("Log in", words::LOGIN_REQUIRED),
            Self::Forbidden => words::FORBIDDEN,
            Self::NotAForm => words::NOT_A_FORM,
            Self::Undecodable => words::UNDECODABLE,
            Self::CrossSite => words::CROSS_SITE,
            Self::StaleForm => words::FORM_STALE,
            Self::Misdirected => words::MISDIRECTED,
            Self::Unavailable(_) if saves => words::NOT_SAVED,
            Self::Unavailable(_) => words::NOT_READ,
            Self::Busy => words::BUSY,
            Self::NotFound | Self::MethodNotAllowed | Self::TooLarge | Self::OutsideTheLayer | Self::Status(_) => {
                words::status(self.status().as_u16())
            }
        }
    }

    /// The answer: a page in the embedder's layout, JSON for a program, a redirect for a guest.
    pub(super) async fn answer(&self, parts: &PageParts) -> Response {
        let exchange = parts.exchange();
        self.log(exchange);
        let status = self.status();
        let (title, sentence) = self.words(csrf::is_unsafe(&exchange.method));
        let hook = exchange.settings().unauthorized.as_ref().filter(|_| matches!(self, Self::LoginRequired));
        let mut response = if let Some(hook) = hook {
            hook(parts)
        } else if exchange.wants_json {
            let body = serde_json::json!({ "error": sentence }).to_string();
            body.with_content_type("application/json; charset=utf-8").with_status(status).into_response()
        } else if matches!(self, Self::LoginRequired) {
            send_to_log_in(exchange)
        } else {
            // Who reads the page is a courtesy here: where the store cannot say, the layout draws it without; and one
            // that just failed is not asked.
            if !matches!(self, Self::Unavailable(_)) {
                let _ = exchange.visitor().await;
            }
            let may_pass = matches!(self, Self::StaleForm | Self::Unavailable(_) | Self::Busy);
            let again = exchange.sent().filter(|_| may_pass).and_then(|sent| SendAgain::new(exchange, sent));
            parts.render_template(status, title, &ProblemPage { parts, title, sentence, again })
        };
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }

    fn log(&self, exchange: &Exchange) {
        let path = exchange.here.as_ref().map(Next::path);
        match self {
            Self::Unavailable(Some(failure)) => tracing::error!(path, error = ?failure, "the store could not answer"),
            Self::OutsideTheLayer => tracing::error!(path, "a page is outside the accounts' layer"),
            Self::Status(status) if status.is_server_error() => tracing::error!(path, %status, "a page failed"),
            Self::Busy => tracing::warn!(path, "the hash queue is full"),
            Self::CrossSite | Self::StaleForm | Self::Forbidden | Self::LoginRequired => {
                tracing::info!(path, refused = %self, "refused");
            }
            Self::Misdirected => {
                tracing::warn!(path, "refused a request for another host: is a proxy in front, and --origin not set?");
            }
            _ => {}
        }
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
    parts: &'a PageParts,
    title: &'a str,
    sentence: &'a str,
    again: Option<SendAgain>,
}

/// The answer to an endpoint's error.
pub(super) async fn answer(error: poem::Error, parts: &PageParts) -> Response {
    if error.is_from_response() {
        return error.into_response(); // the endpoint made an answer of its own
    }
    let allow = error.data::<Allow>().cloned();
    let mut response = Problem::of(error).answer(parts).await;
    if let Some(allow) = allow {
        allow.add(&mut response);
    }
    response
}

/// The page behind all pages: when even the layout fails.
pub(super) fn last_resort() -> Response {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let (title, sentence) = words::status(status.as_u16());
    let head = format!("<meta charset=\"utf-8\"><title>{title}</title>");
    let page = format!("<!doctype html><html lang=\"en\">{head}<h1>{title}</h1><p>{sentence}</p></html>");
    html_response(status, page)
}
