//! TriPlanned's pages, and the two files they load.

pub(crate) mod index;
pub(crate) mod user;

use std::sync::Arc;

use poem::web::{Data, Query};
use poem::{IntoResponse, Response, handler};

use crate::posts::PostRepository;

type Posts<'a> = Data<&'a Arc<dyn PostRepository>>;

/// Where a page of posts begins. Nonsense is as good as nothing: the first page.
fn before(query: &Query<Vec<(String, String)>>) -> Option<i64> {
    query.0.iter().find(|(name, _)| name == "before")?.1.parse().ok()
}

#[handler]
pub(crate) fn stylesheet() -> Response {
    include_str!("../assets/triplanned.css").with_content_type("text/css; charset=utf-8").into_response()
}

#[handler]
pub(crate) fn palm() -> Response {
    include_str!("../assets/palm.svg").with_content_type("image/svg+xml").into_response()
}
