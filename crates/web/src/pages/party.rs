//! `/parties/{id}`: one party, its guests, and the viewer's answer.

mod answer_card;

use accounts::web::{
    CurrentUser, Fields, Flash, Form, FormErrors, PageContext, PasswordFields, Problem, Submitted, permanent_redirect,
};
use askama::Template;
use domain::Timestamp;
use domain::party::{Heads, PartyId, PartyState, PartyView};
use domain::user::UserId;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};

use self::answer_card::AnswerCard;
use super::row::PartyRowView;
use super::{State, rsvp_response};
use crate::messages;
use crate::table::Table;

#[derive(Template)]
#[template(path = "party.html")]
struct PartyPage<'a> {
    page: &'a PageContext,
    view: &'a PartyView,
    row: PartyRowView<'a>,
    card: AnswerCard,
    table: Table,
    /// The time until the party begins; `None` if it has begun or is cancelled.
    until: Option<String>,
    /// "Cancelled" or "It's over"; `None` for an upcoming party.
    ended: Option<&'static str>,
    /// Whether the party takes RSVPs.
    is_open: bool,
    is_past: bool,
    is_cancelled: bool,
}

#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
) -> Result<Response, Problem> {
    let id = PartyId::parse(&path).map_err(|_| Problem::NotFound)?;
    if *path != id.get().to_string() {
        return Ok(permanent_redirect(&party_path(id))); // such as from /parties/007 to /parties/7
    }
    let view = state.parties.find(id, me.id).await?.ok_or(Problem::NotFound)?;
    let title = format!("{} at {}'s", view.summary.main_dish, view.summary.heading.host);
    let content = PartyPage::new(&page, &view, me.id, state.parties.now());
    Ok(page.render_template(StatusCode::OK, &title, &content))
}

impl<'a> PartyPage<'a> {
    fn new(page: &'a PageContext, view: &'a PartyView, viewer: UserId, now: Timestamp) -> Self {
        let party = &view.summary;
        Self {
            page,
            view,
            row: PartyRowView::of(party, viewer, now),
            card: AnswerCard::of(party, viewer, now),
            table: Table::of(view),
            until: messages::time_until(party, now),
            ended: messages::ended_label(party, now),
            is_open: party.is_open(now),
            is_past: party.heading.date.has_begun(now),
            is_cancelled: party.state == PartyState::Cancelled,
        }
    }
}

fn party_path(id: PartyId) -> String {
    format!("/parties/{}", id.get())
}

/// The answer on a party's own page.
pub(crate) enum RsvpForm {
    Accept,
    Decline,
}

impl Form for RsvpForm {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let answer = errors.field(fields, "answer", |typed| match typed {
            "yes" => Ok(Self::Accept),
            "no" => Ok(Self::Decline),
            _ => Err(messages::ANSWER_INVALID),
        });
        answer.ok_or(errors)
    }
}

/// `POST /parties/{id}/rsvp`: redirects to the party's page.
#[handler]
pub(crate) async fn rsvp(
    me: CurrentUser,
    state: State<'_>,
    path: Path<String>,
    submitted: Submitted<RsvpForm>,
) -> Result<Response, Problem> {
    let Ok(id) = PartyId::parse(&path) else { return Ok(Flash::refusal(messages::PARTY_ID_INVALID).to("/rsvp")) };
    let to = party_path(id);
    match submitted.form {
        Ok(RsvpForm::Accept) => rsvp_response::redirect(state.parties.rsvp(id, me.id, Heads::ONE).await, &to),
        Ok(RsvpForm::Decline) => rsvp_response::redirect(state.parties.decline(id, me.id).await, &to),
        Err(_) => Ok(Flash::refusal(messages::ANSWER_INVALID).to(&to)),
    }
}
