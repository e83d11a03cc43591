//! Answers as gzip, for whoever takes it. A rack of postcards says much the same twenty times over, in a quarter of the
//! bytes. The token of a form is masked anew on each page, so its length gives nothing away.

use std::io::{self, Write as _};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use poem::http::{HeaderMap, HeaderValue, header};
use poem::{Endpoint, IntoResponse, Request, Response};

/// What is left of the way to an answer when it is made.
pub(crate) async fn compress(site: Arc<impl Endpoint>, request: Request) -> poem::Result<Response> {
    let is_taken = takes_gzip(request.headers());
    let mut response = site.call(request).await?.into_response();
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    let is_text = response.content_type().is_some_and(|kind| kind.starts_with("text/") || kind == "image/svg+xml");
    if !is_taken || !is_text {
        return Ok(response);
    }
    let plain = response.take_body().into_vec().await?;
    let Ok(zipped) = zip(&plain) else {
        response.set_body(plain); // it is as good, and longer
        return Ok(response);
    };
    response.set_body(zipped);
    response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response.headers_mut().remove(header::CONTENT_LENGTH); // the plain text's, if it was said already
    Ok(response)
}

/// Whether a browser says that it takes gzip. One that forbids it by a quality of nothing gets plain text.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let said = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    said.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let is_forbidden = parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)));
        is_gzip && !is_forbidden
    })
}

fn zip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whoever_takes_gzip_gets_it() {
        let takes = |said: &'static str| {
            takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(said))]))
        };
        for said in ["gzip", "deflate, gzip", "GZIP;q=0.5", "br;q=1, gzip;q=0.1"] {
            assert!(takes(said), "{said}");
        }
        for said in ["", "br", "gzip;q=0", "gzip; q=0.0", "x-gzip", "*"] {
            assert!(!takes(said), "{said}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
