//! What all clients together make us hold, and who must go when it is too much: those that have held most for longest.
//! How much a single one holds is in its ledger.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::time::Instant;

use super::ledger::{Ledger, Load};

/// Who is waited for no longer than this is not cut: whoever takes what there is for them does so in less.
const GRACE: Duration = Duration::from_millis(100);

/// How often it is told that somebody was cut.
const COMPLAINT: Duration = Duration::from_secs(10);

/// The sum over all connections.
pub(super) struct Weight {
    /// Past so many bytes somebody must go.
    most: usize,
    held: AtomicUsize,
    begun: Instant,
    /// Until when nobody is looked for, in microseconds since then.
    rests: AtomicU64,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    ledgers: Vec<Weak<Ledger>>,
    complained: Option<Instant>,
}

impl Weight {
    pub(super) fn new(most: usize) -> Arc<Self> {
        let (held, rests) = (AtomicUsize::new(0), AtomicU64::new(0));
        Arc::new(Self { most, held, begun: Instant::now(), rests, known: Mutex::default() })
    }

    /// One more connection. Those that have ended are forgotten before the list would have to grow.
    pub(super) fn know(&self, ledger: &Arc<Ledger>) {
        let ledgers = &mut self.known.lock().unwrap_or_else(PoisonError::into_inner).ledgers;
        if ledgers.len() == ledgers.capacity() {
            ledgers.retain(|ledger| ledger.strong_count() > 0);
            ledgers.reserve(ledgers.len().max(16));
        }
        ledgers.push(Arc::downgrade(ledger));
    }

    /// Counts so many bytes more: before they are noted in a ledger, or they could be taken away before they are there.
    pub(super) fn add(&self, count: usize) {
        self.held.fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn remove(&self, count: usize) {
        let held = self.held.fetch_sub(count, Ordering::Relaxed);
        debug_assert!(held >= count, "{count} bytes were taken away of {held}");
    }

    /// Lets connections go if it is too much. Asked when something was noted.
    pub(super) fn relieve(&self) {
        if self.held.load(Ordering::Relaxed) > self.most {
            self.relieve_at(Instant::now());
        }
    }

    /// Where nobody could be cut, nobody is looked for until those have had their time who had only just been asked: each
    /// look takes every ledger's lock.
    fn relieve_at(&self, now: Instant) {
        let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let now_micros = micros(now - self.begun);
        if now_micros >= self.rests.load(Ordering::Relaxed) && !self.shed(now) {
            self.rests.store(now_micros.saturating_add(micros(GRACE)), Ordering::Relaxed);
        }
    }

    /// Whether so many bytes more can be held at all, until those have gone who must.
    pub(super) fn has_room(&self, count: usize) -> bool {
        self.held.load(Ordering::Relaxed).saturating_add(count) <= self.most.saturating_mul(2)
    }

    /// Lets connections go until a quarter is free again. Whether any had to.
    fn shed(&self, now: Instant) -> bool {
        let mut ledgers = Vec::new(); // dropped after the lock is given back
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        ledgers.extend(known.ledgers.iter().filter_map(Weak::upgrade));
        let loads: Vec<_> = ledgers.iter().map(|ledger| ledger.load()).collect();
        let held = self.held.load(Ordering::Relaxed);
        let cut = too_much(&loads, held, self.most, now);
        for number in &cut {
            ledgers[*number].cut();
        }
        if !cut.is_empty() && known.complained.is_none_or(|at| at.elapsed() >= COMPLAINT) {
            known.complained = Some(Instant::now());
            tracing::warn!(held, connections = cut.len(), "cut who did not take their answers, or sent bodies slowly");
        }
        !cut.is_empty()
    }
}

/// Which ones must go. Those that are going already are not counted any more, and whoever only waits for us stays.
fn too_much(loads: &[Load], held: usize, most: usize, now: Instant) -> Vec<usize> {
    let going = loads.iter().filter(|load| load.is_cut).map(|load| load.held).sum();
    let mut held = held.saturating_sub(going);
    if held <= most {
        return Vec::new();
    }
    let burden = |load: &Load| load.awaited.map(|since| load.held as u128 * (now - since).as_micros());
    let mut heaviest: Vec<_> = (0..loads.len()).filter(|number| !loads[*number].is_cut).collect();
    heaviest.retain(|number| loads[*number].awaited.is_some_and(|since| now - since >= GRACE));
    heaviest.sort_by_cached_key(|number| Reverse(burden(&loads[*number])));
    let mut cut = Vec::new();
    for number in heaviest {
        if held <= most / 4 * 3 {
            break;
        }
        held = held.saturating_sub(loads[number].held);
        cut.push(number);
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_go_that_have_held_most_for_longest_until_a_quarter_is_free() {
        let now = Instant::now() + Duration::from_mins(1);
        let load = |held, seconds| Load { held, awaited: Some(now - Duration::from_secs(seconds)), is_cut: false };
        let loads = [load(10, 1), load(30, 10), load(100, 0), load(10, 10), load(20, 11)];
        assert_eq!(too_much(&loads, 170, 160, now), [1, 4], "170 - 30 - 20 = 120");
        assert!(too_much(&loads, 160, 160, now).is_empty(), "it is not too much");
        assert_eq!(too_much(&loads, 900, 160, now), [1, 4, 3, 0], "one has only just been asked");
    }

    #[test]
    fn who_waits_for_us_stays_and_who_is_going_is_not_cut_again() {
        let now = Instant::now() + GRACE;
        let load = Load { held: 50, awaited: Some(now - GRACE), is_cut: false };
        let (ours, going) = (Load { awaited: None, ..load }, Load { is_cut: true, ..load });
        assert_eq!(too_much(&[ours, load, going], 150, 80, now), [1]);
        assert!(too_much(&[ours, ours, going], 150, 100, now).is_empty());
        assert!(too_much(&[ours, ours, ours], 150, 10, now).is_empty());
    }

    #[test]
    fn where_nobody_could_be_cut_nobody_is_looked_for_until_a_while_has_passed() {
        let weight = Weight::new(1 << 20);
        let ledger = Ledger::new(Arc::default(), &weight);
        let (_ticket, _) = ledger.begin(None, true, 0);
        let is_cut = |after| {
            weight.relieve_at(weight.begun + after);
            ledger.load().is_cut
        };
        let looked = GRACE * 10_000; // long after it began to be waited for
        assert!(!is_cut(looked), "it is not too much");
        weight.add(1 << 20);
        assert!(!is_cut(looked + GRACE / 10 * 9), "it was looked a moment ago");
        assert!(is_cut(looked + GRACE));
    }
}
