//! The forms of the list: a guest is added, invited, or let back in.

use accounts::web::{
    CurrentUser, Fields, Form, FormErrors, PageContext, PasswordFields, Problem, Submitted, with_retry_after,
};
use domain::party::{Guest, Heads, HostCommand, Outcome, PartyId, Refusal, SeatsError, UpdateError};
use domain::trim_invisible;
use domain::user::Username;
use poem::web::Path;
use poem::{Response, handler};

use super::{guests_path, refused_page};
use crate::messages;
use crate::pages::State;
use crate::pages::hosted::{find_hosted, party_id, problem, redirect};

/// The form with the name of a guest.
pub(crate) struct NameForm {
    /// The name as typed.
    name: String,
}

impl NameForm {
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Form for NameForm {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        parse_name(fields, &mut errors).map(|name| Self { name }).ok_or(errors)
    }
}

/// The form with the name of a guest and the number of people.
pub(crate) struct AddForm {
    name: String,
    heads: Heads,
}

impl Form for AddForm {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let name = parse_name(fields, &mut errors);
        let heads = errors.field(fields, "heads", parse_heads);
        let (Some(name), Some(heads)) = (name, heads) else { return Err(errors) };
        Ok(Self { name, heads })
    }
}

fn parse_name(fields: &Fields, errors: &mut FormErrors) -> Option<String> {
    errors.field(fields, "guest", |typed| match trim_invisible(typed) {
        "" => Err(messages::GUEST_MISSING),
        name => Ok(name.to_owned()),
    })
}

/// The number of people. A field left blank is one.
fn parse_heads(typed: &str) -> Result<Heads, &'static str> {
    match Heads::parse(typed) {
        Err(SeatsError::Empty) => Ok(Heads::ONE),
        parsed => parsed.map_err(messages::heads_error),
    }
}

/// The fields of a form of the list that a log-in has interrupted.
pub(super) fn resumed(page: &PageContext, party: PartyId) -> Option<&Fields> {
    ["add", "invite"].iter().find_map(|command| page.resumed(&format!("{}/{command}", guests_path(party))))
}

/// `POST /parties/{id}/guests/add`: seats a guest.
#[handler]
pub(crate) async fn add(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
    submitted: Submitted<AddForm>,
) -> Result<Response, Problem> {
    let Submitted { form, fields } = submitted;
    let named = form.map(|AddForm { name, heads }| (name, HostCommand::Add(heads)));
    name_guest(&me, &page, &state, &path, named, &fields).await
}

/// `POST /parties/{id}/guests/invite`: invites a guest.
#[handler]
pub(crate) async fn invite(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
    submitted: Submitted<NameForm>,
) -> Result<Response, Problem> {
    let Submitted { form, fields } = submitted;
    let named = form.map(|NameForm { name }| (name, HostCommand::Invite));
    name_guest(&me, &page, &state, &path, named, &fields).await
}

/// `POST /parties/{id}/guests/reinstate`: lets a removed guest answer again.
#[handler]
pub(crate) async fn reinstate(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
    submitted: Submitted<NameForm>,
) -> Result<Response, Problem> {
    let Submitted { form, fields } = submitted;
    let named = form.map(|NameForm { name }| (name, HostCommand::Reinstate));
    name_guest(&me, &page, &state, &path, named, &fields).await
}

/// The user of a typed name.
pub(super) async fn find_guest(state: &State<'_>, typed: &str) -> Result<Option<Guest>, Problem> {
    let Ok(username) = Username::parse(typed) else { return Ok(None) };
    let user = state.users.find_by_username(&username).await?;
    Ok(user.map(|user| Guest { id: user.id, username: user.username }))
}

/// Runs a command on the guest of a submitted form, and leads to the list; or shows the list with what was typed and why it was
/// refused.
async fn name_guest(
    me: &CurrentUser,
    page: &PageContext,
    state: &State<'_>,
    path: &str,
    named: Result<(String, HostCommand), FormErrors>,
    fields: &Fields,
) -> Result<Response, Problem> {
    let id = party_id(path)?;
    let refusal = match run(me, state, id, named).await? {
        Ok(result) => return redirect(page, Ok(result), &guests_path(id)),
        Err(refusal) => refusal,
    };
    let overview = find_hosted(state, path, me).await?;
    let (errors, message) = refusal.beside_fields();
    let response = refused_page(page, &overview, (fields, &errors), message, state.parties.now());
    Ok(refusal.with_status(page, response))
}

async fn run(
    me: &CurrentUser,
    state: &State<'_>,
    id: PartyId,
    named: Result<(String, HostCommand), FormErrors>,
) -> Result<Result<Outcome, GuestRefusal>, Problem> {
    let (name, command) = match named {
        Ok(named) => named,
        Err(errors) => return Ok(Err(GuestRefusal::Fields(errors))),
    };
    let unknown = || GuestRefusal::Fields(FormErrors::at("guest", messages::unknown_guest(&name)));
    let Some(guest) = find_guest(state, &name).await? else { return Ok(Err(unknown())) };
    match state.parties.name_guest(id, me.id, guest, command).await {
        Ok(outcome) => Ok(Ok(outcome)),
        Err(UpdateError::Refused(refusal)) => Ok(Err(GuestRefusal::Refused(refusal))),
        Err(UpdateError::Throttled(throttled)) => Ok(Err(GuestRefusal::TooManyChanges(throttled.wait))),
        Err(UpdateError::UserDeleted) => Ok(Err(unknown())), // the guest's account is being deleted
        Err(error) => Err(problem(error)),
    }
}

/// Why a form of the list changes nothing.
enum GuestRefusal {
    /// Fields are invalid.
    Fields(FormErrors),
    /// The rules refuse.
    Refused(Refusal),
    /// The host has changed parties too often within an hour.
    TooManyChanges(domain::throttle::Wait),
}

impl GuestRefusal {
    /// The errors of the fields, and the message above the form where no field is wrong.
    fn beside_fields(&self) -> (FormErrors, Option<String>) {
        match self {
            Self::Fields(errors) => (errors.clone(), None),
            Self::Refused(refusal @ (Refusal::IsHost | Refusal::GuestRemoved(_))) => {
                (FormErrors::at("guest", messages::host_refusal(refusal)), None)
            }
            Self::Refused(refusal @ (Refusal::TooManyCompanions { .. } | Refusal::NotEnoughSeats { .. })) => {
                (FormErrors::at("heads", messages::host_refusal(refusal)), None)
            }
            Self::Refused(refusal) => (FormErrors::new(), Some(messages::host_refusal(refusal))),
            Self::TooManyChanges(wait) => (FormErrors::new(), Some(messages::too_many_changes(*wait))),
        }
    }

    /// The response as what it is: an exceeded quota is an event.
    fn with_status(&self, page: &PageContext, mut response: Response) -> Response {
        let Self::TooManyChanges(wait) = self else { return response };
        page.report_throttled("host");
        response.set_status(poem::http::StatusCode::TOO_MANY_REQUESTS);
        with_retry_after(response, wait.seconds())
    }
}
