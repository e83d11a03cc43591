//! The assignment of seats: the host first, then the guests in the order in which they were seated. Companions are beside
//! their guest.

use domain::party::Attendee;
use domain::user::Username;

/// A seat and its occupant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seat<'a> {
    /// The host's seat at the head of the table; `None` on a drawing without names.
    Host(Option<&'a Username>),
    /// A guest's seat.
    Guest(&'a Username),
    /// The seat of a guest's companion.
    Companion {
        /// The guest.
        of: &'a Username,
        /// Which companion of that guest, from 1.
        number: u32,
    },
    /// A taken seat without a known name.
    Taken,
    /// A free seat.
    Free,
}

/// The seats in order around the table.
///
/// The number of taken seats is always `taken`. `guests` is read by another statement than the count, so that it may hold
/// one RSVP more or less: surplus guests are left out, missing ones become [`Seat::Taken`].
pub(super) fn seating<'a>(seats: u32, taken: u32, host: &'a Username, guests: &'a [Attendee]) -> Vec<Seat<'a>> {
    let count = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let with_companions = |guest: &'a Attendee| {
        let companions = (1..guest.heads).map(|number| Seat::Companion { of: &guest.username, number });
        [Seat::Guest(&guest.username)].into_iter().chain(companions)
    };
    let named = [Seat::Host(Some(host))].into_iter().chain(guests.iter().flat_map(with_companions));
    let mut all: Vec<_> = named.take(count(taken.min(seats))).collect();
    all.resize(count(taken.min(seats)), Seat::Taken);
    all.resize(count(seats), Seat::Free);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn guest(name: &str, heads: u32) -> Attendee {
        Attendee { username: Username::parse(name).unwrap(), heads }
    }

    #[test]
    fn companions_are_beside_their_guest_and_free_seats_last() {
        let (host, guests) = (Username::parse("ada").unwrap(), [guest("ben", 3), guest("cyd", 1)]);
        let [ben, cyd] = [&guests[0].username, &guests[1].username];
        let seats = seating(7, 5, &host, &guests);
        let companions = [1, 2].map(|number| Seat::Companion { of: ben, number });
        let first = [Seat::Host(Some(&host)), Seat::Guest(ben)];
        assert_eq!(seats, [&first[..], &companions, &[Seat::Guest(cyd), Seat::Free, Seat::Free]].concat());
    }

    #[test]
    fn taken_count_wins_over_guest_list() {
        let (host, guests) = (Username::parse("ada").unwrap(), [guest("ben", 2)]);
        assert_eq!(seating(5, 4, &host, &guests)[3..], [Seat::Taken, Seat::Free]);
        assert_eq!(
            seating(5, 2, &host, &guests)[1..],
            [Seat::Guest(&guests[0].username), Seat::Free, Seat::Free, Seat::Free]
        );
    }

    proptest! {
        #[test]
        fn taken_and_free_seats_add_up(
            seats in 1u32..=1000,
            taken in 1u32..=1200,
            heads in prop::collection::vec(1u32..=9, 0..40),
        ) {
            let host = Username::parse("ada").unwrap();
            let guests: Vec<_> = heads.iter().map(|heads| guest("ben", *heads)).collect();
            let all = seating(seats, taken, &host, &guests);
            let free = all.iter().filter(|seat| **seat == Seat::Free).count();
            prop_assert_eq!(all.len(), seats as usize);
            prop_assert_eq!(all.len() - free, taken.min(seats) as usize);
            prop_assert_eq!(all[0], Seat::Host(Some(&host)));
            for pair in all.windows(2) {
                if let Seat::Companion { of, number } = pair[1] {
                    let before = if number == 1 { Seat::Guest(of) } else { Seat::Companion { of, number: number - 1 } };
                    prop_assert_eq!(pair[0], before);
                }
            }
        }
    }
}
