//! The server over real sockets, with limits of milliseconds. How a slow or hostile client behaves is in `client`; the
//! other files are named after the limit that they test.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bodies;
mod client;
mod connections;
mod heads;
mod hosts;
mod memory;
mod responses;
mod shutdown;
mod smuggling;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use accounts_http_server::{Limits, Server, Timeouts, TransferTimeout};
use poem::error::ReadBodyError;
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::Redirect;
use poem::{Endpoint, IntoResponse, Request, Response};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// A limit that no test reaches.
const LONG: Duration = Duration::from_mins(2);

/// The limit under test.
const SHORT: Duration = Duration::from_millis(400);

/// When a test fails that waits for an event after [`SHORT`], on a busy machine.
const DEADLINE: Duration = Duration::from_secs(8);

/// Limits that no test reaches.
fn unlimited() -> Limits {
    let transfer = TransferTimeout { grace: LONG, min_rate: 1, total: LONG };
    let timeouts =
        Timeouts { header: LONG, idle: LONG, body: transfer, write: transfer, linger: Timeouts::NORMAL.linger };
    Limits {
        connections: 1_000,
        timeouts,
        saturated_timeouts: timeouts,
        memory: 1 << 30,
        drain: LONG,
        ..Limits::default()
    }
}

/// The same but for the timeouts without saturation.
fn with_timeouts(change: impl FnOnce(&mut Timeouts)) -> Limits {
    let mut limits = unlimited();
    change(&mut limits.timeouts);
    limits
}

/// A running server with a [`Service`].
struct TestServer {
    address: SocketAddr,
    shutdown: oneshot::Sender<()>,
    running: JoinHandle<io::Result<()>>,
    requests: Arc<Requests>,
    /// A permit lets one request to `/wait` go on.
    release: Arc<Semaphore>,
}

/// The requests that reached the endpoint.
#[derive(Default)]
struct Requests {
    begun: AtomicUsize,
    running: AtomicUsize,
}

/// A request runs until its handler returns or is dropped.
struct RunningRequest(Arc<Requests>);

impl Requests {
    fn begin(self: &Arc<Self>) -> RunningRequest {
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.running.fetch_add(1, Ordering::SeqCst);
        RunningRequest(Arc::clone(self))
    }

    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    /// Waits until that many are running.
    async fn wait_for_running(&self, count: usize) {
        let begun = Instant::now();
        while self.running() != count {
            assert!(begun.elapsed() < DEADLINE, "{} are running", self.running());
            sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for RunningRequest {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The size of the response of `/large`: more than the sockets of both sides buffer.
const LARGE: usize = 32 << 20;

/// The size of the response of `/page`.
const PAGE: usize = 100_000;

/// The response of `/` to a request without a body.
const EMPTY_BODY: &str = "0 bytes";

/// The largest body that the endpoint reads.
const BODY_LIMIT: usize = 65_536;

/// The endpoint of the tests. `/` responds with the size of the body; `/wait` does so when it is released; `/large` and
/// `/page` respond with that many bytes; `/early` responds without reading the body; `/panic` panics; `/redirect`, `/saved`
/// and `/refused` read the body, wait to be released, and respond with a redirect, a page, or a page with status 422.
struct Service {
    requests: Arc<Requests>,
    release: Arc<Semaphore>,
}

impl Endpoint for Service {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let _running = self.requests.begin();
        match request.uri().path() {
            "/wait" => self.release.acquire().await.unwrap().forget(),
            "/large" => return Ok("x".repeat(LARGE).into_response()),
            "/page" => return Ok("x".repeat(PAGE).into_response()),
            "/early" => return Ok(StatusCode::FORBIDDEN.into_response()),
            "/panic" => panic!("a panic that a test asked for"),
            path @ ("/redirect" | "/saved" | "/refused") => {
                let path = path.to_owned();
                request.into_body().into_bytes_limit(BODY_LIMIT).await?;
                self.release.acquire().await.unwrap().forget();
                let page = "x".repeat(PAGE);
                return Ok(match &*path {
                    "/redirect" => Redirect::see_other("/").into_response(),
                    "/refused" => page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response(),
                    _ => page.into_response(),
                });
            }
            _ => {}
        }
        match request.into_body().into_bytes_limit(BODY_LIMIT).await {
            Ok(body) => Ok(format!("{} bytes", body.len()).into_response()),
            Err(ReadBodyError::Io(error)) if error.kind() == io::ErrorKind::TimedOut => {
                Ok(StatusCode::REQUEST_TIMEOUT.into_response())
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl TestServer {
    #[expect(clippy::large_types_passed_by_value, reason = "as the server takes them")]
    async fn start(limits: Limits) -> Self {
        let (requests, release) = (Arc::new(Requests::default()), Arc::new(Semaphore::new(0)));
        let service = Service { requests: Arc::clone(&requests), release: Arc::clone(&release) };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (shutdown, requested) = oneshot::channel();
        let policy = HeaderValue::from_static("default-src 'none'");
        let server = Server::new(listener).limits(limits).error_headers([(header::CONTENT_SECURITY_POLICY, policy)]);
        let running = tokio::spawn(server.serve(service, async move { drop(requested.await) }));
        Self { address, shutdown, running, requests, release }
    }

    /// Requests a shutdown, and returns how long it took.
    async fn shut_down(self) -> Duration {
        let begun = Instant::now();
        let _ = self.shutdown.send(());
        self.running.await.unwrap().unwrap();
        begun.elapsed()
    }
}
