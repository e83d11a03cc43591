//! DinnerParty's pages: one file per route, and what several of them share.

pub(crate) mod cancel;
pub(crate) mod edit;
pub(crate) mod guests;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod host;
pub(crate) mod index;
pub(crate) mod invitation;
pub(crate) mod notices;
pub(crate) mod party;
pub(crate) mod people;
pub(crate) mod preview;
pub(crate) mod rsvp;
pub(crate) mod user;

mod cursor;
mod hosted;
mod pasted;
mod pressed;
mod query;
mod row;
mod rsvp_response;
mod unsent;

use std::sync::Arc;

use accounts::StoreError;
use accounts::web::Problem;
use domain::party::ListError;
use poem::web::Data;

use crate::state::AppState;

/// The problem of a list that is no search. A refusal by the search pool is an overload of the store, and is logged as one.
fn list_problem(error: ListError) -> Problem {
    match error {
        ListError::Store(failure) => failure.into(),
        refusal => StoreError::overload(refusal).into(),
    }
}

/// Extracts the app state.
type State<'a> = Data<&'a Arc<AppState>>;
