//! Passwords, sessions and CSRF tokens: the cryptography and the rules around it.
//!
//! No storage, no HTTP, no logging, no clock and no random source is here: what is stored comes and goes as values of
//! `domain`, the moment is an argument, and chance is an argument too ([`Random`]). What fails is told to the caller,
//! who logs it. Secrets ([`Password`], [`SessionToken`], `domain`'s `PasswordHash`) cannot be printed.
//!
//! A password goes through three types, each of which refuses what the next one need not look at:
//!
//! ```
//! use std::sync::Arc;
//! use auth::{Cost, Hasher, Password, PasswordPolicy, Random, Verification};
//!
//! # struct Dice;
//! # impl Random for Dice { fn fill(&self, bytes: &mut [u8]) { bytes.fill(4) } }
//! # tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(async {
//! let policy = PasswordPolicy::default().with_site_words(["DinnerParty"]);
//! let hasher = Hasher::new(Cost::DEFAULT, Arc::new(Dice));
//!
//! // Registration: not too long, then judged and hashed off the async threads.
//! let chosen = Password::parse("marble otter seven".to_owned())?;
//! let stored = hasher.hash_new_password(&policy, chosen, vec!["ada".into(), "ada@example.com".into()]).await?;
//!
//! // Log-in: the policy is not asked, and an unknown user (`None`) costs what a known one does.
//! let typed = Password::parse("marble otter seven".to_owned())?;
//! assert!(matches!(hasher.verify(typed, Some(stored)).await?, Verification::Match { rehash: None }));
//! let typed = Password::parse("marble otter seven".to_owned())?;
//! assert!(matches!(hasher.verify(typed, None).await?, Verification::Mismatch));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod cost;
pub mod csrf;
mod hasher;
mod password;
mod phc;
mod policy;
mod random;
mod session;
mod verification;

pub use cost::{Cost, CostError};
pub use hasher::{HashLimits, HashQueueFull, Hasher, NewPasswordError};
pub use password::{Password, PasswordTooLong};
pub use policy::{PasswordPolicy, PasswordPolicyError, PasswordRefusal, Warning};
pub use random::Random;
pub use session::{Lifetime, LifetimeError, Lifetimes, LiveSession, Renewal, SessionToken};
pub use verification::{Verification, is_verifiable};

#[cfg(test)]
mod fuzz;
