//! `/preview-{hash}.png`: the preview picture of the start page. What all preview pictures have in common is here too.

use accounts::web::{Problem, redirect, with_retry_after};
use poem::http::{HeaderName, StatusCode, header};
use poem::web::Path;
use poem::{IntoResponse as _, Response, handler};

use super::State;
use crate::preview::{CONTENT_TYPE, ContentHash, Preview, PreviewError};
use crate::state::AppState;

/// For how long a picture is cached: for good, since its name has the hash of its content.
const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";
/// How soon a client may ask again while another picture is drawn, in seconds. Drawing takes about 10 ms.
const RETRY_AFTER_SECS: u64 = 1;
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// `GET /preview-{hash}.png`.
#[handler]
pub(crate) async fn start_page(state: State<'_>, name: Path<String>) -> Result<Response, Problem> {
    picture(&state, Preview::of_start_page(), &name, "").await
}

/// The response with the preview picture of the page at `path`; 503 while another one is drawn. The hash of another picture
/// redirects to the current one: an RSVP may change the picture after a crawler has read the page.
///
/// # Errors
/// [`Problem::NotFound`] if `name` is not `{hash}.png`.
pub(super) async fn picture(state: &AppState, preview: Preview, name: &str, path: &str) -> Result<Response, Problem> {
    let hash = name.strip_suffix(".png").and_then(ContentHash::parse).ok_or(Problem::NotFound)?;
    let current = preview.content_hash();
    if hash != current {
        let to_current = redirect(&format!("{path}/preview-{current}.png")).with_header(CORP, "cross-origin");
        return Ok(to_current.with_header(header::CACHE_CONTROL, "no-store").into_response());
    }
    match state.previews.png(preview).await {
        Ok(png) => {
            let response =
                png.to_vec().with_content_type(CONTENT_TYPE).with_header(header::CACHE_CONTROL, CACHE_CONTROL);
            // Other sites show the picture: chats that run in a browser.
            Ok(response.with_header(CORP, "cross-origin").into_response())
        }
        Err(PreviewError::Busy) => {
            state.accounts.log_overload("preview pictures");
            Ok(with_retry_after(StatusCode::SERVICE_UNAVAILABLE.into_response(), RETRY_AFTER_SECS))
        }
        Err(PreviewError::Failed(error)) => {
            tracing::error!(error = ?error, "a preview was not drawn");
            Err(Problem::Status(StatusCode::INTERNAL_SERVER_ERROR))
        }
    }
}
