//! The front door: from a bound socket until the process is asked to stop. It stands between the clients and the pages,
//! and knows nothing of either; why it is our own is in `docs/adr/0009-own-front-door.md`.
//!
//! [`Limits`] has every number. `accept` lets clients in, `connection` sees one through, `ledger` keeps the book from
//! which follows when it must go, `weight` knows what all of them hold, and `service` hands requests to the pages.

mod accept;
mod answer;
mod body;
mod connection;
#[cfg(test)]
mod fuzz;
mod head;
mod leash;
mod ledger;
mod limits;
mod patience;
mod places;
mod refusal;
mod scrutiny;
mod service;
mod socket;
mod weight;

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use poem::Endpoint;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use self::accept::Accept;
use self::connection::House;
pub use self::limits::Limits;
pub use self::patience::{Pace, Patience};
use self::places::Places;

/// How long those that are cut have to let go of what they held.
const CUT: Duration = Duration::from_secs(1);

/// Serves until `stopped`; then takes no more, closes what is idle or half sent, finishes what is under way, and cuts
/// what is still open after [`Limits::drain`].
///
/// # Errors
/// The listener has no address.
pub async fn serve(
    listener: TcpListener,
    service: impl Endpoint + 'static,
    limits: Limits,
    stopped: impl Future<Output = ()>,
) -> io::Result<()> {
    let limits = Arc::new(limits);
    let house = Arc::new(House::new(service, Arc::clone(&limits), listener.local_addr()?));
    let mut accept = Accept::new(listener);
    let places = Places::new(limits.connections);
    let mut stopped = pin!(stopped);
    loop {
        let next = async {
            let (stream, remote) = accept.next(&places).await;
            // One more than there is room for is let in: that somebody waits cannot be known otherwise.
            (stream, remote, places.take().await)
        };
        let (stream, remote, place) = tokio::select! {
            biased;
            () = &mut stopped => break,
            next = next => next,
        };
        let Some(place) = place else { break };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a client left at once");
            continue;
        }
        tokio::spawn(Arc::clone(&house).serve(stream, remote, places.listen(), place));
    }
    drop(accept);
    places.empty(&limits).await;
    Ok(())
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
