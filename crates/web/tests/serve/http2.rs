//! HTTP/2, spoken by clients that know beforehand that we do.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper::http::request;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::runtime;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout};
use web::serve::{Limits, Pace};

use super::client::Client;
use super::{Door, LARGE, LONG, PAGE, SHORT, SOON, but, wide};

/// A client, and its connection for as long as that lasts.
pub(super) struct Browser {
    asks: SendRequest<Empty<Bytes>>,
    connection: JoinHandle<hyper::Result<()>>,
}

impl Browser {
    async fn at(door: &Door) -> Self {
        Self::with_window(door.address, 1 << 20).await
    }

    /// One that lets so much of each answer be sent before it begins to read.
    pub(super) async fn with_window(address: SocketAddr, window: u32) -> Self {
        let socket = TokioIo::new(TcpStream::connect(address).await.unwrap());
        let mut builder = Builder::new(TokioExecutor::new());
        builder.initial_stream_window_size(window).initial_connection_window_size(1 << 24);
        let (asks, connection) = builder.handshake(socket).await.unwrap();
        Self { asks, connection: tokio::spawn(connection) }
    }

    /// Asks for a page, and has its head.
    pub(super) fn ask(&self, path: &str) -> impl Future<Output = hyper::Result<Response<Incoming>>> + Send + use<> {
        let request = Request::get(format!("http://door{path}")).body(Empty::new()).unwrap();
        let mut asks = self.asks.clone();
        async move { timeout(SOON, asks.send_request(request)).await.unwrap() }
    }

    pub(super) async fn get(&self, path: &str) -> String {
        let body = self.ask(path).await.unwrap().into_body().collect().await.unwrap();
        String::from_utf8(body.to_bytes().to_vec()).unwrap()
    }

    pub(super) fn has_ended(&self) -> bool {
        self.connection.is_finished()
    }

