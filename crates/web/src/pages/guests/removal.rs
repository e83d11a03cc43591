//! `/parties/{id}/guests/remove`: the page that asks a host before a guest is removed.

use accounts::web::{CurrentUser, Flash, PageContext, Problem, Submitted};
use askama::Template;
use domain::party::{Answer, Guest, GuestRow, PartyId, PartySummary, Phase, Refusal, UpdateError};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, handler};
use url::form_urlencoded::byte_serialize;

use super::command::{GuestForm, Remove};
use super::guests_path;
use crate::messages;
use crate::pages::State;
use crate::pages::hosted::{find_hosted, party_id, redirect, refused};
use crate::pages::query::QueryParameters;

#[derive(Template)]
#[template(path = "remove_guest.html")]
struct RemovalPage<'a> {
    page: &'a PageContext,
    party: &'a PartySummary,
    guest: &'a GuestRow,
    /// What will happen, and to whom.
    consequences: String,
}

impl RemovalPage<'_> {
    fn back(&self) -> String {
        guests_path(self.party.id)
    }
}

/// The path of the page that asks, for that guest.
pub(super) fn path(party: PartyId, guest: &str) -> String {
    let guest: String = byte_serialize(guest.as_bytes()).collect();
    format!("{}/remove?guest={guest}", guests_path(party))
}

/// `GET /parties/{id}/guests/remove?guest=ben`. A guest without an answer, and one who is removed already, lead to the list.
#[handler]
pub(crate) async fn ask(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    number: Path<String>,
    request: &Request,
) -> Result<Response, Problem> {
    let overview = find_hosted(&state, &number, &me).await?;
    let (party, name) = (&overview.party.summary, QueryParameters::of(request).text("guest"));
    if party.phase(state.parties.now()) == Phase::Over {
        return Ok(refused(party.id, &Refusal::Over));
    }
    let guest = overview.guests.iter().find(|guest| guest.username.as_str() == name);
    let Some(guest) = guest.filter(|guest| guest.answer != Answer::Removed) else {
        return Ok(Flash::refusal(messages::NO_SUCH_GUEST).to(&guests_path(party.id)));
    };
    let consequences = messages::removal_consequences(guest, party, party.phase(state.parties.now()));
    let title = messages::removal_title(&guest.username);
    Ok(page.render_template(StatusCode::OK, &title, &RemovalPage { page: &page, party, guest, consequences }))
}

/// `POST /parties/{id}/guests/remove`: leads to the list.
#[handler]
pub(crate) async fn submit(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    number: Path<String>,
    submitted: Submitted<GuestForm<Remove>>,
) -> Result<Response, Problem> {
    let id = party_id(&number)?;
    let overview = find_hosted(&state, &number, &me).await?;
    let listed = submitted.form.ok().and_then(|form| {
        let guest = overview.guests.into_iter().find(|guest| guest.username.as_str() == form.name)?;
        Some((Guest { id: guest.id, username: guest.username }, form.command))
    });
    let Some((guest, command)) = listed else {
        return Ok(Flash::refusal(messages::NO_SUCH_GUEST).to(&guests_path(id)));
    };
    match state.parties.change_guest(id, me.id, guest.clone(), command).await {
        Err(UpdateError::UserDeleted) => {
            Ok(Flash::refusal(messages::guest_leaves(&guest.username)).to(&guests_path(id)))
        }
        result => redirect(&page, result, &guests_path(id)),
    }
}
