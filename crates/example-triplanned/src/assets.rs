//! The two files that pages load. They are in the binary, at a path that contains a fingerprint of their content, so
//! that browsers may cache them without asking again.

use std::sync::LazyLock;

use poem::http::header::CACHE_CONTROL;
use poem::{IntoResponse, Response, handler};

use crate::fingerprint::fingerprint;

pub(crate) const STYLESHEET: &str = include_str!("../assets/triplanned.css");
const PALM: &str = include_str!("../assets/palm.svg");

static STYLESHEET_PATH: LazyLock<String> = LazyLock::new(|| format!("/{:016x}.css", fingerprint(STYLESHEET)));
static PALM_PATH: LazyLock<String> = LazyLock::new(|| format!("/{:016x}.svg", fingerprint(PALM)));

/// The path of the stylesheet.
pub(crate) fn stylesheet_path() -> &'static str {
    &STYLESHEET_PATH
}

/// The path of the palm tree, the site's icon.
pub(crate) fn palm_path() -> &'static str {
    &PALM_PATH
}

#[handler]
pub(crate) fn stylesheet() -> Response {
    cached(STYLESHEET.with_content_type("text/css; charset=utf-8"))
}

#[handler]
pub(crate) fn palm() -> Response {
    cached(PALM.with_content_type("image/svg+xml"))
}

fn cached(file: impl IntoResponse) -> Response {
    file.with_header(CACHE_CONTROL, "public, max-age=31536000, immutable").into_response()
}
