//! The front door: from a bound socket until the process is asked to stop. It stands between the clients and the pages,
//! and knows nothing of either; why it is our own is in `docs/adr/0009-own-front-door.md`.
//!
//! [`Limits`] has every number. `accept` lets clients in, `connection` sees one through, `ledger` keeps the book from
//! which follows when it must go, and `service` hands its requests to the pages.

mod accept;
mod answer;
mod body;
mod connection;
mod head;
mod leash;
mod ledger;
mod limits;
mod refusal;
mod service;
mod socket;

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use poem::Endpoint;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use self::accept::{Accept, set};
use self::connection::House;
use self::leash::Mood;
pub use self::limits::Limits;

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
    let house = Arc::new(House::new(service, limits, listener.local_addr()?));
    let mut accept = Accept::new(listener);
    let slots = Arc::new(Semaphore::new(limits.connections as usize));
    let mood = watch::Sender::new(Mood::Open);
    let mut stopped = pin!(stopped);
    loop {
        let next = async {
            let (stream, remote) = accept.next(&mood).await;
            // One more than there is room for is let in: that somebody waits cannot be known otherwise.
            if slots.available_permits() == 0 {
                set(&mood, Mood::Crowded);
            }
            (stream, remote, Arc::clone(&slots).acquire_owned().await)
        };
        let (stream, remote, slot) = tokio::select! {
            biased;
            () = &mut stopped => break,
            next = next => next,
        };
        let Ok(slot) = slot else { break }; // never closed
        if slots.available_permits() > slots_at_ease(&limits) {
            set(&mood, Mood::Open);
        }
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a client left at once");
            continue;
        }
        tokio::spawn(Arc::clone(&house).serve(stream, remote, mood.subscribe(), slot));
    }
    drop(accept);
    drain(&slots, &mood, &limits).await;
    Ok(())
}

/// How many slots are free when it is crowded no more: some, or the mood would change with every connection.
fn slots_at_ease(limits: &Limits) -> usize {
    limits.connections as usize / 8
}

/// Waits until every connection has ended, for so long.
async fn drain(slots: &Semaphore, mood: &watch::Sender<Mood>, limits: &Limits) {
    set(mood, Mood::Closing);
    if timeout(limits.drain, slots.acquire_many(limits.connections)).await.is_err() {
        let open = limits.connections as usize - slots.available_permits();
        tracing::warn!(open, "cut what was still under way");
        set(mood, Mood::Cut);
        let _ = timeout(CUT, slots.acquire_many(limits.connections)).await; // what does not let go ends with the process
    }
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
