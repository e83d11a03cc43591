//! The response to a submitted RSVP.

use accounts::web::{Flash, PageContext, Problem};
use domain::party::{Outcome, UpdateError};
use poem::Response;

use crate::messages;

/// Redirects to the path `to`, which shows the outcome or the refusal as a flash message. `saw_free_seat` is whether the page of
/// the form showed a free seat.
///
/// # Errors
/// A failure of the store, which becomes a 503. It is never shown as an invalid Party ID.
pub(super) fn redirect(
    page: &PageContext,
    result: Result<Outcome, UpdateError>,
    saw_free_seat: bool,
    to: &str,
) -> Result<Response, Problem> {
    match result {
        Ok(outcome @ Outcome::Waitlisted { free: 0, .. }) if saw_free_seat => {
            Ok(Flash::success(format!("{} {}", messages::LAST_SEAT_TAKEN, messages::outcome(&outcome))).to(to))
        }
        Ok(outcome) => Ok(Flash::success(messages::outcome(&outcome)).to(to)),
        Err(UpdateError::NotFound) => Ok(Flash::refusal(messages::PARTY_ID_INVALID).to("/rsvp")),
        Err(UpdateError::Refused(refusal)) => Ok(Flash::refusal(messages::refusal(&refusal)).to(to)),
        Err(UpdateError::Throttled(throttled)) => {
            page.report_throttled("rsvp");
            Ok(Flash::refusal(messages::too_many_rsvps(throttled.wait)).to(to))
        }
        Err(UpdateError::UserDeleted) => Err(Problem::LoginRequired), // the deletion ended the session
        Err(UpdateError::Store(failure)) => Err(failure.into()),
    }
}
