//! gzip: the same responses in fewer bytes, for clients that accept it.

use std::io::read_to_string;

use accounts::test_kit::TestClient;
use flate2::read::GzDecoder;
use poem::http::{HeaderMap, Method};

use crate::common::{TestApp, host};

test_support::on_both_engines! { TestApp:
    compressed_response_has_the_same_content_and_headers
    short_response_is_not_compressed
    client_without_gzip_gets_plain_text
}

/// The status, headers and undecoded body of a response.
async fn fetch(client: &TestClient, method: Method, path: &str, accepts: Option<&str>) -> (u16, HeaderMap, Vec<u8>) {
    let mut request = client.request(method, path);
    if let Some(accepts) = accepts {
        request = request.header("accept-encoding", accepts);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.headers().clone(), response.bytes().await.unwrap().to_vec())
}

/// The page without the CSRF tokens and idempotency keys, which differ in each response.
fn without_tokens(html: &str) -> String {
    ["csrf_token\" value=\"", "once\" value=\""].iter().fold(html.to_owned(), |html, field| {
        let (first, rest) = html.split_once(field).unwrap_or((&html, ""));
        rest.split(field)
            .fold(first.to_owned(), |text, part| text + part.split_once('"').map_or("", |(_, after)| after))
    })
}

async fn compressed_response_has_the_same_content_and_headers(app: TestApp) {
    let ada = app.user("ada").await;
    host(&ada, "ada", &[]).await;
    let index = ada.get("/").await;
    let file = |selector, from| index.attributes(selector, from).concat();
    let (stylesheet, script) = (file("link[rel=stylesheet]", "href"), file("script", "src"));
    for path in ["/", "/user/ada", "/rsvp", "/parties/1", "/nowhere", stylesheet.as_str()] {
        let (status, plain_headers, plain) = fetch(&ada, Method::GET, path, None).await;
        let (same_status, headers, compressed) = fetch(&ada, Method::GET, path, Some("br, gzip")).await;
        let decompressed = read_to_string(GzDecoder::new(compressed.as_slice())).unwrap();

        assert_eq!(status, same_status, "{path}");
        assert_eq!(without_tokens(&decompressed), without_tokens(std::str::from_utf8(&plain).unwrap()), "{path}");
        assert!(compressed.len() * 3 < plain.len() * 2, "{path}: {} of {}", compressed.len(), plain.len());
        assert_eq!(headers["content-encoding"], "gzip", "{path}");
        assert_eq!(headers["content-length"], compressed.len().to_string(), "{path}");
        assert_eq!((&headers["vary"], &plain_headers["vary"]), (&"accept-encoding".parse().unwrap(), &headers["vary"]));
        for same in ["content-type", "cache-control", "content-security-policy", "x-content-type-options"] {
            assert_eq!(headers[same], plain_headers[same], "{same} of {path}");
        }

        let (status, head, body) = fetch(&ada, Method::HEAD, path, Some("gzip")).await;
        assert_eq!((status, body.len()), (same_status, 0), "HEAD {path}");
        for same in ["content-encoding", "content-type", "vary", "cache-control"] {
            assert_eq!(head[same], headers[same], "{same} of HEAD {path}");
        }
        // Each response has another CSRF token, so that its compressed length differs by a few bytes.
        let length: usize = head["content-length"].to_str().unwrap().parse().unwrap();
        assert!(length.abs_diff(compressed.len()) < 64, "HEAD {path}: {length}, not {}", compressed.len());
        if path == stylesheet {
            assert_eq!(length, compressed.len());
        }
    }
    let (_, headers, _) = fetch(&ada, Method::GET, &script, Some("gzip")).await;
    assert_eq!(headers["vary"], "accept-encoding");
}

async fn short_response_is_not_compressed(app: TestApp) {
    let visitor = app.visitor();
    let icon = visitor.get("/").await.attributes("link[rel=icon]", "href").concat();
    for path in ["/health/live", &icon, "/rsvp"] {
        let (status, headers, body) = fetch(&visitor, Method::GET, path, Some("gzip")).await;
        assert!(status < 400 && !headers.contains_key("content-encoding") && body.len() < 1024, "{path}: {headers:?}");
    }
    let (status, headers, body) = fetch(&visitor, Method::GET, "/login", Some("gzip")).await;
    assert!(status == 200 && headers.contains_key("content-encoding"), "a page is long enough: {}", body.len());
}

async fn client_without_gzip_gets_plain_text(app: TestApp) {
    let visitor = app.visitor();
    for accepts in [None, Some("identity"), Some("br"), Some("gzip;q=0"), Some("")] {
        let (status, headers, body) = fetch(&visitor, Method::GET, "/login", accepts).await;
        assert_eq!((status, headers.get("content-encoding")), (200, None), "{accepts:?}");
        assert!(std::str::from_utf8(&body).unwrap().contains("<h1>Log in</h1>"), "{accepts:?}");
        assert_eq!(headers["vary"], "accept-encoding", "{accepts:?}");
    }
}
