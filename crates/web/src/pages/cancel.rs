//! `/parties/{id}/cancel`: the page that asks a host before a party is cancelled, and the one press that restores it.

use accounts::web::{CurrentUser, PageContext, Problem};
use askama::Template;
use domain::party::{Answer, GuestOverview, PartyNotice, PartyState, PartySummary};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};

use super::State;
use super::hosted::{find_hosted, party_id, party_path, redirect, refused, too_late};
use crate::messages;

#[derive(Template)]
#[template(path = "cancel.html")]
struct CancelPage<'a> {
    page: &'a PageContext,
    party: &'a PartySummary,
    /// The start and the end.
    when: String,
    is_cancelled: bool,
    /// Who will see a notice.
    told: String,
}

/// The guests who see a notice of a cancellation, by their answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) coming: usize,
    pub(crate) waiting: usize,
    pub(crate) maybe: usize,
    pub(crate) invited: usize,
}

impl Told {
    fn of(overview: &GuestOverview, notice: &PartyNotice) -> Self {
        let mut told = Self::default();
        for guest in overview.guests.iter().filter(|guest| notice.is_sent_to(guest.answer)) {
            match guest.answer {
                Answer::Seated(_) => told.coming += 1,
                Answer::Waitlisted(_) => told.waiting += 1,
                Answer::Maybe => told.maybe += 1,
                Answer::Invited => told.invited += 1,
                Answer::Declined | Answer::Removed => {}
            }
        }
        told
    }
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
    let told = if is_cancelled {
        messages::told_of_restore(&Told::of(&overview, &PartyNotice::Restored))
    } else {
        messages::told_of_cancellation(&Told::of(&overview, &PartyNotice::Cancelled))
    };
    let when = party.heading.date.until(party.ends_at).to_string();
    let title = messages::cancel_title(party);
    Ok(page.render_template(StatusCode::OK, title, &CancelPage { page: &page, party, when, is_cancelled, told }))
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
