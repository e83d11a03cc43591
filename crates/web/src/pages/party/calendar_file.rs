//! `/parties/{id}.ics`: a party as a calendar file, and the links to web calendars on the party's page.

use accounts::web::{CurrentUser, PageContext, Problem, permanent_redirect};
use domain::Timestamp;
use domain::party::{Address, Answer, PartyId, PartyState, PartySummary, PartyView};
use poem::http::header;
use poem::web::Path;
use poem::{IntoResponse, Response, handler};
use url::Url;

use crate::calendar::{self, CalendarEvent, CalendarStatus, map_link};
use crate::messages;
use crate::pages::State;

/// The links that add a party to a calendar, and that find its venue.
pub(super) struct CalendarLinks {
    pub(super) file: String,
    pub(super) google: String,
    pub(super) outlook: String,
    pub(super) map: String,
}

impl CalendarLinks {
    pub(super) fn of(page: &PageContext, view: &PartyView, now: Timestamp) -> Self {
        let (google, outlook) = with_event(page, view, now, |event| (event.google_link(), event.outlook_link()));
        Self {
            file: path(view.summary.id),
            google,
            outlook,
            map: map_link(view.address.as_ref().map_or(view.summary.venue.as_str(), Address::as_str)),
        }
    }
}

/// The path of a party's calendar file.
pub(super) fn path(id: PartyId) -> String {
    format!("{}.ics", crate::pages::hosted::party_path(id))
}

/// `GET /parties/{id}.ics`: the calendar file of a party, as a download.
#[handler]
pub(crate) async fn download(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    number: Path<String>,
) -> Result<Response, Problem> {
    let id = PartyId::parse(&number).map_err(|_| Problem::NotFound)?;
    if *number != id.get().to_string() {
        return Ok(permanent_redirect(&path(id)));
    }
    let view = state.parties.find(id, me.id).await?.ok_or(Problem::NotFound)?;
    let (file, name) = with_event(&page, &view, state.parties.now(), |event| (event.to_ics(), event.file_name()));
    let response = file.with_content_type(calendar::CONTENT_TYPE);
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(response.with_header(header::CONTENT_DISPOSITION, disposition).into_response())
}

/// Calls `write` with a party's calendar event, which borrows its texts.
fn with_event<T>(
    page: &PageContext,
    view: &PartyView,
    now: Timestamp,
    write: impl FnOnce(&CalendarEvent<'_>) -> T,
) -> T {
    let party = &view.summary;
    let origin = page.origin().unwrap_or_default();
    let host = Url::parse(origin).ok().and_then(|url| url.host_str().map(ToOwned::to_owned)).unwrap_or_default();
    write(&CalendarEvent {
        uid_host: &host,
        party: party.id.get(),
        sequence: view.sequence,
        status: status(party),
        starts_at: party.heading.date.starts_at(),
        ends_at: party.ends_at,
        zone: party.heading.date.zone().as_str(),
        generated_at: now,
        summary: &messages::party_title(party),
        location: Some(&location(view)),
        description: &messages::event_description(view),
        url: &format!("{origin}{}", crate::pages::hosted::party_path(party.id)),
    })
}

/// Whether the party takes place, and whether its reader may come.
fn status(party: &PartySummary) -> CalendarStatus {
    match (party.state, party.my_answer) {
        (PartyState::Cancelled, _) => CalendarStatus::Cancelled,
        (PartyState::Scheduled, Some(Answer::Waitlisted(_) | Answer::Maybe | Answer::Invited)) => {
            CalendarStatus::Tentative
        }
        (PartyState::Scheduled, None | Some(Answer::Seated(_) | Answer::Declined | Answer::Removed)) => {
            CalendarStatus::Scheduled
        }
    }
}

/// Where a party is: its venue, and its address where the viewer may see it.
fn location(view: &PartyView) -> String {
    let venue = &view.summary.venue;
    view.address.as_ref().map_or_else(|| venue.to_string(), |address| format!("{venue}, {address}"))
}
