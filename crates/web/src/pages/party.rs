//! `/parties/{id}`: one party, its guests, and the viewer's answer.

mod answer_card;
mod answering;
mod buttons;
pub(crate) mod calendar_file;
mod heads_field;
mod host_actions;
mod host_messages;
mod rsvp_form;
mod selected_answer;
mod share_card;
mod text_fields;
mod typed;
mod unknown;

use accounts::web::{CurrentUser, Fields, FormErrors, FormView, PageContext, Problem, Submitted, permanent_redirect};
use askama::Template;
use domain::party::{
    Answer, Attendee, GuestCursor, Opened, Outcome, Parties, PartyId, PartyMessage, PartyState, PartySummary,
    PartyView, Phase,
};
use domain::user::{User, Username};
use domain::{Page, StoreError, Timestamp};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, handler};

use self::answer_card::{AnswerCard, CardState};
use self::calendar_file::CalendarLinks;
use self::host_actions::HostActions;
use self::host_messages::MessageView;
use self::share_card::ShareCard;
use super::State;
use super::hosted::{self, party_path};
use super::query::QueryParameters;
use super::row::PartyRowView;
use crate::linked_text::LinkedText;
use crate::messages;
use crate::table::Table;

pub(super) use self::answering::Answering;
pub(super) use self::host_messages::list_messages;
pub(super) use self::rsvp_form::{FREE_SEAT_SHOWN, HEADS_SHOWN, RsvpForm, SAME_ANSWER, UndoForm};
pub(super) use self::selected_answer::SelectedAnswer;
pub(super) use self::text_fields::ANSWER_FORM;
pub(super) use self::unknown::typed_text;
use self::unknown::unknown_party;

#[derive(Template)]
#[template(path = "party.html")]
pub(super) struct PartyPage<'a> {
    page: &'a PageContext,
    /// The path of the party, or of its invitation. Answers are posted to paths below it.
    base: String,
    view: &'a PartyView,
    row: PartyRowView<'a>,
    /// The start and the end.
    when: String,
    time: TimeLabel,
    /// The RSVP deadline, until it has passed.
    rsvp_by: Option<String>,
    /// What the host knows of the seats and of the deadline.
    host_counts: String,
    card: AnswerCard,
    /// The outcome of an answer that was saved without all that was typed.
    saved: Option<String>,
    /// Why the answer was refused, where what was typed stays on the page.
    refusal: Option<String>,
    /// The fields that are refused.
    errors: Option<FormView<'a>>,
    /// The classes of the answer card in the stylesheet.
    card_class: &'static str,
    /// What the host writes about the party.
    details: Option<LinkedText<'a>>,
    table: Table,
    /// What the host can do with the party.
    host_actions: Option<HostActions>,
    /// The heading of the messages.
    messages_heading: String,
    /// The messages of the host that the viewer reads, the newest first.
    messages: Vec<MessageView<'a>>,
    /// The host's share card, until the party begins.
    share: Option<ShareCard>,
    /// The calendar links for the host and seated guests, until the party is over.
    calendar: Option<CalendarLinks>,
    /// The heading of the guest list.
    guests_heading: &'static str,
    /// The host, then the guests whose names the viewer may see.
    people: Vec<Attending<'a>>,
    /// The path of the next guests.
    more_guests: Option<String>,
    /// Whether these are not the first guests.
    is_later: bool,
    /// Why the viewer sees no names of guests.
    names_hidden: Option<&'static str>,
}

/// The label above the dish.
enum TimeLabel {
    /// The time until an upcoming party begins.
    Until(String),
    /// "Cancelled", "It has begun" or "It's over".
    Ended(&'static str),
}

impl TimeLabel {
    fn of(party: &PartySummary, now: Timestamp) -> Self {
        let until = || messages::time_until(party, now).unwrap_or_default();
        messages::ended_label(party, now).map_or_else(|| Self::Until(until()), Self::Ended)
    }
}

/// A name on the guest list.
struct Attending<'a> {
    username: &'a Username,
    /// "host", "you", "with 2"; `None` for another guest without companions.
    note: Option<String>,
}

