//! A cache of pictures, limited by their size in bytes. The least recently used picture leaves first.

use std::collections::VecDeque;
use std::sync::Arc;

use super::ContentHash;

/// Pictures by content hash, the most recently used last.
///
/// A few hundred pictures at most, so that a search from the end costs less than an index would.
#[derive(Debug)]
pub(super) struct Cache {
    max_bytes: usize,
    bytes: usize,
    pictures: VecDeque<(ContentHash, Arc<[u8]>)>,
}

impl Cache {
    /// An empty cache for `max_bytes` bytes of pictures.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self { max_bytes, bytes: 0, pictures: VecDeque::new() }
    }

    /// Returns a picture, and marks it as the most recently used.
    pub(super) fn find(&mut self, hash: ContentHash) -> Option<Arc<[u8]>> {
        let at = self.pictures.iter().rposition(|(each, _)| *each == hash)?;
        let found = self.pictures.remove(at)?;
        let picture = Arc::clone(&found.1);
        self.pictures.push_back(found);
        Some(picture)
    }

    /// Adds a picture, and removes the least recently used ones until all fit. A picture above the limit is not added.
    pub(super) fn add(&mut self, hash: ContentHash, picture: Arc<[u8]>) {
        if picture.len() > self.max_bytes || self.find(hash).is_some() {
            return;
        }
        self.bytes += picture.len();
        self.pictures.push_back((hash, picture));
        while self.bytes > self.max_bytes {
            let Some((_, oldest)) = self.pictures.pop_front() else { return };
            self.bytes -= oldest.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hash(n: u32) -> ContentHash {
        ContentHash(n.into())
    }

    fn picture(bytes: usize) -> Arc<[u8]> {
        vec![0; bytes].into()
    }

    #[test]
    fn least_recently_used_picture_leaves_first() {
        let mut cache = Cache::new(10);
        for n in 1..=3 {
            cache.add(hash(n), picture(3));
        }
        assert!(cache.find(hash(1)).is_some());
        cache.add(hash(4), picture(4));
        let left: Vec<_> = (1..=4).filter(|n| cache.find(hash(*n)).is_some()).collect();
        assert_eq!(left, [1, 3, 4]);
    }

    #[test]
    fn picture_above_the_limit_is_not_added() {
        let mut cache = Cache::new(10);
        cache.add(hash(1), picture(3));
        cache.add(hash(2), picture(11));
        assert!(cache.find(hash(1)).is_some() && cache.find(hash(2)).is_none());
    }

    proptest! {
        #[test]
        fn bytes_stay_within_the_limit(added in prop::collection::vec((0u32..20, 0usize..12), 0..60)) {
            let mut cache = Cache::new(20);
            for (n, bytes) in added {
                cache.add(hash(n), picture(bytes));
                prop_assert!(cache.bytes <= 20);
                prop_assert_eq!(cache.bytes, cache.pictures.iter().map(|(_, picture)| picture.len()).sum::<usize>());
            }
        }
    }
}
