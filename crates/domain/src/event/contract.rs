//! The contract functions of [`EventRepository`](super::EventRepository).
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a contract function panics on a violation")]

use std::time::Duration;

use super::{
    Event, EventFilter, EventKind, MOST_FAILURES_PER_HOUR, MOST_PER_HOUR, OperatorName, Origin, RequestId, STORED_FOR,
};
use crate::contract::{NOW, event, events, join_all};
use crate::session::SessionId;
use crate::user::UserId;
use crate::{AccountPorts, PageSize, Timestamp};

/// Passes the names of all contract functions of events to the macro `$test`.
#[macro_export]
macro_rules! event_contract {
    ($test:ident) => {
        $test! { event:
            event_is_listed_with_every_field
            throttled_event_is_not_stored
            events_are_listed_newest_first_in_pages
            events_of_one_user_are_listed_alone
            events_are_listed_by_kind_and_time
            failures_of_an_hour_account_and_network_are_one_row
            concurrent_failures_are_all_counted
            failures_beyond_1000_rows_an_hour_are_one_row
            events_beyond_60_an_hour_of_a_user_are_one_row_a_kind
            purge_removes_events_after_90_days_up_to_limit
        }
    };
}

const ADA: UserId = UserId::new(7);

/// A failed log-in from a network of that number.
fn failure(user: Option<UserId>, network: u32, at: Timestamp) -> Event {
    let [_, high, middle, low] = network.to_be_bytes();
    let network = Some(format!("{high}.{middle}.{low}.0/24"));
    Event::new(EventKind::LogInFailed, at, Origin { network, ..Origin::default() }).of(user)
}

/// `list` returns every field of every kind as it was added. A user need not exist: events outlive their users.
pub async fn event_is_listed_with_every_field(store: &AccountPorts) {
    let mut added = Vec::new();
    for kind in EventKind::ALL.iter().copied().filter(|kind| kind.is_stored()) {
        let origin = Origin {
            network: Some("2001:db8::/48".to_owned()),
            request: Some(RequestId::parse("x".repeat(64)).unwrap()),
            operator: Some(OperatorName::parse("ä".repeat(64)).unwrap()),
        };
        added.push(
            Event::new(kind, NOW, origin).of(ADA).in_session(SessionId::new(9)).counting(0).about(&"ä".repeat(201)),
        );
        added.push(Event::new(kind, NOW, Origin::default()));
    }
    for event in &added {
        store.events.add(event.clone()).await.unwrap();
    }
    assert_eq!(events(store).await, added);
}

/// What is refused by a limit writes nothing.
pub async fn throttled_event_is_not_stored(store: &AccountPorts) {
    store.events.add(event(EventKind::Throttled)).await.unwrap();
    assert_eq!(events(store).await, []);
}

/// `list` returns each event once, the newest first, also where another one is added between two pages. Only the last page has
/// no cursor.
pub async fn events_are_listed_newest_first_in_pages(store: &AccountPorts) {
    for count in 1..=5 {
        store.events.add(event(EventKind::LoggedOut).counting(count)).await.unwrap();
    }
    let (mut pages, mut before) = (vec![], None);
    for _ in 0..3 {
        let page = store.events.list(EventFilter::default(), before, PageSize::clamped(2)).await.unwrap();
        pages.push(page.items.iter().map(|stored| stored.event.count).collect::<Vec<_>>());
        before = page.next;
        store.events.add(event(EventKind::LoggedOut).counting(9)).await.unwrap();
    }
    assert_eq!((pages, before), (vec![vec![5, 4], vec![3, 2], vec![1]], None));
}

/// The filter of a user has that user's events.
pub async fn events_of_one_user_are_listed_alone(store: &AccountPorts) {
    for user in [Some(ADA), Some(UserId::new(8)), None, Some(ADA)] {
        store.events.add(event(EventKind::LoggedOut).of(user)).await.unwrap();
    }
    let of_ada = EventFilter { user: Some(ADA), ..EventFilter::default() };
    let first = store.events.list(of_ada, None, PageSize::clamped(1)).await.unwrap();
    let last = store.events.list(of_ada, first.next, PageSize::clamped(1)).await.unwrap();
    assert!(first.next.is_some() && last.next.is_none());
    let users: Vec<_> = first.items.iter().chain(&last.items).map(|stored| stored.event.user).collect();
    assert_eq!(users, [Some(ADA), Some(ADA)]);
}

/// Each part of a filter restricts the list by itself, and all of them together.
pub async fn events_are_listed_by_kind_and_time(store: &AccountPorts) {
    let minute = Duration::from_mins(1);
    let (in_ada, out_ada) =
        (event(EventKind::LoggedIn).of(ADA), Event { at: NOW + minute, ..event(EventKind::LoggedOut) }.of(ADA));
    let in_ben = Event { at: NOW + minute, ..event(EventKind::LoggedIn) }.of(UserId::new(8));
    for event in [&in_ada, &out_ada, &in_ben] {
        store.events.add(event.clone()).await.unwrap();
    }
    let (user, kind) = (Some(ADA), Some(EventKind::LoggedIn));
    let (all, since) = (EventFilter::default(), Some(NOW + minute));
    for (filter, expected) in [
        (EventFilter { kind, ..all }, vec![&in_ben, &in_ada]),
        (EventFilter { since, ..all }, vec![&in_ben, &out_ada]),
        (EventFilter { since: Some(NOW + minute * 2), ..all }, vec![]),
        (EventFilter { user, kind, ..all }, vec![&in_ada]),
        (EventFilter { user, since, ..all }, vec![&out_ada]),
        (EventFilter { user, kind, since }, vec![]),
    ] {
        let page = store.events.list(filter, None, PageSize::clamped(10)).await.unwrap();
        let listed: Vec<_> = page.items.iter().map(|stored| &stored.event).collect();
        assert_eq!(listed, expected, "{filter:?}");
    }
}

