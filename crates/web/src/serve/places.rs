//! The places for connections, and the mood of the house: crowded is who has somebody waiting for a place.

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use super::CUT;
use super::leash::Mood;
use super::limits::Limits;

/// All places there are.
pub(super) struct Places {
    count: u32,
    free: Semaphore,
    mood: watch::Sender<Mood>,
}

/// One of them, taken until it is dropped.
pub(super) struct Place(Arc<Places>);

impl Places {
    pub(super) fn new(count: u32) -> Arc<Self> {
        Arc::new(Self { count, free: Semaphore::new(count as usize), mood: watch::Sender::new(Mood::Open) })
    }

    /// A place, as soon as one is free; `None` would be that there never will be one.
    pub(super) async fn take(self: &Arc<Self>) -> Option<Place> {
        if self.free.available_permits() == 0 {
            self.crowd();
        }
        self.free.acquire().await.ok()?.forget();
        let place = Place(Arc::clone(self));
        self.look();
        Some(place)
    }

    /// Somebody waits.
    pub(super) fn crowd(&self) {
        self.say(Mood::Open, Mood::Crowded);
    }

    /// It is crowded no more when some places are free, or the mood would change with every connection. Whoever leaves
    /// looks, since nobody may ever come again.
    fn look(&self) {
        if self.free.available_permits() > self.count as usize / 8 {
            self.say(Mood::Crowded, Mood::Open);
        }
    }

    fn say(&self, instead_of: Mood, mood: Mood) {
        self.mood.send_if_modified(|said| {
            let is_news = *said == instead_of;
            if is_news {
                *said = mood;
            }
            is_news
        });
    }

    /// What is said from now on, and what was said last.
    pub(super) fn listen(&self) -> watch::Receiver<Mood> {
        self.mood.subscribe()
    }

    /// Waits until every place is free, for so long as requests under way may take; what is left then is cut.
    pub(super) async fn empty(&self, limits: &Limits) {
        self.mood.send_replace(Mood::Closing);
        if timeout(limits.drain, self.free.acquire_many(self.count)).await.is_err() {
            let open = self.count as usize - self.free.available_permits();
            tracing::warn!(open, "cut what was still under way");
            self.mood.send_replace(Mood::Cut);
            let _ = timeout(CUT, self.free.acquire_many(self.count)).await; // what does not let go ends with the process
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.free.add_permits(1);
        self.0.look();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn taken(places: &Arc<Places>, count: usize) -> Vec<Place> {
        let mut taken = Vec::new();
        for _ in 0..count {
            taken.push(places.take().await.unwrap());
        }
        taken
    }

    #[tokio::test]
    async fn it_is_crowded_from_when_somebody_waits_until_some_have_left() {
        let places = Places::new(16);
        let mood = || *places.mood.borrow();
        let mut taken = taken(&places, 16).await;
        assert_eq!(mood(), Mood::Open, "full is not crowded");
        assert!(timeout(Duration::from_millis(10), places.take()).await.is_err());
        assert_eq!(mood(), Mood::Crowded);
        taken.truncate(14);
        assert_eq!(mood(), Mood::Crowded, "two are free");
        taken.pop();
        assert_eq!(mood(), Mood::Open, "though nobody came");
    }

    #[tokio::test]
    async fn where_the_system_had_no_descriptor_it_is_crowded_until_one_leaves_or_comes() {
        let places = Places::new(16);
        let mut taken = taken(&places, 2).await;
        for leaves in [true, false] {
            places.crowd();
            assert_eq!(*places.mood.borrow(), Mood::Crowded);
            if leaves {
                taken.pop();
            } else {
                taken.push(places.take().await.unwrap());
            }
            assert_eq!(*places.mood.borrow(), Mood::Open);
        }
    }

    #[tokio::test]
    async fn whoever_leaves_at_the_end_does_not_open_the_house_again() {
        let places = Places::new(2);
        let taken = taken(&places, 2).await;
        places.mood.send_replace(Mood::Closing);
        places.crowd();
        drop(taken);
        assert_eq!(*places.mood.borrow(), Mood::Closing);
    }
}
