//! The answer of a guest to one party, by its id or by its link, and the response to it.

use accounts::web::{Fields, Flash, FormErrors, PageContext, Problem, Submitted, error_title, with_retry_after};
use domain::party::{GuestAnswer, GuestCommand, Opened, Outcome, PartyView, Refusal, SeatsError, UpdateError};
use domain::throttle::Wait;
use domain::user::User;
use poem::Response;
use poem::http::StatusCode;

use super::rsvp_form::{FREE_SEAT_SHOWN, RsvpForm, Submission};
use super::text_fields::{ALLERGIES, NOTE};
use super::unsent_texts::UnsentTexts;
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

/// Why the page is shown again with what was typed.
#[derive(Default)]
struct Shown {
    heads: Option<HeadsError>,
    texts: FormErrors,
    /// Why the answer is refused, where it is neither the number of people nor a text.
    message: Option<String>,
    /// How long the guest has to wait.
    wait: Option<Wait>,
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
    /// Gives the submitted answer, and redirects to the page of the party. What is refused is shown beside its field, on the same page.
    pub(in crate::pages) async fn submit(&self, submitted: &Submitted<RsvpForm>) -> Result<Response, Problem> {
        let Ok(form) = &submitted.form else { return Ok(Flash::refusal(messages::ANSWER_INVALID).to(&self.path())) };
        match form.submission() {
            Submission::Answer { answer, left_out } => self.give(answer, &left_out, &submitted.fields).await,
            Submission::Invalid { heads, texts } => {
                let heads = heads.map(HeadsError::Invalid);
                self.show_again(&submitted.fields, Shown { heads, texts, ..Shown::default() }).await
            }
        }
    }

    /// Gives the answer. The page is shown again where a redirect would lose what was typed.
    async fn give(&self, answer: GuestAnswer, left_out: &FormErrors, fields: &Fields) -> Result<Response, Problem> {
        let result = self.state.parties.answer(self.to, self.me.id, answer).await;
        let has_texts = [NOTE, ALLERGIES].iter().any(|name| !fields.shown(name).trim().is_empty());
        let shown = match result {
            Ok(_) if !left_out.is_empty() => Shown { texts: beside_saved_answer(left_out), ..Shown::default() },
            Err(UpdateError::Refused(
                refusal @ (Refusal::TooManyCompanions { .. } | Refusal::NotEnoughSeats { .. }),
            )) => Shown { heads: Some(HeadsError::Refused(refusal)), ..Shown::default() },
            Err(UpdateError::Refused(refusal)) if has_texts => {
                Shown { message: Some(messages::refusal(&refusal)), texts: left_out.clone(), ..Shown::default() }
            }
            Err(UpdateError::Throttled(throttled)) if has_texts => {
                let message = Some(messages::too_many_rsvps(throttled.wait));
                Shown { message, wait: Some(throttled.wait), texts: left_out.clone(), ..Shown::default() }
            }
            result => return self.redirect(result, fields.is_sent(FREE_SEAT_SHOWN)),
        };
        self.show_again(fields, shown).await
    }

    /// Takes back the seats just given up, and redirects to the page of the party.
    pub(in crate::pages) async fn undo(&self) -> Result<Response, Problem> {
        self.redirect(self.state.parties.answer(self.to, self.me.id, GuestCommand::Undo).await, false)
    }

    fn redirect(&self, result: Result<Outcome, UpdateError>, saw_free_seat: bool) -> Result<Response, Problem> {
        match result {
            Err(UpdateError::NotFound) => Ok(self.not_found()),
            result => rsvp_response::redirect(self.page, result, saw_free_seat, &self.path()),
        }
    }

    /// The page with what was typed. Where its card has no field for a number of people, a redirect to the page, which says why;
    /// a note or allergies stay on the page.
    async fn show_again(&self, fields: &Fields, shown: Shown) -> Result<Response, Problem> {
        let found = match self.to {
            Opened::ById(id) => self.state.parties.find(id, self.me.id).await?,
            Opened::ByLink(token) => self.state.parties.find_by_link(token, self.me.id).await?,
        };
        let Some(view) = found else { return Ok(self.not_found()) };
        let now = self.state.parties.now();
        let Shown { heads, texts, message, wait } = shown;
        let heads = heads.map(|error| error.message(&view));
        let of_field = heads.clone().or_else(|| texts.iter().next().map(|(_, text)| text.to_owned()));
        let list = list_messages(self.state, &view, self.me).await?;
        let content = || PartyPage::new(self.page, &view, self.me, self.path(), now).with_messages(&list);
        let Some(content) = content().refuse(fields, heads, texts, message.clone()) else {
            let reason =
                message.or_else(|| messages::closed_reason(&view.summary, now)).or(of_field).unwrap_or_default();
            let Some(unsent) = UnsentTexts::of(fields, &view.summary.heading.host) else {
                return Ok(Flash::refusal(reason).to(&self.path()));
            };
            let refused = content().refuse(fields, None, FormErrors::new(), Some(reason.clone()));
            let content = refused.unwrap_or_else(|| content().refuse_unsent(unsent, reason));
            let title = error_title(&content.title());
            return Ok(self.page.render_template(StatusCode::UNPROCESSABLE_ENTITY, &title, &content));
        };
        let title = error_title(&content.title());
        let Some(wait) = wait else {
            return Ok(self.page.render_template(StatusCode::UNPROCESSABLE_ENTITY, &title, &content));
        };
        self.page.report_throttled("rsvp");
        let response = self.page.render_template(StatusCode::TOO_MANY_REQUESTS, &title, &content);
        Ok(with_retry_after(response, wait.seconds()))
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

/// The errors of texts that are not stored, beside an answer that is.
fn beside_saved_answer(errors: &FormErrors) -> FormErrors {
    let mut said = FormErrors::new();
    for (field, message) in errors.iter() {
        said.add(field, messages::only_answer_saved(message));
    }
    said
}
