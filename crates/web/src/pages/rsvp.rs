//! `/rsvp`: the list of all parties, with an RSVP by button or by Party ID.

mod search;

use std::convert::Infallible;

use accounts::web::{
    CurrentUser, Fields, Flash, Form, FormErrors, PageContext, PasswordFields, Problem, Submitted, error_title,
    printable_line, redirect,
};
use askama::Template;
use domain::PageSize;
use domain::party::{GuestCommand, Opened, PartyCursor, PartyId, UpdateError};
use domain::user::User;
use poem::http::StatusCode;
use poem::{Request, Response, handler};

use self::search::{SearchRefusal, find_parties};
use super::hosted::party_path;
use super::party::FREE_SEAT_SHOWN;
use super::pasted::Pasted;
use super::query::QueryParameters;
use super::row::PartyRowView;
use super::{State, cursor, invitation, pressed, rsvp_response};
use crate::messages;

#[derive(Template)]
#[template(path = "rsvp.html")]
struct ListPage<'a> {
    page: &'a PageContext,
    results: Results<'a>,
    search: &'a str,
    has_free_seats: bool,
    per_page: usize,
    is_first: bool,
    /// The cursor of the next page.
    next: Option<String>,
    party_id: PartyIdField,
}

/// The field for a Party ID.
enum PartyIdField {
    Empty,
    /// With a Party ID that was refused, beside the message.
    Refused(String),
    /// With the text that a log-in has interrupted, where it has no card on the page.
    Resumed(String),
}

/// What the list shows below its forms.
enum Results<'a> {
    /// The search was refused. The reason is beside the search field, and no party is listed.
    Refused(SearchRefusal),
    /// There are no parties.
    NoParties,
    /// No party has a seat for the viewer.
    NoSeats,
    /// No party matches the search, or none follows the cursor.
    NoMatch,
    /// A page of all parties.
    All(Vec<PartyRowView<'a>>),
    /// A page of the parties that match the search or have a seat for the viewer.
    Found(Vec<PartyRowView<'a>>),
}

/// The title of the page.
const TITLE: &str = "Dinner parties";
/// The field of a typed Party ID, and the query parameter of one that was refused.
const PARTY_ID: &str = pressed::REFUSED;
/// The most code points of a refused Party ID that its field shows again, so that they fit a redirect.
const MAX_SHOWN_LENGTH: usize = 100;

#[handler]
pub(crate) async fn list(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    request: &Request,
) -> Result<Response, Problem> {
    let query = QueryParameters::of(request);
    let search = query.text("q");
    if let Some(path) = find_by_id_or_link(&state, &me, Pasted::parse(&search, page.origin())).await? {
        return Ok(redirect(&path));
    }
    let (mut found, refusal) = find_parties(&state, &me, &query, &search).await?;
    let pressed = pressed::of(&page, &query).filter(|_| refusal.is_none());
    pressed::add_missing(pressed, &mut found.items, &page, &state).await?;
    let mut rows = PartyRowView::all(&found.items, &page, state.parties.now());
    let has_card = pressed::mark(pressed, &page, &mut rows);
    let results = refusal.map_or_else(|| Results::of(rows, &query), Results::Refused);
    let party_id = PartyIdField::of(&page, &query, has_card);
    let content = ListPage::new(&page, &query, &search, results, found.next.as_ref(), party_id);
    let response = page.render_template(content.status(), &content.title(), &content);
    Ok(match refusal {
        Some(refusal) => refusal.respond(response, &page),
        None => response,
    })
}

/// The path of the party whose ID or link was typed as a search.
async fn find_by_id_or_link(state: &State<'_>, me: &User, pasted: Option<Pasted>) -> Result<Option<String>, Problem> {
    match pasted {
        Some(Pasted::Invitation(token)) => Ok(Some(invitation::path(token))),
        Some(Pasted::Party(id)) => Ok(state.parties.find(id, me.id).await?.map(|_| party_path(id))),
        None => Ok(None),
    }
}

impl PartyIdField {
    /// The field of a page; `has_card` is whether the page has the card of the party that the text names. A page without a
    /// message has nothing that was refused.
    fn of(page: &PageContext, query: &QueryParameters, has_card: bool) -> Self {
        match pressed::resumed(page) {
            Some(typed) if !has_card => Self::Resumed(printable_line(typed).into_owned()),
            None if query.is_sent(PARTY_ID) && !page.flashes().is_empty() => Self::Refused(query.text(PARTY_ID)),
            _ => Self::Empty,
        }
    }

    fn is_refused(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// The text in the field.
    fn text(&self) -> Option<&str> {
        match self {
            Self::Empty => None,
            Self::Refused(text) | Self::Resumed(text) => Some(text),
        }
    }
}

impl<'a> Results<'a> {
    fn of(rows: Vec<PartyRowView<'a>>, query: &QueryParameters) -> Self {
        let (is_search, is_filter) = (!query.text("q").is_empty(), query.is_ticked("seats"));
        match (rows.is_empty(), is_search || query.cursor("after").is_some(), is_filter) {
            (true, true, _) => Self::NoMatch,
            (true, false, true) => Self::NoSeats,
            (true, false, false) => Self::NoParties,
            (false, ..) if is_search || is_filter => Self::Found(rows),
            (false, ..) => Self::All(rows),
        }
    }
}

impl<'a> ListPage<'a> {
    fn new(
        page: &'a PageContext,
        query: &QueryParameters,
        search: &'a str,
        results: Results<'a>,
        next: Option<&PartyCursor>,
        party_id: PartyIdField,
    ) -> Self {
        Self {
            page,
            results,
            search,
            has_free_seats: query.is_ticked("seats"),
            per_page: query.page_size().rows(),
            is_first: query.cursor("after").is_none(),
            next: next.map(cursor::format),
            party_id,
        }
    }

    /// Why the search was refused.
    fn search_error(&self) -> Option<&'static str> {
        if let Results::Refused(refusal) = self.results { Some(refusal.message()) } else { None }
    }

    /// The status, which is that of the search. A page that a log-in shows for an interrupted form has not refused that form.
    fn status(&self) -> StatusCode {
        match self.results {
            Results::Refused(refusal) if !matches!(self.party_id, PartyIdField::Resumed(_)) => refusal.status(),
            _ => StatusCode::OK,
        }
    }

    fn title(&self) -> String {
        let has_error = self.search_error().is_some() || self.party_id.is_refused();
        if has_error { error_title(TITLE) } else { TITLE.to_owned() }
    }

    /// The path of the page of this list that starts at a cursor, with the same search.
    fn path(&self, after: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !self.search.is_empty() {
            query.append_pair("q", self.search);
        }
        if self.has_free_seats {
            query.append_pair("seats", "1");
        }
        if self.per_page != PageSize::DEFAULT.rows() {
            query.append_pair("per_page", &self.per_page.to_string());
        }
        if !after.is_empty() {
            query.append_pair("after", after);
        }
        let query = query.finish();
        if query.is_empty() { "/rsvp".to_owned() } else { format!("/rsvp?{query}") }
    }
}

/// A guest who comes, by a typed Party ID or by the button of a row. A guest who has answered with more people comes with as many.
pub(crate) struct RsvpByIdForm {
    /// The Party ID or link as typed. Whether a link is one of this service is known to the handler.
    typed: String,
}

impl Form for RsvpByIdForm {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let typed = errors.field(fields, PARTY_ID, |typed| Ok::<_, Infallible>(typed.to_owned()));
        typed.map(|typed| Self { typed }).ok_or(errors)
    }
}

