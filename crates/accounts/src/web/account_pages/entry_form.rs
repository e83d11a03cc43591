//! What the log-in page and the registration page have in common: where it leads, and why the visitor is here.

use super::ShownLink;
use crate::web::AccountPage;
use crate::web::page::PageContext;
use crate::web::request::ReturnPath;

/// What is around an entry form: a form that logs in or registers.
pub(super) struct EntryForm {
    /// The path that the form is sent to.
    pub(super) action: String,
    /// Where the form leads.
    pub(super) next: Option<ReturnPath>,
    /// The embedder's sentence about `next`: see [`crate::Builder::describe_next`].
    pub(super) reason: Option<String>,
    /// The links to other account pages.
    pub(super) links: Vec<ShownLink>,
}

impl EntryForm {
    pub(super) async fn new(page: &PageContext, own: AccountPage) -> Self {
        let (settings, next) = (page.request().settings(), page.request().next());
        let reason = match (&settings.describe_next, &next) {
            (Some(describe), Some(next)) => describe(next.clone()).await,
            _ => None,
        };
        let links = settings.links_from(own, next.as_ref());
        Self { action: settings.path(own).to_owned(), next, reason, links }
    }
}
