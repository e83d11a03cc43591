//! The guest list: arithmetic on seats that never overbooks a table.
//!
//! [`super::rsvp`] decides whether a guest may RSVP at all (past, cancelled, closed, removed).

use std::collections::BTreeMap;

use super::{Heads, Seats};
use crate::user::UserId;

/// The state of one guest at one party. A user who neither answered nor was invited has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The guest is coming, and holds that many seats.
    Seated(Heads),
    /// The guest is on the waiting list.
    Waitlisted {
        /// The number of people who wait.
        heads: Heads,
        /// The position on the waiting list, assigned under the row lock of the party. It is not a time.
        position: i64,
    },
    /// The guest may come, and holds no seat.
    Maybe,
    /// The guest is not coming.
    Declined,
    /// The host invited the guest, who has not answered.
    Invited,
    /// The host removed the guest.
    Removed,
}

impl Answer {
    /// The number of seats that the answer holds.
    #[must_use]
    pub fn seats_held(self) -> u32 {
        match self {
            Self::Seated(heads) => heads.get(),
            Self::Waitlisted { .. } | Self::Maybe | Self::Declined | Self::Invited | Self::Removed => 0,
        }
    }
}

/// The totals of a table, and the answers that a rule needs: those of the acting guest and of the waiting list, not all
/// of up to 1,000.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestList {
    seats: Seats,
    taken: u32,
    max_companions: u32,
    answers: BTreeMap<UserId, Answer>,
}

/// The result of a request for seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatResult {
    /// The guest got the seats.
    Seated,
    /// The guest had the same seats before. Nothing changed.
    AlreadySeated,
    /// Too few seats are free. Nothing changed.
    Full,
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
    /// The list of a new party. The host has a seat but no answer. Guests may bring no companions.
    #[must_use]
    pub fn new(seats: Seats) -> Self {
        Self { seats, taken: 1, max_companions: 0, answers: BTreeMap::new() }
    }

    /// Takes the stored totals and the loaded answers.
    ///
    /// # Errors
    /// [`GuestListError`] if the totals break invariant I1.
    pub fn from_stored(
        seats: Seats,
        taken: u32,
        max_companions: u32,
        answers: BTreeMap<UserId, Answer>,
    ) -> Result<Self, GuestListError> {
        if taken < 1 || taken > seats.get() {
            return Err(GuestListError { taken, seats });
        }
        Ok(Self { seats, taken, max_companions, answers })
    }

    /// The seats at the table, including that of the host.
    #[must_use]
    pub fn seats(&self) -> Seats {
        self.seats
    }

    /// The seats that are taken, including that of the host.
    #[must_use]
    pub fn taken(&self) -> u32 {
        self.taken
    }

    /// The seats that are not taken.
    #[must_use]
    pub fn free_seats(&self) -> u32 {
        self.seats.get() - self.taken
    }

    /// The most companions of a guest.
    #[must_use]
    pub fn max_companions(&self) -> u32 {
        self.max_companions
    }

    /// The answer of a guest, if it was loaded or has been set since.
    #[must_use]
    pub fn answer(&self, guest: UserId) -> Option<Answer> {
        self.answers.get(&guest).copied()
    }

    /// The number of seats that a guest holds, by an answer that was loaded or has been set since.
    #[must_use]
    pub fn seats_held(&self, guest: UserId) -> u32 {
        self.answer(guest).map_or(0, Answer::seats_held)
    }

    /// The answers that were loaded or have been set since.
    #[must_use]
    pub fn answers(&self) -> &BTreeMap<UserId, Answer> {
        &self.answers
    }

    /// Gives the guest that many seats, or changes nothing.
    ///
    /// Only heads in addition to those before need free seats (I6).
    pub fn accept(&mut self, guest: UserId, heads: Heads) -> SeatResult {
        let held = self.seats_held(guest);
        if held == heads.get() {
            return SeatResult::AlreadySeated;
        }
        if heads.get().saturating_sub(held) > self.free_seats() {
            return SeatResult::Full;
        }
        self.taken = self.taken - held + heads.get();
        self.answers.insert(guest, Answer::Seated(heads));
        SeatResult::Seated
    }

    /// Sets an answer that holds no seat, and frees the seats of the guest. Returns the number of freed seats.
    pub fn release_seats(&mut self, guest: UserId, withdrawal: Withdrawal) -> u32 {
        let freed = self.seats_held(guest);
        self.taken -= freed;
        self.answers.insert(
            guest,
            match withdrawal {
                Withdrawal::Maybe => Answer::Maybe,
                Withdrawal::Declined => Answer::Declined,
            },
        );
        freed
    }
}

