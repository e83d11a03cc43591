//! A problem document (RFC 9457): the JSON of an error, for a program.

use poem::error::ResponseError;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};

use super::Problem;
use crate::web::messages::Message;
use crate::web::request::{Exemption, RequestContext};

/// The problem as `application/problem+json`. Its type is `about:blank`: what a program can tell apart beside the status is in `code`.
pub(super) fn problem_document(problem: &Problem, message: &Message, request: &RequestContext) -> Response {
    let status = problem.status();
    let mut document = serde_json::json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or(message.title),
        "status": status.as_u16(),
        "detail": message.text,
    });
    if let Some(code) = problem.code() {
        document["code"] = code.into();
    }
    let body = document.to_string().with_content_type("application/problem+json; charset=utf-8");
    let mut response = body.with_status(status).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge(request));
    }
    response
}

/// How a program can authenticate (RFC 9110, 15.5.2; RFC 6750, 3). Browsers ask nobody for a token.
fn challenge(request: &RequestContext) -> HeaderValue {
    HeaderValue::from_static(match request.exemption {
        Some(Exemption::Bearer(_)) => r#"Bearer error="invalid_token""#,
        _ => "Bearer",
    })
}