/// `POST /rsvp`: redirects to the card that was pressed, on its page. A Party ID that is refused stays in its field.
#[handler]
pub(crate) async fn rsvp_by_id(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    submitted: Submitted<RsvpByIdForm>,
) -> Result<Response, Problem> {
    let pasted = submitted.form.ok().and_then(|form| Pasted::parse(&form.typed, page.origin()));
    let party = match pasted {
        Some(Pasted::Party(party)) => party,
        // The invitation takes the answer: one more press.
        Some(Pasted::Invitation(token)) => return Ok(redirect(&invitation::path(token))),
        None => return Ok(refuse_id(&submitted.fields)),
    };
    match state.parties.answer(Opened::ById(party), me.id, GuestCommand::Come).await {
        Err(UpdateError::NotFound) => Ok(refuse_id(&submitted.fields)),
        result => {
            let card = pressed::card_path(&pressed::page_of(&submitted.fields), party);
            rsvp_response::redirect(&page, result, saw_free_seat(&submitted.fields, party), &card)
        }
    }
}

/// Whether the card that was pressed showed a free seat.
fn saw_free_seat(fields: &Fields, party: PartyId) -> bool {
    let shown = fields.one(FREE_SEAT_SHOWN).unwrap_or_default();
    shown.split_whitespace().any(|id| PartyId::parse(id) == Ok(party))
}

/// Redirects to the list with its search and its filter. The field shows the typed text again.
fn refuse_id(fields: &Fields) -> Response {
    let typed: String = fields.shown(PARTY_ID).chars().take(MAX_SHOWN_LENGTH).collect();
    Flash::refusal(messages::PARTY_ID_INVALID).to(&pressed::refused_path(&pressed::page_of(fields), &typed))
}
