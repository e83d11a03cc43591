//! `/health/live` and `/health/ready`: for monitoring. They need no log-in and reveal nothing else.

use poem::http::StatusCode;
use poem::{IntoResponse, Response, handler};

use super::State;
use crate::messages;

/// `GET /health/live`: 200 while the process responds. Does not use the database.
#[handler]
pub(crate) fn live() -> Response {
    plain_text(StatusCode::OK, messages::HEALTH_OK)
}

/// `GET /health/ready`: 200 while the database responds, otherwise 503.
#[handler]
pub(crate) async fn ready(state: State<'_>) -> Response {
    match (state.readiness)().await {
        Ok(()) => plain_text(StatusCode::OK, messages::HEALTH_OK),
        Err(failure) => {
            tracing::warn!(error = ?failure, "not ready");
            plain_text(StatusCode::SERVICE_UNAVAILABLE, messages::HEALTH_DATABASE_UNAVAILABLE)
        }
    }
}

fn plain_text(status: StatusCode, text: &'static str) -> Response {
    text.with_content_type("text/plain; charset=utf-8").with_status(status).into_response()
}
