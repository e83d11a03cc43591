//! The connection handler: serves one connection from its first byte to its last, and closes it when its supervisor
//! decides so.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::capacity::{Capacity, ServerState};
use crate::connection_state::{ConnectionState, Phase};
use crate::endpoint::Endpoint;
use crate::limits::Limits;
use crate::service::RequestService;
use crate::socket::Socket;

/// hyper's smallest buffer, in bytes.
const MIN_BUFFER_SIZE: usize = 8_192;

/// Serves connections. The server has one, which all of them share.
pub(crate) struct ConnectionHandler<E> {
    service: RequestService<E>,
    capacity: Arc<Capacity>,
    http1: http1::Builder,
}

impl<E: Endpoint + 'static> ConnectionHandler<E> {
    pub(crate) fn new(service: RequestService<E>, capacity: Arc<Capacity>) -> Self {
        let mut http1 = http1::Builder::new();
        // The timeouts are the supervisor's. A client that closes its side has left: its request is dropped (hyper's
        // default, and a promise of ours). hyper buffers a head of twice the limit, so that a head between the two gets a
        // full error response; beyond that, hyper responds with a bare 431.
        let buffer_size = (2 * service.limits.head_size).max(MIN_BUFFER_SIZE);
        http1.header_read_timeout(None).half_close(false).max_buf_size(buffer_size);
        Self { service, capacity, http1 }
    }

    /// Serves a connection until either side closes it. A client that sends nothing costs no buffers.
    pub(crate) async fn serve(&self, stream: TcpStream, remote: SocketAddr) {
        let state = Arc::new(ConnectionState::new(Arc::clone(&self.capacity)));
        let mut supervisor = Supervisor::new(&state, self.capacity.server_state(), &self.service.limits);
        let mut first = [0];
        let has_begun = tokio::select! {
            peeked = stream.peek(&mut first) => peeked.is_ok_and(|count| count > 0),
            _ = supervisor.decision() => false,
        };
        if has_begun {
            self.drive(stream, remote, &state, supervisor).await;
        }
    }

    /// Serves a stream that is no socket.
    #[cfg(test)]
    pub(crate) async fn serve_stream(&self, stream: impl AsyncRead + AsyncWrite + Unpin, remote: SocketAddr) {
        let state = Arc::new(ConnectionState::new(Arc::clone(&self.capacity)));
        let supervisor = Supervisor::new(&state, self.capacity.server_state(), &self.service.limits);
        self.drive(stream, remote, &state, supervisor).await;
    }

    async fn drive(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        remote: SocketAddr,
        state: &Arc<ConnectionState>,
        mut supervisor: Supervisor<'_>,
    ) {
        let socket = TokioIo::new(Socket::new(stream, Arc::clone(state), self.service.limits.linger_size));
        let respond = |request| async move { Ok::<_, Infallible>(self.service.respond(request, state, remote).await) };
        let mut connection = pin!(self.http1.serve_connection(socket, service_fn(respond)));
        loop {
            tokio::select! {
                biased;
                ended = connection.as_mut() => {
                    return ended.unwrap_or_else(|error| tracing::debug!(%error, "connection failed"));
                }
                decision = supervisor.decision() => match decision {
                    Decision::Drain => connection.as_mut().graceful_shutdown(),
                    Decision::Close => return tracing::debug!(phase = ?state.phase(), "closed connection"),
                }
            }
        }
    }
}

/// What the supervisor decides about its connection.
enum Decision {
    /// Accept no more requests: a graceful shutdown begins.
    Drain,
    /// Close now.
    Close,
}

/// Decides when a connection is closed: by the deadline of its state, and by the server state.
struct Supervisor<'a> {
    state: &'a ConnectionState,
    limits: &'a Limits,
    server: watch::Receiver<ServerState>,
    server_state: ServerState,
    timer: Pin<Box<Sleep>>,
}

impl<'a> Supervisor<'a> {
    fn new(state: &'a ConnectionState, mut server: watch::Receiver<ServerState>, limits: &'a Limits) -> Self {
        server.mark_changed(); // the current state counts as a change
        let timer = Box::pin(sleep_until(Instant::now() + limits.timeouts.header));
        Self { state, limits, server, server_state: ServerState::Accepting, timer }
    }

    /// Waits for the next decision. To be polled after the connection, whose progress changes the deadline.
    async fn decision(&mut self) -> Decision {
        loop {
            let Self { state, limits, server, server_state, timer } = self;
            tokio::select! {
                biased;
                changed = server.changed() => {
                    *server_state = changed.map_or(ServerState::Aborting, |()| *server.borrow_and_update());
                    match server_state {
                        ServerState::Accepting | ServerState::Saturated => {}
                        ServerState::Draining => return Decision::Drain,
                        ServerState::Aborting => return Decision::Close,
                    }
                }
                () = poll_fn(|context| poll_close(state, *server_state, limits, timer.as_mut(), context)) => {
                    return Decision::Close;
                }
            }
        }
    }
}

/// Ready when the deadline has passed, or when the server drains and no request is under way. The deadline of a request
/// body is its reader's: the reader gets an error, and responds. The timer is moved only where it would fire too late or
/// has fired too early, not for each request.
fn poll_close(
    state: &ConnectionState,
    server_state: ServerState,
    limits: &Limits,
    mut timer: Pin<&mut Sleep>,
    context: &mut Context<'_>,
) -> Poll<()> {
    if server_state == ServerState::Draining && matches!(state.phase(), Phase::Head | Phase::Idle) {
        return Poll::Ready(());
    }
    // A stop does not wait for the rest of an upload that was refused.
    let is_short = match server_state {
        ServerState::Draining => state.phase() == Phase::Linger,
        state => state == ServerState::Saturated,
    };
    let timeouts = if is_short { &limits.saturated_timeouts } else { &limits.timeouts };
    loop {
        let Some(deadline) = state.deadline(timeouts) else { return Poll::Pending };
        if timer.deadline() > deadline {
            timer.as_mut().reset(deadline);
        }
        if timer.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        if timer.deadline() < deadline {
            timer.as_mut().reset(deadline);
        } else if !state.expire_body() {
            return Poll::Ready(());
        }
    }
}

#[cfg(test)]
mod tests;
