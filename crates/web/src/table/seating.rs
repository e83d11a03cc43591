//! Who sits where: one seat after the other, around the table from the host on. Companions sit beside their guest.

use domain::party::Attendee;
use domain::user::Username;

/// A seat, and who has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seat<'a> {
    /// The host's, at the head of the table.
    Host(Option<&'a Username>),
    /// A guest's.
    Guest(&'a Username),
    /// Somebody's whom a guest brings: their first, their second, …
    Companion {
        /// Whose.
        of: &'a Username,
        /// Which of them, from 1 on.
        number: u32,
    },
    /// Taken, by nobody who is named.
    Taken,
    /// Nobody's.
    Free,
}

/// The seats in order. As many are taken as the party counts, whoever is named: the guests were read beside the count,
/// and one may have come or gone in between.
pub(super) fn seating<'a>(seats: u32, taken: u32, host: &'a Username, guests: &'a [Attendee]) -> Vec<Seat<'a>> {
    let count = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let with = |guest: &'a Attendee| {
        let companions = (1..guest.heads).map(|number| Seat::Companion { of: &guest.username, number });
        [Seat::Guest(&guest.username)].into_iter().chain(companions)
    };
    let named = [Seat::Host(Some(host))].into_iter().chain(guests.iter().flat_map(with));
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
    fn companions_sit_beside_their_guest_and_free_seats_come_last() {
        let (host, guests) = (Username::parse("ada").unwrap(), [guest("ben", 3), guest("cyd", 1)]);
        let [ben, cyd] = [&guests[0].username, &guests[1].username];
        let told = seating(7, 5, &host, &guests);
        let companions = [1, 2].map(|number| Seat::Companion { of: ben, number });
        let first = [Seat::Host(Some(&host)), Seat::Guest(ben)];
        assert_eq!(told, [&first[..], &companions, &[Seat::Guest(cyd), Seat::Free, Seat::Free]].concat());
    }

    #[test]
    fn a_seat_that_was_counted_is_taken_whoever_is_named() {
        let (host, guests) = (Username::parse("ada").unwrap(), [guest("ben", 2)]);
        assert_eq!(seating(5, 4, &host, &guests)[3..], [Seat::Taken, Seat::Free]);
        assert_eq!(
            seating(5, 2, &host, &guests)[1..],
            [Seat::Guest(&guests[0].username), Seat::Free, Seat::Free, Seat::Free]
        );
    }

    proptest! {
        #[test]
        fn taken_and_free_are_the_seats(seats in 1u32..=1000, taken in 1u32..=1200, heads in prop::collection::vec(1u32..=9, 0..40)) {
            let (host, guests) = (Username::parse("ada").unwrap(), heads.iter().map(|heads| guest("ben", *heads)).collect::<Vec<_>>());
            let all = seating(seats, taken, &host, &guests);
            let free = all.iter().filter(|seat| **seat == Seat::Free).count();
            prop_assert_eq!(all.len(), seats as usize);
            prop_assert_eq!(all.len() - free, taken.min(seats) as usize);
            prop_assert_eq!(all[0], Seat::Host(Some(&host)));
            // Who comes with somebody sits next to them, or to another who does.
            for pair in all.windows(2) {
                if let Seat::Companion { of, number } = pair[1] {
                    let before = if number == 1 { Seat::Guest(of) } else { Seat::Companion { of, number: number - 1 } };
                    prop_assert_eq!(pair[0], before);
                }
            }
        }
    }
}
