//! `/parties/{id}/guests`: the host's list of everyone with an answer, and the forms that change it.

mod command;
pub(crate) mod csv_file;
pub(crate) mod kitchen;
pub(crate) mod message;
mod removal;
mod sections;

use accounts::web::{CurrentUser, Fields, FormErrors, FormView, PageContext, Problem, error_title};
use askama::Template;
use domain::Timestamp;
use domain::party::{GuestOverview, PartyId, PartyState, PartySummary, Phase};
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
    /// The form to add or to invite a guest; `None` while the rules refuse it.
    form: Option<FormView<'a>>,
    /// Why there is no form.
    no_form: Option<&'static str>,
    /// Why the form was refused as a whole.
    refusal: Option<String>,
    /// Whether answers can be changed: the party is not over.
    can_change: bool,
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
    let resumed = command::resumed(&page, overview.party.summary.id);
    let form = resumed.map_or_else(FormView::empty, FormView::filled);
    let content = GuestsPage::new(&page, &overview, guests, form, now);
    Ok(page.render_template(StatusCode::OK, messages::GUESTS_TITLE, &content))
}

/// The list with a form that was refused, what was typed and why.
fn refused_page(
    page: &PageContext,
    overview: &GuestOverview,
    (fields, errors): (&Fields, &FormErrors),
    refusal: Option<String>,
    now: Timestamp,
) -> Response {
    let form = FormView::new(fields, errors);
    let content = GuestsPage::new(page, overview, GuestPage::of(&overview.guests, 1), form, now);
    let title = error_title(messages::GUESTS_TITLE);
    page.render_template(StatusCode::UNPROCESSABLE_ENTITY, &title, &GuestsPage { refusal, ..content })
}

impl<'a> GuestsPage<'a> {
    fn new(
        page: &'a PageContext,
        overview: &'a GuestOverview,
        guests: GuestPage<'a>,
        form: FormView<'a>,
        now: Timestamp,
    ) -> Self {
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
            form: (no_form.is_none() && !guests.is_for_print).then_some(form),
            no_form,
            refusal: None,
            guests,
        }
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
