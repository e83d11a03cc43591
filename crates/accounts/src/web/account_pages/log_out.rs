//! The address that logs out. It ends the session on the server; where that fails the response says so, and the cookie
//! stays.

use poem::{Response, handler};

use crate::web::page::{PageContext, Problem};

#[handler]
pub(super) async fn submit(page: PageContext) -> Result<Response, Problem> {
    Ok(page.log_out().await?)
}
