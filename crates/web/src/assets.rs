//! The files that pages load: in the binary, under a name that changes with their content, kept by browsers for good, and
//! compressed once.

use std::sync::LazyLock;

use accounts::web::{Problem, gzip};
use poem::http::{HeaderMap, HeaderValue, header};
use poem::web::Path;
use poem::{Body, IntoResponse, Response, handler};
use sha2::{Digest as _, Sha256};

/// Where the files are, as a route.
pub(crate) const ROUTE: &str = "/assets/:file";

/// All files.
pub(crate) struct Assets {
    /// The one stylesheet.
    pub(crate) stylesheet: Asset,
    /// The mark in the browser's tab.
    pub(crate) icon: Asset,
    /// Comfort: a form is not sent twice.
    pub(crate) send_once: Asset,
    /// Comfort: what is typed as a password can be looked at.
    pub(crate) show_password: Asset,
    /// Comfort: the visitor's zone is offered where it is not known.
    pub(crate) time_zone: Asset,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let script = |name, bytes| Asset::new(name, "js", "text/javascript; charset=utf-8", bytes);
    Assets {
        stylesheet: Asset::new(
            "dinnerparty",
            "css",
            "text/css; charset=utf-8",
            include_bytes!("../assets/dinnerparty.css"),
        ),
        icon: Asset::new("plate", "svg", "image/svg+xml", include_bytes!("../assets/plate.svg")),
        send_once: script("send-once", include_bytes!("../assets/send-once.js")),
        show_password: script("show-password", include_bytes!("../assets/show-password.js")),
        time_zone: script("time-zone", include_bytes!("../assets/time-zone.js")),
    }
});

/// All files, made ready by the first who asks.
pub(crate) fn assets() -> &'static Assets {
    &ASSETS
}

impl Assets {
    fn all(&self) -> [&Asset; 5] {
        [&self.stylesheet, &self.icon, &self.send_once, &self.show_password, &self.time_zone]
    }
}

/// A file in the binary.
pub(crate) struct Asset {
    path: String,
    content_type: &'static str,
    bytes: &'static [u8],
    /// Where that is less.
    gzipped: Option<Vec<u8>>,
}

impl Asset {
    fn new(name: &str, extension: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        // Eight bytes of the digest tell any two versions apart.
        let version = Sha256::digest(bytes).iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        let path = format!("/assets/{name}-{version:016x}.{extension}");
        let gzipped = gzip::compressed(bytes);
        Self { path, content_type, bytes, gzipped }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    fn answer(&'static self, accepts_gzip: bool) -> Response {
        let gzipped = self.gzipped.as_deref().filter(|_| accepts_gzip);
        let body = Body::from(gzipped.unwrap_or(self.bytes));
        let mut response = body.with_content_type(self.content_type).into_response();
        let headers = response.headers_mut();
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        headers.insert(header::CACHE_CONTROL, forever);
        if gzipped.is_some() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// The file of that name.
#[handler]
pub(crate) fn file(name: Path<String>, headers: &HeaderMap) -> Result<Response, Problem> {
    let is_it = |asset: &&Asset| asset.path.strip_prefix("/assets/") == Some(name.as_str());
    let asset: &'static Asset = assets().all().into_iter().find(is_it).ok_or(Problem::NotFound)?;
    Ok(asset.answer(gzip::is_accepted(headers)))
}
