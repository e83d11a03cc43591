//! The pages that this crate brings. A handler extracts, asks, matches, answers.

pub(super) mod log_in;
pub(super) mod log_out;
pub(super) mod register;
