//! An endpoint whose responses are compressed. What is compressed, and how, is in [`crate::content_coding`].

use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body, Endpoint, IntoResponse as _, Request, Response};

use crate::content_coding::{PAGE_LEVEL, accepts_gzip, gzip, is_text};

/// An endpoint whose text responses of 1 KiB and more are compressed with gzip for a client that accepts it. Every text
/// response has `Vary: accept-encoding`. Request bodies are left as they are.
///
/// Compression reveals a secret in a page beside text that an attacker chooses (BREACH), unless the secret is masked anew in
/// each response, as the CSRF tokens of `accounts` are.
pub struct Gzip<E> {
    inner: E,
}

impl<E> Gzip<E> {
    /// Wraps an endpoint.
    #[must_use]
    pub fn around(inner: E) -> Self {
        Self { inner }
    }
}

impl<E: Endpoint> Endpoint for Gzip<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let accepts_gzip = accepts_gzip(request.headers());
        let mut response = self.inner.call(request).await?.into_response();
        if !is_text(response.headers()) {
            return Ok(response);
        }
        // On both forms: a cache must not give one client what was made for another.
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
        let is_whole = response.status() != StatusCode::PARTIAL_CONTENT;
        if accepts_gzip && is_whole && !response.headers().contains_key(header::CONTENT_ENCODING) {
            return Ok(compress(response).await);
        }
        Ok(response)
    }
}

/// Compresses a response, unless it is short. A response to HEAD still has its body here, so that its header fields are
/// those of GET.
async fn compress(mut response: Response) -> Response {
    let body = match response.take_body().into_bytes().await {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "response body failed before it was compressed");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let Some(compressed) = gzip(&body, PAGE_LEVEL) else {
        response.set_body(body);
        return response;
    };
    response.set_body(Body::from(compressed));
    response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
}
