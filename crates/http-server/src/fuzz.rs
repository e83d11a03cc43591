//! Random sequences of requests, framed in every way and cut anywhere: the endpoint gets the requests before the first
//! doubtful one, each with its own body, and nothing behind it. `cargo xtask fuzz` runs this a million times.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use tokio::io::{AsyncWriteExt as _, duplex};
use tokio::time::{sleep, timeout};

use crate::capacity::Capacity;
use crate::connection::ConnectionHandler;
use crate::endpoint::test_endpoint::{Requests, recorder};
use crate::error_response::ErrorResponses;
use crate::limits::Limits;
use crate::service::RequestService;

/// As many cases as `PROPTEST_CASES` asks for, and at least some thousands.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig { cases: default.cases.max(4096), ..default }
}

/// How the length of a body is given.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Framing {
    Length,
    Chunked,
    /// Served by its chunks, and the connection is closed.
    LengthBesideChunks,
    ChunksBesideLength,
    /// Refused, and the connection is closed.
    DifferingLengths,
    MalformedLength,
    UnknownCoding,
    ChunkedTwice,
    TwoHosts,
}

use Framing::{
    Chunked, ChunkedTwice, ChunksBesideLength, DifferingLengths, Length, LengthBesideChunks, MalformedLength, TwoHosts,
    UnknownCoding,
};

const FRAMINGS: [Framing; 12] = [
    Length,
    Length,
    Chunked,
    Chunked,
    Chunked,
    LengthBesideChunks,
    ChunksBesideLength,
    DifferingLengths,
    MalformedLength,
    UnknownCoding,
    ChunkedTwice,
    TwoHosts,
];

/// Bodies that look like the end of a body, or like a request.
const BODIES: [&str; 6] = [
    "",
    "hello",
    "0\r\n\r\n",
    "\r\n\r\n",
    "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
    "0\r\n\r\nPOST /smuggled HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
];

impl Framing {
    fn is_served(self) -> bool {
        matches!(self, Length | Chunked | LengthBesideChunks | ChunksBesideLength)
    }

    fn keeps_connection(self) -> bool {
        matches!(self, Length | Chunked)
    }

    fn request(self, path: &str, body: &str) -> String {
        let length = body.len();
        let chunks = match body {
            "" => "0\r\n\r\n".to_owned(),
            body => format!("{length:x}\r\n{body}\r\n0\r\n\r\n"),
        };
        let (fields, body) = match self {
            Length => (format!("Content-Length: {length}\r\n"), body),
            Chunked => ("Transfer-Encoding: chunked\r\n".to_owned(), &*chunks),
            LengthBesideChunks => (format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"), &*chunks),
            ChunksBesideLength => ("transfer-encoding: chunked\r\ncontent-length: 0\r\n".to_owned(), &*chunks),
            DifferingLengths => (format!("Content-Length: {length}\r\nContent-Length: 0{length}1\r\n"), body),
            MalformedLength => (format!("Content-Length: +{length}\r\n"), body),
            UnknownCoding => ("Transfer-Encoding: gzip, chunked\r\n".to_owned(), &*chunks),
            ChunkedTwice => ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n".to_owned(), &*chunks),
            TwoHosts => (format!("Host: a\r\nContent-Length: {length}\r\n"), body),
        };
        format!("POST {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}")
    }
}

/// What the endpoint gets of bytes that come in these parts.
fn served(parts: &[&[u8]]) -> Vec<(String, Vec<u8>)> {
    let requests = Requests::default();
    let (limits, local) = (Limits::default(), SocketAddr::from(([127, 0, 0, 1], 80)));
    let service =
        RequestService { endpoint: recorder(Arc::clone(&requests)), errors: ErrorResponses::new([]), limits, local };
    let handler = ConnectionHandler::new(service, Capacity::new(&limits));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let (mut client, server) = duplex(1 << 16);
        let send = async {
            for part in parts {
                let _ = client.write_all(part).await; // the server may have closed
                sleep(Duration::from_millis(1)).await;
            }
        };
        let _ = tokio::join!(send, timeout(Duration::from_secs(5), handler.serve_stream(server, local)));
    });
    std::mem::take(&mut *requests.lock().unwrap())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn nothing_behind_a_doubtful_request_is_served(
        requests in prop::collection::vec((prop::sample::select(&FRAMINGS), prop::sample::select(&BODIES)), 1..5),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let (mut bytes, mut expected, mut is_open) = (Vec::new(), Vec::new(), true);
        for (number, (framing, body)) in requests.iter().enumerate() {
            let path = format!("/{number}");
            bytes.extend(framing.request(&path, body).into_bytes());
            if is_open && framing.is_served() {
                expected.push((path, body.as_bytes().to_vec()));
            }
            is_open &= framing.keeps_connection();
        }
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let parts: Vec<_> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
        prop_assert_eq!(served(&parts), expected, "{}", bytes.escape_ascii());
    }
}
