//! What can go wrong with a request, as a type. [`super::error_page`] makes the response.

use domain::StoreError;
use poem::error::{ParsePathError, ResponseError};
use poem::http::StatusCode;

use super::LayoutError;
use crate::{ThrottleError, Throttled};

/// Why a request has no page of its own. A handler returns it as an error, and the layer responds with an error page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The page does not exist, or the visitor may not know of it: 404.
    #[error("no such page")]
    NotFound,
    /// The page is for users: a redirect to the log-in page and back, or 401 for a client that asks for JSON.
    #[error("log-in required")]
    LoginRequired,
    /// The page requires that the password was given a short time ago: a redirect to the page that asks for it again, and back;
    /// or 403 for a client that asks for JSON.
    #[error("recent log-in required")]
    RecentLogInRequired,
    /// The user may not do this: 403.
    #[error("forbidden")]
    Forbidden,
    /// The page has no handler for the method: 405.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The body is not a form: 415.
    #[error("not a form")]
    NotAForm,
    /// The body cannot be read or decoded: 400.
    #[error("undecodable body")]
    Undecodable,
    /// The body is larger than the body limit: 413.
    #[error("body too large")]
    TooLarge,
    /// Another site sent the request, or nothing shows that it comes from this origin: 403.
    #[error("cross-site request")]
    CrossSite,
    /// The form's CSRF token does not belong to the current session: 403, with the form to submit again.
    #[error("stale form")]
    StaleForm,
    /// The host is not ours: 421.
    #[error("misdirected request")]
    Misdirected,
    /// The store failed: 503. `None` where an earlier failure in the same request is the cause, and is logged already.
    #[error("the store failed")]
    Unavailable(#[source] Option<StoreError>),
    /// A limit refuses the action: 429, with `Retry-After`.
    #[error("throttled")]
    Throttled(Throttled),
    /// The hash queue is full: 503.
    #[error("the hash queue is full")]
    HashQueueFull,
    /// A template or another part of the page failed: 500. The cause is logged.
    #[error("a part of the page did not render")]
    NotRendered(#[source] LayoutError),
    /// The page is not inside the accounts' layer: 500.
    #[error("this page is outside the accounts' layer")]
    OutsideTheLayer,
    /// Another error, of which only the status is known.
    #[error("status {0}")]
    Status(StatusCode),
}

impl From<StoreError> for Problem {
    fn from(failure: StoreError) -> Self {
        Self::Unavailable(Some(failure))
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Self {
        Self::NotRendered(error.into())
    }
}

impl From<ThrottleError> for Problem {
    fn from(error: ThrottleError) -> Self {
        match error {
            ThrottleError::Throttled(throttled) => Self::Throttled(throttled),
            ThrottleError::Store(failure) => failure.into(),
        }
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::LoginRequired => StatusCode::UNAUTHORIZED,
            Self::RecentLogInRequired | Self::Forbidden | Self::CrossSite | Self::StaleForm => StatusCode::FORBIDDEN,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Undecodable => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::Unavailable(_) | Self::HashQueueFull => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotRendered(_) | Self::OutsideTheLayer => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Status(status) => *status,
        }
    }
}

impl Problem {
    /// The name of the problem for a program: the member `code` of a problem document. `None` where the status says it all.
    pub(super) fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotFound => "not_found",
            Self::LoginRequired => "log_in_required",
            Self::RecentLogInRequired => "recent_log_in_required",
            Self::Forbidden => "forbidden",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::NotAForm => "not_a_form",
            Self::Undecodable => "undecodable",
            Self::TooLarge => "too_large",
            Self::CrossSite => "cross_site",
            Self::StaleForm => "stale_form",
            Self::Misdirected => "misdirected",
            Self::Unavailable(Some(failure)) if failure.is_outcome_unknown() => "outcome_unknown",
            Self::Unavailable(_) => "unavailable",
            Self::Throttled(_) => "throttled",
            Self::HashQueueFull => "busy",
            Self::NotRendered(_) | Self::OutsideTheLayer | Self::Status(_) => return None,
        })
    }

    /// The problem in an endpoint's error. The error's text is dropped, since it may contain anything.
    pub(crate) fn of(error: poem::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(problem) => problem,
            // A path segment that is not UTF-8 names no page.
            Err(error) if error.is::<ParsePathError>() => Self::NotFound,
            Err(error) => match error.status() {
                StatusCode::NOT_FOUND => Self::NotFound,
                StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
                status => Self::Status(status),
            },
        }
    }
}
