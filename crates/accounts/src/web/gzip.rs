//! gzip, for whoever takes it: text is told in a quarter of its bytes. Pages are compressed as they are answered, around
//! everything else, so that no page and no header knows of it; files once, by whoever has them.
//!
//! It is here because what makes it safe is: a form's token is masked anew in each answer, so that its length gives nothing
//! away (BREACH).

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use poem::http::{HeaderMap, HeaderValue, StatusCode, header};
use poem::{Body, Endpoint, IntoResponse, Request, Response};

/// The fewest bytes worth it: an answer of one packet stays one, and costs no time.
const LEAST: usize = 1024;

/// How hard to try on a page. A list of 20 parties, 19 kB, measured: level 1 gives 3.8 kB in 48 µs, 2 gives 3.2 kB in 102 µs,
/// 4 gives 3.0 kB in 186 µs, 9 gives 2.8 kB in 340 µs.
const LEVEL: u32 = 2;

/// What is text, of all that is ever answered.
const TEXT: [&str; 6] = ["text/html", "text/css", "text/javascript", "text/plain", "application/json", "image/svg+xml"];

/// A service whose answers are compressed for whoever takes that: `Gzip::around(accounts.routes(routes)?)`. Text alone is,
/// from 1 KiB on, and all of it says `Vary`.
pub struct Gzip<E> {
    inner: E,
}

impl<E> Gzip<E> {
    /// Around a service.
    #[must_use]
    pub fn around(inner: E) -> Self {
        Self { inner }
    }
}

impl<E: Endpoint> Endpoint for Gzip<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let accepted = is_accepted(request.headers());
        let mut response = self.inner.call(request).await?.into_response();
        if !is_text(response.headers()) {
            return Ok(response);
        }
        // For both: a cache must not give one visitor what was made for another.
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
        let is_whole = response.status() != StatusCode::PARTIAL_CONTENT;
        if accepted && is_whole && !response.headers().contains_key(header::CONTENT_ENCODING) {
            return Ok(compress(response).await);
        }
        Ok(response)
    }
}

/// The same answer in fewer bytes, or as it is where it is short. HEAD comes here with its body too, which the server
/// leaves out at last: its headers are those of GET.
async fn compress(mut response: Response) -> Response {
    let body = match response.take_body().into_bytes().await {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "an answer broke off before it was compressed");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let Some(fewer) = packed(&body, Compression::new(LEVEL)) else {
        response.set_body(body);
        return response;
    };
    response.set_body(Body::from(fewer));
    response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
}

/// A file as gzip, made as small as it can be, since that is done once; `None` where it is too short for that.
#[must_use]
pub fn compressed(file: &[u8]) -> Option<Vec<u8>> {
    packed(file, Compression::best())
}

/// `None` where the bytes are too few, or it fails (in memory nothing does): then they go as they are.
fn packed(bytes: &[u8], level: Compression) -> Option<Vec<u8>> {
    if bytes.len() < LEAST {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), level);
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

fn is_text(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    TEXT.contains(&content_type.split(';').next().unwrap_or_default().trim())
}

/// Whether `Accept-Encoding` (RFC 9110, 12.5.3) takes gzip, and does not prefer the answer as it is.
#[must_use]
pub fn is_accepted(headers: &HeaderMap) -> bool {
    let (mut gzip, mut any, mut identity) = (None, None, None);
    let values = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    for coding in values.flat_map(|value| value.split(',')) {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let weight = parts
            .next()
            .map_or(Some(1.0), |part| part.strip_prefix(['q', 'Q'])?.trim().strip_prefix('=')?.trim().parse().ok());
        let weight: f32 = weight.unwrap_or(0.0);
        if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
            gzip = Some(weight);
        } else if name == "*" {
            any = Some(weight);
        } else if name.eq_ignore_ascii_case("identity") {
            identity = Some(weight);
        }
    }
    let weight = gzip.or(any).unwrap_or(0.0);
    weight > 0.0 && weight >= identity.unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use std::io;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn what_was_compressed_comes_back() {
        let text = "Dinner is better with friends. ".repeat(100);
        for level in [Compression::new(LEVEL), Compression::best()] {
            let packed = packed(text.as_bytes(), level).unwrap();
            assert!(packed.len() < text.len() / 10);
            assert_eq!(io::read_to_string(GzDecoder::new(packed.as_slice())).unwrap(), text);
        }
    }

    #[test]
    fn gzip_is_for_who_asks_for_it() {
        let accepted = |values: &[&str]| {
            let values = values.iter().map(|value| (header::ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap()));
            is_accepted(&values.collect())
        };
        for yes in [
            "gzip",
            "GZIP",
            "x-gzip",
            "gzip, deflate, br",
            "br;q=1.0, gzip;q=0.8",
            "*",
            "identity;q=0.5, gzip ; q = 1",
            "br,*;q=0.1",
        ] {
            assert!(accepted(&[yes]), "{yes}");
        }
        for no in [
            "",
            "identity",
            "br",
            "gzip;q=0",
            "gzip; q=0.0, *",
            "*;q=0",
            "gzip;q=0.5, identity;q=1",
            "gzip;q=x",
            "gzippy",
            "gzip;level=9",
        ] {
            assert!(!accepted(&[no]), "{no}");
        }
        assert!(accepted(&["br", "gzip"]) && !accepted(&[]));
    }

    #[test]
    fn only_text_is_compressed() {
        let is =
            |kind: &str| is_text(&[(header::CONTENT_TYPE, HeaderValue::from_str(kind).unwrap())].into_iter().collect());
        assert!(is("text/html; charset=utf-8") && is("application/json") && is("image/svg+xml"));
        assert!(!is("image/png") && !is("text/event-stream") && !is("") && !is_text(&HeaderMap::new()));
    }
}
