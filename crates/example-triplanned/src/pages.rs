//! TriPlanned's own pages, and what they share.

pub(crate) mod account;
pub(crate) mod index;
pub(crate) mod user;

use std::sync::Arc;

use poem::web::{Data, Query};

use crate::posts::PostRepository;

type Posts<'a> = Data<&'a Arc<dyn PostRepository>>;

/// The cursor of a page of posts: `?before=ID`. Without a valid one, the first page is shown.
fn before(query: &Query<Vec<(String, String)>>) -> Option<i64> {
    query.0.iter().find(|(name, _)| name == "before")?.1.parse().ok()
}
