//! `/parties/{id}`: one party, its guests, and the viewer's answer; `/parties/{id}.ics` is its calendar file.

mod answer_card;
mod calendar_file;

use accounts::web::{
    CurrentUser, Fields, Flash, Form, FormErrors, PageContext, PasswordFields, Problem, Submitted, permanent_redirect,
};
use askama::Template;
use domain::Timestamp;
use domain::party::{Answer, Heads, PartyId, PartyState, PartySummary, PartyView, Phase};
use domain::user::UserId;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};

use self::answer_card::AnswerCard;
use self::calendar_file::CalendarLinks;
use super::row::PartyRowView;
use super::{State, rsvp_response};
use crate::messages;
use crate::qr::QrCode;
use crate::table::Table;

#[derive(Template)]
#[template(path = "party.html")]
struct PartyPage<'a> {
    page: &'a PageContext,
    view: &'a PartyView,
    row: PartyRowView<'a>,
    card: AnswerCard,
    table: Table,
    /// The host's share card, until the party begins.
    share: Option<ShareCard>,
    /// The calendar links for the host and seated guests, until the party begins.
    calendar: Option<CalendarLinks>,
    /// The time until the party begins; `None` if it has begun or is cancelled.
    until: Option<String>,
    /// "Cancelled", "It has begun" or "It's over"; `None` for an upcoming party.
    ended: Option<&'static str>,
    /// Whether the party takes RSVPs.
    is_open: bool,
    is_past: bool,
    is_cancelled: bool,
}

/// The link to the party, which the host sends to friends: as text and as a QR code.
struct ShareCard {
    link: String,
    title: String,
    qr: Option<QrCode>,
}

/// `GET /parties/{id}`: the page, or with `.ics` at the end of the path the calendar file.
#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
) -> Result<Response, Problem> {
    let (number, is_calendar_file) = match path.strip_suffix(".ics") {
        Some(number) => (number, true),
        None => (path.as_str(), false),
    };
    let id = PartyId::parse(number).map_err(|_| Problem::NotFound)?;
    if number != id.get().to_string() {
        // Such as from /parties/007 to /parties/7.
        return Ok(permanent_redirect(&if is_calendar_file { calendar_file::path(id) } else { party_path(id) }));
    }
    let view = state.parties.find(id, me.id).await?.ok_or(Problem::NotFound)?;
    let now = state.parties.now();
    if is_calendar_file {
        return Ok(calendar_file::response(&page, &view, now));
    }
    let title = messages::party_title(&view.summary);
    let content = PartyPage::new(&page, &view, me.id, now);
    Ok(page.render_template(StatusCode::OK, &title, &content))
}

impl<'a> PartyPage<'a> {
    fn new(page: &'a PageContext, view: &'a PartyView, viewer: UserId, now: Timestamp) -> Self {
        let party = &view.summary;
        let has_begun = party.heading.date.has_begun(now);
        let is_cancelled = party.state == PartyState::Cancelled;
        let is_host = party.host == viewer;
        let is_coming = is_host || matches!(party.my_answer, Some(Answer::Seated(_)));
        Self {
            page,
            view,
            row: PartyRowView::of(party, viewer, now),
            card: AnswerCard::of(party, viewer, now),
            table: Table::of(view),
            share: (is_host && !has_begun && !is_cancelled).then(|| ShareCard::of(page, party)).flatten(),
            calendar: (is_coming && !has_begun && !is_cancelled).then(|| CalendarLinks::of(page, view, now)),
            until: messages::time_until(party, now),
            ended: messages::ended_label(party, now),
            is_open: party.is_open(now),
            is_past: party.phase(now) == Phase::Over,
            is_cancelled,
        }
    }
}

impl ShareCard {
    fn of(page: &PageContext, party: &PartySummary) -> Option<Self> {
        let link = format!("{}{}", page.origin()?, party_path(party.id));
        let qr = QrCode::new(&link, messages::QR_CODE);
        Some(Self { link, title: messages::party_title(party), qr })
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
