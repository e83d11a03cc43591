//! Connections that are handed on from one statement to the next.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::{Connection as _, Error, Pool};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::engine::dialect::Dialect;

/// Connections that go from one statement to the next, and the places that there are for them.
pub(crate) struct Kept<D: Dialect> {
    /// Opens them. Not the pool, whose connections may all be busy for long.
    opener: Pool<D>,
    idle: Mutex<Vec<D::Connection>>,
    pub(crate) places: Arc<Semaphore>,
    most: u32,
    patience: Duration,
}

impl<D: Dialect> Kept<D> {
    pub(crate) fn new(most: u32, patience: Duration, opener: Pool<D>) -> Self {
        let places = Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(1)));
        Self { opener, idle: Mutex::default(), places, most, patience }
    }

    pub(crate) async fn close(&self) {
        let all = self.places.acquire_many(self.most).await;
        self.places.close();
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            let _ = connection.close().await; // nothing was written on it that could be lost
        }
        drop(all);
        self.opener.close().await;
    }

    pub(crate) async fn lease(self: &Arc<Self>) -> Result<Lease<D>, Error> {
        let kept = self;
        let lease = |connection, place| Lease {
            connection: Some(connection),
            place: Some(place),
            kept: Arc::clone(kept),
            ended: false,
        };
        if let Ok(place) = Arc::clone(&kept.places).try_acquire_owned() {
            let idle = kept.idle().pop();
            if let Some(connection) = idle {
                return Ok(lease(connection, place));
            }
        }
        let waited = tokio::time::timeout(kept.patience, async {
            let place = Arc::clone(&kept.places).acquire_owned().await.map_err(|_| Error::PoolClosed)?;
            let idle = kept.idle().pop();
            let connection = match idle {
                Some(connection) => connection,
                None => kept.opener.acquire().await?.detach(),
            };
            Ok(lease(connection, place))
        });
        waited.await.unwrap_or(Err(Error::PoolTimedOut))
    }

    pub(crate) fn idle(&self) -> MutexGuard<'_, Vec<D::Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner) // a push or a pop is whole or not at all
    }
}

/// A connection that is kept, and its place.
pub(crate) struct Lease<D: Dialect> {
    connection: Option<D::Connection>,
    place: Option<OwnedSemaphorePermit>,
    kept: Arc<Kept<D>>,
    ended: bool,
}

impl<D: Dialect> Lease<D> {
    pub(crate) fn connection(&mut self) -> Result<&mut D::Connection, Error> {
        self.connection.as_mut().ok_or(Error::WorkerCrashed)
    }

    /// Passes on what was told. A connection on which something failed is not used again.
    pub(crate) fn end<T>(mut self, told: Result<T, Error>) -> Result<T, Error> {
        if told.is_err() {
            self.connection = None;
        }
        self.ended = true;
        told
    }
}

impl<D: Dialect> Drop for Lease<D> {
    fn drop(&mut self) {
        let (Some(mut connection), place, kept) = (self.connection.take(), self.place.take(), Arc::clone(&self.kept))
        else {
            return;
        };
        if self.ended {
            kept.idle().push(connection); // before its place is free
        } else if let Ok(runtime) = Handle::try_current() {
            // Nobody waits for the answer any more, but the statement may still run: nobody waits behind it either, and
            // it keeps its place, so that no more run than there are places for.
            runtime.spawn(async move {
                if connection.ping().await.is_ok() {
                    kept.idle().push(connection);
                }
                drop(place);
            });
        }
    }
}
