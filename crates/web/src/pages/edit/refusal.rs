//! Why a submitted form does not change the party, and the response that says so: the form with everything that was typed.

use accounts::web::{Fields, FormErrors, PageContext, Problem, error_title, with_retry_after};
use domain::Timestamp;
use domain::party::{PartyEdit, PartyView, Refusal, UpdateError};
use domain::throttle::Wait;
use poem::Response;
use poem::http::StatusCode;

use super::stale::differences;
use super::{EditPage, revision_of};
use crate::messages;
use crate::pages::hosted::problem;

/// Why a form does not change the party.
pub(super) enum EditRefusal {
    /// Fields are invalid.
    Fields(FormErrors),
    /// The party was changed after the form was shown.
    Stale(Box<PartyEdit>),
    /// The rules refuse the change as a whole.
    Refused(Refusal),
    /// The host has changed parties too often within an hour.
    TooManyChanges {
        /// The time until the next change.
        wait: Wait,
    },
}

static NO_ERRORS: FormErrors = FormErrors::new();

impl EditRefusal {
    /// The refusal that an error is.
    ///
    /// # Errors
    /// A failure of the store is none, and neither is a party that is not the host's.
    pub(super) fn of(error: UpdateError, edit: PartyEdit, now: Timestamp) -> Result<Self, Problem> {
        match error {
            UpdateError::Refused(Refusal::Stale) => Ok(Self::Stale(Box::new(edit))),
            UpdateError::Refused(refusal @ Refusal::BelowTaken { .. }) => {
                Ok(Self::Fields(FormErrors::at("number_seats", messages::host_refusal(&refusal))))
            }
            UpdateError::Refused(Refusal::DateInThePast) if edit.date.days_until(now) < 0 => {
                Ok(Self::Fields(FormErrors::at("date", messages::PARTY_DAY_PAST)))
            }
            UpdateError::Refused(Refusal::DateInThePast) => {
                Ok(Self::Fields(FormErrors::at("time", messages::PARTY_TIME_PAST)))
            }
            UpdateError::Refused(refusal) => Ok(Self::Refused(refusal)),
            UpdateError::Throttled(throttled) => Ok(Self::TooManyChanges { wait: throttled.wait }),
            error => Err(problem(error)),
        }
    }

    /// The errors of the fields.
    pub(super) fn errors(&self) -> &FormErrors {
        if let Self::Fields(errors) = self { errors } else { &NO_ERRORS }
    }

    /// The message above the form. A stale form has one of its own.
    pub(super) fn message(&self) -> Option<String> {
        match self {
            Self::Fields(_) | Self::Stale(_) => None,
            Self::Refused(refusal) => Some(messages::host_refusal(refusal)),
            Self::TooManyChanges { wait } => Some(messages::too_many_changes(*wait)),
        }
    }

    /// The parts of the party that are not as typed, for a form that is stale.
    pub(super) fn changed(&self, party: &PartyView) -> Option<Vec<(&'static str, String)>> {
        if let Self::Stale(edit) = self { Some(differences(edit, party)) } else { None }
    }

    /// The revision of the form that is shown again. That of the party only where the page shows what has changed: then the form,
    /// sent once more, replaces it.
    pub(super) fn revision(&self, fields: &Fields, party: &PartyView) -> u32 {
        match self {
            Self::Stale(_) => party.revision,
            Self::Fields(_) | Self::Refused(_) | Self::TooManyChanges { .. } => {
                revision_of(fields).unwrap_or(party.revision)
            }
        }
    }

    /// The response with the page of the form.
    pub(super) fn response(&self, page: &PageContext, content: &EditPage<'_>) -> Response {
        let status = match self {
            Self::Fields(_) | Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Stale(_) => StatusCode::CONFLICT,
            Self::TooManyChanges { .. } => StatusCode::TOO_MANY_REQUESTS,
        };
        let response = page.render_template(status, &error_title(messages::EDIT_TITLE), content);
        match self {
            Self::Fields(_) | Self::Refused(_) | Self::Stale(_) => response,
            Self::TooManyChanges { wait } => {
                page.report_throttled("host");
                with_retry_after(response, wait.seconds())
            }
        }
    }
}
