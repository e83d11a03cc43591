//! `/parties/{id}/guests`: the host's list of everyone with an answer, and the forms that change it.

mod command;
pub(crate) mod csv_file;
pub(crate) mod kitchen;
pub(crate) mod message;
mod refusal;
mod removal;
mod sections;

use accounts::web::{CurrentUser, Fields, FormView, PageContext, Problem};
use askama::Template;
use domain::Timestamp;
use domain::party::{AudiencePart, GuestOverview, PartyId, PartyState, PartySummary, Phase, Visibility};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, handler};

pub(crate) use self::command::{Add, Invite, Reinstate, submit};
pub(crate) use self::removal::{ask as ask_to_remove, submit as remove};
use self::sections::GuestPage;
pub(crate) use self::sections::Section;
use super::State;
use super::hosted::{find_hosted, party_path};
use super::query::QueryParameters;
use super::unsent::Unsent;
use crate::messages;

#[derive(Template)]
#[template(path = "guests.html")]
struct GuestsPage<'a> {
    page: &'a PageContext,
    party: &'a PartySummary,
    when: String,
    /// The number of seats taken, and of the answers of each kind.
    counts: String,
    guests: GuestPage<'a>,
    /// What the page says where nobody is on the list.
    nobody: Nobody,
    /// The form to add or to invite a guest; `None` while the rules refuse it.
    form: Option<FormView<'a>>,
    /// Whether the form has the field for the number of people.
    has_heads_field: bool,
    /// Why there is no form.
    no_form: Option<&'static str>,
    /// Why the form was refused as a whole.
    refusal: Option<String>,
    /// What was typed, where there is no form for it.
    unsent: Unsent,
    /// Whether a message would have readers.
    has_audience: bool,
    /// Whether answers can be changed: the party is not over.
    can_change: bool,
}

/// How guests get on an empty list.
enum Nobody {
    /// By the link, or by the form.
    ShareOrInvite,
    /// By the form alone: the link opens the party to nobody else.
    Invite,
    /// By the form alone: guests can no longer answer for themselves.
    Add,
    /// Not while the party is cancelled, and not once it is over.
    Closed,
}

impl Nobody {
    fn of(party: &PartySummary, now: Timestamp) -> Self {
        let is_over = party.state == PartyState::Cancelled || party.phase(now) == Phase::Over;
        match party.visibility {
            _ if is_over => Self::Closed,
            _ if !party.is_open(now) => Self::Add,
            Visibility::ByInvitation => Self::Invite,
            Visibility::Listed | Visibility::ByLink => Self::ShareOrInvite,
        }
    }
}

/// The field for the name of a guest.
const GUEST: &str = "guest";

/// Whether the form has the field for the number of people: guests may bring some, or an old page has sent a number.
fn has_heads_field(party: &PartySummary, fields: &Fields) -> bool {
    party.max_companions > 0 || !fields.shown(command::HEADS).trim().is_empty()
}

/// The path of the list.
fn guests_path(party: PartyId) -> String {
    format!("{}/guests", party_path(party))
}

/// `GET /parties/{id}/guests`. `?page=2` shows the second 50 guests, `?all=1` all of them without forms, to be printed.
#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
    request: &Request,
) -> Result<Response, Problem> {
    let (overview, now) = (find_hosted(&state, &path, &me).await?, state.parties.now());
    let query = QueryParameters::of(request);
    let guests = if query.is_ticked("all") {
        GuestPage::all(&overview.guests)
    } else {
        GuestPage::of(&overview.guests, query.number("page").unwrap_or(1))
    };
    let mut content = GuestsPage::new(&page, &overview, guests, now);
    if let Some(fields) = command::resumed(&page, overview.party.summary.id) {
        content = content.fill(FormView::filled(fields), fields);
    }
    Ok(page.render_template(StatusCode::OK, messages::GUESTS_TITLE, &content))
}

impl<'a> GuestsPage<'a> {
    fn new(page: &'a PageContext, overview: &'a GuestOverview, guests: GuestPage<'a>, now: Timestamp) -> Self {
        let party = &overview.party.summary;
        let phase = party.phase(now);
        let no_form = match party.state {
            _ if phase == Phase::Over => Some(messages::GUESTS_OF_PARTY_OVER),
            PartyState::Cancelled if phase == Phase::Upcoming => Some(messages::GUESTS_OF_CANCELLED_PARTY),
            PartyState::Cancelled => Some(messages::GUESTS_OF_PARTY_CANCELLED_FOR_GOOD),
            PartyState::Scheduled => None,
        };
        Self {
            page,
            party,
            when: party.heading.date.until(party.ends_at).to_string(),
            counts: messages::guest_counts(party, &Section::counts(&overview.guests)),
            can_change: phase != Phase::Over && !guests.is_for_print,
            nobody: Nobody::of(party, now),
            form: (no_form.is_none() && !guests.is_for_print).then(FormView::empty),
            has_heads_field: party.max_companions > 0,
            no_form,
            refusal: None,
            unsent: Unsent::default(),
            has_audience: overview.guests.iter().any(|guest| AudiencePart::of(guest.answer).is_some()),
            guests,
        }
    }

    /// The same page with what was typed: in the form, or as text where there is none. A form that a log-in has interrupted has no
    /// button then, and is discarded.
    fn fill(self, form: FormView<'a>, fields: &Fields) -> Self {
        if self.form.is_some() {
            return Self { form: Some(form), has_heads_field: has_heads_field(self.party, fields), ..self };
        }
        command::discard_resumed(self.page, self.party.id);
        let unsent = Unsent::default().with(GUEST, messages::GUEST_LABEL, fields.shown(GUEST));
        let unsent = unsent.with(command::HEADS, messages::GUEST_HEADS_LABEL, fields.shown(command::HEADS));
        Self { unsent, ..self }
    }

    /// The same page with why the form was refused as a whole. Without a form no field has its message: then it is why there is none.
    fn refuse(self, refusal: Option<String>) -> Self {
        let no_form = self.no_form.filter(|_| self.form.is_none()).map(str::to_owned);
        Self { refusal: refusal.or(no_form), ..self }
    }

    fn path(&self) -> String {
        guests_path(self.party.id)
    }

    fn kitchen_path(&self) -> String {
        kitchen::path(self.party.id)
    }

    /// The path of the page that asks before a guest is removed.
    fn removal_path(&self, guest: &str) -> String {
        removal::path(self.party.id, guest)
    }
}
