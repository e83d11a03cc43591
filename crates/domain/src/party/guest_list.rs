//! Who has which seats: arithmetic on heads, by which no table is ever overbooked. Whether somebody may ask at all
//! (past, cancelled, closed, removed) is [`super::rsvp`]'s.

use std::collections::BTreeMap;

use super::{Heads, Seats};
use crate::user::UserId;

/// What a guest has said, or what became of it. Somebody never asked has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// They are coming, and hold that many seats.
    Seated(Heads),
    /// They would come.
    Waitlisted {
        /// How many of them.
        heads: Heads,
        /// Their place in the order of the line, given under the party's lock: not a clock's time.
        place: i64,
    },
    /// They may come, and hold no seat.
    Maybe,
    /// They are not coming.
    Declined,
    /// The host asked them, and they have not answered.
    Invited,
    /// The host does not want them.
    Removed,
}

impl Answer {
    /// The seats that the answer holds.
    #[must_use]
    pub fn seats_held(self) -> u32 {
        match self {
            Self::Seated(heads) => heads.get(),
            Self::Waitlisted { .. } | Self::Maybe | Self::Declined | Self::Invited | Self::Removed => 0,
        }
    }
}

/// A table's totals, and the answers that the rule at hand needs: the acting guest's, not a thousand others'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestList {
    seats: Seats,
    taken: u32,
    max_companions: u32,
    answers: BTreeMap<UserId, Answer>,
}

/// What became of asking for seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatResult {
    /// The seats are theirs now.
    Seated,
    /// They were theirs before; nothing changed.
    AlreadySeated,
    /// There are too few; nothing changed.
    Full,
}

/// Totals that no table can have: invariant I1, `1 <= taken <= seats`, does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{taken} heads on {seats} seats", seats = seats.get())]
pub struct GuestListError {
    /// Heads at the table.
    pub taken: u32,
    /// Seats at the table.
    pub seats: Seats,
}

impl GuestList {
    /// The list of a new party: its host has a seat, and is no answer in it. Guests bring nobody.
    #[must_use]
    pub fn new(seats: Seats) -> Self {
        Self { seats, taken: 1, max_companions: 0, answers: BTreeMap::new() }
    }

    /// Puts together what a store kept: the totals, and the answers it was asked for.
    ///
    /// # Errors
    /// Totals that break invariant I1.
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

    /// Seats at the table, the host's included.
    #[must_use]
    pub fn seats(&self) -> Seats {
        self.seats
    }

    /// Heads at the table, the host's included.
    #[must_use]
    pub fn taken(&self) -> u32 {
        self.taken
    }

    /// Seats that nobody has.
    #[must_use]
    pub fn free_seats(&self) -> u32 {
        self.seats.get() - self.taken
    }

    /// How many a guest may bring.
    #[must_use]
    pub fn max_companions(&self) -> u32 {
        self.max_companions
    }

    /// What a guest has said, as far as the list was loaded.
    #[must_use]
    pub fn answer(&self, guest: UserId) -> Option<Answer> {
        self.answers.get(&guest).copied()
    }

    /// The answers that were loaded or given since.
    #[must_use]
    pub fn answers(&self) -> &BTreeMap<UserId, Answer> {
        &self.answers
    }

    /// Gives the guest that many seats, or leaves everything as it was. Only more heads than before claim a seat (I6).
    pub fn accept(&mut self, guest: UserId, heads: Heads) -> SeatResult {
        let held = self.answer(guest).map_or(0, Answer::seats_held);
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

    /// Notes an answer that holds no seat, and frees those that the guest held. Tells how many that were.
    pub fn release_seats(&mut self, guest: UserId, instead: Withdrawal) -> u32 {
        let freed = self.answer(guest).map_or(0, Answer::seats_held);
        self.taken -= freed;
        self.answers.insert(
            guest,
            match instead {
                Withdrawal::Maybe => Answer::Maybe,
                Withdrawal::Declined => Answer::Declined,
            },
        );
        freed
    }
}

/// The answers by which a guest claims nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawal {
    /// They may come.
    Maybe,
    /// They are not coming.
    Declined,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ADA: UserId = UserId::new(1);
    const BEN: UserId = UserId::new(2);

    #[test]
    fn the_host_takes_a_seat() {
        let mut list = GuestList::new(Seats::new(1).unwrap());
        assert_eq!((list.taken(), list.free_seats()), (1, 0));
        assert_eq!(list.accept(ADA, Heads::ONE), SeatResult::Full);
        assert_eq!(list.answer(ADA), None);
    }

    #[test]
    fn a_seat_is_given_once_and_freed_once() {
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
    fn fewer_heads_never_need_a_free_seat() {
        let three = Heads::new(3).unwrap();
        let mut list =
            GuestList::from_stored(Seats::new(4).unwrap(), 4, 2, [(ADA, Answer::Seated(three))].into()).unwrap();
        assert_eq!(list.accept(ADA, Heads::new(4).unwrap()), SeatResult::Full);
        assert_eq!(list.accept(ADA, Heads::ONE), SeatResult::Seated);
        assert_eq!(list.free_seats(), 2);
    }

    #[test]
    fn stored_totals_that_no_table_can_have_are_told() {
        let seats = Seats::new(4).unwrap();
        for taken in [0, 5] {
            assert_eq!(GuestList::from_stored(seats, taken, 0, BTreeMap::new()), Err(GuestListError { taken, seats }));
        }
    }

    #[derive(Debug, Clone)]
    enum Said {
        Accept(i64, u32),
        StepBack(i64, bool),
    }

    fn said() -> impl Strategy<Value = Said> {
        prop_oneof![
            (0..12i64, 1..4u32).prop_map(|(g, n)| Said::Accept(g, n)),
            (0..12i64, any::<bool>()).prop_map(|(g, d)| Said::StepBack(g, d))
        ]
    }

    proptest! {
        /// The model is the plain map of who has how many seats, counted anew at each step.
        #[test]
        fn the_list_does_what_a_plain_map_does(seats in 1..12u32, story in prop::collection::vec(said(), 0..60)) {
            let mut list = GuestList::new(Seats::new(seats).unwrap());
            let mut model: BTreeMap<i64, u32> = BTreeMap::new();
            for said in story {
                match said {
                    Said::Accept(guest, n) => {
                        let others: u32 = model.iter().filter(|(g, _)| **g != guest).map(|(_, n)| n).sum();
                        let held = model.get(&guest).copied().unwrap_or(0);
                        let expected = if held == n { SeatResult::AlreadySeated }
                            else if 1 + others + n > seats && n > held { SeatResult::Full }
                            else { model.insert(guest, n); SeatResult::Seated };
                        prop_assert_eq!(list.accept(UserId::new(guest), Heads::new(n).unwrap()), expected);
                    }
                    Said::StepBack(guest, declined) => {
                        let instead = if declined { Withdrawal::Declined } else { Withdrawal::Maybe };
                        prop_assert_eq!(list.release_seats(UserId::new(guest), instead), model.remove(&guest).unwrap_or(0));
                    }
                }
                prop_assert_eq!(list.taken(), 1 + model.values().sum::<u32>());
                prop_assert!(list.taken() <= seats);
            }
        }
    }
}