    /// Waits until the server has closed.
    pub(super) async fn end(self) {
        let _ = timeout(SOON, self.connection).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn it_is_spoken_and_so_many_requests_are_taken_at_once() {
    let (door, leave) = Door::with(wide()).await;
    let browser = Browser::at(&door).await;
    assert_eq!(browser.get("/").await, "0 bytes");
    let mut asked = JoinSet::new();
    for _ in 0..40 {
        asked.spawn(browser.ask("/wait"));
    }
    door.guests.are(8).await;
    sleep(SHORT).await;
    assert_eq!(door.guests.entered(), 9, "the others wait");
    leave.add_permits(40);
    for answer in asked.join_all().await {
        assert_eq!(answer.unwrap().status(), 200);
    }
    assert_eq!(door.guests.entered(), 41);
}

#[tokio::test]
async fn an_idle_one_is_closed_and_one_under_way_is_not() {
    let (door, leave) = Door::with(but(|patience| patience.idle = SHORT)).await;
    let (idle, busy) = (Browser::at(&door).await, Browser::at(&door).await);
    idle.get("/").await;
    let waiting = tokio::spawn(busy.ask("/wait"));
    door.guests.are(1).await;
    idle.end().await;
    sleep(SHORT).await;
    leave.add_permits(1);
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
    busy.end().await;
}

#[tokio::test]
async fn whoever_does_not_take_an_answer_is_cut() {
    let (door, _) = Door::with(but(|patience| patience.answer.most = SHORT)).await;
    let browser = Browser::at(&door).await;
    let unread = browser.ask("/large").await.unwrap();
    for _ in 0..3 {
        let _ = browser.ask("/").await; // that others are taken does not help
        sleep(SHORT / 4).await;
    }
    browser.end().await;
    let read = unread.into_body().collect().await.map(|body| body.to_bytes().len());
    assert!(!matches!(read, Ok(LARGE)), "{read:?}");
}

#[tokio::test]
async fn an_answer_is_not_taken_before_its_last_byte_is() {
    let (door, _) = Door::with(but(|patience| patience.answer.most = SHORT)).await;
    let browser = Browser::with_window(door.address, u32::try_from(PAGE - 1).unwrap()).await;
    let unread = browser.ask("/page").await.unwrap();
    let begun = Instant::now();
    while !browser.has_ended() {
        let _ = browser.ask("/").await; // that the connection is never idle does not help
        assert!(begun.elapsed() < SOON);
        sleep(SHORT / 8).await;
    }
    assert!(begun.elapsed() >= SHORT / 2, "{:?}", begun.elapsed());
    assert!(unread.into_body().collect().await.is_err());
}

#[tokio::test]
async fn an_answer_that_is_taken_steadily_is_not_overdue() {
    let (door, _) = Door::with(but(|patience| {
        patience.answer = Pace { grace: SHORT, rate: u32::try_from(PAGE / 10).unwrap(), most: LONG };
    }))
    .await;
    let browser = Browser::with_window(door.address, u32::try_from(PAGE / 4).unwrap()).await;
    let mut answer = browser.ask("/page").await.unwrap().into_body();
    let (begun, mut read) = (Instant::now(), 0);
    while let Some(frame) = timeout(SOON, answer.frame()).await.unwrap() {
        read += frame.unwrap().into_data().unwrap().len();
        sleep(SHORT / 4).await;
    }
    assert!(read == PAGE && begun.elapsed() > SHORT, "{read} bytes in {:?}", begun.elapsed());
}

#[tokio::test]
async fn answers_that_share_a_line_are_not_slow_each() {
    let window = PAGE / 8;
    let (door, _) = Door::with(but(|patience| {
        patience.answer = Pace { grace: SHORT, rate: u32::try_from(4 * window).unwrap(), most: LONG };
    }))
    .await;
    let browser = Browser::with_window(door.address, u32::try_from(window).unwrap()).await;
    let (page, large) = (browser.ask("/page").await.unwrap(), browser.ask("/large").await.unwrap());
    let (mut large, begun) = (large.into_body(), Instant::now());
    while begun.elapsed() < 3 * SHORT {
        timeout(SOON, large.frame()).await.unwrap().unwrap().unwrap(); // of the page nothing is taken
        sleep(SHORT / 40).await;
    }
    let page = timeout(SOON, page.into_body().collect()).await.unwrap();
    assert_eq!(page.unwrap().to_bytes().len(), PAGE);
}

#[tokio::test]
async fn a_body_that_does_not_come_costs_its_own_request_only() {
    let mut limits = but(|patience| patience.body.most = SHORT);
    limits.quiet.answer.most = SHORT; // of the others, which are taken
    let (door, leave) = Door::with(limits).await;
    let socket = TokioIo::new(TcpStream::connect(door.address).await.unwrap());
    let (mut asks, connection) = Builder::new(TokioExecutor::new()).handshake(socket).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut ask = |request: request::Builder, body: Pending| {
        let asked = asks.send_request(request.body(body).unwrap());
        tokio::spawn(async move { timeout(SOON, asked).await.unwrap().unwrap().status() })
    };
    let waiting = ask(Request::get("http://door/wait"), Pending { ends: true });
    door.guests.are(1).await;
    let begun = Instant::now();
    let late = ask(Request::post("http://door/"), Pending { ends: false });
    assert_eq!(late.await.unwrap(), 408);
    assert!(begun.elapsed() >= SHORT, "{:?}", begun.elapsed());
    leave.add_permits(1);
    assert_eq!(waiting.await.unwrap(), 200);
    connection.abort();
}

/// A body that is empty, or never comes.
struct Pending {
    ends: bool,
}

impl Body for Pending {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.ends { Poll::Ready(None) } else { Poll::Pending }
    }

    fn is_end_stream(&self) -> bool {
        self.ends
    }
}

#[tokio::test]
async fn whoever_leaves_takes_along_what_was_done_for_them() {
    let (door, _) = Door::with(wide()).await;
    let (browser, address) = (Browser::at(&door).await, door.address);
    let asked: Vec<_> = (0..5).map(|_| tokio::spawn(browser.ask("/wait"))).collect();
    door.guests.are(5).await;
    asked[0].abort();
    door.guests.are(4).await;

    let elsewhere = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    elsewhere.spawn(async move {
        let browser = Browser::with_window(address, 1 << 20).await;
        let asked: JoinSet<_> = (0..5).map(|_| browser.ask("/wait")).collect();
        asked.join_all().await
    });
    door.guests.are(9).await;
    elsewhere.shutdown_background();
    door.guests.are(4).await;
}

#[tokio::test]
async fn at_the_end_what_is_under_way_is_answered() {
    let (door, leave) = Door::with(wide()).await;
    let (idle, busy) = (Browser::at(&door).await, Browser::at(&door).await);
    idle.get("/").await;
    let waiting = tokio::spawn(busy.ask("/wait"));
    door.guests.are(1).await;
    let ending = tokio::spawn(door.ends());
    idle.end().await;
    assert!(!ending.is_finished());
    leave.add_permits(1);
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
    assert!(ending.await.unwrap() < SOON);
}

#[tokio::test]
async fn what_never_ends_is_cut_with_all_its_requests() {
    let (door, _leave) = Door::with(Limits { drain: SHORT, ..wide() }).await;
    let browser = Browser::at(&door).await;
    let asked: Vec<_> = (0..8).map(|_| tokio::spawn(browser.ask("/wait"))).collect();
    door.guests.are(8).await;
    let guests = door.guests.clone();
    door.ends().await;
    assert_eq!(guests.present(), 0, "and has let go of everything");
    for answer in asked {
        assert!(answer.await.unwrap().is_err());
    }
}

#[tokio::test]
async fn whoever_does_not_say_that_it_is_still_there_is_cut() {
    let (door, _leave) = Door::with(Limits { ping: SHORT, pong: SHORT, ..wide() }).await;
    let mut client = Client::at(door.address).await;
    // By hand: the preface, empty settings, and a GET of /wait; then not one frame more.
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    let fields = b"\x82\x86\x44\x05/wait\x41\x04door";
    bytes.extend([0, 0, u8::try_from(fields.len()).unwrap(), 1, 5, 0, 0, 0, 1]);
    bytes.extend(fields);
    assert!(client.push(&bytes).await);
    door.guests.are(1).await;
    assert!(client.end().await.after >= SHORT);
    door.guests.are(0).await;
}

#[tokio::test]
async fn a_form_is_read_and_a_larger_one_is_not() {
    let (door, _) = Door::with(wide()).await;
    let socket = TokioIo::new(TcpStream::connect(door.address).await.unwrap());
    let (mut asks, connection) = Builder::new(TokioExecutor::new()).handshake(socket).await.unwrap();
    let connection = tokio::spawn(connection);
    for (length, told) in [(65_536, 200), (65_537, 413), (10_000_000, 413), (100, 200)] {
        let body = http_body_util::Full::new(Bytes::from(vec![b'x'; length]));
        let request = Request::post("http://door/").body(body).unwrap();
        let answer = timeout(SOON, asks.send_request(request)).await.unwrap().unwrap();
        assert_eq!(answer.status(), told, "{length}");
    }
    connection.abort();
}
