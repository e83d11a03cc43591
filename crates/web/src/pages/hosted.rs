//! What the host's pages of a party share: they exist for its host alone.

use accounts::web::{Flash, PageContext, Problem};
use domain::Timestamp;
use domain::party::{GuestOverview, Outcome, PartyId, PartySummary, Phase, Refusal, UpdateError};
use domain::user::User;
use poem::Response;

use super::State;
use crate::messages;

/// The Party ID in a path. A text that is none names no page.
pub(super) fn party_id(path: &str) -> Result<PartyId, Problem> {
    let id = PartyId::parse(path).map_err(|_| Problem::NotFound)?;
    if path == id.get().to_string() { Ok(id) } else { Err(Problem::NotFound) }
}

/// The path of a party's page.
pub(super) fn party_path(id: PartyId) -> String {
    format!("/parties/{}", id.get())
}

/// The party in a path with all its guests.
///
/// # Errors
/// [`Problem::NotFound`] for everyone but its host.
pub(super) async fn find_hosted(state: &State<'_>, path: &str, me: &User) -> Result<GuestOverview, Problem> {
    state.parties.guests(party_id(path)?, me.id).await?.ok_or(Problem::NotFound)
}

/// Why the host can no longer change the party: it has begun or is over.
pub(super) fn too_late(party: &PartySummary, now: Timestamp) -> Option<Refusal> {
    match party.phase(now) {
        Phase::Upcoming => None,
        Phase::UnderWay => Some(Refusal::Begun),
        Phase::Over => Some(Refusal::Over),
    }
}

/// Leads to the party's page, which shows why it cannot be changed.
pub(super) fn refused(party: PartyId, refusal: &Refusal) -> Response {
    Flash::refusal(messages::host_refusal(refusal)).to(&party_path(party))
}

/// Redirects to the path `to`, which shows the outcome or the refusal of a change by the host as a flash message.
///
/// # Errors
/// [`Problem::NotFound`] for everyone but the host; a failure of the store.
pub(super) fn redirect(
    page: &PageContext,
    result: Result<Outcome, UpdateError>,
    to: &str,
) -> Result<Response, Problem> {
    match result {
        Ok(outcome) => Ok(Flash::success(messages::outcome(&outcome)).to(to)),
        Err(UpdateError::Refused(refusal)) => Ok(Flash::refusal(messages::host_refusal(&refusal)).to(to)),
        Err(UpdateError::Throttled(throttled)) => {
            page.report_throttled("host");
            Ok(Flash::refusal(messages::too_many_changes(throttled.wait)).to(to))
        }
        Err(error) => Err(problem(error)),
    }
}

/// The problem of an error that is neither a refusal nor an exceeded quota.
pub(super) fn problem(error: UpdateError) -> Problem {
    match error {
        UpdateError::NotFound | UpdateError::Refused(_) | UpdateError::Throttled(_) => Problem::NotFound,
        UpdateError::UserDeleted => Problem::LoginRequired, // the host's: the deletion ended the session
        UpdateError::Store(failure) => failure.into(),
    }
}
