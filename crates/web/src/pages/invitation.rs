//! `/i/{token}`: the invitation that the link of a party opens.
//!
//! Logged out it is a welcome without names of guests and without the venue. Logged in it is the party page, and answers
//! are posted to `/i/{token}/rsvp`. Opening the link never answers: `?answer=yes` only selects the answer.

mod welcome;

use accounts::web::{CurrentUser, PageContext, Problem, ReturnPath, Submitted};
use domain::party::{Invitation, LinkToken, Opened, Parties};
use domain::user::User;
use poem::http::{HeaderName, StatusCode};
use poem::web::Path;
use poem::{IntoResponse as _, Request, Response, handler};

use self::welcome::{UnknownLinkPage, WelcomePage};
use super::party::{Answering, PartyPage, RsvpForm, SelectedAnswer, UndoForm, later_guests, list_messages, typed_text};
use super::query::QueryParameters;
use super::unsent::Unsent;
use super::{State, preview};
use crate::head::{SharedPage, preview_of};
use crate::messages;

/// Search engines must not list the page: its URL is a secret.
const ROBOTS: (HeaderName, &str) = (HeaderName::from_static("x-robots-tag"), "noindex");

/// The route of the page, for the log: the path has the token.
const ROUTE: &str = "/i/:token";

/// `GET /i/{token}`.
#[handler]
pub(crate) async fn show(
    page: PageContext,
    state: State<'_>,
    token: Path<String>,
    request: &Request,
) -> Result<Response, Problem> {
    let Ok(token) = LinkToken::parse(&token) else { return Ok(unknown_link(&page, Unsent::default())) };
    let response = match page.user().cloned() {
        Some(me) => party_page(&page, &state, token, &me, request).await?,
        None => welcome(page, &state.parties, token, SelectedAnswer::of(&QueryParameters::of(request))).await?,
    };
    Ok(response.with_header(ROBOTS.0, ROBOTS.1).into_response())
}

async fn party_page(
    page: &PageContext,
    state: &State<'_>,
    token: LinkToken,
    me: &User,
    request: &Request,
) -> Result<Response, Problem> {
    let Some(view) = state.parties.find_by_link(token, me.id).await? else {
        return Ok(unknown_link(page, Unsent::default()));
    };
    let later = later_guests(&state.parties, &view, request).await?;
    let messages = list_messages(state, &view, me).await?;
    let selected = SelectedAnswer::of(&QueryParameters::of(request));
    let content = PartyPage::new(page, &view, me, path(token), state.parties.now());
    let content = content.with_later(later.as_ref(), me).with_messages(&messages).select(selected);
    Ok(page.render_template(StatusCode::OK, &content.title(), &content))
}

async fn welcome(
    page: PageContext,
    parties: &Parties,
    token: LinkToken,
    selected: Option<SelectedAnswer>,
) -> Result<Response, Problem> {
    let invitation = match parties.find_invitation(token).await? {
        None => return Ok(unknown_link(&page, Unsent::default())),
        Some(Invitation::LogInRequired) => return Err(Problem::LoginRequired),
        Some(Invitation::Shown(invitation)) => invitation,
    };
    let now = parties.now();
    let path = path(token);
    let page = page.with_layout_data(SharedPage::of_invitation(&invitation, &path, now));
    let content = WelcomePage::new(&page, &invitation, &path, selected, now);
    Ok(page.render_template(StatusCode::OK, &content.title(), &content))
}

/// The path of the invitation with a token.
pub(super) fn path(token: LinkToken) -> String {
    format!("/i/{token}")
}

/// `POST /i/{token}/rsvp`: redirects to the invitation.
#[handler]
pub(crate) async fn rsvp(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    token: Path<String>,
    submitted: Submitted<RsvpForm>,
) -> Result<Response, Problem> {
    let Ok(token) = LinkToken::parse(&token) else { return Ok(unknown_link(&page, typed_text(&submitted.fields))) };
    Answering { me: &me, page: &page, state: &state, to: Opened::ByLink(token) }.submit(&submitted).await
}

/// `POST /i/{token}/undo`: takes back the seats just given up, and redirects to the invitation.
#[handler]
pub(crate) async fn undo(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    token: Path<String>,
    submitted: Submitted<UndoForm>,
) -> Result<Response, Problem> {
    let Ok(token) = LinkToken::parse(&token) else { return Ok(unknown_link(&page, typed_text(&submitted.fields))) };
    Answering { me: &me, page: &page, state: &state, to: Opened::ByLink(token) }.undo(&submitted).await
}

/// `GET /i/{token}/preview-{hash}.png`: the picture of the party, for chats.
#[handler]
pub(crate) async fn picture(
    state: State<'_>,
    Path((token, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let token = LinkToken::parse(&token).map_err(|_| Problem::NotFound)?;
    let Some(Invitation::Shown(invitation)) = state.parties.find_invitation(token).await? else {
        return Err(Problem::NotFound);
    };
    preview::picture(&state, preview_of(&invitation, state.parties.now()), &name, &path(token)).await
}

/// "Marta invited you to Mushroom risotto", where `next` is an invitation that any visitor may see. A failing store is
/// logged: the page works without the sentence.
pub(crate) async fn describe(parties: Parties, next: ReturnPath) -> Option<String> {
    let token = LinkToken::parse(next.path().strip_prefix("/i/")?).ok()?;
    match parties.find_invitation(token).await {
        Ok(Some(Invitation::Shown(invitation))) => Some(messages::invited_to(&invitation)),
        Ok(Some(Invitation::LogInRequired) | None) => None,
        Err(failure) => {
            tracing::warn!(route = ROUTE, error = ?failure, "could not describe an invitation");
            None
        }
    }
}

/// The page of a link that opens no party to the visitor, with what was typed on the page that it opened before.
pub(super) fn unknown_link(page: &PageContext, unsent: Unsent) -> Response {
    let content = UnknownLinkPage { unsent };
    let response = page.render_template(StatusCode::NOT_FOUND, messages::LINK_UNKNOWN_TITLE, &content);
    response.with_header(ROBOTS.0, ROBOTS.1).into_response()
}
