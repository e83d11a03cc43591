//! What every store must do, as functions over the ports: this is what their contracts share. The promises stand beside
//! their ports, in [`crate::user::contract`], [`crate::credential::contract`], [`crate::session::contract`] and
//! `party::contract`.
//!
//! A promise is an `async fn` that panics where a store breaks it. Each is given an empty store. The macros
//! [`user_promises`](crate::user_promises), `credential_promises`, `session_promises` and `party_promises` hand the names
//! of all of them to a macro of a store's tests, which makes a test of each, so that none can be forgotten:
//!
//! ```
//! macro_rules! keep {
//!     ($aggregate:ident: $($promise:ident)*) => { $(
//!         async fn $promise(store: &domain::AccountPorts) { domain::$aggregate::contract::$promise(store).await }
//!     )* };
//! }
//! domain::user_promises!(keep);
//! ```
#![allow(clippy::unwrap_used, reason = "a contract is a test that other crates run")]

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use crate::credential::PasswordHash;
use crate::user::{Email, NewUser, User, Username};
use crate::{AccountPorts, Timestamp};

/// A moment for whatever has no reason to be at another one.
pub(crate) const THEN: Timestamp = Timestamp::from_millis(1_900_000_000_000);

/// Somebody called `name`, reached at `name@example.com`.
pub(crate) fn new_user(name: &str) -> NewUser {
    NewUser {
        username: Username::parse(name).unwrap(),
        email: Email::parse(&format!("{name}@example.com")).unwrap(),
        joined_at: THEN,
    }
}

/// The hash of nobody's password.
pub(crate) fn hash() -> PasswordHash {
    PasswordHash::new("$pbkdf2-sha256$i=600000,l=32$c2FsdA$aGFzaA".to_owned())
}

/// Adds somebody called `name`.
pub(crate) async fn add_user(store: &AccountPorts, name: &str) -> User {
    store.users.add(new_user(name), hash()).await.unwrap()
}

/// A future, and what it gave once it is done.
type Running<F> = (Pin<Box<F>>, Option<<F as Future>::Output>);

/// Runs futures side by side, as a server does its requests, and gives what each gave.
pub(crate) async fn side_by_side<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let start = |future| (Box::pin(future), None);
    let mut running: Vec<Running<F>> = futures.into_iter().map(start).collect();
    poll_fn(|context| {
        let mut waiting = false;
        for (future, done) in running.iter_mut().filter(|(_, done)| done.is_none()) {
            match future.as_mut().poll(context) {
                Poll::Ready(output) => *done = Some(output),
                Poll::Pending => waiting = true,
            }
        }
        if waiting { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    running.into_iter().filter_map(|(_, done)| done).collect()
}

/// The names of the promises in a contract's source.
#[cfg(test)]
pub(crate) fn promises_in(source: &str) -> Vec<&str> {
    let lines = source.lines().filter_map(|line| line.strip_prefix("pub async fn "));
    lines.filter_map(|line| Some(line.split_once('(')?.0)).collect()
}

/// Gives the names that a `…_promises` macro hands over.
#[cfg(test)]
macro_rules! names {
    ($aggregate:ident: $($promise:ident)*) => { vec![$(stringify!($promise)),*] };
}
#[cfg(test)]
pub(crate) use names;
