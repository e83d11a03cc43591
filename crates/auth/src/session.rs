//! Sessions as values: the token in the visitor's cookie, and how long a login lives. Storing them is a port of
//! `domain`; cookies are the HTTP layer's.

mod lifetime;
mod live;
mod token;

pub use lifetime::{Lifetime, LifetimeError, Lifetimes, Renewal};
pub use live::LiveSession;
pub use token::SessionToken;