impl<'a> Attending<'a> {
    fn all(view: &'a PartyView, me: &User) -> Vec<Self> {
        let host = &view.summary.heading.host;
        let host = Self { username: host, note: Some(messages::host_note(*host == me.username).to_owned()) };
        [host].into_iter().chain(view.guests.iter().map(|guest| Self::guest(guest, me))).collect()
    }

    fn guest(guest: &'a Attendee, me: &User) -> Self {
        let note = messages::guest_note(guest.username == me.username, guest.heads - 1);
        Self { username: &guest.username, note }
    }
}

/// `GET /parties/{id}`. `?guests=7` shows the guests after a place instead of the first ones.
#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
    request: &Request,
) -> Result<Response, Problem> {
    let id = PartyId::parse(&path).map_err(|_| Problem::NotFound)?;
    if *path != id.get().to_string() {
        return Ok(permanent_redirect(&party_path(id))); // such as from /parties/007 to /parties/7
    }
    let view = state.parties.find(id, me.id).await?.ok_or(Problem::NotFound)?;
    let later = later_guests(&state.parties, &view, request).await?;
    let messages = list_messages(&state, &view, &me).await?;
    let content = PartyPage::new(&page, &view, &me, party_path(id), state.parties.now());
    let content = content.with_later(later.as_ref(), &me).with_messages(&messages);
    Ok(page.render_template(StatusCode::OK, &content.title(), &content))
}

impl<'a> PartyPage<'a> {
    /// The page at `base`: `/parties/{id}`, or the path of the invitation.
    pub(super) fn new(page: &'a PageContext, view: &'a PartyView, me: &'a User, base: String, now: Timestamp) -> Self {
        let party = &view.summary;
        let phase = party.phase(now);
        let is_cancelled = party.state == PartyState::Cancelled;
        let is_host = party.host == me.id;
        let is_coming = is_host || matches!(party.my_answer, Some(Answer::Seated(_)));
        Self {
            page,
            view,
            row: PartyRowView::of(party, me.id, now),
            when: party.heading.date.until(party.ends_at).to_string(),
            time: TimeLabel::of(party, now),
            rsvp_by: messages::rsvp_by(party, now),
            host_counts: messages::host_counts(party, now),
            card: AnswerCard::of(view, me.id, now).resume(page, &base, view),
            more_guests: view.more_guests.map(|after| guests_path(&base, after)),
            is_later: false,
            base,
            saved: None,
            refusal: None,
            errors: None,
            card_class: card_class(party.is_open(now), is_host),
            details: view.details.as_ref().map(|details| LinkedText(details.as_str())),
            table: Table::of(view, &me.username),
            host_actions: is_host.then(|| HostActions::of(party.state, phase)),
            messages_heading: messages::messages_heading(party, is_host),
            messages: Vec::new(),
            share: (phase == Phase::Upcoming && !is_cancelled).then(|| ShareCard::of(page, view)).flatten(),
            calendar: (is_coming && phase != Phase::Over && !is_cancelled).then(|| CalendarLinks::of(page, view, now)),
            guests_heading: messages::guests_heading(party, phase),
            people: Attending::all(view, me),
            names_hidden: (!is_host).then(|| messages::names_hidden(view)).flatten(),
        }
    }

    /// The same page with other guests than the first ones.
    pub(super) fn with_later(self, guests: Option<&'a Page<Attendee, GuestCursor>>, me: &User) -> Self {
        let Some(guests) = guests else { return self };
        let people = guests.items.iter().map(|guest| Attending::guest(guest, me)).collect();
        Self { people, more_guests: guests.next.map(|after| guests_path(&self.base, after)), is_later: true, ..self }
    }

