//! Users, sessions and dinner parties: the rules, and the ports that a store implements.
//!
//! This crate reads no clock, file, socket or random source. A rule is a function of values. The time is an argument or
//! comes from a [`Clock`]; stored data come through a port ([`user::UserRepository`],
//! [`credential::CredentialRepository`], [`session::SessionRepository`], [`throttle::ThrottleRepository`],
//! [`known_browser::KnownBrowserRepository`], [`event::EventRepository`],
//! [`registration_code::RegistrationCodeRepository`], [`NoticeRepository`], `party::PartyRepository`). The doc comments of a port are the contract that
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
//! use accounts_domain::party::{GuestCommand, MockPartyRepository, Opened, Parties, PartyId, UpdateError};
//! use accounts_domain::{FixedClock, StoreError, Timestamp, user::UserId};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let mut repository = MockPartyRepository::new();
//! repository.expect_update().returning(|_, _, _, _, _| Err(StoreError::new("disk full").into()));
//! let parties = Parties::new(Arc::new(repository), Arc::new(FixedClock(Timestamp::from_millis(0))));
//!
//! let result = parties.answer(Opened::ById(PartyId::new(7)), UserId::new(1), GuestCommand::Decline).await;
//!
//! // A failure of the store is returned as such, not as a refusal of the rule.
//! assert!(matches!(result, Err(UpdateError::Store(_))));
//! # });
//! ```
//!
//! The rules need no store:
//!
//! ```
//! use accounts_domain::party::{
//!     Answer, Heads, LinkToken, NewParty, Outcome, Party, PartyDate, PartyId, Seats, ShortText, Zone, parse_date, parse_time,
//! };
//! use accounts_domain::user::{UserId, Username};
//! use accounts_domain::Timestamp;
//!
//! let (ada, ben, cleo) = (UserId::new(1), UserId::new(2), UserId::new(3));
//! let date = PartyDate::resolve(parse_date("2030-01-15")?, parse_time("19:00")?, Zone::parse("Europe/Berlin")?)?;
//! let (venue, dish, seats) = (ShortText::parse("Linden Street")?, ShortText::parse("Soup")?, Seats::parse("2")?);
//! let new = NewParty::new(ada, date, venue, dish, seats, LinkToken::new([0; 16])); // one of the two seats is the host's
//! let mut party = Party::added(PartyId::new(7), Username::parse("ada")?, new);
//! let now = Timestamp::from_millis(0);
//!
//! assert!(matches!(party.accept(ben, Heads::ONE, now)?, Outcome::Seated(_)));
//! assert!(matches!(party.accept(cleo, Heads::ONE, now)?, Outcome::Waitlisted { rank: 1, .. }));
//! party.decline(ben, now)?;
//! assert_eq!(party.guests.answer(cleo), Some(Answer::Seated(Heads::ONE))); // the seat is Cleo's in the same step
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alongside;
mod caseless;
#[cfg(feature = "contract")]
pub mod contract;
pub mod credential;
mod error;
pub mod event;
mod idempotency_key;
mod invisible;
pub mod known_browser;
pub mod lease;
mod maintenance;
pub mod notice;
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
pub use idempotency_key::IdempotencyKey;
pub use invisible::trim_invisible;
pub use maintenance::MaintenanceJob;
pub use notice::{NOTICE_LIFETIME, Notice, NoticeId, NoticeRepository, StoredNotice, oldest_notice};
pub use page::{Page, PageSize};
pub use ports::{AccountPorts, InOneCommit};
pub use search::{SearchWords, TooManyWordsError, search_key};
pub use text::{ShortText, Text, TextError};
pub use time::{Clock, FixedClock, Timestamp};

#[cfg(all(test, feature = "party"))]
mod fuzz;
#[cfg(all(test, feature = "mock"))]
mod values_tests;
