//! `/parties/{id}/history`: what was done at a party, by whom and when, for its host.

use accounts::web::{CurrentUser, PageContext, Problem};
use askama::Template;
use domain::PageSize;
use domain::party::{HistoryId, PartySummary, StoredHistory};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, handler};

use super::State;
use super::hosted::{party_id, party_path};
use super::query::QueryParameters;
use crate::messages;

/// The entries of a page.
const ENTRIES: i64 = 50;

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage<'a> {
    party: &'a PartySummary,
    /// The newest first.
    entries: Vec<EntryView>,
    is_first: bool,
    /// The cursor of the page with earlier entries.
    next: Option<HistoryId>,
}

/// An entry.
struct EntryView {
    text: String,
    /// When, in the time zone of the party.
    at: String,
}

impl EntryView {
    fn of(entry: &StoredHistory, party: &PartySummary) -> Self {
        let at = party.heading.date.at_in_same_zone(entry.at).to_string();
        Self { text: messages::history_entry(entry, &party.heading.host), at }
    }
}

/// `GET /parties/{id}/history`. `?before=` is the cursor.
#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
    request: &Request,
) -> Result<Response, Problem> {
    let id = party_id(&path)?;
    let before = QueryParameters::of(request).number("before").map(HistoryId::new);
    let size = PageSize::clamped(ENTRIES);
    let history = state.parties.history(id, me.id, before, size).await?.ok_or(Problem::NotFound)?;
    let view = state.parties.find(id, me.id).await?.ok_or(Problem::NotFound)?;
    let party = &view.summary;
    let entries = history.items.iter().map(|entry| EntryView::of(entry, party)).collect();
    let content = HistoryPage { party, entries, is_first: before.is_none(), next: history.next };
    Ok(page.render_template(StatusCode::OK, messages::HISTORY_TITLE, &content))
}

impl HistoryPage<'_> {
    fn path(&self) -> String {
        format!("{}/history", party_path(self.party.id))
    }
}
