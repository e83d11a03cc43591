//! `/parties/{id}/guests/message`: the host writes to the guests, and sees before who will read it.

use accounts::web::{
    CurrentUser, Fields, Flash, Form, FormErrors, FormView, PageContext, PasswordFields, Problem, Submitted,
    error_title, with_retry_after,
};
use askama::Template;
use domain::party::{
    Audience, AudiencePart, GuestOverview, MessageText, NewMessage, PartyId, PartySummary, SendError, SentMessage,
};
use domain::throttle::Wait;
use domain::user::User;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};

use super::guests_path;
use crate::linked_text::LinkedText;
use crate::messages;
use crate::pages::State;
use crate::pages::hosted::{find_hosted, party_id};

/// The button that shows who will read the message, and sends nothing.
const PREVIEW: &str = "preview";

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    page: &'a PageContext,
    party: &'a PartySummary,
    groups: Vec<Group>,
    /// Why the choice of the groups is refused.
    group_error: Option<&'a str>,
    form: FormView<'a>,
    /// Why the message was not sent, where no field is wrong.
    refusal: Option<String>,
    preview: Option<Preview<'a>>,
}

/// The check box of a group of guests.
struct Group {
    /// The name of the field.
    name: &'static str,
    label: String,
    is_ticked: bool,
}

/// The message as its readers will see it.
struct Preview<'a> {
    /// How many guests will read it.
    told: String,
    text: LinkedText<'a>,
}

impl Group {
    /// The groups, ticked where `is_ticked` says so for a group with that many guests.
    fn all(overview: &GuestOverview, is_ticked: impl Fn(&'static str, usize) -> bool) -> Vec<Self> {
        let group = |(part, name)| {
            let count = count(overview, part);
            Self { name, label: messages::audience_choice(part, count), is_ticked: is_ticked(name, count) }
        };
        AudiencePart::ALL.into_iter().map(group).collect()
    }
}

/// The number of guests in a group.
fn count(overview: &GuestOverview, part: AudiencePart) -> usize {
    overview.guests.iter().filter(|guest| AudiencePart::of(guest.answer) == Some(part)).count()
}

/// The path of the page.
fn path(party: PartyId) -> String {
    format!("{}/message", guests_path(party))
}

/// A message as the form has it.
pub(crate) struct MessageForm {
    audience: Audience,
    text: MessageText,
}

impl Form for MessageForm {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let ticked = AudiencePart::ALL.into_iter().filter(|(_, name)| fields.is_ticked(name));
        let audience = Audience::of(ticked.map(|(part, _)| part));
        if audience.is_empty() {
            errors.add(AudiencePart::ALL[0].1, messages::AUDIENCE_MISSING);
        }
        let text = errors.field(fields, "text", |typed| MessageText::parse(typed).map_err(messages::message_error));
        text.filter(|_| errors.is_empty()).map(|text| Self { audience, text }).ok_or(errors)
    }
}

impl<'a> MessagePage<'a> {
    /// The page with what was typed.
    fn filled(page: &'a PageContext, overview: &'a GuestOverview, fields: &'a Fields, errors: &'a FormErrors) -> Self {
        Self {
            page,
            party: &overview.party.summary,
            groups: Group::all(overview, |name, _| fields.is_ticked(name)),
            group_error: errors.of(AudiencePart::ALL[0].1),
            form: FormView::new(fields, errors),
            refusal: None,
            preview: None,
        }
    }

    fn path(&self) -> String {
        path(self.party.id)
    }

    fn back(&self) -> String {
        guests_path(self.party.id)
    }
}

static NO_ERRORS: FormErrors = FormErrors::new();

/// `GET /parties/{id}/guests/message`. Each group with guests is ticked.
#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    number: Path<String>,
) -> Result<Response, Problem> {
    let overview = find_hosted(&state, &number, &me).await?;
    let party = &overview.party.summary;
    let content = match page.resumed(&path(party.id)) {
        Some(fields) => MessagePage::filled(&page, &overview, fields, &NO_ERRORS),
        None => MessagePage {
            page: &page,
            party,
            groups: Group::all(&overview, |_, count| count > 0),
            group_error: None,
            form: FormView::empty(),
            refusal: None,
            preview: None,
        },
    };
    Ok(page.render_template(StatusCode::OK, messages::MESSAGE_TITLE, &content))
}

