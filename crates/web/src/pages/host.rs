//! `/host`: the page to host a dinner party. The short form on the own profile shares its rules and its submit, and the page to
//! change a party its form.

mod form;
mod refusal;

use accounts::web::{CurrentUser, Fields, Flash, FormErrors, PageContext, Problem, Submitted};
use askama::Template;
use domain::PageSize;
use domain::party::{PartyId, PartyView, ProfileCursors, Visibility};
use domain::user::User;
use poem::http::StatusCode;
use poem::{Request, Response, handler};

pub(super) use self::form::{HostForm, HostFormView, InitialForm, zone_options};
pub(super) use self::refusal::HostRefusal;
use super::State;
use super::hosted::party_path;
use super::query::QueryParameters;
use crate::messages;

#[derive(Template)]
#[template(path = "host.html")]
struct HostPage<'a> {
    page: &'a PageContext,
    form: HostFormView<'a>,
}

#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    request: &Request,
) -> Result<Response, Problem> {
    let initial = match find_earlier(&state, &me, &QueryParameters::of(request)).await? {
        Some(party) => InitialForm::again(&party),
        None => empty(&state, &me).await?,
    };
    let form = initial.view(page.resumed("/host"), state.parties.now());
    Ok(page.render_template(StatusCode::OK, messages::HOST_TITLE, &HostPage { page: &page, form }))
}

/// The party of the host that `?again=` names. A number of any other party is ignored.
async fn find_earlier(state: &State<'_>, me: &User, query: &QueryParameters) -> Result<Option<PartyView>, Problem> {
    let Some(id) = query.number("again") else { return Ok(None) };
    let found = state.parties.find(PartyId::new(id), me.id).await?;
    Ok(found.filter(|party| party.summary.host == me.id))
}

async fn empty(state: &State<'_>, me: &User) -> Result<InitialForm, Problem> {
    let one = PageSize::clamped(1);
    let last_zone = state.parties.own_profile(me.id, ProfileCursors::default(), one).await?.last_zone;
    Ok(InitialForm::empty(state, me, last_zone.as_ref()))
}

#[handler]
pub(crate) async fn submit(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    submitted: Submitted<HostForm>,
) -> Result<Response, Problem> {
    let Submitted { form, fields } = submitted;
    let refusal = match host_party(&state, &me, form, &fields).await? {
        Ok(hosted) => return Ok(hosted.response()),
        Err(refusal) => refusal,
    };
    let form = HostFormView::refused(&fields, &refusal, state.parties.now());
    Ok(refusal.response(&page, messages::HOST_TITLE, &HostPage { page: &page, form }))
}

/// A party that was hosted.
pub(super) struct Hosted {
    id: PartyId,
    visibility: Visibility,
}

impl Hosted {
    /// Leads to the page of the party.
    pub(super) fn response(self) -> Response {
        Flash::success(messages::party_hosted(self.visibility)).to(&party_path(self.id))
    }
}

/// Hosts the party of a submitted form, or returns why it hosts none.
pub(super) async fn host_party(
    state: &State<'_>,
    me: &User,
    form: Result<HostForm, FormErrors>,
    fields: &Fields,
) -> Result<Result<Hosted, HostRefusal>, Problem> {
    let form = match form {
        Ok(form) => form,
        Err(errors) => return Ok(Err(HostRefusal::Fields(errors))),
    };
    let party = form.into_party(me.id, state.new_link(), fields);
    let visibility = party.visibility;
    match state.parties.host(party).await {
        Ok(id) => Ok(Ok(Hosted { id, visibility })),
        Err(error) => Ok(Err(HostRefusal::of(error, fields)?)),
    }
}
