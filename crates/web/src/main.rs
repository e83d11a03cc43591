//! DinnerParty.
fn main() {}
