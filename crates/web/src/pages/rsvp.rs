//! `/rsvp`: the list of all parties, with an RSVP by button or by Party ID.

use accounts::web::{
    CurrentUser, Fields, Flash, Form, FormErrors, PageContext, PasswordFields, Problem, ReturnPath, Submitted,
};
use askama::Template;
use domain::PageSize;
use domain::party::{Heads, PartyId, PartyQuery, Scope};
use poem::http::StatusCode;
use poem::{Request, Response, handler};

use super::query::QueryParameters;
use super::row::PartyRowView;
use super::{State, cursor, rsvp_response};
use crate::messages;

#[derive(Template)]
#[template(path = "rsvp.html")]
struct ListPage<'a> {
    page: &'a PageContext,
    rows: Vec<PartyRowView<'a>>,
    search: &'a str,
    has_free_seats: bool,
    per_page: usize,
    is_first: bool,
    /// The cursor of this page; empty on the first.
    here: &'a str,
    /// The cursor of the next page.
    next: Option<String>,
}

#[handler]
pub(crate) async fn list(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    request: &Request,
) -> Result<Response, Problem> {
    let parameters = QueryParameters::of(request);
    let (search, has_free_seats) = (parameters.text("q"), parameters.is_ticked("seats"));
    let (after, size) = (parameters.cursor("after"), parameters.page_size());
    let query = PartyQuery { scope: Scope::All, search: search.clone(), has_free_seats };
    let found = state.parties.list(query, me.id, after, size).await?;
    let content = ListPage {
        rows: PartyRowView::all(&found.items, &page, state.parties.now()),
        page: &page,
        search: &search,
        has_free_seats,
        per_page: size.rows(),
        is_first: after.is_none(),
        here: &after.as_ref().map(cursor::format).unwrap_or_default(),
        next: found.next.as_ref().map(cursor::format),
    };
    Ok(page.render_template(StatusCode::OK, "Dinner parties", &content))
}

impl ListPage<'_> {
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
        format!("/rsvp?{}", query.finish())
    }
}

/// An RSVP for one head, by a typed Party ID or by the button of a row.
pub(crate) struct RsvpByIdForm {
    party: PartyId,
}

impl Form for RsvpByIdForm {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let parse = |typed: &str| PartyId::parse(typed).map_err(|_| messages::PARTY_ID_INVALID);
        let party = errors.field(fields, "party_id", parse);
        party.map(|party| Self { party }).ok_or(errors)
    }
}

/// `POST /rsvp`: redirects to the page of the list that the button was on.
#[handler]
pub(crate) async fn rsvp_by_id(
    me: CurrentUser,
    state: State<'_>,
    submitted: Submitted<RsvpByIdForm>,
) -> Result<Response, Problem> {
    let list_path = list_path(&submitted.fields);
    match submitted.form {
        Ok(RsvpByIdForm { party }) => {
            rsvp_response::redirect(state.parties.rsvp(party, me.id, Heads::ONE).await, &list_path)
        }
        Err(_) => Ok(Flash::refusal(messages::PARTY_ID_INVALID).to(&list_path)),
    }
}

/// The submitted `back`, if it is a page of this list; otherwise the first page.
fn list_path(fields: &Fields) -> String {
    let back = fields.one("back").ok().and_then(ReturnPath::parse).filter(|back| back.path() == "/rsvp");
    back.as_ref().map_or("/rsvp", ReturnPath::as_str).to_owned()
}
