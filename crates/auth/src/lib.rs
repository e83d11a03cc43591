//! Passwords, sessions and CSRF tokens: the cryptography and its rules.
//!
//! This crate has no storage, no HTTP and no logging. Stored data are values of `domain`; the time and the random
//! source ([`Random`]) are arguments; errors are returned to the caller, which logs them. `Debug` hides the secrets
//! ([`Password`], [`SessionToken`], `domain`'s `PasswordHash`). Typed passwords and session tokens are wiped when they
//! are dropped.
//!
//! A password passes through three types: [`Password`] bounds its length, [`PasswordPolicy`] decides whether it may be
//! chosen, [`Hasher`] hashes and verifies it, in the client's turn:
//!
//! ```
//! use std::sync::Arc;
//! use accounts_auth::{Cost, Hasher, Password, PasswordPolicy, Random, Share, Verification};
//!
//! # struct Fours;
//! # impl Random for Fours { fn fill(&self, bytes: &mut [u8]) { bytes.fill(4) } }
//! # tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(async {
//! let policy = PasswordPolicy::default().with_site_words(["DinnerParty"]);
//! let hasher = Hasher::new(Cost::DEFAULT, Arc::new(Fours));
//!
//! // Registration: the policy check and the hash run off the async threads.
//! let chosen = Password::parse("marble otter seven".to_owned())?;
//! let turn = hasher.turn(Share::of("192.0.2.1".parse()?)).await?;
//! let stored = turn.hash_new_password(&policy, chosen, vec!["ada".into(), "ada@example.com".into()]).await?;
//!
//! // Log-in: no policy check. An unknown user (`None`) takes as long as a known one.
//! let typed = Password::parse("marble otter seven".to_owned())?;
//! let turn = hasher.turn(Share::LOCAL).await?;
//! assert!(matches!(turn.verify(typed, Some(stored)).await?, Verification::Match { rehash: None }));
//! let typed = Password::parse("marble otter seven".to_owned())?;
//! let turn = hasher.turn(Share::LOCAL).await?;
//! assert!(matches!(turn.verify(typed, None).await?, Verification::Mismatch));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod bearer_token;
mod browser_token;
mod client_network;
mod cost;
pub mod csrf;
mod fair_queue;
#[cfg(feature = "import")]
mod foreign;
mod hasher;
mod keyed_hash;
mod password;
mod phc;
mod policy;
mod random;
mod registration;
mod registration_code;
mod reset_token;
mod session;
mod share;
pub mod signed;
mod stored_hash;
mod throttle_key;
mod verification;

pub use bearer_token::BearerToken;
pub use browser_token::{BrowserToken, BrowserTokens};
pub use client_network::ClientNetwork;
pub use cost::{Cost, CostError};
pub use hasher::{HashLimits, HashQueueFull, Hasher, NewPasswordError, Turn};
pub use password::{Password, PasswordTooLong};
pub use policy::{PasswordPolicy, PasswordPolicyError, PasswordRefusal, PasswordWarning};
pub use random::Random;
pub use registration::registration_key;
pub use registration_code::RegistrationCode;
pub use reset_token::ResetToken;
pub use session::{Lifetime, LifetimeError, Lifetimes, LiveSession, Renewal, SessionToken};
pub use share::Share;
pub use throttle_key::throttle_key;
pub use verification::{Verification, is_verifiable};

#[cfg(test)]
mod fuzz;
