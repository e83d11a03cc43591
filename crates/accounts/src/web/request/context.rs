//! The request context: what the layer, the extractors and the pages share about one request. It holds no password.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use auth::{BrowserTokens, SessionToken};
use domain::StoreError;
use domain::event::RequestId;
use domain::user::User;
use poem::Request;
use poem::http::Method;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use tracing::Span;
use tracing::field::Empty;
use url::{Position, Url};

use super::accept::wants_json;
use super::client_address::{client_address, peer_address};
use super::flashes::Flashes;
use super::next::{query_code, query_next};
use super::{Bearer, CSRF_FIELD, Exemption, ExpectedBody, ReturnPath, is_unsafe};
use crate::web::account_pages::{SWITCH_FIELD, Waiting};
use crate::web::form::Fields;
use crate::web::interrupted_form::ResumedForm;
use crate::web::page::{Flash, Problem};
use crate::web::session::{CookieNames, CurrentUser, FormerSession, SessionChange, Visitor, read_cookie, read_cookies};
use crate::web::settings::Settings;
use crate::{Accounts, Caller, IdempotencyKey};

/// The most cookies of one name that are tried: each may cost a query.
const MAX_TOKENS: usize = 8;

/// What is known of one request. The visitor is looked up on first use, and once.
pub(crate) struct RequestContext {
    pub(crate) accounts: Accounts,
    pub(crate) method: Method,
    /// Where a form of this request is sent again: its path and query, above 8 KiB the path alone.
    pub(crate) action: Option<ReturnPath>,
    /// Where a log-in leads back to: the path and query of the request, above 2,048 bytes the path alone.
    page_path: Option<ReturnPath>,
    /// The origin under which the client reached the service; `None` where the host is not ours.
    pub(crate) origin: Option<String>,
    /// The first `next` in the query.
    pub(super) query_next: Option<ReturnPath>,
    /// The first `code` in the query.
    pub(super) query_code: Option<String>,
    /// The page of the form that the route of this POST names: see [`crate::web::Methods::page`].
    form_page: OnceLock<ReturnPath>,
    /// The path and query of the page that sent the form, from `Referer`.
    referer: Option<ReturnPath>,
    /// Whether an error is JSON: see [`wants_json`].
    pub(crate) wants_json: bool,
    /// Why the request needs no proof that a page of this origin sent it; `None` where it needs one.
    pub(crate) exemption: Option<Exemption>,
    pub(crate) expected_body: ExpectedBody,
    pub(crate) caller: Caller,
    /// The tokens in the session cookies, at most [`MAX_TOKENS`] of each name. Another service's cookie may be among them.
    sessions: Vec<SessionToken>,
    /// The first of them from a cookie of the former name.
    former_sessions_from: usize,
    /// Which of them belongs to a live session.
    live_session: OnceLock<usize>,
    /// The live session, where its cookie has the former name: the response moves it.
    pub(crate) former_session: OnceLock<FormerSession>,
    /// The secrets in the pre-session cookies, at most [`MAX_TOKENS`].
    pub(super) pre_sessions: Vec<SessionToken>,
    /// The tokens in the device cookies, by which the browser is recognized at a log-in.
    pub(crate) browser: BrowserTokens,
    /// The secret that the response sets as pre-session cookie.
    pub(crate) new_pre_session: OnceLock<SessionToken>,
    /// The CSRF token of every form of the response.
    pub(super) csrf_token: OnceLock<String>,
    /// The form that a log-in has interrupted, for the page that shows it.
    resumed: Option<ResumedForm>,
    /// The form that waits for the embedder's own log-in page, which this request opens.
    pub(crate) waiting: Option<Waiting>,
    /// The flash messages that the request came with.
    pub(super) flashes: Flashes,
    /// When the handler timeout began to run: once the body was read.
    timed_from: OnceLock<Instant>,
    visitor: OnceCell<Result<Visitor, ()>>,
    submitted: OnceLock<Fields>,
    pub(crate) cookie_names: CookieNames,
    /// The tracing span of the request.
    pub(crate) span: Span,
}

