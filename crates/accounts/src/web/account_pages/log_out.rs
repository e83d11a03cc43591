//! The address that logs out. It ends the session on the server; where that fails the response says so, and the cookie
//! stays.

use poem::http::{HeaderName, HeaderValue};
use poem::{Response, handler};

use crate::web::messages;
use crate::web::page::{Flash, PageContext, Problem};
use crate::web::session::SessionChange;

pub(super) const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// The cache only: `"cookies"` would remove the flash message too.
pub(super) const CLEAR_CACHE: HeaderValue = HeaderValue::from_static("\"cache\"");

#[handler]
pub(super) async fn submit(page: PageContext) -> Result<Response, Problem> {
    let request = page.request();
    for token in request.sessions() {
        request.accounts.log_out(token, &request.caller).await?;
    }
    let mut response = Flash::success(messages::LOGGED_OUT).to(&request.settings().after_log_out);
    response.extensions_mut().insert(SessionChange::Ended);
    response.headers_mut().insert(CLEAR_SITE_DATA, CLEAR_CACHE); // so that Back shows no private page
    Ok(response)
}
