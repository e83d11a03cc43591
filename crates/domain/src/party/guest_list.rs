//! The guest list: arithmetic on seats that never overbooks a table, and the waiting list.
//!
//! [`super::rsvp`] and [`super::hosting`] decide whether a command is allowed at all (past, cancelled, closed, removed).

use std::collections::BTreeMap;

use super::{Answer, GivenUp, Heads, Rsvp, RsvpTexts, Seats};
use crate::Timestamp;
use crate::user::UserId;

/// The totals of a table, and the RSVPs that a rule needs: that of one guest, those of the waiting list, or all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestList {
    totals: Totals,
    rsvps: BTreeMap<UserId, Rsvp>,
    /// The texts of those RSVPs of which they were loaded, if there are any.
    texts: BTreeMap<UserId, RsvpTexts>,
}

/// What is stored of a guest list besides its RSVPs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// The seats at the table, including that of the host.
    pub seats: Seats,
    /// The seats that are taken, including that of the host.
    pub taken: u32,
    /// The guests on the waiting list, each counted once.
    pub waiting: u32,
    /// The most companions of a guest, 0 to [`Heads::MAX`] - 1.
    pub max_companions: u32,
    /// The greatest [`Rsvp::place`] so far. 0 if there is none.
    pub last_place: i64,
}

/// Totals that break invariant I1, `1 <= taken <= seats`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{taken} heads on {seats} seats", seats = seats.get())]
pub struct GuestListError {
    /// The seats that are taken.
    pub taken: u32,
    /// The seats at the table.
    pub seats: Seats,
}

impl GuestList {
    /// The list of a new party. The host has a seat but no RSVP.
    #[must_use]
    pub fn new(seats: Seats, max_companions: u32) -> Self {
        let totals = Totals { seats, taken: 1, waiting: 0, max_companions, last_place: 0 };
        Self { totals, rsvps: BTreeMap::new(), texts: BTreeMap::new() }
    }

    /// Takes the stored totals and the loaded RSVPs.
    ///
    /// # Errors
    /// [`GuestListError`] if the totals break invariant I1.
    pub fn from_stored(totals: Totals, rsvps: BTreeMap<UserId, Rsvp>) -> Result<Self, GuestListError> {
        let Totals { seats, taken, .. } = totals;
        if taken < 1 || taken > seats.get() {
            return Err(GuestListError { taken, seats });
        }
        Ok(Self { totals, rsvps, texts: BTreeMap::new() })
    }

    /// The list with the stored texts of a guest, whose RSVP is loaded.
    #[must_use]
    pub fn with_texts(mut self, guest: UserId, texts: RsvpTexts) -> Self {
        self.set_texts(guest, texts);
        self
    }

    /// The texts of a guest, if they were loaded or have been set since.
    #[must_use]
    pub fn texts(&self, guest: UserId) -> RsvpTexts {
        self.texts.get(&guest).cloned().unwrap_or_default()
    }

    /// The guests with texts that were loaded or have been set since. A guest without texts is left out.
    #[must_use]
    pub fn all_texts(&self) -> &BTreeMap<UserId, RsvpTexts> {
        &self.texts
    }

    /// Sets the texts of a guest with an RSVP.
    pub(super) fn set_texts(&mut self, guest: UserId, texts: RsvpTexts) {
        if texts.is_empty() {
            self.texts.remove(&guest);
        } else {
            self.texts.insert(guest, texts);
        }
    }

    /// The totals.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// The seats that are not taken.
    #[must_use]
    pub fn free_seats(&self) -> u32 {
        self.totals.seats.get() - self.totals.taken
    }

    /// The RSVPs that were loaded or have been set since.
    #[must_use]
    pub fn rsvps(&self) -> &BTreeMap<UserId, Rsvp> {
        &self.rsvps
    }

    /// The answer of a guest, if it was loaded or has been set since.
    #[must_use]
    pub fn answer(&self, guest: UserId) -> Option<Answer> {
        self.rsvps.get(&guest).map(|rsvp| rsvp.answer)
    }

    /// The number of seats that a guest holds, by an RSVP that was loaded or has been set since.
    #[must_use]
    pub fn seats_held(&self, guest: UserId) -> u32 {
        self.answer(guest).map_or(0, Answer::seats_held)
    }

    /// The guest's number on the waiting list, 1 for the first: counted if the whole list is loaded, else as it was loaded or set.
    #[must_use]
    pub fn rank(&self, guest: UserId) -> Option<u32> {
        let rsvp = self.rsvps.get(&guest).filter(|rsvp| rsvp.answer.is_waiting())?;
        let waiting = || self.rsvps.values().filter(|rsvp| rsvp.answer.is_waiting());
        let loaded = u32::try_from(waiting().count()).unwrap_or(u32::MAX);
        if loaded < self.totals.waiting {
            return rsvp.rank;
        }
        u32::try_from(waiting().filter(|other| other.place <= rsvp.place).count()).ok()
    }

