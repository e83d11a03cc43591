//! The response to a submitted RSVP.

use accounts::web::{Flash, PageContext, Problem};
use domain::party::{Outcome, UpdateError};
use poem::Response;

use crate::messages;

/// Redirects to the path `to`, which shows the outcome or the refusal as a flash message.
///
/// # Errors
/// A failure of the store, which becomes a 503. It is never shown as an invalid Party ID.
pub(super) fn redirect(
    page: &PageContext,
    result: Result<Outcome, UpdateError>,
    to: &str,
) -> Result<Response, Problem> {
    match result {
        Ok(full @ Outcome::Waitlisted { .. }) => Ok(Flash::refusal(messages::outcome(&full)).to(to)),
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

/// Redirects to the path `to`, with the message that the submitted answer is none.
pub(super) fn invalid(to: &str) -> Response {
    Flash::refusal(messages::ANSWER_INVALID).to(to)
}
