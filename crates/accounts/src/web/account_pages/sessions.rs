//! The list of the user's sessions, and the buttons that end one or all others.

use askama::Template;
use poem::http::StatusCode;
use poem::{Response, handler};

use crate::web::AccountPage;
use crate::web::form::{Fields, Form, FormErrors, PasswordFields, Submitted};
use crate::web::messages;
use crate::web::page::{Flash, PageContext, Problem};
use crate::web::session::CurrentUser;
use crate::{ListedSession, SessionId, Timestamp, device_name};

#[derive(Template)]
#[template(path = "sessions.html")]
struct Content<'a> {
    page: &'a PageContext,
    action: &'a str,
    account: &'a str,
    problem: Option<&'static str>,
    sessions: Vec<Row>,
}

/// A session as the page shows it.
struct Row {
    id: i64,
    device: String,
    network: Option<String>,
    since: Time,
    last_seen: Time,
    is_current: bool,
}

/// A time in words, and for machines.
struct Time {
    ago: String,
    rfc_3339: String,
}

impl Time {
    fn of(at: Timestamp, now: Timestamp) -> Self {
        let rfc_3339 = jiff::Timestamp::from_millisecond(at.as_millis()).map(|at| at.to_string()).unwrap_or_default();
        Self { ago: messages::ago(now.since(at)), rfc_3339 }
    }
}

impl Row {
    fn of(session: ListedSession, current: Option<SessionId>, now: Timestamp) -> Self {
        let ListedSession { id, record } = session;
        let is_current = Some(id) == current;
        Self {
            id: id.get(),
            device: device_name(&record.device),
            since: Time::of(record.created_at, now),
            last_seen: Time::of(if is_current { now } else { record.last_seen_at }, now),
            network: record.device.network,
            is_current,
        }
    }
}

async fn render(
    user: &CurrentUser,
    page: &PageContext,
    status: StatusCode,
    problem: Option<&'static str>,
) -> Result<Response, Problem> {
    let (accounts, settings) = (page.accounts(), page.request().settings());
    let now = accounts.inner.clock.now();
    let sessions = accounts.list_sessions(user.id).await?;
    let mut sessions: Vec<_> = sessions.into_iter().map(|session| Row::of(session, user.session(), now)).collect();
    sessions.sort_by_key(|row| !row.is_current); // the others stay in the order of their last use
    let (action, account) = (settings.path(AccountPage::Sessions), settings.path(AccountPage::Overview));
    let content = Content { page, action, account, problem, sessions };
    let title = messages::SESSIONS_TITLE;
    let title = if problem.is_some() { messages::error_title(title) } else { title.to_owned() };
    Ok(page.render_template(status, &title, &content))
}

#[handler]
pub(super) async fn show(user: CurrentUser, page: PageContext) -> Result<Response, Problem> {
    page.discard_resumed(page.request().settings().path(AccountPage::Sessions)); // its sessions may be another user's
    render(&user, &page, StatusCode::OK, None).await
}

/// What is to end.
pub(super) enum End {
    One(SessionId),
    Others,
}

impl Form for End {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        if fields.is_sent("others") {
            return Ok(Self::Others);
        }
        let id = fields.one("session").ok().and_then(|id| id.parse().ok());
        id.map(|id| Self::One(SessionId::new(id))).ok_or_else(|| FormErrors::at("session", messages::NO_SUCH_SESSION))
    }
}

#[handler]
pub(super) async fn submit(user: CurrentUser, page: PageContext, end: Submitted<End>) -> Result<Response, Problem> {
    let request = page.request();
    let is_ended = match end.form {
        Ok(End::Others) => return end_others(&page).await,
        Ok(End::One(id)) if Some(id) == user.session() => {
            return render(&user, &page, StatusCode::UNPROCESSABLE_ENTITY, Some(messages::OWN_SESSION)).await;
        }
        Ok(End::One(id)) => page.accounts().end_session(user.id, id, &request.caller).await?,
        Err(_) => false,
    };
    if !is_ended {
        return render(&user, &page, StatusCode::NOT_FOUND, Some(messages::NO_SUCH_SESSION)).await;
    }
    Ok(Flash::success(messages::SESSION_ENDED_HERE).to(request.settings().path(AccountPage::Sessions)))
}

/// Ends all other sessions. The response has the new token of this one.
async fn end_others(page: &PageContext) -> Result<Response, Problem> {
    let request = page.request();
    let session = request.session().ok_or(Problem::LoginRequired)?;
    let renewed = page.accounts().end_other_sessions(session, &request.caller, &request.browser).await?;
    let renewed = renewed.ok_or(Problem::LoginRequired)?;
    let to = request.settings().path(AccountPage::Sessions);
    let flash = Flash::success(messages::other_sessions_ended(renewed.ended));
    Ok(renewed.with_cookies(flash.to(to)))
}
