//! Users, sessions and dinner parties: the rules, and the ports that a store implements.
//!
//! This crate reads no clock, file, socket or random source. A rule is a function of values. The time is an argument or
//! comes from a [`Clock`]; stored data come through a port ([`user::UserRepository`],
//! [`credential::CredentialRepository`], [`session::SessionRepository`], [`throttle::ThrottleRepository`],
//! [`known_browser::KnownBrowserRepository`], [`event::EventRepository`],
//! [`registration_code::RegistrationCodeRepository`], `party::PartyRepository`). The doc comments of a port are the contract that
//! every store obeys. With the feature `contract`, the module `contract` has the same contract as functions that the tests
//! of a store run.
//!
//! # Testing with a mocked repository
//!
//! With the feature `mock`, each port has a mock made by `mockall`. Mock only what a real store does not do on request:
//! fail. A rule needs no store at all.
//!
//! ```
//! use std::sync::Arc;
//! use domain::party::{Heads, MockPartyRepository, Parties, PartyId, UpdateError};
//! use domain::{FixedClock, StoreError, Timestamp, user::UserId};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let mut repository = MockPartyRepository::new();
//! repository.expect_update().returning(|_, _, _, _| Err(StoreError::new("disk full").into()));
//! let parties = Parties::new(Arc::new(repository), Arc::new(FixedClock(Timestamp::from_millis(0))));
//!
//! let result = parties.rsvp(PartyId::new(7), UserId::new(1), Heads::ONE).await;
//!
//! // A failure of the store is returned as such, not as a refusal of the rule.
//! assert!(matches!(result, Err(UpdateError::Store(_))));
//! # });
//! ```
//!
//! The arithmetic of seats needs no store:
//!
//! ```
//! use domain::party::{GuestList, Heads, Seats, SeatResult};
//! use domain::user::UserId;
//!
//! let (ada, ben) = (UserId::new(1), UserId::new(2));
//! let mut list = GuestList::new(Seats::parse("2")?); // one seat is the host's
//!
//! assert_eq!(list.accept(ada, Heads::ONE), SeatResult::Seated);
//! assert_eq!(list.accept(ben, Heads::ONE), SeatResult::Full);
//! assert_eq!(list.free_seats(), 0);
//! # Ok::<(), domain::party::SeatsError>(())
//! ```

mod alongside;
mod caseless;
#[cfg(feature = "contract")]
pub mod contract;
pub mod credential;
mod error;
pub mod event;
mod invisible;
pub mod known_browser;
pub mod lease;
mod maintenance;
mod page;
#[cfg(feature = "party")]
pub mod party;
mod ports;
pub mod registration_code;
mod search;
pub mod session;
mod text;
pub mod throttle;
mod time;
pub mod user;

pub use alongside::{Alongside, HookRefusal, Own};
pub use caseless::caseless_key;
pub use error::{CorruptValue, StoreError};
pub use invisible::trim_invisible;
pub use maintenance::MaintenanceJob;
pub use page::{Page, PageSize};
pub use ports::{AccountPorts, InOneCommit};
pub use search::{SearchWords, TooManyWordsError, search_key};
pub use text::{ShortText, Text, TextError};
pub use time::{Clock, FixedClock, Timestamp};

#[cfg(all(test, feature = "party"))]
mod fuzz;
