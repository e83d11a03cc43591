//! The contract suite: what every store must do, as functions over the ports.
//!
//! A contract function is an `async fn` that gets an empty store, uses it through the ports and panics if the store
//! breaks the contract. It stands beside its port: [`crate::user::contract`], [`crate::credential::contract`],
//! [`crate::session::contract`], [`crate::throttle::contract`], [`crate::known_browser::contract`],
//! [`crate::event::contract`], [`crate::lease::contract`], [`crate::registration_code::contract`],
//! [`crate::notice::contract`] and `party::contract`.
//! This module has what they share.
//!
//! # Running the suite on a store of your own
//!
//! Enable the feature `contract` of this crate in your dev-dependencies. The macros
//! [`user_contract`](crate::user_contract), [`credential_contract`](crate::credential_contract),
//! [`session_contract`](crate::session_contract), [`throttle_contract`](crate::throttle_contract),
//! [`known_browser_contract`](crate::known_browser_contract), [`event_contract`](crate::event_contract),
//! [`lease_contract`](crate::lease_contract),
//! [`registration_code_contract`](crate::registration_code_contract), [`notice_contract`](crate::notice_contract) and
//! `party_contract` pass the names of all contract
//! functions of one port to a macro of yours. Make one test of each name, so that a function that is added later is tested
//! too:
//!
//! ```
//! # #![allow(dead_code)]
//! use accounts_domain::AccountPorts;
//!
//! /// Creates a new, empty store and returns the ports over it.
//! async fn empty_store() -> AccountPorts {
//!     todo!("connect your store")
//! }
//!
//! macro_rules! contract_tests {
//!     (session: $($function:ident)*) => { $(
//!         // Put the test attribute of your runtime here, such as `#[tokio::test]`.
//!         async fn $function() {
//!             accounts_domain::session::contract::$function(&empty_store().await).await;
//!         }
//!     )* };
//! }
//!
//! accounts_domain::session_contract!(contract_tests);
//! ```
//!
//! The suite of one port also uses the other ports of [`AccountPorts`]: the session suite adds users before it opens
//! sessions for them. To test a session store by itself, fill the other ports from another store, have the session store find
//! its users there, and write there what comes alongside.
//!
//! The example `session_store` of the crate `accounts` does so. The functions for parties take a second argument, the
//! `PartyRepository`, and those for notices a function that adds notices.
#![allow(clippy::unwrap_used, reason = "a contract is a test that other crates run")]

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use crate::credential::PasswordHash;
use crate::event::{Event, EventFilter, EventKind, Origin, RequestId};
use crate::user::{Email, NewUser, User, Username};
use crate::{AccountPorts, Alongside, PageSize, Timestamp};

/// The current time of every contract function.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);

/// A user with the username `name` and the address `name@example.com`.
pub(crate) fn new_user(name: &str) -> NewUser {
    NewUser {
        username: Username::parse(name).unwrap(),
        email: Email::parse(&format!("{name}@example.com")).unwrap(),
        joined_at: NOW,
        registration_key: None,
        code: None,
    }
}

/// A well-formed hash that no password matches.
pub(crate) fn hash() -> PasswordHash {
    PasswordHash::new("$pbkdf2-sha256$i=600000,l=32$c2FsdA$aGFzaA".to_owned())
}

/// Adds the user of [`new_user`].
pub(crate) async fn add_user(store: &AccountPorts, name: &str) -> User {
    store.users.add(new_user(name), hash(), Alongside::nothing()).await.unwrap()
}

/// An event of that kind at [`NOW`], whose user and session the commit makes.
pub(crate) fn event(kind: EventKind) -> Event {
    let request = Some(RequestId::parse("00ff").unwrap());
    Event::new(kind, NOW, Origin { network: Some("203.0.113.0/24".to_owned()), request, operator: None })
}

/// All events, the oldest first.
pub(crate) async fn events(store: &AccountPorts) -> Vec<Event> {
    let page = store.events.list(EventFilter::default(), None, PageSize::clamped(100)).await.unwrap();
    assert_eq!(page.next, None, "a contract function with more events lists them itself");
    page.items.into_iter().rev().map(|stored| stored.event).collect()
}

/// A future, and its output once it is done.
type Running<F> = (Pin<Box<F>>, Option<<F as Future>::Output>);

/// Runs futures concurrently on one task. Returns their outputs in the order of the futures.
pub(crate) async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let start = |future| (Box::pin(future), None);
    let mut running: Vec<Running<F>> = futures.into_iter().map(start).collect();
    poll_fn(|context| {
        let mut is_pending = false;
        for (future, output) in running.iter_mut().filter(|(_, output)| output.is_none()) {
            match future.as_mut().poll(context) {
                Poll::Ready(ready) => *output = Some(ready),
                Poll::Pending => is_pending = true,
            }
        }
        if is_pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    running.into_iter().filter_map(|(_, output)| output).collect()
}

/// Runs two futures concurrently on one task.
pub(crate) async fn join_both<A: Future, B: Future>(one: A, other: B) -> (A::Output, B::Output) {
    enum Either<A, B> {
        One(A),
        Other(B),
    }
    let one: Pin<Box<dyn Future<Output = _>>> = Box::pin(async { Either::One(one.await) });
    let other: Pin<Box<dyn Future<Output = _>>> = Box::pin(async { Either::Other(other.await) });
    match <[_; 2]>::try_from(join_all([one, other]).await) {
        Ok([Either::One(one), Either::Other(other)]) => (one, other),
        _ => unreachable!("the outputs are in the order of the futures"),
    }
}

/// The names of the contract functions in a source file.
#[cfg(test)]
pub(crate) fn functions_in(source: &str) -> Vec<&str> {
    let lines = source.lines().filter_map(|line| line.strip_prefix("pub async fn "));
    lines.filter_map(|line| Some(line.split_once('(')?.0)).collect()
}

/// Returns the names that a `…_contract` macro passes on.
#[cfg(test)]
macro_rules! names {
    ($aggregate:ident: $($function:ident)*) => { vec![$(stringify!($function)),*] };
}
#[cfg(test)]
pub(crate) use names;
