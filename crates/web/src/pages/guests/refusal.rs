//! Why a form of the host's list changes nothing, and the list that says so. What was typed stays on the page, also where it has no
//! form any more.

use accounts::web::{Fields, FormErrors, FormView, PageContext, error_title, with_retry_after};
use domain::Timestamp;
use domain::party::{GuestOverview, PartySummary, Refusal};
use domain::throttle::Wait;
use poem::Response;
use poem::http::StatusCode;

use super::command::HEADS;
use super::sections::GuestPage;
use super::{GUEST, GuestsPage, has_heads_field};
use crate::messages;

/// Why a form of the list changes nothing.
pub(super) enum GuestRefusal {
    /// Fields are invalid.
    Fields(FormErrors),
    /// Nobody has the name that was typed.
    Unknown(String),
    /// The rules refuse.
    Refused(Refusal),
    /// The host has changed parties too often within an hour.
    TooManyChanges(Wait),
}

impl GuestRefusal {
    /// The list with the form, what was typed and why it is refused. An exceeded quota is an event.
    pub(super) fn response(
        &self,
        page: &PageContext,
        overview: &GuestOverview,
        fields: &Fields,
        now: Timestamp,
    ) -> Response {
        let (errors, refusal) = self.beside_fields(&overview.party.summary, fields, now);
        let content = GuestsPage::new(page, overview, GuestPage::of(&overview.guests, 1), now);
        let content = content.fill(FormView::new(fields, &errors), fields).refuse(refusal);
        let title = error_title(messages::GUESTS_TITLE);
        let Self::TooManyChanges(wait) = self else {
            return page.render_template(StatusCode::UNPROCESSABLE_ENTITY, &title, &content);
        };
        page.report_throttled("host");
        let response = page.render_template(StatusCode::TOO_MANY_REQUESTS, &title, &content);
        with_retry_after(response, wait.seconds())
    }

    /// The errors of the fields, and the message above the form where no field is wrong. A number of people is refused beside its
    /// field, or beside the name where the form has none.
    fn beside_fields(&self, party: &PartySummary, fields: &Fields, now: Timestamp) -> (FormErrors, Option<String>) {
        let at = |field, refusal| (FormErrors::at(field, messages::host_refusal(refusal)), None);
        match self {
            Self::Fields(errors) => (errors.clone(), None),
            Self::Unknown(name) => (FormErrors::at(GUEST, messages::unknown_guest(name, party, now)), None),
            Self::Refused(refusal @ (Refusal::IsHost | Refusal::GuestRemoved(_))) => at(GUEST, refusal),
            Self::Refused(refusal @ (Refusal::TooManyCompanions { .. } | Refusal::NotEnoughSeats { .. })) => {
                at(if has_heads_field(party, fields) { HEADS } else { GUEST }, refusal)
            }
            Self::Refused(refusal) => (FormErrors::new(), Some(messages::host_refusal(refusal))),
            Self::TooManyChanges(wait) => (FormErrors::new(), Some(messages::too_many_changes(*wait))),
        }
    }
}