/// `POST /parties/{id}/guests/message`: sends the message and leads to the list of guests; or shows its preview, or why it is not sent, with
/// everything that was typed.
#[handler]
pub(crate) async fn submit(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    number: Path<String>,
    submitted: Submitted<MessageForm>,
) -> Result<Response, Problem> {
    let (id, Submitted { form, fields }) = (party_id(&number)?, submitted);
    let result = match form {
        Ok(form) if fields.is_sent(PREVIEW) => Err(NotSent::Preview(form)),
        Ok(form) => send(&state, id, &me, form, &fields).await?,
        Err(errors) => Err(NotSent::Fields(errors)),
    };
    match result {
        Ok(sent) => Ok(Flash::success(messages::message_sent(sent.recipients)).to(&guests_path(id))),
        Err(not_sent) => {
            let overview = find_hosted(&state, &number, &me).await?;
            Ok(not_sent.response(&page, &overview, &fields))
        }
    }
}

/// Sends a submitted message, or returns why it is not sent. The hidden field `once` is its idempotency key.
async fn send(
    state: &State<'_>,
    party: PartyId,
    me: &User,
    form: MessageForm,
    fields: &Fields,
) -> Result<Result<SentMessage, NotSent>, Problem> {
    let MessageForm { audience, text } = form;
    let idempotency_key = fields.idempotency_key();
    match state.parties.send_message(NewMessage { party, host: me.id, audience, text, idempotency_key }).await {
        Ok(sent) => Ok(Ok(sent)),
        Err(SendError::NoRecipients) => Ok(Err(NotSent::NoRecipients)),
        Err(SendError::Throttled(throttled)) => Ok(Err(NotSent::TooMany(throttled.wait))),
        Err(SendError::NotFound) => Err(Problem::NotFound),
        Err(SendError::UserDeleted) => Err(Problem::LoginRequired), // the deletion ended the session
        Err(SendError::Store(failure)) => Err(failure.into()),
    }
}

/// Why a submitted form sends no message.
enum NotSent {
    /// The host asked for the preview.
    Preview(MessageForm),
    /// Fields are invalid.
    Fields(FormErrors),
    /// No guest has one of the chosen answers.
    NoRecipients,
    /// The host has sent as many messages to the guests of the party as a day allows.
    TooMany(Wait),
}

impl NotSent {
    fn response(&self, page: &PageContext, overview: &GuestOverview, fields: &Fields) -> Response {
        let errors = if let Self::Fields(errors) = self { errors } else { &NO_ERRORS };
        let content = MessagePage::filled(page, overview, fields, errors);
        let refused = |status, content: &MessagePage<'_>| {
            page.render_template(status, &error_title(messages::MESSAGE_TITLE), content)
        };
        match self {
            Self::Preview(MessageForm { audience, text }) => {
                let counts = audience.parts().map(|part| (part, count(overview, part))).collect::<Vec<_>>();
                let preview = Preview { told: messages::readers(&counts), text: LinkedText(text.as_str()) };
                let content = MessagePage { preview: Some(preview), ..content };
                page.render_template(StatusCode::OK, messages::MESSAGE_TITLE, &content)
            }
            Self::Fields(_) => refused(StatusCode::UNPROCESSABLE_ENTITY, &content),
            Self::NoRecipients => {
                let refusal = Some(messages::NO_RECIPIENTS.to_owned());
                refused(StatusCode::UNPROCESSABLE_ENTITY, &MessagePage { refusal, ..content })
            }
            Self::TooMany(wait) => {
                page.report_throttled("message");
                let refusal = Some(messages::too_many_messages(*wait));
                let response = refused(StatusCode::TOO_MANY_REQUESTS, &MessagePage { refusal, ..content });
                with_retry_after(response, wait.seconds())
            }
        }
    }
}
