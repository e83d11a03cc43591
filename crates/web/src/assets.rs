//! Static files: embedded in the binary, named after a digest of their content so that browsers cache them for good, and
//! compressed once.

mod compact_css;

use std::sync::{LazyLock, OnceLock};

use accounts::web::Problem;
use http_server::compression;
use poem::http::{HeaderMap, HeaderValue, header};
use poem::web::Path;
use poem::{Body, IntoResponse, Response, handler};
use sha2::{Digest as _, Sha256};

use self::compact_css::compact;

/// The route of all static files.
pub(crate) const ROUTE: &str = "/assets/:file";

/// All static files.
pub(crate) struct Assets {
    /// The one stylesheet.
    pub(crate) stylesheet: Asset,
    /// The icon of the browser tab.
    pub(crate) icon: Asset,
    /// The one script: every part of it looks for what it adds to, and does nothing on a page without that.
    pub(crate) script: Asset,
}

/// The parts of the script, each a file. One file costs a new visitor one request, and no page is searched for what it needs.
const SCRIPT: &str = concat!(
    include_str!("../assets/send-once.js"),
    include_str!("../assets/share.js"),
    include_str!("../assets/show-password.js"),
    include_str!("../assets/time-zone.js"),
);

static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets {
    stylesheet: Asset::new(
        "dinnerparty",
        "css",
        "text/css; charset=utf-8",
        compact(include_str!("../assets/dinnerparty.css")).leak().as_bytes(), // once, for as long as the process runs
    ),
    icon: Asset::new("plate", "svg", "image/svg+xml", include_bytes!("../assets/plate.svg")),
    script: Asset::new("dinnerparty", "js", "text/javascript; charset=utf-8", SCRIPT.as_bytes()),
});

/// All static files. The first call hashes them.
pub(crate) fn assets() -> &'static Assets {
    &ASSETS
}

impl Assets {
    fn all(&self) -> [&Asset; 3] {
        [&self.stylesheet, &self.icon, &self.script]
    }
}

/// A file embedded in the binary.
pub(crate) struct Asset {
    path: String,
    content_type: &'static str,
    bytes: &'static [u8],
    /// The gzip form, made for the first client that accepts it; `None` for a file under 1 KiB.
    gzipped: OnceLock<Option<Vec<u8>>>,
}

impl Asset {
    fn new(name: &str, extension: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        // 8 bytes of the digest are enough to distinguish any two versions of a file.
        let version = Sha256::digest(bytes).iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        let path = format!("/assets/{name}-{version:016x}.{extension}");
        Self { path, content_type, bytes, gzipped: OnceLock::new() }
    }

    /// The path that pages link to.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    fn response(&'static self, accepts_gzip: bool) -> Response {
        let gzipped =
            accepts_gzip.then(|| self.gzipped.get_or_init(|| compression::gzip_file(self.bytes)).as_deref()).flatten();
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