impl RequestContext {
    /// The context of a new request, which the log knows by `id`.
    pub(crate) fn new(accounts: &Accounts, request: &Request, id: &str) -> Self {
        let settings = &accounts.inner.web;
        let cookie_names = CookieNames::of(request, settings);
        let exemption = Exemption::of(request, settings, &cookie_names);
        let tokens = |name: &str| -> Vec<_> {
            read_cookies(request, name).filter_map(SessionToken::parse).take(MAX_TOKENS).collect()
        };
        let sessions = tokens(&cookie_names.session);
        let former_sessions = cookie_names.former_session.as_deref().map(tokens).unwrap_or_default();
        let browser = BrowserTokens::parse(read_cookies(request, &cookie_names.browser));
        let address = client_address(peer_address(request), request.headers(), &settings.trusted_proxies);
        let user_agent = request.header("user-agent").map(ToOwned::to_owned);
        let caller = Caller { address, user_agent, request_id: RequestId::parse(id).ok(), operator: None };
        // All fields are declared here: adding one later makes the JSON formatter parse again what it wrote.
        let span = tracing::info_span!("request", id, network = caller.network(), user = Empty);
        let target = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let action = ReturnPath::parse_action(target);
        Self {
            origin: settings.site.origin(request),
            accounts: accounts.clone(),
            method: request.method().clone(),
            page_path: action.clone().and_then(ReturnPath::shortened),
            action,
            query_next: query_next(request),
            query_code: query_code(request),
            form_page: OnceLock::new(),
            referer: referer(request),
            wants_json: wants_json(request, is_program(exemption.as_ref())),
            expected_body: ExpectedBody::of(request, settings, exemption.as_ref()),
            exemption,
            caller,
            former_sessions_from: sessions.len(),
            sessions: sessions.into_iter().chain(former_sessions).collect(),
            live_session: OnceLock::new(),
            former_session: OnceLock::new(),
            pre_sessions: tokens(&cookie_names.pre_session),
            browser,
            new_pre_session: OnceLock::new(),
            csrf_token: OnceLock::new(),
            resumed: None,
            waiting: None,
            flashes: Flashes::of_cookie(read_cookie(request, &cookie_names.flash)),
            timed_from: OnceLock::new(),
            visitor: OnceCell::new(),
            submitted: OnceLock::new(),
            cookie_names,
            span,
        }
    }

    /// The context of the page that a log-in shows within its response: as if the browser had opened it with the new session.
    pub(crate) fn after_log_in(
        &self,
        page: &ReturnPath,
        change: Option<&SessionChange>,
        flashes: Vec<Flash>,
        resumed: ResumedForm,
    ) -> Self {
        let sessions = match change.and_then(SessionChange::token) {
            Some(token) => vec![token.clone()],
            None => self.sessions.clone(),
        };
        Self {
            accounts: self.accounts.clone(),
            origin: self.origin.clone(),
            method: Method::GET,
            action: Some(page.clone()),
            page_path: Some(page.clone()),
            query_next: None,
            query_code: None,
            form_page: OnceLock::new(),
            referer: None,
            wants_json: false,
            exemption: None,
            expected_body: ExpectedBody::default(),
            caller: self.caller.clone(),
            former_sessions_from: sessions.len(),
            sessions,
            live_session: OnceLock::new(),
            former_session: OnceLock::new(),
            pre_sessions: self.pre_sessions.clone(),
            browser: self.browser.clone(),
            new_pre_session: OnceLock::new(),
            csrf_token: OnceLock::new(),
            resumed: Some(resumed),
            waiting: None,
            flashes: Flashes::decoded(self.flashes_after(change).cloned().chain(flashes).collect()),
            timed_from: self.timed_from.clone(),
            visitor: OnceCell::new(),
            submitted: OnceLock::new(),
            cookie_names: self.cookie_names.clone(),
            span: self.span.clone(),
        }
    }

