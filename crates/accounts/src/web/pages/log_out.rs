//! `POST /logout`: ends the session on the server. Where that fails it is said: the session lives on.

use poem::http::{HeaderName, HeaderValue};
use poem::{Response, handler};

use crate::web::exchange::SessionChange;
use crate::web::{Flash, PageContext, Problem};
use crate::words;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

#[handler]
pub(in crate::web) async fn submit(parts: PageContext) -> Result<Response, Problem> {
    let exchange = parts.exchange();
    if let Some(token) = &exchange.session {
        exchange.accounts.log_out(token).await?;
    }
    let mut response = Flash::success(words::LOGGED_OUT).to(&exchange.settings().paths.after_log_out);
    response.extensions_mut().insert(SessionChange::Ended);
    // Not the cookies, which the flash needs: the pages that Back would show.
    response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    Ok(response)
}
