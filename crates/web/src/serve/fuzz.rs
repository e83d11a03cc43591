//! Heads put together at random from the pieces that decide where a request ends. Whether one names a length is asked twice:
//! of ours, and of hyper, which is to serve it. `cargo xtask fuzz` runs this a million times and more.

use std::convert::Infallible;
use std::future::ready;
use std::sync::OnceLock;

use futures_util::FutureExt;
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_LENGTH;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use tokio::io::{join, sink};

use super::head::Head;

/// As many cases as `PROPTEST_CASES` asks for; every day a few thousand.
fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.max(4096), ..asked }
}

#[rustfmt::skip] // a piece a line would hide the rest
const BEGINNINGS: &[&[u8]] = &[
    b"POST / HTTP/1.1\r\n", b"POST / HTTP/1.1\n", b"\r\nPOST / HTTP/1.1\r\n", b"\n\r\n\nPOST / HTTP/1.0\r\n",
    b"GET / HTTP/1.1\r\n", b"POST  / HTTP/1.1\r\n", b"\rPOST / HTTP/1.1\r\n", b"",
];

#[rustfmt::skip] // a piece a line would hide the rest
const PIECES: &[&[u8]] = &[
    b"\r\n", b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b": 5", b":5\r\n", b"Host: a\r\n", b"A: b\n", b"A:\r\n", b"a=b",
    b"Content-Length", b"content-length", b"CONTENT-LENGTH: 5\r\n", b"Content-Length: 5\n", b"Content-Length:",
    b"Content-Length : 5\r\n", b" Content-Length: 5\r\n", b"X-Content-Length: 5\r\n", b"Content-Length-X: 5\r\n",
    b"A: Content-Length: 5\r\n", b"A: b\rContent-Length: 5\r\n", b"Content_Length: 5\r\n", b"\0", b"\x0b", b"\xff",
    b"\r\n\r\n", b"\n\n", b"\r\n\n", b"\n\r\n",
];

const ENDS: &[&[u8]] = &[b"\r\n\r\n", b"\r\n", b"\n", b""];

/// What a client sends, which may be cut anywhere.
fn sent() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        12 => prop::sample::select(PIECES).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    let pieces = prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat());
    (prop::sample::select(BEGINNINGS), pieces, prop::sample::select(ENDS))
        .prop_map(|(begins, pieces, ends)| [begins, &pieces, ends].concat())
}

/// The method of the first request that hyper finds, and whether it finds a length. (Beside a `Transfer-Encoding` it would
/// not tell, so none is among the pieces.)
fn as_hyper_reads_it(bytes: &[u8]) -> Option<(Method, bool)> {
    let first = OnceLock::new();
    let service = service_fn(|request: Request<Incoming>| {
        let _ = first.set((request.method().clone(), request.headers().contains_key(CONTENT_LENGTH))); // or a later one
        ready(Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new())))
    });
    let socket = TokioIo::new(join(bytes, sink()));
    let _ = http1::Builder::new().header_read_timeout(None).serve_connection(socket, service).now_or_never();
    first.into_inner()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_head_names_no_length_where_hyper_finds_none_and_nowhere_else(bytes in sent(), at in any::<prop::sample::Index>()) {
        let Some((method, has_length)) = as_hyper_reads_it(&bytes) else { return Ok(()) };
        let mut head = Head::default();
        let (one, two) = bytes.split_at(at.index(bytes.len()));
        head.push(one, 16_384);
        head.push(two, 16_384);
        prop_assert_eq!(head.names_no_length(&method), !has_length, "{}", bytes.escape_ascii());
    }
}

#[test]
fn hyper_reads_what_it_is_asked_about() {
    let told = |text: &str| as_hyper_reads_it(text.as_bytes());
    assert_eq!(told("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"), Some((Method::POST, true)));
    assert_eq!(told("\r\nPOST / HTTP/1.1\nHost: a\n\n"), Some((Method::POST, false)));
    assert_eq!(told("POST / HTTP/1.1\r\n Content-Length: 5\r\n\r\n"), None);
}
