//! Tests of the totals.

use super::*;
use crate::party::fixtures::{BEN, CLEO, DAN, before, heads, with};

#[test]
fn stored_totals_that_break_i1_are_rejected() {
    let seats = Seats::new(4).unwrap();
    let totals = GuestList::new(seats, 0).totals();
    for taken in [0, 5] {
        let stored = GuestList::from_stored(Totals { taken, ..totals }, BTreeMap::new());
        assert_eq!(stored, Err(GuestListError { taken, seats }));
    }
    for taken in [1, 4] {
        let stored = GuestList::from_stored(Totals { taken, ..totals }, BTreeMap::new()).unwrap();
        assert_eq!(stored.free_seats(), 4 - taken);
    }
}

#[test]
fn only_more_heads_need_free_seats() {
    let list = with(4, &[(BEN, Answer::Seated(heads(2)))]).guests;
    let room = |guest, n| list.has_room_for(guest, heads(n));
    assert_eq!([room(BEN, 1), room(BEN, 2), room(BEN, 3), room(BEN, 4)], [true, true, true, false]);
    assert_eq!([room(CLEO, 1), room(CLEO, 2)], [true, false]);
}

#[test]
fn place_is_drawn_when_a_guest_is_seated_or_begins_to_wait() {
    let mut list = with(3, &[(BEN, Answer::Seated(heads(1)))]).guests;
    let place = |list: &GuestList, guest| list.rsvps()[&guest].place;
    list.seat(BEN, heads(2));
    assert_eq!((place(&list, BEN), list.totals().last_place), (1, 1), "a seat with more heads keeps its place");
    assert!(!list.seat_or_wait(CLEO, heads(1)));
    assert!(!list.seat_or_wait(DAN, heads(1)));
    assert_eq!((place(&list, CLEO), place(&list, DAN)), (2, 3));
    assert_eq!((list.rank(CLEO), list.rank(DAN), list.rank(BEN)), (Some(1), Some(2), None));
    list.leave(BEN, Answer::Declined, before());
    list.promote();
    assert_eq!((place(&list, BEN), place(&list, CLEO), place(&list, DAN)), (0, 4, 5));
    assert_eq!((list.totals().taken, list.totals().waiting, list.rank(CLEO)), (3, 0, None));
}

#[test]
fn promotion_passes_over_those_who_do_not_fit() {
    let list = [(BEN, Answer::Waitlisted(heads(3))), (CLEO, Answer::Waitlisted(heads(1)))];
    let mut list = with(3, &list).guests;
    list.promote();
    assert_eq!(list.answer(BEN), Some(Answer::Waitlisted(heads(3))));
    assert_eq!(list.answer(CLEO), Some(Answer::Seated(heads(1))));
}
