//! The search of the list: the parties that it finds, or why it lists none.

use accounts::web::{PageContext, Problem, with_retry_after};
use domain::party::{ListError, PartyCursor, PartyFilter, PartyQuery, PartySummary};
use domain::user::User;
use domain::{Page, SearchWords};
use poem::Response;
use poem::http::StatusCode;

use crate::messages;
use crate::pages::State;
use crate::pages::query::QueryParameters;

/// The most code points of a search. Longer than any username, venue or dish.
const MAX_LENGTH: usize = 200;

/// Why a search lists no party. The page shows the reason beside the search field, which keeps what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SearchRefusal {
    /// It has more than 200 code points.
    TooLong,
    /// It has more words than are searched for.
    TooManyWords,
    /// Another search of the user is still running.
    OwnSearchRunning,
    /// Searches of other users are running.
    Busy,
    /// It took too long, and was ended.
    TookTooLong,
}

impl SearchRefusal {
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::TooLong => messages::SEARCH_TOO_LONG,
            Self::TooManyWords => messages::SEARCH_TOO_MANY_WORDS,
            Self::OwnSearchRunning => messages::SEARCH_RUNNING,
            Self::Busy => messages::SEARCHES_BUSY,
            Self::TookTooLong => messages::SEARCH_TOOK_TOO_LONG,
        }
    }

    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::TooLong | Self::TooManyWords => StatusCode::UNPROCESSABLE_ENTITY,
            Self::OwnSearchRunning => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::TookTooLong => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The response with `Retry-After` where the same search may succeed later. A refusal with 503 is logged, and
    /// one with 429 is an event.
    pub(super) fn respond(self, response: Response, page: &PageContext) -> Response {
        match self.status() {
            StatusCode::SERVICE_UNAVAILABLE => page.accounts().log_overload("searches"),
            StatusCode::TOO_MANY_REQUESTS => page.report_throttled("search"),
            _ => {}
        }
        match self {
            Self::TooLong | Self::TooManyWords => response,
            Self::OwnSearchRunning => with_retry_after(response, 2),
            Self::Busy | Self::TookTooLong => with_retry_after(response, 5),
        }
    }
}

/// A page of the parties that match the search, or no party and why the search is refused.
pub(super) async fn find_parties(
    state: &State<'_>,
    me: &User,
    query: &QueryParameters,
    search: &str,
) -> Result<(Page<PartySummary, PartyCursor>, Option<SearchRefusal>), Problem> {
    let refused = |reason| Ok((Page { items: Vec::new(), next: None }, Some(reason)));
    if search.chars().count() > MAX_LENGTH {
        return refused(SearchRefusal::TooLong);
    }
    let Ok(words) = SearchWords::parse(search) else { return refused(SearchRefusal::TooManyWords) };
    let filter = PartyFilter { words, has_seat_for_viewer: query.is_ticked("seats") };
    let parties = PartyQuery::Listed(filter);
    match state.parties.list(parties, me.id, query.cursor("after"), query.page_size()).await {
        Ok(found) => Ok((found, None)),
        Err(ListError::OwnSearchRunning) => refused(SearchRefusal::OwnSearchRunning),
        Err(ListError::Busy) => refused(SearchRefusal::Busy),
        Err(ListError::TookTooLong) => refused(SearchRefusal::TookTooLong),
        Err(ListError::Store(failure)) => Err(failure.into()),
    }
}
