//! `/parties/{id}/cancel`: the page that asks a host before a party is cancelled or restored.

use accounts::web::{CurrentUser, PageContext, Problem};
use askama::Template;
use domain::party::{Answer, GuestOverview, PartyNotice, PartyState, PartySummary};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};

use super::State;
use super::hosted::{find_hosted, party_id, party_path, redirect, refused, too_late};
use crate::messages::{self, Recipients};

#[derive(Template)]
#[template(path = "cancel.html")]
struct CancelPage<'a> {
    page: &'a PageContext,
    party: &'a PartySummary,
    /// The start and the end.
    when: String,
    is_cancelled: bool,
    /// How many guests will see a notice.
    notices: String,
}

/// The guests who get that notice.
fn recipients(overview: &GuestOverview, notice: &PartyNotice) -> Recipients {
    let mut recipients = Recipients::default();
    for guest in overview.guests.iter().filter(|guest| notice.is_sent_to(guest.answer)) {
        match guest.answer {
            Answer::Seated(_) => recipients.coming += 1,
            Answer::Waitlisted(_) => recipients.waiting += 1,
            Answer::Maybe => recipients.maybe += 1,
            Answer::Invited => recipients.invited += 1,
            Answer::Declined | Answer::Removed => {}
        }
    }
    recipients
}

/// `GET /parties/{id}/cancel`.
#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
) -> Result<Response, Problem> {
    let overview = find_hosted(&state, &path, &me).await?;
    let party = &overview.party.summary;
    if let Some(refusal) = too_late(party, state.parties.now()) {
        return Ok(refused(party.id, &refusal));
    }
    let is_cancelled = party.state == PartyState::Cancelled;
    let notices = if is_cancelled {
        messages::notices_of_restore(&recipients(&overview, &PartyNotice::Restored))
    } else {
        messages::notices_of_cancellation(&recipients(&overview, &PartyNotice::Cancelled))
    };
    let when = party.heading.date.until(party.ends_at).to_string();
    let title = messages::cancel_title(party);
    Ok(page.render_template(StatusCode::OK, title, &CancelPage { page: &page, party, when, is_cancelled, notices }))
}

/// `POST /parties/{id}/cancel`: redirects to the party's page.
#[handler]
pub(crate) async fn submit(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
) -> Result<Response, Problem> {
    let id = party_id(&path)?;
    redirect(&page, state.parties.cancel(id, me.id).await, &party_path(id))
}

/// `POST /parties/{id}/restore`: redirects to the party's page.
#[handler]
pub(crate) async fn restore(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
) -> Result<Response, Problem> {
    let id = party_id(&path)?;
    redirect(&page, state.parties.restore(id, me.id).await, &party_path(id))
}