/// An answer that gives up the seats of a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawal {
    /// The guest may come.
    Maybe,
    /// The guest is not coming.
    Declined,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ADA: UserId = UserId::new(1);
    const BEN: UserId = UserId::new(2);

    #[test]
    fn host_takes_one_seat() {
        let mut list = GuestList::new(Seats::new(1).unwrap());
        assert_eq!((list.taken(), list.free_seats()), (1, 0));
        assert_eq!(list.accept(ADA, Heads::ONE), SeatResult::Full);
        assert_eq!(list.answer(ADA), None);
    }

    #[test]
    fn seat_is_given_once_and_freed_once() {
        let mut list = GuestList::new(Seats::new(2).unwrap());
        assert_eq!(list.accept(ADA, Heads::ONE), SeatResult::Seated);
        assert_eq!(list.accept(ADA, Heads::ONE), SeatResult::AlreadySeated);
        assert_eq!(list.accept(BEN, Heads::ONE), SeatResult::Full);
        assert_eq!(list.release_seats(ADA, Withdrawal::Declined), 1);
        assert_eq!(list.release_seats(ADA, Withdrawal::Maybe), 0);
        assert_eq!(list.accept(BEN, Heads::ONE), SeatResult::Seated);
        assert_eq!(list.taken(), 2);
    }

    #[test]
    fn fewer_heads_need_no_free_seat() {
        let three = Heads::new(3).unwrap();
        let mut list =
            GuestList::from_stored(Seats::new(4).unwrap(), 4, 2, [(ADA, Answer::Seated(three))].into()).unwrap();
        assert_eq!(list.accept(ADA, Heads::new(4).unwrap()), SeatResult::Full);
        assert_eq!(list.accept(ADA, Heads::ONE), SeatResult::Seated);
        assert_eq!(list.free_seats(), 2);
    }

    #[test]
    fn stored_totals_that_break_i1_are_rejected() {
        let seats = Seats::new(4).unwrap();
        for taken in [0, 5] {
            assert_eq!(GuestList::from_stored(seats, taken, 0, BTreeMap::new()), Err(GuestListError { taken, seats }));
        }
    }

    #[derive(Debug, Clone)]
    enum Step {
        Accept(i64, u32),
        Release(i64, bool),
    }

    fn steps() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..12i64, 1..4u32).prop_map(|(guest, heads)| Step::Accept(guest, heads)),
            (0..12i64, any::<bool>()).prop_map(|(guest, is_declined)| Step::Release(guest, is_declined))
        ]
    }

    proptest! {
        /// The model is a map from guest to seats. Its total is computed again after each step.
        #[test]
        fn list_equals_map_of_seats(seats in 1..12u32, steps in prop::collection::vec(steps(), 0..60)) {
            let mut list = GuestList::new(Seats::new(seats).unwrap());
            let mut model: BTreeMap<i64, u32> = BTreeMap::new();
            for step in steps {
                match step {
                    Step::Accept(guest, heads) => {
                        let others: u32 = model.iter().filter(|(other, _)| **other != guest).map(|(_, heads)| heads).sum();
                        let held = model.get(&guest).copied().unwrap_or(0);
                        let expected = if held == heads { SeatResult::AlreadySeated }
                            else if 1 + others + heads > seats && heads > held { SeatResult::Full }
                            else { model.insert(guest, heads); SeatResult::Seated };
                        prop_assert_eq!(list.accept(UserId::new(guest), Heads::new(heads).unwrap()), expected);
                    }
                    Step::Release(guest, is_declined) => {
                        let withdrawal = if is_declined { Withdrawal::Declined } else { Withdrawal::Maybe };
                        let freed = list.release_seats(UserId::new(guest), withdrawal);
                        prop_assert_eq!(freed, model.remove(&guest).unwrap_or(0));
                    }
                }
                prop_assert_eq!(list.taken(), 1 + model.values().sum::<u32>());
                prop_assert!(list.taken() <= seats);
            }
        }
    }
}
