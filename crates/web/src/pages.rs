//! DinnerParty's pages, one file for each address.

pub(crate) mod health;
pub(crate) mod index;
pub(crate) mod party;
pub(crate) mod rsvp;
pub(crate) mod user;

mod listing;

use std::sync::Arc;

use poem::web::Data;

use crate::dinner::Dinner;

/// What every page can ask for.
type Ask<'a> = Data<&'a Arc<Dinner>>;
