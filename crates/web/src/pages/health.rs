//! `/health/…`: for whoever watches the server. Cheap, without a log-in, and silent about everything else.

use poem::http::StatusCode;
use poem::{IntoResponse, Response, handler};

use super::Ask;

/// The process lives: the database is not asked.
#[handler]
pub(crate) fn live() -> Response {
    said(StatusCode::OK, "ok")
}

/// The database answers.
#[handler]
pub(crate) async fn ready(dinner: Ask<'_>) -> Response {
    match (dinner.readiness)().await {
        Ok(()) => said(StatusCode::OK, "ok"),
        Err(failure) => {
            tracing::warn!(error = ?failure, "not ready");
            said(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}

fn said(status: StatusCode, word: &'static str) -> Response {
    word.with_content_type("text/plain; charset=utf-8").with_status(status).into_response()
}
