//! One connection, from its first byte to its last: which HTTP it speaks, and that it goes when it must.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use hyper::rt::Executor;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::Endpoint;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::leash::{Leash, Mood, Pull};
use super::ledger::{FAREWELL, Ledger};
use super::limits::Limits;
use super::places::Place;
use super::service::Service;
use super::socket::Socket;
use super::weight::Weight;

/// With what an HTTP/2 client begins that knows beforehand that we speak it.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How much of its bodies an HTTP/2 client may send ahead, per request and in all. No body is larger than that, and less
/// HTTP/2 does not allow for a connection.
const WINDOW: u32 = (64 << 10) - 1;

/// What all connections have in common.
pub(super) struct House<E> {
    pub(super) endpoint: Arc<E>,
    pub(super) limits: Arc<Limits>,
    pub(super) local: SocketAddr,
    http1: http1::Builder,
    weight: Arc<Weight>,
}

impl<E: Endpoint + 'static> House<E> {
    pub(super) fn new(endpoint: E, limits: Arc<Limits>, local: SocketAddr) -> Self {
        let mut http1 = http1::Builder::new();
        // Time is the ledger's. A client that closes its side has left: its handler is dropped (hyper's default, but a
        // promise of ours). Past twice the size of a head hyper reads no further, and answers with a bare 431.
        http1.header_read_timeout(None).half_close(false).max_buf_size((2 * limits.head_size).max(8_192));
        let weight = Weight::new(limits.held);
        Self { endpoint: Arc::new(endpoint), limits, local, http1, weight }
    }

    /// Serves a client until either side has enough.
    pub(super) async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        remote: SocketAddr,
        word: watch::Receiver<Mood>,
        place: Place,
    ) {
        let ledger = Ledger::new(Arc::clone(&self.limits), &self.weight);
        let mut leash = Leash::new(Arc::clone(&ledger), word);
        let early = tokio::select! {
            biased;
            early = first_bytes(&stream) => early,
            pull = leash.pulled() => return tracing::debug!(?pull, "a client that said nothing was let go"),
        };
        let Ok(early) = early else { return };
        if early.is_empty() {
            return; // it said nothing, and left
        }
        let service =
            Service { endpoint: Arc::clone(&self.endpoint), ledger: Arc::clone(&ledger), local: self.local, remote };
        let is_http2 = early.starts_with(PREFACE);
        let socket = TokioIo::new(Socket::new(stream, early, Arc::clone(&ledger), !is_http2));
        if is_http2 {
            // The handler's state is large, and would be kept as long as its answer is.
            let service = service_fn(move |request| Box::pin(service.call(request)));
            let connection = self.http2(place).serve_connection(socket, service);
            // In a box: it is large, and few connections are one.
            Box::pin(drive(connection, http2::Connection::graceful_shutdown, FAREWELL, &ledger, leash)).await;
        } else {
            let service = service_fn(move |request| service.call(request));
            let connection = self.http1.serve_connection(socket, service);
            drive(connection, http1::Connection::graceful_shutdown, Duration::ZERO, &ledger, leash).await;
            drop(place);
        }
    }

    fn http2(&self, place: Place) -> http2::Builder<Streams> {
        let mut http2 = http2::Builder::new(Streams(Arc::new(place)));
        http2
            .timer(TokioTimer::new())
            .keep_alive_interval(self.limits.ping)
            .keep_alive_timeout(self.limits.pong)
            .max_concurrent_streams(self.limits.streams)
            .max_header_list_size(u32::try_from(self.limits.head_size).unwrap_or(u32::MAX))
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(WINDOW);
        http2
    }
}

/// Runs the requests of an HTTP/2 connection, which is open until the last of them has ended.
#[derive(Clone)]
struct Streams(Arc<Place>);

impl<F: Future<Output: Send> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        let place = Arc::clone(&self.0);
        tokio::spawn(async move {
            stream.await;
            drop(place);
        });
    }
}

/// Lets a connection run until it ends, or its leash is pulled.
async fn drive<C: Future<Output = hyper::Result<()>>>(
    connection: C,
    say_goodbye: fn(Pin<&mut C>),
    farewell: Duration,
    ledger: &Ledger,
    mut leash: Leash,
) {
    let mut connection = pin!(connection);
    loop {
        tokio::select! {
            biased;
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke off");
                }
                return;
            }
            pull = leash.pulled() => {
                let is_over = match pull {
                    Pull::Cut | Pull::TooMuch => true,
                    Pull::Closing => false,
                    Pull::Overdue => farewell.is_zero() || !ledger.is_waiting(),
                };
                if !is_over && ledger.bid_farewell(farewell) {
                    say_goodbye(connection.as_mut());
                } else if pull != Pull::Closing {
                    return tracing::debug!(?pull, "a connection was cut");
                }
                // At the end, what somebody has asked for who was told before, when idle, is answered: that connection is
                // overdue once more as soon as nothing is under way on it.
            }
        }
    }
}

/// Reads until it is clear which HTTP it is, and no byte before there is one: who says nothing takes no memory.
async fn first_bytes(stream: &TcpStream) -> io::Result<Vec<u8>> {
    let mut early = Vec::new();
    loop {
        stream.readable().await?;
        if early.is_empty() {
            early.reserve(2_048);
        }
        match stream.try_read_buf(&mut early) {
            Ok(0) => return Ok(Vec::new()),
            Ok(_) if early.len() >= PREFACE.len() || !PREFACE.starts_with(&early) => return Ok(early),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}
