//! Why a submitted form hosts no party, and the response that says so: the form with everything that was typed.

use accounts::web::{Fields, FormErrors, PageContext, Problem, error_title, with_retry_after};
use askama::Template;
use domain::party::HostError;
use domain::throttle::{Throttled, Wait};
use poem::Response;
use poem::http::StatusCode;

use super::form::field_of_deadline;
use crate::messages;

/// Why a form hosts no party.
pub(in crate::pages) enum HostRefusal {
    /// Fields are invalid.
    Fields(FormErrors),
    /// The host has too many upcoming parties.
    TooManyUpcoming {
        /// The most upcoming parties.
        max: u32,
    },
    /// The host has hosted too many parties within an hour.
    TooManyHosted {
        /// The time until the next one.
        wait: Wait,
    },
}

static NO_ERRORS: FormErrors = FormErrors::new();

impl HostRefusal {
    /// The refusal that an error is, of a form with those fields.
    ///
    /// # Errors
    /// A failure of the store is none, and neither is a host whose session has ended by the deletion of the account.
    pub(super) fn of(error: HostError, fields: &Fields) -> Result<Self, Problem> {
        match error {
            HostError::DayInThePast => Ok(Self::Fields(FormErrors::at("date", messages::PARTY_DAY_PAST))),
            HostError::TimeInThePast => Ok(Self::Fields(FormErrors::at("time", messages::PARTY_TIME_PAST))),
            HostError::DeadlineInThePast => {
                Ok(Self::Fields(FormErrors::at(field_of_deadline(fields), messages::DEADLINE_PAST)))
            }
            HostError::TooManyUpcoming { max } => Ok(Self::TooManyUpcoming { max }),
            HostError::Throttled(Throttled { wait, .. }) => Ok(Self::TooManyHosted { wait }),
            HostError::UserDeleted => Err(Problem::LoginRequired),
            HostError::Store(failure) => Err(failure.into()),
        }
    }

    /// The errors of the fields.
    pub(in crate::pages) fn errors(&self) -> &FormErrors {
        if let Self::Fields(errors) = self { errors } else { &NO_ERRORS }
    }

    /// The message above the form, where no field is invalid.
    pub(in crate::pages) fn message(&self) -> Option<String> {
        match self {
            Self::Fields(_) => None,
            Self::TooManyUpcoming { max } => Some(messages::too_many_upcoming(*max)),
            Self::TooManyHosted { wait } => Some(messages::too_many_hosted(*wait)),
        }
    }

    /// The response with the page of the form. An exceeded quota is an event.
    pub(in crate::pages) fn response(&self, page: &PageContext, title: &str, content: &impl Template) -> Response {
        let status = match self {
            Self::Fields(_) | Self::TooManyUpcoming { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyHosted { .. } => StatusCode::TOO_MANY_REQUESTS,
        };
        if !matches!(self, Self::Fields(_)) {
            page.report_throttled("host");
        }
        let response = page.render_template(status, &error_title(title), content);
        match self {
            Self::Fields(_) | Self::TooManyUpcoming { .. } => response,
            Self::TooManyHosted { wait } => with_retry_after(response, wait.seconds()),
        }
    }
}
