//! What can go wrong with a request, as a type. How it is told is [`super::answer`]'s.

use domain::StoreError;
use poem::error::ResponseError;
use poem::http::StatusCode;

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
    HashQueueFull,
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
            Self::Unavailable(_) | Self::HashQueueFull => StatusCode::SERVICE_UNAVAILABLE,
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
}