    /// Whether the guest can have that many seats: only heads in addition to those that the guest holds need free seats (I6).
    #[must_use]
    pub fn has_room_for(&self, guest: UserId, heads: Heads) -> bool {
        heads.get().saturating_sub(self.seats_held(guest)) <= self.free_seats()
    }

    /// Seats the guest if there is room, and otherwise puts the guest on the waiting list. Returns whether the guest is seated.
    pub(super) fn seat_or_wait(&mut self, guest: UserId, heads: Heads) -> bool {
        let has_room = self.has_room_for(guest, heads);
        self.set(guest, if has_room { Answer::Seated(heads) } else { Answer::Waitlisted(heads) });
        has_room
    }

    /// Seats the guest. [`GuestList::has_room_for`] holds.
    pub(super) fn seat(&mut self, guest: UserId, heads: Heads) {
        self.set(guest, Answer::Seated(heads));
    }

    /// Sets an answer by which the guest holds no seat and does not wait. Seats that the guest gives up can be taken back for a
    /// while (row 16).
    pub(super) fn leave(&mut self, guest: UserId, answer: Answer, now: Timestamp) {
        let before = self.rsvps.get(&guest).copied();
        self.set(guest, answer);
        let given_up = match (before.map(|rsvp| rsvp.answer), answer) {
            (Some(Answer::Seated(heads)), Answer::Maybe | Answer::Declined) => Some(GivenUp { heads, at: now }),
            (Some(Answer::Maybe | Answer::Declined), Answer::Maybe | Answer::Declined) => {
                before.and_then(|rsvp| rsvp.given_up)
            }
            _ => None,
        };
        if let Some(rsvp) = self.rsvps.get_mut(&guest) {
            rsvp.given_up = given_up;
        }
    }

    /// Seats each guest on the waiting list for whom there is room, in the order of the list (row 9, first fit). Loaded is the
    /// list, or each guest on it who may get one of the free seats.
    pub(super) fn promote(&mut self) {
        let mut waiting: Vec<_> = self
            .rsvps
            .iter()
            .filter_map(|(guest, rsvp)| match rsvp.answer {
                Answer::Waitlisted(heads) => Some((rsvp.place, *guest, heads)),
                _ => None,
            })
            .collect();
        waiting.sort_unstable_by_key(|(place, ..)| *place);
        for (_, guest, heads) in waiting {
            if self.free_seats() == 0 {
                return;
            }
            if self.has_room_for(guest, heads) {
                self.seat(guest, heads);
            }
        }
    }

    /// Sets the seats at the table. There are at least as many as are taken.
    pub(super) fn set_seats(&mut self, seats: Seats) {
        debug_assert!(seats.get() >= self.totals.taken, "a table has at least the seats that are taken");
        self.totals.seats = seats;
    }

    /// Sets the most companions of a guest. RSVPs with more stay as they are (I2).
    pub(super) fn set_max_companions(&mut self, max: u32) {
        self.totals.max_companions = max;
    }

    /// Sets an answer, and keeps the totals equal to the answers.
    fn set(&mut self, guest: UserId, answer: Answer) {
        let before = self.rsvps.get(&guest).copied();
        let totals = &mut self.totals;
        totals.taken = totals.taken + answer.seats_held() - before.map_or(0, |rsvp| rsvp.answer.seats_held());
        let waited = before.is_some_and(|rsvp| rsvp.answer.is_waiting());
        totals.waiting = totals.waiting + u32::from(answer.is_waiting()) - u32::from(waited);
        let (place, rank) = match (before, answer) {
            (Some(Rsvp { answer: Answer::Seated(_), place, .. }), Answer::Seated(_)) => (place, None),
            (Some(Rsvp { answer: Answer::Waitlisted(held), place, rank, .. }), Answer::Waitlisted(heads))
                if heads <= held =>
            {
                (place, rank) // fewer heads keep the place (row 8)
            }
            (_, Answer::Seated(_) | Answer::Waitlisted(_)) => {
                totals.last_place += 1;
                (totals.last_place, answer.is_waiting().then_some(totals.waiting))
            }
            (_, Answer::Maybe | Answer::Declined | Answer::Invited | Answer::Removed) => (0, None),
        };
        self.rsvps.insert(guest, Rsvp { answer, place, rank, given_up: None });
    }
}

#[cfg(test)]
mod tests;
