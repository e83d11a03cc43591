//! The two files that pages load, in the binary: under a name that changes with their content, so that browsers keep
//! them for good.

use std::sync::LazyLock;

use poem::http::header::CACHE_CONTROL;
use poem::{IntoResponse, Response, handler};

use crate::fingerprint::fingerprint;

pub(crate) const STYLESHEET: &str = include_str!("../assets/triplanned.css");
const PALM: &str = include_str!("../assets/palm.svg");

static STYLESHEET_PATH: LazyLock<String> = LazyLock::new(|| format!("/{:016x}.css", fingerprint(STYLESHEET)));
static PALM_PATH: LazyLock<String> = LazyLock::new(|| format!("/{:016x}.svg", fingerprint(PALM)));

/// Where the stylesheet is.
pub(crate) fn stylesheet_path() -> &'static str {
    &STYLESHEET_PATH
}

/// Where the mark is.
pub(crate) fn palm_path() -> &'static str {
    &PALM_PATH
}

#[handler]
pub(crate) fn stylesheet() -> Response {
    for_good(STYLESHEET.with_content_type("text/css; charset=utf-8"))
}

#[handler]
pub(crate) fn palm() -> Response {
    for_good(PALM.with_content_type("image/svg+xml"))
}

fn for_good(file: impl IntoResponse) -> Response {
    file.with_header(CACHE_CONTROL, "public, max-age=31536000, immutable").into_response()
}
