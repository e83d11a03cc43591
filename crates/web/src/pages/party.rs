//! `/parties/{id}`: one party, who is coming, and the visitor's answer.

use accounts::web::{
    CurrentUser, Fields, Flash, Form, FormErrors, PageContext, Problem, Submitted, permanent_redirect,
};
use askama::Template;
use domain::party::{Answer, Heads, PartyId, PartyState, PartyView};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};

use super::Ask;
use super::listing::Row;
use super::rsvp::tell;
use crate::table::Table;
use crate::words;

#[derive(Template)]
#[template(path = "party.html")]
struct Invited<'a> {
    page: &'a PageContext,
    view: &'a PartyView,
    row: Row<'a>,
    table: Table,
    /// How long until it begins.
    until: Option<String>,
    /// Why it never will.
    off: Option<&'static str>,
    closed: Option<String>,
    is_past: bool,
}

#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageContext,
    dinner: Ask<'_>,
    id: Path<String>,
) -> Result<Response, Problem> {
    let typed = id.0;
    let id = PartyId::parse(&typed).map_err(|_| Problem::NotFound)?;
    if typed != id.get().to_string() {
        return Ok(permanent_redirect(&format!("/parties/{}", id.get()))); // one page, one address
    }
    let view = dinner.parties.find(id, me.id).await?.ok_or(Problem::NotFound)?;
    let now = dinner.parties.now();
    let party = &view.summary;
    let content = Invited {
        page: &page,
        row: Row::of(party, me.id, now),
        table: Table::of(&view),
        until: words::until(party, now),
        off: words::off(party, now),
        closed: words::closed(party, now),
        is_past: party.heading.date.has_begun(now),
        view: &view,
    };
    Ok(page.render_template(StatusCode::OK, &title(&view), &content))
}

impl Invited<'_> {
    fn is_seated(&self) -> bool {
        matches!(self.view.summary.my_answer, Some(Answer::Seated(_)))
    }

    fn is_cancelled(&self) -> bool {
        self.view.summary.state == PartyState::Cancelled
    }

    fn has_declined(&self) -> bool {
        self.view.summary.my_answer == Some(Answer::Declined)
    }
}

fn title(view: &PartyView) -> String {
    format!("{} at {}'s", view.summary.main_dish, view.summary.heading.host)
}

/// Whether somebody comes.
pub(crate) enum Said {
    Yes,
    No,
}

impl Form for Said {
    fn parse(fields: &Fields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let said = errors.field(fields, "answer", |typed| match typed {
            "yes" => Ok(Self::Yes),
            "no" => Ok(Self::No),
            _ => Err(words::WHICH_ANSWER),
        });
        said.ok_or(errors)
    }
}

#[handler]
pub(crate) async fn answer(
    me: CurrentUser,
    dinner: Ask<'_>,
    id: Path<String>,
    sent: Submitted<Said>,
) -> Result<Response, Problem> {
    let Ok(id) = PartyId::parse(&id) else { return Ok(Flash::refusal(words::NO_SUCH_PARTY).to("/rsvp")) };
    let back = format!("/parties/{}", id.get());
    match sent.form {
        Ok(Said::Yes) => tell(dinner.parties.rsvp(id, me.id, Heads::ONE).await, &back),
        Ok(Said::No) => tell(dinner.parties.decline(id, me.id).await, &back),
        Err(_) => Ok(Flash::refusal(words::WHICH_ANSWER).to(&back)),
    }
}
