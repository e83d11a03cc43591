//! The answer of a guest to one party, by its id or by its link, and the response to it.

use accounts::web::{Fields, Flash, PageContext, Problem, Submitted, error_title};
use domain::party::{GuestCommand, Opened, PartyView, Refusal, SeatsError, UpdateError};
use domain::user::User;
use poem::Response;
use poem::http::StatusCode;

use super::rsvp_form::{FREE_SEAT_SHOWN, HEADS, RsvpForm};
use super::{PartyPage, list_messages, party_path};
use crate::messages;
use crate::pages::{State, invitation, rsvp_response};

/// A guest who answers.
pub(in crate::pages) struct Answering<'a> {
    pub(in crate::pages) me: &'a User,
    pub(in crate::pages) page: &'a PageContext,
    pub(in crate::pages) state: &'a State<'a>,
    pub(in crate::pages) to: Opened,
}

/// Why a number of people is refused.
enum HeadsError {
    Invalid(SeatsError),
    Refused(Refusal),
}

impl HeadsError {
    fn message(&self, view: &PartyView) -> String {
        match self {
            Self::Invalid(error) => messages::my_heads_error(*error, view.summary.max_companions),
            Self::Refused(refusal) => messages::refusal(refusal),
        }
    }
}

impl Answering<'_> {
    /// Gives the submitted answer, and redirects to the page of the party. A number of people that is refused is shown beside its
    /// field, on the same page.
    pub(in crate::pages) async fn submit(&self, submitted: &Submitted<RsvpForm>) -> Result<Response, Problem> {
        let command = match submitted.form {
            Ok(RsvpForm::Answer(command)) => command,
            Ok(RsvpForm::InvalidHeads(error)) => {
                return self.refuse_heads(&submitted.fields, HeadsError::Invalid(error)).await;
            }
            Err(_) => return Ok(Flash::refusal(messages::ANSWER_INVALID).to(&self.path())),
        };
        match self.state.parties.answer(self.to, self.me.id, command).await {
            Err(UpdateError::Refused(
                refusal @ (Refusal::TooManyCompanions { .. } | Refusal::NotEnoughSeats { .. }),
            )) => self.refuse_heads(&submitted.fields, HeadsError::Refused(refusal)).await,
            Err(UpdateError::NotFound) => Ok(self.not_found()),
            result => {
                let saw_free_seat = submitted.fields.is_sent(FREE_SEAT_SHOWN);
                rsvp_response::redirect(self.page, result, saw_free_seat, &self.path())
            }
        }
    }

    /// Takes back the seats just given up, and redirects to the page of the party.
    pub(in crate::pages) async fn undo(&self) -> Result<Response, Problem> {
        match self.state.parties.answer(self.to, self.me.id, GuestCommand::Undo).await {
            Err(UpdateError::NotFound) => Ok(self.not_found()),
            result => rsvp_response::redirect(self.page, result, false, &self.path()),
        }
    }

    /// The page with what was typed. Where the guest cannot accept any more, a redirect to the page, which says why.
    async fn refuse_heads(&self, fields: &Fields, error: HeadsError) -> Result<Response, Problem> {
        let found = match self.to {
            Opened::ById(id) => self.state.parties.find(id, self.me.id).await?,
            Opened::ByLink(token) => self.state.parties.find_by_link(token, self.me.id).await?,
        };
        let Some(view) = found else { return Ok(self.not_found()) };
        let message = error.message(&view);
        let now = self.state.parties.now();
        let messages = list_messages(self.state, &view, self.me).await?;
        let content = PartyPage::new(self.page, &view, self.me, self.path(), now).with_messages(&messages);
        let Some(content) = content.refuse_heads(fields.shown(HEADS), message.clone()) else {
            let reason = messages::closed_reason(&view.summary, now);
            return Ok(Flash::refusal(reason.unwrap_or(message)).to(&self.path()));
        };
        let title = error_title(&content.title());
        Ok(self.page.render_template(StatusCode::UNPROCESSABLE_ENTITY, &title, &content))
    }

    fn path(&self) -> String {
        match self.to {
            Opened::ById(id) => party_path(id),
            Opened::ByLink(token) => invitation::path(token),
        }
    }

    fn not_found(&self) -> Response {
        match self.to {
            Opened::ById(_) => Flash::refusal(messages::PARTY_ID_INVALID).to("/rsvp"),
            Opened::ByLink(_) => invitation::unknown_link(self.page),
        }
    }
}
