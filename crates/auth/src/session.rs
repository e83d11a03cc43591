//! Sessions as values: the token in the cookie, the lifetime, and the check of a stored session.
//!
//! A port of `domain` stores sessions; the HTTP layer writes cookies.

mod lifetime;
mod live;
mod token;

pub use lifetime::{Lifetime, LifetimeError, Lifetimes, Renewal};
pub use live::LiveSession;
pub use token::SessionToken;
