//! TriPlanned's pages.

pub(crate) mod index;
pub(crate) mod user;

use std::sync::Arc;

use poem::web::{Data, Query};

use crate::posts::PostRepository;

type Posts<'a> = Data<&'a Arc<dyn PostRepository>>;

/// Where a page of posts begins. Nonsense is as good as nothing: the first page.
fn before(query: &Query<Vec<(String, String)>>) -> Option<i64> {
    query.0.iter().find(|(name, _)| name == "before")?.1.parse().ok()
}
