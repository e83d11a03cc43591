//! The files that pages load: in the binary, under a name that changes with their content, kept by browsers for good.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use poem::http::{HeaderValue, header};
use poem::{Endpoint, IntoResponse, Request, Response};

static STYLESHEET: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("dinnerparty", "css", "text/css; charset=utf-8", include_bytes!("../assets/dinnerparty.css"))
});
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("plate", "svg", "image/svg+xml", include_bytes!("../assets/plate.svg")));

/// The one stylesheet.
pub(crate) fn stylesheet() -> &'static Asset {
    &STYLESHEET
}

/// The mark in the browser's tab.
pub(crate) fn icon() -> &'static Asset {
    &ICON
}

/// A file in the binary.
pub(crate) struct Asset {
    path: String,
    content_type: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    fn new(name: &str, extension: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let mut hasher = DefaultHasher::new(); // to tell versions apart, not to resist anybody
        bytes.hash(&mut hasher);
        Self { path: format!("/assets/{name}-{:016x}.{extension}", hasher.finish()), content_type, bytes }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}

impl Endpoint for &'static Asset {
    type Output = Response;

    async fn call(&self, _: Request) -> poem::Result<Response> {
        let mut response = self.bytes.with_content_type(self.content_type).into_response();
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(header::CACHE_CONTROL, forever);
        Ok(response)
    }
}
