//! Serving: from a bound socket until the process is asked to stop.

use std::io;
use std::time::Duration;

use poem::listener::Acceptor;
use poem::{Endpoint, Server};
use tokio::signal::unix::{SignalKind, signal};

/// How long requests under way may take once the server is asked to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Serves until SIGTERM or SIGINT, then finishes what is under way.
///
/// # Errors
/// The socket fails.
pub async fn serve(acceptor: impl Acceptor + 'static, service: impl Endpoint + 'static) -> io::Result<()> {
    Server::new_with_acceptor(acceptor).run_with_graceful_shutdown(service, stopped(), Some(DRAIN)).await
}

async fn stopped() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        // Without handlers the signals end the process by themselves.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("asked to stop");
}
