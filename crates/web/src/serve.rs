//! Serving: from a bound socket until the process is asked to stop.

use std::io;
use std::time::Duration;

use poem::listener::Acceptor;
use poem::{Endpoint, Server};
use tokio::signal::unix::{SignalKind, signal};

/// How long requests under way may take once the server is asked to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// How many requests one HTTP/2 connection may have open. Poem sets no limit of its own and takes hyper's away: a single
/// client filled 1 GB with 10,000 unfinished forms.
const STREAMS: u32 = 32;

/// Serves until `stopped`, then finishes what is under way.
///
/// # Errors
/// The socket fails.
pub async fn serve(
    acceptor: impl Acceptor + 'static,
    service: impl Endpoint + 'static,
    stopped: impl Future<Output = ()>,
) -> io::Result<()> {
    let server = Server::new_with_acceptor(acceptor).http2_max_concurrent_streams(Some(STREAMS));
    server.run_with_graceful_shutdown(service, stopped, Some(DRAIN)).await
}

/// Resolves when the process is asked to stop, by SIGTERM or SIGINT. From this call on they do not end it by themselves.
///
/// # Errors
/// The system takes no handler.
pub fn stopped() -> io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("asked to stop");
    })
}