    /// The context of the embedder's own page at `path` that asks for a log-in, within the response to a form that requires it: as if
    /// the browser had opened it by a link that leads back to the form's page.
    pub(crate) fn before_log_in(&self, path: ReturnPath, waiting: Waiting) -> Self {
        let code = self.code();
        Self {
            accounts: self.accounts.clone(),
            origin: self.origin.clone(),
            method: Method::GET,
            action: Some(path.clone()),
            page_path: Some(path),
            query_next: self.next(),
            query_code: code,
            form_page: OnceLock::new(),
            referer: None,
            wants_json: false,
            exemption: None,
            expected_body: ExpectedBody::default(),
            caller: self.caller.clone(),
            former_sessions_from: self.former_sessions_from,
            sessions: self.sessions.clone(),
            live_session: self.live_session.clone(),
            former_session: self.former_session.clone(),
            pre_sessions: self.pre_sessions.clone(),
            browser: self.browser.clone(),
            new_pre_session: self.new_pre_session.clone(), // which has signed the form
            csrf_token: self.csrf_token.clone(),
            resumed: None,
            waiting: Some(waiting),
            flashes: Flashes::decoded(self.waiting_flashes().to_vec()),
            timed_from: self.timed_from.clone(),
            visitor: self.visitor.clone(),
            submitted: OnceLock::new(),
            cookie_names: self.cookie_names.clone(),
            span: self.span.clone(),
        }
    }

    /// The context of a request that came through the layer.
    ///
    /// # Errors
    /// [`Problem::OutsideTheLayer`] for any other request.
    pub(crate) fn of(request: &Request) -> poem::Result<&Arc<Self>> {
        request.data::<Arc<Self>>().ok_or_else(|| Problem::OutsideTheLayer.into())
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.accounts.inner.web
    }

    /// The visitor. The store is queried at most once per request, also when it fails.
    ///
    /// # Errors
    /// [`Problem::Unavailable`]: the store failed, now or at an earlier call. The visitor is unknown.
    pub(crate) async fn visitor(&self) -> Result<&Visitor, Problem> {
        let mut failure = None;
        let look_up = async || self.look_up_visitor().await.map_err(|error| failure = Some(error));
        let visitor = self.visitor.get_or_init(look_up).await;
        visitor.as_ref().map_err(|()| Problem::Unavailable(failure))
    }

    async fn look_up_visitor(&self) -> Result<Visitor, StoreError> {
        if let Some(Exemption::Bearer(bearer)) = &self.exemption {
            return self.look_up_token_user(bearer).await;
        }
        for (index, token) in self.sessions.iter().enumerate() {
            if let Some(live) = self.accounts.find_session(token).await? {
                let _ = self.live_session.set(index);
                if index >= self.former_sessions_from {
                    let _ = self.former_session.set(FormerSession::of(&live, token, &self.accounts));
                }
                self.span.record("user", live.user().id.get());
                return Ok(Visitor::User(CurrentUser::new(live, &self.accounts)));
            }
        }
        Ok(Visitor::Anonymous)
    }

    /// The user of a program's token. A token of a user who may not log in is void, as an unknown one is.
    async fn look_up_token_user(&self, bearer: &Bearer) -> Result<Visitor, StoreError> {
        let (Some(token), Some(find_user)) = (&bearer.token, &bearer.find_user) else { return Ok(Visitor::Anonymous) };
        let Some(id) = find_user(token.clone()).await? else { return Ok(Visitor::Anonymous) };
        let users = &self.accounts.inner.ports.users;
        let Some(user) = users.find(id).await?.filter(User::is_active) else { return Ok(Visitor::Anonymous) };
        let roles = users.list_roles(id).await?;
        self.span.record("user", id.get());
        Ok(Visitor::User(CurrentUser::of_token(user, roles)))
    }

    /// Whether a program with a bearer token sent the request.
    pub(crate) fn is_program(&self) -> bool {
        is_program(self.exemption.as_ref())
    }

    /// The token of the live session, or where none is known to be live, the first in the request.
    pub(crate) fn session(&self) -> Option<&SessionToken> {
        self.sessions.get(self.live_session.get().copied().unwrap_or_default())
    }

    /// All tokens in session cookies.
    pub(crate) fn sessions(&self) -> &[SessionToken] {
        &self.sessions
    }

    /// What is left of the handler timeout. It runs from the first call, and is one for the whole request: the check of the
    /// CSRF token, the handler, and the page that a log-in shows.
    pub(crate) fn time_left(&self) -> Duration {
        let start = self.timed_from.get_or_init(Instant::now);
        self.settings().handler_timeout.saturating_sub(start.elapsed())
    }

    /// Whether a form of ours was sent without any cookie of ours: its page set one, and the browser did not keep it, or has
    /// lost it since.
    pub(crate) fn is_without_cookies(&self) -> bool {
        let has_token = self.submitted().is_some_and(|fields| fields.is_sent(CSRF_FIELD));
        has_token && self.sessions.is_empty() && self.pre_sessions.is_empty()
    }

