//! `/health/…`: for whoever watches the server. Cheap, without a log-in, and silent about everything else.

use poem::http::StatusCode;
use poem::{IntoResponse, Response, handler};

use super::Ask;
use crate::words;

/// The process lives: the database is not asked.
#[handler]
pub(crate) fn live() -> Response {
    said(StatusCode::OK, words::HEALTHY)
}

/// The database answers.
#[handler]
pub(crate) async fn ready(dinner: Ask<'_>) -> Response {
    match (dinner.readiness)().await {
        Ok(()) => said(StatusCode::OK, words::HEALTHY),
        Err(failure) => {
            tracing::warn!(error = ?failure, "not ready");
            said(StatusCode::SERVICE_UNAVAILABLE, words::NOT_READY)
        }
    }
}

fn said(status: StatusCode, word: &'static str) -> Response {
    word.with_content_type("text/plain; charset=utf-8").with_status(status).into_response()
}
