//! Users, sessions and dinner parties: the rules, and the ports a store implements.
//!
//! Nothing here reads a clock, a file, a socket or a random source. A rule is a function of values; what must come
//! from outside is an argument ([`Clock`]) or a port ([`user::UserRepository`], [`session::SessionRepository`],
//! [`party::PartyRepository`]). The ports' doc comments are the contract that every store obeys; the feature
//! `contract` holds the same promises as functions that a store's tests run.
//!
//! # Testing against a mocked repository
//!
//! With the feature `mock` each port has a mock made by `mockall`. Mock what a real store will not do on request:
//! fail. A rule itself needs no store at all.
//!
//! ```
//! use std::sync::Arc;
//! use domain::party::{Heads, MockPartyRepository, Parties, PartyId, UpdateError};
//! use domain::{FixedClock, StoreError, Timestamp, user::UserId};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let mut repository = MockPartyRepository::new();
//! repository.expect_update().returning(|_, _, _| Err(StoreError::new("disk full").into()));
//! let parties = Parties::new(Arc::new(repository), Arc::new(FixedClock(Timestamp::from_millis(0))));
//!
//! let told = parties.rsvp(PartyId::new(7), UserId::new(1), Heads::ONE).await;
//!
//! // A failing store is told as a failing store, never as a refusal of the rule.
//! assert!(matches!(told, Err(UpdateError::Store(_))));
//! # });
//! ```
//!
//! The arithmetic of seats, without any store:
//!
//! ```
//! use domain::party::{GuestList, Heads, Seats, SeatResult};
//! use domain::user::UserId;
//!
//! let (ada, ben) = (UserId::new(1), UserId::new(2));
//! let mut list = GuestList::new(Seats::parse("2")?); // the host has one of them
//!
//! assert_eq!(list.accept(ada, Heads::ONE), SeatResult::Seated);
//! assert_eq!(list.accept(ben, Heads::ONE), SeatResult::Full);
//! assert_eq!(list.free_seats(), 0);
//! # Ok::<(), domain::party::SeatsError>(())
//! ```

mod caseless;
#[cfg(feature = "contract")]
pub mod contract;
pub mod credential;
mod error;
mod page;
#[cfg(feature = "party")]
pub mod party;
mod ports;
pub mod session;
mod short_text;
mod time;
pub mod user;
mod visible;

pub use caseless::caseless_key;
pub use error::{CorruptValue, StoreError};
pub use page::{Page, PageSize};
pub use ports::AccountPorts;
pub use short_text::{ShortText, ShortTextError};
pub use time::{Clock, FixedClock, Timestamp};

#[cfg(all(test, feature = "party"))]
mod fuzz;