    /// The visitor, if already looked up; `None` also where the store failed.
    pub(crate) fn known_visitor(&self) -> Option<&Visitor> {
        self.visitor.get()?.as_ref().ok()
    }

    /// Whether the request came with a session that has ended or expired.
    pub(crate) fn had_expired_session(&self) -> bool {
        !self.sessions.is_empty() && matches!(self.known_visitor(), Some(Visitor::Anonymous))
    }

    /// Sets the fields of the submitted form, which a page of this origin sent. The first call counts.
    pub(crate) fn set_submitted(&self, fields: Fields) {
        let _ = self.submitted.set(fields);
    }

    /// The fields of the submitted form, without its passwords. An error page offers them again.
    pub(crate) fn submitted(&self) -> Option<&Fields> {
        self.submitted.get()
    }

    /// The fields of the submitted form, where a page of ours may show them again. Another site may have typed what it sent to an open
    /// route, a program has no page, and no page can hold a file.
    pub(crate) fn kept_form(&self) -> Option<&Fields> {
        self.submitted().filter(|_| self.exemption.is_none() && !self.expected_body.is_upload)
    }

    /// Whether the request is the button that leads from one entry form to the other, with all its fields. It opens a page, and its
    /// handler is that for GET.
    pub(crate) fn is_switch(&self) -> bool {
        let is_sent = self.submitted().is_some_and(|fields| fields.is_sent(SWITCH_FIELD));
        is_sent && self.path().is_some_and(|path| self.settings().is_entry_form(path))
    }

    /// Where a log-in leads back to: this page, or the page of the form that was refused. The page that the form's route
    /// names comes before `Referer`, which may be a page at the form's own address that answers to POST only.
    pub(crate) fn return_path(&self) -> Option<&ReturnPath> {
        if is_unsafe(&self.method) { self.form_page.get().or(self.referer.as_ref()) } else { self.page_path.as_ref() }
    }

    /// The fields of the form to `action` that a log-in has interrupted: see [`crate::web::PageContext::resumed`].
    pub(crate) fn resumed(&self, action: &str) -> Option<&Fields> {
        self.resumed.as_ref()?.fields(action)
    }

    /// Discards the form to `action` that a log-in has interrupted: see [`crate::web::PageContext::discard_resumed`].
    pub(crate) fn discard_resumed(&self, action: &str) {
        if let Some(resumed) = self.resumed.as_ref().filter(|resumed| resumed.fields(action).is_some()) {
            resumed.discard();
        }
    }

    /// The flash messages for the page: without the notice of an interrupted form that the page has discarded.
    pub(crate) fn flashes(&self) -> &[Flash] {
        self.resumed.as_ref().and_then(ResumedForm::flashes_if_discarded).unwrap_or_else(|| self.waiting_flashes())
    }

    /// The idempotency key of the form that a log-in has interrupted: see [`ResumedForm::take_idempotency_key`].
    pub(crate) fn take_idempotency_key(&self) -> Option<IdempotencyKey> {
        self.resumed.as_ref()?.take_idempotency_key()
    }

    /// Whether the page has shown the form that a log-in has interrupted.
    pub(crate) fn is_form_shown(&self) -> bool {
        self.resumed.as_ref().is_some_and(ResumedForm::is_shown)
    }

    /// The path of the request without its query; `None` where a redirect could not lead back to it.
    pub(crate) fn path(&self) -> Option<&str> {
        self.page_path.as_ref().map(ReturnPath::path)
    }

    /// Sets the page of the form that is being sent. The first call counts.
    pub(crate) fn set_form_page(&self, page: ReturnPath) {
        let _ = self.form_page.set(page);
    }
}

fn is_program(exemption: Option<&Exemption>) -> bool {
    matches!(exemption, Some(Exemption::Bearer(_)))
}

/// The path and query in `Referer`. The host is not compared, since it is not used.
fn referer(request: &Request) -> Option<ReturnPath> {
    let url = Url::parse(request.header("referer")?).ok()?;
    ReturnPath::parse_shortened(&url[Position::BeforePath..Position::AfterQuery])
}