/// The row has the time of the first failure. Another hour, account or network is another row; so is no account.
pub async fn failures_of_an_hour_account_and_network_are_one_row(store: &AccountPorts) {
    let (minute, hour) = (Duration::from_mins(1), Duration::from_hours(1));
    let first = Timestamp::from_millis(NOW.as_millis().div_euclid(3_600_000) * 3_600_000);
    let others = [
        failure(Some(ADA), 1, first + hour),
        failure(Some(ADA), 2, first),
        failure(None, 1, first),
        failure(None, 2, first),
    ];
    store.events.add(failure(Some(ADA), 1, first)).await.unwrap();
    for other in others.clone() {
        store.events.add(other).await.unwrap();
    }
    for at in [first + minute, first + minute * 59] {
        store.events.add(failure(Some(ADA), 1, at)).await.unwrap();
    }
    let mut expected = vec![failure(Some(ADA), 1, first).counting(3)];
    expected.extend(others);
    assert_eq!(events(store).await, expected);
}

/// Of 20 failures at once, all are counted.
pub async fn concurrent_failures_are_all_counted(store: &AccountPorts) {
    for added in join_all((0..20).map(|_| store.events.add(failure(Some(ADA), 1, NOW)))).await {
        added.unwrap();
    }
    assert_eq!(events(store).await, [failure(Some(ADA), 1, NOW).counting(20)]);
}

/// The rows that exist go on counting. In the next hour there are new ones.
pub async fn failures_beyond_1000_rows_an_hour_are_one_row(store: &AccountPorts) {
    let next_hour = NOW + Duration::from_hours(1);
    let networks: Vec<_> = (0..MOST_FAILURES_PER_HOUR).collect();
    // All at once, the last would wait longer for a connection than a store waits, on a slow machine.
    for networks in networks.chunks(20) {
        for added in join_all(networks.iter().map(|network| store.events.add(failure(None, *network, NOW)))).await {
            added.unwrap();
        }
    }
    let further = [failure(Some(ADA), 5_000, NOW), failure(None, 6_000, NOW), failure(None, 1, NOW)];
    for event in further.into_iter().chain([failure(Some(ADA), 5_000, next_hour)]) {
        store.events.add(event).await.unwrap();
    }
    let newest = store.events.list(EventFilter::default(), None, PageSize::clamped(2)).await.unwrap();
    let newest: Vec<_> = newest.items.into_iter().map(|stored| stored.event).collect();
    let rest = Event::new(EventKind::LogInFailed, NOW, Origin::default()).counting(2);
    assert_eq!(newest, [failure(Some(ADA), 5_000, next_hour), rest]);
}

/// They keep their number; another kind and another network is another row. Events of other users, and those an hour later, are
/// rows of their own.
pub async fn events_beyond_60_an_hour_of_a_user_are_one_row_a_kind(store: &AccountPorts) {
    let of_ada = |kind, at| Event { at, ..event(kind) }.of(ADA);
    let late = NOW + Duration::from_mins(30);
    for _ in 0..MOST_PER_HOUR + 5 {
        store.events.add(of_ada(EventKind::LoggedIn, NOW)).await.unwrap();
    }
    store.events.add(of_ada(EventKind::LoggedOut, late)).await.unwrap();
    store.events.add(event(EventKind::LoggedIn).of(UserId::new(8))).await.unwrap();
    store.events.add(of_ada(EventKind::LoggedIn, late + Duration::from_hours(1))).await.unwrap();
    let counts: Vec<_> = events(store).await.iter().map(|event| (event.kind, event.count)).collect();
    let mut expected = vec![(EventKind::LoggedIn, 1); MOST_PER_HOUR as usize];
    expected.extend([
        (EventKind::LoggedIn, 5),
        (EventKind::LoggedOut, 1),
        (EventKind::LoggedIn, 1),
        (EventKind::LoggedIn, 1),
    ]);
    assert_eq!(counts, expected);
}

/// The oldest are removed first. A younger event stays.
pub async fn purge_removes_events_after_90_days_up_to_limit(store: &AccountPorts) {
    let millisecond = Duration::from_millis(1);
    let at = |at| Event { at, ..event(EventKind::LoggedOut) };
    let (first, second, young) = (at(NOW), at(NOW + millisecond), at(NOW + millisecond * 3));
    for event in [&second, &first, &young] {
        store.events.add(event.clone()).await.unwrap();
    }
    let end = NOW + STORED_FOR;
    assert_eq!(store.events.purge(end - millisecond, 10).await.unwrap(), 0);
    assert_eq!(store.events.purge(end + millisecond, 1).await.unwrap(), 1);
    assert_eq!(events(store).await, [second, young.clone()]);
    assert_eq!(store.events.purge(end + millisecond * 2, 10).await.unwrap(), 1);
    assert_eq!(events(store).await, [young]);
}

#[cfg(test)]
mod tests {
    use crate::contract::{functions_in, names};

    #[test]
    fn macro_names_every_contract_function() {
        assert_eq!(event_contract!(names), functions_in(include_str!("contract.rs")));
    }
}
