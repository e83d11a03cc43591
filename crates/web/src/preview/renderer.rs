//! Draws pictures off the async threads, one at a time, and caches them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use super::cache::Cache;
use super::{ContentHash, Preview, png};

/// The memory for cached pictures: about 100 of them.
const CACHE_BYTES: usize = 4 * 1024 * 1024;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PreviewError {
    /// Another picture is being drawn. The page responds with 503 and `Retry-After`.
    #[error("another preview is being drawn")]
    Busy,
    /// The picture could not be drawn: a defect of ours.
    #[error("a preview could not be drawn")]
    Failed(#[source] anyhow::Error),
}

/// Draws and caches pictures; one per process. Clones share the cache and the limit.
#[derive(Debug, Clone)]
pub(crate) struct PreviewRenderer {
    cache: Arc<Mutex<Cache>>,
    /// One permit: drawing takes a core, which the pages need more.
    permit: Arc<Semaphore>,
}

impl PreviewRenderer {
    /// A renderer with an empty cache. Draws nothing, and reads no font yet.
    pub(crate) fn new() -> Self {
        Self { cache: Arc::new(Mutex::new(Cache::new(CACHE_BYTES))), permit: Arc::new(Semaphore::new(1)) }
    }

    /// Returns the PNG of a picture, from the cache or drawn.
    ///
    /// A picture that was begun is finished and cached, even if the caller is gone by then.
    ///
    /// # Errors
    /// [`PreviewError::Busy`] while another picture is drawn; nothing waits. [`PreviewError::Failed`] for a defect.
    pub(crate) async fn png(&self, preview: Preview) -> Result<Arc<[u8]>, PreviewError> {
        let hash = preview.content_hash();
        if let Some(picture) = self.find(hash) {
            return Ok(picture);
        }
        let permit = Arc::clone(&self.permit).try_acquire_owned().map_err(|_| PreviewError::Busy)?;
        // The same picture may have been finished in between.
        if let Some(picture) = self.find(hash) {
            return Ok(picture);
        }
        let cache = Arc::clone(&self.cache);
        let draw = move || {
            let picture: Arc<[u8]> = png::draw(&preview)?.into();
            lock(&cache).add(hash, Arc::clone(&picture));
            // Released after the picture is cached, so that the next holder of the permit finds it there.
            drop(permit);
            Ok(picture)
        };
        let drawn = tokio::task::spawn_blocking(draw).await.map_err(anyhow::Error::from).flatten();
        drawn.map_err(PreviewError::Failed)
    }

    fn find(&self, hash: ContentHash) -> Option<Arc<[u8]>> {
        lock(&self.cache).find(hash)
    }
}

/// Locks the cache. No code panics while it holds the lock, so that a poisoned cache is still whole.
fn lock(cache: &Mutex<Cache>) -> MutexGuard<'_, Cache> {
    cache.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::super::PartyPreview;
    use super::*;

    fn preview(dish: &str) -> Preview {
        let (host, date, state) = ("Marta", "Saturday 12 December, 19:00", "3 seats left");
        Preview::of_party(PartyPreview { dish, host, date, state, seats: 8, taken: 5, is_open: true })
    }

    #[tokio::test]
    async fn second_picture_is_busy_while_the_first_is_drawn() {
        let renderer = PreviewRenderer::new();
        let (first, second) = tokio::join!(renderer.png(preview("Soup")), renderer.png(preview("Salad")));
        assert!(first.is_ok() && matches!(second, Err(PreviewError::Busy)), "{second:?}");
        assert!(renderer.png(preview("Salad")).await.is_ok());
    }

    #[tokio::test]
    async fn cached_picture_is_returned_while_another_is_drawn() {
        let renderer = PreviewRenderer::new();
        let drawn = renderer.png(preview("Soup")).await.unwrap();
        let _permit = renderer.permit.clone().try_acquire_owned().unwrap();
        assert!(Arc::ptr_eq(&renderer.png(preview("Soup")).await.unwrap(), &drawn));
        assert!(matches!(renderer.png(preview("Salad")).await, Err(PreviewError::Busy)));
    }

    #[tokio::test]
    async fn picture_of_a_cancelled_request_is_cached() {
        let renderer = PreviewRenderer::new();
        let request = renderer.png(preview("Soup"));
        // The first poll starts the drawing; the time-out then drops the request.
        tokio::time::timeout(std::time::Duration::ZERO, request).await.unwrap_err();
        let _permit = renderer.permit.acquire().await.unwrap();
        assert!(renderer.find(preview("Soup").content_hash()).is_some());
    }
}
