//! The responses that the server itself gives before or instead of the endpoint's: the status as plain text, the header
//! fields that the embedder handed in, and a closed connection. Every other error is the endpoint's page.

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use hyper::http::HeaderValue;
use hyper::{HeaderMap, Response, StatusCode};

use crate::body::EndpointBody;

/// The `Retry-After` of a 503 response, in seconds.
const RETRY_AFTER_SECS: &str = "5";

/// The header fields of every error response.
pub(crate) struct ErrorResponses(HeaderMap);

impl ErrorResponses {
    pub(crate) fn new(headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>) -> Self {
        let mut headers: HeaderMap = headers.into_iter().collect();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        Self(headers)
    }

    /// An error response with this status: 400, 414, 431, 500, 501 or 503.
    pub(crate) fn response(&self, status: StatusCode) -> Response<EndpointBody> {
        let text = Full::new(Bytes::from(format!("{status}\n")));
        let mut response = Response::new(text.map_err(|never| match never {}).boxed());
        *response.status_mut() = status;
        *response.headers_mut() = self.0.clone();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECS));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::CONTENT_SECURITY_POLICY;

    use super::*;

    #[tokio::test]
    async fn error_response_is_plain_text_with_the_fields_handed_in() {
        let policy = HeaderValue::from_static("default-src 'none'");
        let errors = ErrorResponses::new([(CONTENT_SECURITY_POLICY, policy.clone())]);
        for (status, retry_after) in [(StatusCode::BAD_REQUEST, None), (StatusCode::SERVICE_UNAVAILABLE, Some("5"))] {
            let response = errors.response(status);
            let headers = response.headers();
            let field = |name| headers[name].to_str().unwrap();
            assert_eq!((response.status(), &headers[CONTENT_SECURITY_POLICY]), (status, &policy));
            assert_eq!((field(CONNECTION), field(CONTENT_TYPE)), ("close", "text/plain; charset=utf-8"));
            assert_eq!(headers.get(RETRY_AFTER).map(HeaderValue::as_bytes), retry_after.map(str::as_bytes));
            assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), format!("{status}\n"));
        }
    }
}
