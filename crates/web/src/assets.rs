//! Static files: embedded in the binary, named after a digest of their content so that browsers cache them for good, and
//! compressed once at start.

use std::sync::LazyLock;

use accounts::web::Problem;
use http_server::compression;
use poem::http::{HeaderMap, HeaderValue, header};
use poem::web::Path;
use poem::{Body, IntoResponse, Response, handler};
use sha2::{Digest as _, Sha256};

/// The route of all static files.
pub(crate) const ROUTE: &str = "/assets/:file";

/// All static files.
pub(crate) struct Assets {
    /// The one stylesheet.
    pub(crate) stylesheet: Asset,
    /// The icon of the browser tab.
    pub(crate) icon: Asset,
    /// Script that prevents a double submit.
    pub(crate) send_once: Asset,
    /// Script that adds buttons to copy and to share a link.
    pub(crate) share: Asset,
    /// Script that adds a button to reveal a typed password.
    pub(crate) show_password: Asset,
    /// Script that fills in the browser's time zone where the server could only guess one.
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
        share: script("share", include_bytes!("../assets/share.js")),
        show_password: script("show-password", include_bytes!("../assets/show-password.js")),
        time_zone: script("time-zone", include_bytes!("../assets/time-zone.js")),
    }
});

/// All static files. The first call hashes and compresses them.
pub(crate) fn assets() -> &'static Assets {
    &ASSETS
}

impl Assets {
    fn all(&self) -> [&Asset; 6] {
        [&self.stylesheet, &self.icon, &self.send_once, &self.share, &self.show_password, &self.time_zone]
    }
}

/// A file embedded in the binary.
pub(crate) struct Asset {
    path: String,
    content_type: &'static str,
    bytes: &'static [u8],
    /// The gzip form; `None` for a file under 1 KiB.
    gzipped: Option<Vec<u8>>,
}

impl Asset {
    fn new(name: &str, extension: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        // 8 bytes of the digest are enough to distinguish any two versions of a file.
        let version = Sha256::digest(bytes).iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        let path = format!("/assets/{name}-{version:016x}.{extension}");
        let gzipped = compression::gzip_file(bytes);
        Self { path, content_type, bytes, gzipped }
    }

    /// The path that pages link to.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    fn response(&'static self, accepts_gzip: bool) -> Response {
        let gzipped = self.gzipped.as_deref().filter(|_| accepts_gzip);
        let body = Body::from(gzipped.unwrap_or(self.bytes));
        let mut response = body.with_content_type(self.content_type).into_response();
        let headers = response.headers_mut();
        let one_year = HeaderValue::from_static("public, max-age=31536000, immutable");
        headers.insert(header::CACHE_CONTROL, one_year);
        if gzipped.is_some() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// `GET /assets/{file}`: the file of that name.
#[handler]
pub(crate) fn file(name: Path<String>, headers: &HeaderMap) -> Result<Response, Problem> {
    let has_name = |asset: &&Asset| asset.path.strip_prefix("/assets/") == Some(name.as_str());
    let asset: &'static Asset = assets().all().into_iter().find(has_name).ok_or(Problem::NotFound)?;
    Ok(asset.response(compression::accepts_gzip(headers)))
}
