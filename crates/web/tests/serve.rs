//! The front door over real sockets, with limits of milliseconds. How a client behaves that means no good is in
//! `client`; the files beside it are named after what it does.

mod bodies;
mod client;
mod connections;
mod ending;
mod heads;
mod hosts;
mod http2;
mod memory;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use poem::error::ReadBodyError;
use poem::http::StatusCode;
use poem::web::Redirect;
use poem::{Endpoint, IntoResponse, Request, Response};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use web::serve::{Limits, Pace, Patience, serve};

/// Longer than any of these tests: a limit that is not the one in question.
const LONG: Duration = Duration::from_mins(2);

/// The limit in question.
const SHORT: Duration = Duration::from_millis(400);

/// By when what takes [`SHORT`] is over, on a busy machine.
const SOON: Duration = Duration::from_secs(8);

/// Limits that no test runs into.
fn wide() -> Limits {
    let pace = Pace { grace: LONG, rate: 1, most: LONG };
    let patience = Patience { head: LONG, idle: LONG, body: pace, answer: pace };
    Limits {
        connections: 1_000,
        quiet: patience,
        crowded: patience,
        held: 1 << 30,
        ping: LONG,
        pong: LONG,
        drain: LONG,
        ..Limits::default()
    }
}

/// The same but for one thing that a client is waited for in a quiet app.
fn but(change: impl FnOnce(&mut Patience)) -> Limits {
    let mut limits = wide();
    change(&mut limits.quiet);
    limits
}

/// A door, and behind it whatever is to be served.
struct Door {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<io::Result<()>>,
    guests: Arc<Guests>,
}

/// Who is behind the door.
#[derive(Default)]
struct Guests {
    entered: AtomicUsize,
    present: AtomicUsize,
}

/// Who has entered is present, until the handler ends or is dropped.
struct Guest(Arc<Guests>);

impl Guests {
    fn enter(self: &Arc<Self>) -> Guest {
        self.entered.fetch_add(1, Ordering::SeqCst);
        self.present.fetch_add(1, Ordering::SeqCst);
        Guest(Arc::clone(self))
    }

    fn entered(&self) -> usize {
        self.entered.load(Ordering::SeqCst)
    }

    fn present(&self) -> usize {
        self.present.load(Ordering::SeqCst)
    }

    /// Waits until so many are present.
    async fn are(&self, count: usize) {
        let begun = Instant::now();
        while self.present() != count {
            assert!(begun.elapsed() < SOON, "{} are present", self.present());
            sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.0.present.fetch_sub(1, Ordering::SeqCst);
    }
}

/// How much `/large` answers: more than the sockets of both sides hold.
const LARGE: usize = 32 << 20;

/// How much `/page` answers.
const PAGE: usize = 100_000;

/// A few addresses: `/wait` answers when it is let, `/large` answers much, `/panic` panics; a body is counted. `/moved` and
/// `/told` read theirs, and when they are let they send the browser on, or answer with a page.
struct Rooms {
    guests: Arc<Guests>,
    leave: Arc<Semaphore>,
}

impl Endpoint for Rooms {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let _guest = self.guests.enter();
        match request.uri().path() {
            "/wait" => self.leave.acquire().await.unwrap().forget(),
            "/large" => return Ok("x".repeat(LARGE).into_response()),
            "/page" => return Ok("x".repeat(PAGE).into_response()),
            "/early" => return Ok(StatusCode::FORBIDDEN.into_response()),
            "/panic" => panic!("as it was asked to"),
            path @ ("/moved" | "/told") => {
                let is_moved = path == "/moved";
                request.into_body().into_bytes_limit(65_536).await?;
                self.leave.acquire().await.unwrap().forget();
                return Ok(if is_moved {
                    Redirect::see_other("/").into_response()
                } else {
                    "x".repeat(PAGE).into_response()
                });
            }
            _ => {}
        }
        match request.into_body().into_bytes_limit(65_536).await {
            Ok(body) => Ok(format!("{} bytes", body.len()).into_response()),
            Err(ReadBodyError::Io(error)) if error.kind() == io::ErrorKind::TimedOut => {
                Ok(StatusCode::REQUEST_TIMEOUT.into_response())
            }
            Err(error) => Err(error.into()),
        }
    }
}

#[expect(clippy::large_types_passed_by_value, reason = "as it is passed to the server itself")]
impl Door {
    async fn with(limits: Limits) -> (Self, Arc<Semaphore>) {
        let (guests, leave) = (Arc::default(), Arc::new(Semaphore::new(0)));
        let rooms = Rooms { guests: Arc::clone(&guests), leave: Arc::clone(&leave) };
        (Self::before(rooms, limits, guests).await, leave)
    }

    async fn before(service: impl Endpoint + 'static, limits: Limits, guests: Arc<Guests>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let stopped = async move { drop(stopped.await) };
        Self { address, stop, running: tokio::spawn(serve(listener, service, limits, stopped)), guests }
    }

    /// Asks it to stop, and tells how long that took.
    async fn ends(self) -> Duration {
        let begun = Instant::now();
        let _ = self.stop.send(());
        self.running.await.unwrap().unwrap();
        begun.elapsed()
    }
}
