//! The forms that name a guest: the guest is added, invited, removed, or let back in. Why one is refused is in [`super::refusal`].

use std::marker::PhantomData;

use accounts::web::{CurrentUser, Fields, Form, FormErrors, PageContext, PasswordFields, Problem, Submitted};
use domain::party::{Guest, Heads, HostCommand, Outcome, PartyId, SeatsError, UpdateError};
use domain::trim_invisible;
use domain::user::Username;
use poem::web::Path;
use poem::{Response, handler};

use super::guests_path;
use super::refusal::GuestRefusal;
use crate::messages;
use crate::pages::State;
use crate::pages::hosted::{find_hosted, party_id, problem, redirect};

/// What a host does with the guest whom a form names. Each is a type, since each has a route of its own.
pub(crate) trait GuestCommand: Send + Sync + 'static {
    /// Whether the host types the name. A button has it otherwise, and there is nothing to be kept.
    const IS_TYPED: bool;

    /// The command, from its own fields. `None` after adding their errors.
    fn parse(fields: &Fields, errors: &mut FormErrors) -> Option<HostCommand>;
}

/// The field for the number of people whom a host adds.
pub(super) const HEADS: &str = "heads";

/// `/parties/{id}/guests/add`: seats the guest, with a number of people.
pub(crate) struct Add;
/// `/parties/{id}/guests/invite`
pub(crate) struct Invite;
/// `/parties/{id}/guests/remove`
pub(crate) struct Remove;
/// `/parties/{id}/guests/reinstate`: lets a removed guest answer again.
pub(crate) struct Reinstate;

impl GuestCommand for Add {
    const IS_TYPED: bool = true;

    fn parse(fields: &Fields, errors: &mut FormErrors) -> Option<HostCommand> {
        errors.field(fields, HEADS, parse_heads).map(HostCommand::Add)
    }
}

impl GuestCommand for Invite {
    const IS_TYPED: bool = true;

    fn parse(_: &Fields, _: &mut FormErrors) -> Option<HostCommand> {
        Some(HostCommand::Invite)
    }
}

impl GuestCommand for Remove {
    const IS_TYPED: bool = false;

    fn parse(_: &Fields, _: &mut FormErrors) -> Option<HostCommand> {
        Some(HostCommand::Remove)
    }
}

impl GuestCommand for Reinstate {
    const IS_TYPED: bool = false;

    fn parse(_: &Fields, _: &mut FormErrors) -> Option<HostCommand> {
        Some(HostCommand::Reinstate)
    }
}

/// A form that names a guest, for the command `C`.
pub(crate) struct GuestForm<C> {
    /// The name as typed.
    pub(super) name: String,
    pub(super) command: HostCommand,
    kind: PhantomData<C>,
}

impl<C: GuestCommand> Form for GuestForm<C> {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let name = parse_name(fields, &mut errors);
        let command = C::parse(fields, &mut errors);
        let (Some(name), Some(command)) = (name, command) else { return Err(errors) };
        Ok(Self { name, command, kind: PhantomData })
    }
}

fn parse_name(fields: &Fields, errors: &mut FormErrors) -> Option<String> {
    errors.field(fields, "guest", |typed| match trim_invisible(typed) {
        "" => Err(messages::GUEST_MISSING),
        name => Ok(name.to_owned()),
    })
}

/// The number of people; `None` for a field left blank, which is that of the guest's answer, or one.
fn parse_heads(typed: &str) -> Result<Option<Heads>, &'static str> {
    match Heads::parse(typed) {
        Err(SeatsError::Empty) => Ok(None),
        parsed => parsed.map(Some).map_err(messages::heads_error),
    }
}

/// The fields of a form of the list that a log-in has interrupted.
pub(super) fn resumed(page: &PageContext, party: PartyId) -> Option<&Fields> {
    actions(party).iter().find_map(|action| page.resumed(action))
}

/// Discards them, for a page without the form.
pub(super) fn discard_resumed(page: &PageContext, party: PartyId) {
    for action in actions(party) {
        page.discard_resumed(&action);
    }
}

/// The targets of the form of the list.
fn actions(party: PartyId) -> [String; 2] {
    ["add", "invite"].map(|command| format!("{}/{command}", guests_path(party)))
}

/// Runs the command on the guest of the form, and leads to the list; or shows the list with what was typed and why it was refused.
#[handler]
pub(crate) async fn submit<C: GuestCommand>(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
    submitted: Submitted<GuestForm<C>>,
) -> Result<Response, Problem> {
    let Submitted { form, fields } = submitted;
    let id = party_id(&path)?;
    let refusal = match run(&me, &state, id, form).await? {
        Ok(result) => return redirect(&page, Ok(result), &guests_path(id)),
        Err(refusal) => refusal,
    };
    let overview = find_hosted(&state, &path, &me).await?;
    let typed = if C::IS_TYPED { fields } else { Fields::default() };
    Ok(refusal.response(&page, &overview, &typed, state.parties.now()))
}

/// The user of a typed name.
pub(super) async fn find_guest(state: &State<'_>, typed: &str) -> Result<Option<Guest>, Problem> {
    let Ok(username) = Username::parse(typed) else { return Ok(None) };
    let user = state.users.find_by_username(&username).await?;
    Ok(user.map(|user| Guest { id: user.id, username: user.username }))
}

async fn run<C>(
    me: &CurrentUser,
    state: &State<'_>,
    id: PartyId,
    form: Result<GuestForm<C>, FormErrors>,
) -> Result<Result<Outcome, GuestRefusal>, Problem> {
    let GuestForm { name, command, .. } = match form {
        Ok(form) => form,
        Err(errors) => return Ok(Err(GuestRefusal::Fields(errors))),
    };
    let Some(guest) = find_guest(state, &name).await? else { return Ok(Err(GuestRefusal::Unknown(name))) };
    match state.parties.change_guest(id, me.id, guest, command).await {
        Ok(outcome) => Ok(Ok(outcome)),
        Err(UpdateError::Refused(refusal)) => Ok(Err(GuestRefusal::Refused(refusal))),
        Err(UpdateError::Throttled(throttled)) => Ok(Err(GuestRefusal::TooManyChanges(throttled.wait))),
        Err(UpdateError::UserDeleted) => Ok(Err(GuestRefusal::Unknown(name))), // the guest's account is being deleted
        Err(error) => Err(problem(error)),
    }
}
