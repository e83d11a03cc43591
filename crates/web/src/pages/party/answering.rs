//! The answer of a guest to one party, by its id or by its link, and the response to it.

use accounts::web::{Fields, Flash, FormErrors, PageContext, Problem, Submitted, error_title, with_retry_after};
use domain::Timestamp;
use domain::party::{
    Answer, Opened, Outcome, PartyState, PartySummary, PartyView, Phase, Refusal, SeatsError, UpdateError,
};
use domain::throttle::Wait;
use domain::user::User;
use poem::Response;
use poem::http::StatusCode;

use super::rsvp_form::{COME_AS, FREE_SEAT_SHOWN, HEADS, RsvpForm, Submission, UndoForm};
use super::typed::Typed;
use super::unknown::{typed_text, unknown_party};
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
    /// The outcome of an answer that was saved without all texts.
    saved: Option<Outcome>,
    heads: Option<HeadsError>,
    texts: FormErrors,
    /// Why the answer is refused, where it is neither the number of people nor a text.
    refusal: Option<String>,
    /// How long the guest has to wait.
    wait: Option<Wait>,
}

impl Shown {
    /// The errors of the fields, in the order of the page.
    fn errors(&self, view: &PartyView) -> FormErrors {
        let mut errors = FormErrors::new();
        if let Some(heads) = &self.heads {
            errors.add(HEADS, heads.message(view));
        }
        errors.extend(self.texts.clone());
        errors
    }
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
        let fields = &submitted.fields;
        match &submitted.form {
            Ok(form) => self.give(form.submission(), fields).await,
            Err(_) => self.refuse(fields, messages::ANSWER_INVALID.to_owned(), FormErrors::new()).await,
        }
    }

    /// Takes back the seats just given up, and redirects to the page of the party.
    pub(in crate::pages) async fn undo(&self, submitted: &Submitted<UndoForm>) -> Result<Response, Problem> {
        let fields = &submitted.fields;
        match &submitted.form {
            Ok(form) => self.give(form.submission(), fields).await,
            Err(_) => self.refuse(fields, messages::ANSWER_INVALID.to_owned(), FormErrors::new()).await,
        }
    }

    /// Gives the answer. The page is shown again where a redirect would lose what was typed.
    async fn give(&self, submission: Submission, fields: &Fields) -> Result<Response, Problem> {
        let (answer, left_out) = match submission {
            Submission::Answer { answer, left_out } => (answer, left_out),
            Submission::Invalid { heads, texts } => {
                let heads = heads.map(HeadsError::Invalid);
                return self.show_again(fields, Shown { heads, texts, ..Shown::default() }).await;
            }
        };
        let shown = match self.state.parties.answer(self.to, self.me.id, answer).await {
            Ok(outcome) if !left_out.is_empty() => {
                Shown { saved: Some(outcome), texts: beside_saved_answer(&left_out), ..Shown::default() }
            }
            Err(UpdateError::Refused(
                refusal @ (Refusal::TooManyCompanions { .. } | Refusal::NotEnoughSeats { .. }),
            )) => Shown { heads: Some(HeadsError::Refused(refusal)), ..Shown::default() },
            Err(UpdateError::Refused(refusal)) => {
                return self.refuse(fields, messages::refusal(&refusal), left_out).await;
            }
            Err(UpdateError::Throttled(throttled)) => {
                let refusal = Some(messages::too_many_rsvps(throttled.wait));
                Shown { refusal, wait: Some(throttled.wait), texts: left_out, ..Shown::default() }
            }
            Err(UpdateError::NotFound) => return Ok(self.not_found(fields)),
            result => return rsvp_response::redirect(self.page, result, saw_free_seat(fields), &self.path()),
        };
        self.show_again(fields, shown).await
    }

    async fn refuse(&self, fields: &Fields, refusal: String, texts: FormErrors) -> Result<Response, Problem> {
        self.show_again(fields, Shown { refusal: Some(refusal), texts, ..Shown::default() }).await
    }

    /// The page with what was typed, and why it is refused. Where nothing was typed, a redirect to the page, which says why.
    async fn show_again(&self, fields: &Fields, shown: Shown) -> Result<Response, Problem> {
        if shown.wait.is_some() {
            self.page.report_throttled("rsvp");
        }
        if shown.heads.is_none() && shown.texts.is_empty() && !Typed::may_be_in(fields) {
            return Ok(self.refused(shown.refusal));
        }
        let found = match self.to {
            Opened::ById(id) => self.state.parties.find(id, self.me.id).await?,
            Opened::ByLink(token) => self.state.parties.find_by_link(token, self.me.id).await?,
        };
        let Some(view) = found else { return Ok(self.not_found(fields)) };
        let errors = shown.errors(&view);
        if errors.is_empty() && Typed::beside(fields, view.summary.my_answer, &view.my_texts).is_empty() {
            return Ok(self.refused(shown.refusal));
        }
        let list = list_messages(self.state, &view, self.me).await?;
        let now = self.state.parties.now();
        let content = PartyPage::new(self.page, &view, self.me, self.path(), now).with_messages(&list);
        let (of_card, other) = content.split(&errors);
        let closed = || other.map(|error| self.why_closed(&view.summary, now).unwrap_or_else(|| error.to_owned()));
        let refusal = shown.refusal.or_else(closed);
        let content = content.refuse(fields, &of_card).with_result(shown.saved.as_ref(), refusal);
        let title = error_title(&content.title());
        let Some(wait) = shown.wait else {
            return Ok(self.page.render_template(StatusCode::UNPROCESSABLE_ENTITY, &title, &content));
        };
        let response = self.page.render_template(StatusCode::TOO_MANY_REQUESTS, &title, &content);
        Ok(with_retry_after(response, wait.seconds()))
    }

    /// Why the viewer cannot answer at all, whatever is in the fields.
    fn why_closed(&self, party: &PartySummary, now: Timestamp) -> Option<String> {
        let takes_place = party.state == PartyState::Scheduled && party.phase(now) == Phase::Upcoming;
        match party.my_answer {
            _ if takes_place && party.host == self.me.id => Some(messages::refusal(&Refusal::IsHost)),
            Some(Answer::Removed) if takes_place => {
                Some(messages::refusal(&Refusal::Removed { host: party.heading.host.clone() }))
            }
            _ => messages::closed_reason(party, now),
        }
    }

    /// Leads to the page of the party, which says why the answer is refused.
    fn refused(&self, refusal: Option<String>) -> Response {
        Flash::refusal(refusal.unwrap_or_default()).to(&self.path())
    }

    fn path(&self) -> String {
        match self.to {
            Opened::ById(id) => party_path(id),
            Opened::ByLink(token) => invitation::path(token),
        }
    }

    /// The response to an answer to a party that the guest may no longer find.
    fn not_found(&self, fields: &Fields) -> Response {
        match self.to {
            Opened::ById(_) => unknown_party(self.page, fields),
            Opened::ByLink(_) => invitation::unknown_link(self.page, typed_text(fields)),
        }
    }
}

/// Whether the page of the form has shown a free seat: in its card, or on the button of the offer.
fn saw_free_seat(fields: &Fields) -> bool {
    fields.is_sent(FREE_SEAT_SHOWN) || fields.is_sent(COME_AS)
}

/// The errors of texts that are not stored, beside an answer that is.
fn beside_saved_answer(errors: &FormErrors) -> FormErrors {
    let mut said = FormErrors::new();
    for (field, message) in errors.iter() {
        said.add(field, messages::only_answer_saved(message));
    }
    said
}