    /// The same page with the messages that the viewer reads.
    pub(super) fn with_messages(self, messages: &'a [PartyMessage]) -> Self {
        let (party, is_host) = (&self.view.summary, self.host_actions.is_some());
        let messages = messages.iter().map(|message| MessageView::of(message, party, is_host)).collect();
        Self { messages, ..self }
    }

    /// The same page with the answer that the visitor selected.
    pub(super) fn select(self, selected: Option<SelectedAnswer>) -> Self {
        Self { card: self.card.select(selected, &self.view.summary.heading.host), ..self }
    }

    /// The same page with what was typed, and why fields of its card are refused.
    fn refuse(self, fields: &'a Fields, errors: &'a FormErrors) -> Self {
        let card = self.card.refuse(self.view, fields, errors);
        Self { card, errors: (!errors.is_empty()).then(|| FormView::new(fields, errors)), ..self }
    }

    /// The errors of the fields that the card has, and the first of another field.
    fn split<'e>(&self, errors: &'e FormErrors) -> (FormErrors, Option<&'e str>) {
        let mut of_card = FormErrors::new();
        for (field, error) in errors.iter().filter(|(field, _)| self.card.has_field(field)) {
            of_card.add(field, error);
        }
        let other = errors.iter().find(|(field, _)| !self.card.has_field(field));
        (of_card, other.map(|(_, error)| error))
    }

    /// The same page with the outcome of an answer that was saved without all that was typed, and why one was refused as a whole.
    fn with_result(self, saved: Option<&Outcome>, refusal: Option<String>) -> Self {
        Self { saved: saved.map(messages::outcome), refusal, ..self }
    }

    pub(super) fn title(&self) -> String {
        messages::party_title(&self.view.summary)
    }
}

/// The guests after the place of the query, if it has one and there are any.
pub(super) async fn later_guests(
    parties: &Parties,
    view: &PartyView,
    request: &Request,
) -> Result<Option<Page<Attendee, GuestCursor>>, StoreError> {
    let Some(place) = QueryParameters::of(request).number("guests") else { return Ok(None) };
    let guests = parties.more_guests(view, GuestCursor::new(place)).await?;
    Ok(Some(guests).filter(|guests| !guests.items.is_empty()))
}

fn guests_path(base: &str, after: GuestCursor) -> String {
    format!("{base}?guests={}#who", after.get())
}

/// The classes of the answer card. Its host has no answer to give: only a guest's card stays in view as a bar.
fn card_class(is_open: bool, is_host: bool) -> &'static str {
    match (is_open, is_host) {
        (true, true) => "card answer",
        (true, false) => "card answer answer-bar",
        (false, true) => "card answer closed",
        (false, false) => "card answer closed answer-bar",
    }
}

/// `POST /parties/{id}/rsvp`: redirects to the party's page.
#[handler]
pub(crate) async fn rsvp(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
    submitted: Submitted<RsvpForm>,
) -> Result<Response, Problem> {
    let Ok(id) = PartyId::parse(&path) else { return Ok(unknown_party(&page, &submitted.fields)) };
    Answering { me: &me, page: &page, state: &state, to: Opened::ById(id) }.submit(&submitted).await
}

/// `POST /parties/{id}/undo`: takes back the seats just given up, and redirects to the party's page.
#[handler]
pub(crate) async fn undo(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
    submitted: Submitted<UndoForm>,
) -> Result<Response, Problem> {
    let Ok(id) = PartyId::parse(&path) else { return Ok(unknown_party(&page, &submitted.fields)) };
    Answering { me: &me, page: &page, state: &state, to: Opened::ById(id) }.undo(&submitted).await
}

/// `POST /parties/{id}/link`: replaces the link of the host's party, and redirects to the party's page.
#[handler]
pub(crate) async fn replace_link(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
) -> Result<Response, Problem> {
    let id = hosted::party_id(&path)?;
    hosted::redirect(&page, state.parties.replace_link(id, me.id, state.new_link()).await, &party_path(id))
}
