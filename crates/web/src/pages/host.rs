//! `/host`: the page to host a dinner party. The short form on the own profile shares its rules and its submit.

mod form;

use accounts::web::{CurrentUser, Fields, Flash, FormErrors, PageContext, Problem, Submitted};
use askama::Template;
use domain::PageSize;
use domain::party::{HostError, PartyId, ProfileCursors};
use domain::user::User;
use poem::http::StatusCode;
use poem::{Response, handler};

pub(super) use self::form::{HostForm, HostFormView, InitialForm, zone_options};
use super::State;
use crate::messages;

#[derive(Template)]
#[template(path = "host.html")]
struct HostPage<'a> {
    page: &'a PageContext,
    form: HostFormView<'a>,
}

#[handler]
pub(crate) async fn show(me: CurrentUser, page: PageContext, state: State<'_>) -> Result<Response, Problem> {
    let one = PageSize::clamped(1);
    let last_zone = state.parties.own_profile(me.id, ProfileCursors::default(), one).await?.last_zone;
    let initial = InitialForm::new(&state, &me, last_zone.as_ref());
    let form = initial.view(page.resumed("/host"), state.parties.now());
    Ok(page.render_template(StatusCode::OK, messages::HOST_TITLE, &HostPage { page: &page, form }))
}

#[handler]
pub(crate) async fn submit(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    submitted: Submitted<HostForm>,
) -> Result<Response, Problem> {
    let Submitted { form, fields } = submitted;
    let errors = match host_party(&state, &me, form, &fields).await? {
        Ok(party) => return Ok(hosted(party)),
        Err(errors) => errors,
    };
    let form = HostFormView::refused(&fields, &errors, state.parties.now());
    let title = form.fields.title(messages::HOST_TITLE);
    Ok(page.render_template(StatusCode::UNPROCESSABLE_ENTITY, &title, &HostPage { page: &page, form }))
}

/// Hosts the party of a submitted form, or returns the errors of its fields.
pub(super) async fn host_party(
    state: &State<'_>,
    me: &User,
    form: Result<HostForm, FormErrors>,
    fields: &Fields,
) -> Result<Result<PartyId, FormErrors>, Problem> {
    let form = match form {
        Ok(form) => form,
        Err(errors) => return Ok(Err(errors)),
    };
    match state.parties.host(form.into_party(me.id, state.new_link(), fields)).await {
        Ok(party) => Ok(Ok(party)),
        Err(HostError::DayInThePast) => Ok(Err(FormErrors::at("date", messages::PARTY_DAY_PAST))),
        Err(HostError::TimeInThePast) => Ok(Err(FormErrors::at("time", messages::PARTY_TIME_PAST))),
        Err(HostError::Store(failure)) => Err(failure.into()),
    }
}

/// Leads to the page of a party that was hosted.
pub(super) fn hosted(party: PartyId) -> Response {
    Flash::success(messages::PARTY_HOSTED).to(&format!("/parties/{}", party.get()))
}
