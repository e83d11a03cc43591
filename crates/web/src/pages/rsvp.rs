//! `/rsvp`: all parties, and an answer by one press or by Party ID.

use accounts::web::{CurrentUser, Fields, Flash, Form, FormErrors, Next, PageContext, Problem, Submitted};
use askama::Template;
use domain::party::{Heads, Outcome, PartyId, PartyQuery, Scope, UpdateError};
use poem::http::StatusCode;
use poem::{Request, Response, handler};

use super::Ask;
use super::listing::{Parameters, Row, write};
use crate::words;

#[derive(Template)]
#[template(path = "rsvp.html")]
struct List<'a> {
    page: &'a PageContext,
    rows: Vec<Row<'a>>,
    search: &'a str,
    with_seats: bool,
    per_page: usize,
    is_first: bool,
    /// Where this page begins.
    here: &'a str,
    next: Option<String>,
}

#[handler]
pub(crate) async fn list(
    me: CurrentUser,
    page: PageContext,
    dinner: Ask<'_>,
    request: &Request,
) -> Result<Response, Problem> {
    let parameters = Parameters::of(request);
    let (search, with_seats) = (parameters.text("q"), parameters.is_ticked("seats"));
    let (after, size) = (parameters.cursor("after"), parameters.page_size());
    let query = PartyQuery { scope: Scope::All, search: search.clone(), with_seats };
    let found = dinner.parties.list(query, me.id, after, size).await?;
    let content = List {
        rows: Row::all(&found.items, &page, dinner.parties.now()),
        page: &page,
        search: &search,
        with_seats,
        per_page: size.rows(),
        is_first: after.is_none(),
        here: &after.as_ref().map(write).unwrap_or_default(),
        next: found.next.as_ref().map(write),
    };
    Ok(page.render_template(StatusCode::OK, "Dinner parties", &content))
}

impl List<'_> {
    /// The address of another page of this list.
    fn address(&self, after: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !self.search.is_empty() {
            query.append_pair("q", self.search);
        }
        if self.with_seats {
            query.append_pair("seats", "1");
        }
        if self.per_page != domain::PageSize::DEFAULT.rows() {
            query.append_pair("per_page", &self.per_page.to_string());
        }
        if !after.is_empty() {
            query.append_pair("after", after);
        }
        format!("/rsvp?{}", query.finish())
    }
}

/// A Party ID as somebody typed it or a button knew it.
pub(crate) struct ById {
    party: PartyId,
}

impl Form for ById {
    fn parse(fields: &Fields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let party = errors.field(fields, "party_id", |typed| PartyId::parse(typed).map_err(|_| words::NO_SUCH_PARTY));
        party.map(|party| Self { party }).ok_or(errors)
    }
}

#[handler]
pub(crate) async fn by_id(me: CurrentUser, dinner: Ask<'_>, sent: Submitted<ById>) -> Result<Response, Problem> {
    let back = sent.fields.one("back").ok().and_then(Next::parse).filter(|back| back.path() == "/rsvp");
    let back = back.as_ref().map_or("/rsvp", Next::as_str);
    match sent.form {
        Ok(ById { party }) => tell(dinner.parties.rsvp(party, me.id, Heads::ONE).await, back),
        Err(_) => Ok(Flash::refusal(words::NO_SUCH_PARTY).to(back)),
    }
}

/// Tells on the next page what came of an answer. A failing store is told as that, never as a wrong Party ID.
pub(super) fn tell(told: Result<Outcome, UpdateError>, to: &str) -> Result<Response, Problem> {
    match told {
        Ok(full @ Outcome::Full(_)) => Ok(Flash::refusal(words::outcome(&full)).to(to)),
        Ok(outcome) => Ok(Flash::success(words::outcome(&outcome)).to(to)),
        Err(UpdateError::NotFound) => Ok(Flash::refusal(words::NO_SUCH_PARTY).to("/rsvp")),
        Err(UpdateError::Refused(refusal)) => Ok(Flash::refusal(words::refusal(&refusal)).to(to)),
        Err(UpdateError::Store(failure)) => Err(failure.into()),
    }
}
