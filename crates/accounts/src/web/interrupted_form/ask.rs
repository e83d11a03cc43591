//! Asks for a log-in on the embedder's own page, with the form that waits for it: within the response to that form, since nothing of
//! it is stored.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use poem::http::StatusCode;
use poem::{Endpoint, Response};

use super::SavedRequest;
use super::show::load_page;
use crate::web::AccountPage;
use crate::web::account_pages::Waiting;
use crate::web::request::{RequestContext, ReturnPath};

/// A form that waits for a page of the embedder's own, as an extension of the response that is sent where that page does not show it.
#[derive(Clone)]
pub(crate) struct Asks {
    pub(crate) page: AccountPage,
    /// The status of the response.
    pub(crate) status: StatusCode,
    pub(crate) waiting: Waiting,
}

/// The embedder's own page that asks for a log-in or for the password, with the form that waits for it, and the context of that page for
/// the response's cookies. `None` where the page fails, or has no field for the form.
pub(crate) async fn ask<E: Endpoint>(
    inner: &E,
    saved: &SavedRequest,
    asks: &Asks,
    context: &RequestContext,
) -> Option<(Arc<RequestContext>, Response)> {
    let path = ReturnPath::parse(context.settings().path(asks.page))?;
    let context = Arc::new(context.before_log_in(path.clone(), asks.waiting.clone()));
    let mut response = load_page(inner, saved.to(&path, &context)?, &context).await?;
    let is_shown = asks.waiting.is_shown.load(Ordering::Relaxed);
    (response.status() == StatusCode::OK && is_shown).then(|| {
        response.set_status(asks.status);
        (context, response)
    })
}
