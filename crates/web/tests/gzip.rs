//! Compression: the same answers in fewer bytes, for whoever takes that.

use std::io::read_to_string;

use accounts::test_kit::TestClient;
use flate2::read::GzDecoder;
use poem::http::{HeaderMap, Method};

use crate::common::{TestApp, host};

test_support::on_both_engines! { TestApp:
    pages_and_files_are_the_same_compressed
    a_short_answer_stays_as_it_is
    who_does_not_ask_gets_text
}

/// An answer, and its bytes as they came.
async fn ask(visitor: &TestClient, method: Method, path: &str, accepts: Option<&str>) -> (u16, HeaderMap, Vec<u8>) {
    let mut request = visitor.request(method, path);
    if let Some(accepts) = accepts {
        request = request.header("accept-encoding", accepts);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.headers().clone(), answer.bytes().await.unwrap().to_vec())
}

/// Without what differs between any two answers: a form's token, and its number.
fn without_tokens(html: &str) -> String {
    ["csrf_token\" value=\"", "once\" value=\""].iter().fold(html.to_owned(), |html, field| {
        let (first, rest) = html.split_once(field).unwrap_or((&html, ""));
        rest.split(field)
            .fold(first.to_owned(), |text, part| text + part.split_once('"').map_or("", |(_, after)| after))
    })
}

async fn pages_and_files_are_the_same_compressed(app: TestApp) {
    let ada = app.user("ada").await;
    host(&ada, "ada", &[]).await;
    let index = ada.get("/").await;
    let file = |selector, from| index.attributes(selector, from).concat();
    let (stylesheet, script) = (file("link[rel=stylesheet]", "href"), file("script", "src"));
    for path in ["/", "/user/ada", "/rsvp", "/parties/1", "/nowhere", stylesheet.as_str()] {
        let (status, plain_headers, plain) = ask(&ada, Method::GET, path, None).await;
        let (same_status, headers, packed) = ask(&ada, Method::GET, path, Some("br, gzip")).await;
        let read = read_to_string(GzDecoder::new(packed.as_slice())).unwrap();

        assert_eq!(status, same_status, "{path}");
        assert_eq!(without_tokens(&read), without_tokens(std::str::from_utf8(&plain).unwrap()), "{path}");
        assert!(packed.len() * 3 < plain.len() * 2, "{path}: {} of {}", packed.len(), plain.len());
        assert_eq!(headers["content-encoding"], "gzip", "{path}");
        assert_eq!(headers["content-length"], packed.len().to_string(), "{path}");
        assert_eq!((&headers["vary"], &plain_headers["vary"]), (&"accept-encoding".parse().unwrap(), &headers["vary"]));
        for same in ["content-type", "cache-control", "content-security-policy", "x-content-type-options"] {
            assert_eq!(headers[same], plain_headers[same], "{same} of {path}");
        }

        let (status, head, body) = ask(&ada, Method::HEAD, path, Some("gzip")).await;
        assert_eq!((status, body.len()), (same_status, 0), "HEAD {path}");
        for same in ["content-encoding", "content-type", "vary", "cache-control"] {
            assert_eq!(head[same], headers[same], "{same} of HEAD {path}");
        }
        // A page's token is another each time, and may be a byte longer when it is packed.
        let told: usize = head["content-length"].to_str().unwrap().parse().unwrap();
        assert!(told.abs_diff(packed.len()) < 64, "HEAD {path}: {told}, not {}", packed.len());
        if path == stylesheet {
            assert_eq!(told, packed.len());
        }
    }
    let (_, headers, _) = ask(&ada, Method::GET, &script, Some("gzip")).await;
    assert_eq!(headers["vary"], "accept-encoding");
}

async fn a_short_answer_stays_as_it_is(app: TestApp) {
    let guest = app.visitor();
    let icon = guest.get("/").await.attributes("link[rel=icon]", "href").concat();
    for path in ["/health/live", &icon, "/rsvp"] {
        let (status, headers, body) = ask(&guest, Method::GET, path, Some("gzip")).await;
        assert!(status < 400 && !headers.contains_key("content-encoding") && body.len() < 1024, "{path}: {headers:?}");
    }
    let (status, headers, body) = ask(&guest, Method::GET, "/login", Some("gzip")).await;
    assert!(status == 200 && headers.contains_key("content-encoding"), "a page is long enough: {}", body.len());
}

async fn who_does_not_ask_gets_text(app: TestApp) {
    let guest = app.visitor();
    for accepts in [None, Some("identity"), Some("br"), Some("gzip;q=0"), Some("")] {
        let (status, headers, body) = ask(&guest, Method::GET, "/login", accepts).await;
        assert_eq!((status, headers.get("content-encoding")), (200, None), "{accepts:?}");
        assert!(std::str::from_utf8(&body).unwrap().contains("<h1>Log in</h1>"), "{accepts:?}");
        assert_eq!(headers["vary"], "accept-encoding", "{accepts:?}");
    }
}
