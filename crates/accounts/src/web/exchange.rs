//! One request and its answer: what the layer, the extractors and the pages share about it, and nobody else sees.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use auth::SessionToken;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::StoreError;
use domain::session::Device;
use poem::http::{Method, header};
use poem::{Request, Response};
use tokio::sync::OnceCell;
use tracing::Span;
use tracing::field::Empty;

use super::cookies::{self, Kind};
use super::fields::Fields;
use super::flash::{self, Flash, Flashes};
use super::next::Next;
use super::problem::Problem;
use super::visitor::{CurrentUser, Visitor};
use super::{Settings, address};
use crate::Accounts;

/// What is known of a request. The visitor is looked up when first asked for, and only once.
pub(super) struct Exchange {
    span: Span,
    pub(super) accounts: Accounts,
    pub(super) method: Method,
    /// The path and query, where it is one a redirect could lead back to.
    pub(super) here: Option<Next>,
    /// The page that sent the form, where the browser tells.
    referer: Option<Next>,
    pub(super) wants_json: bool,
    pub(super) device: Device,
    pub(super) session: Option<SessionToken>,
    /// What a guest's forms are keyed by.
    visit: Option<SessionToken>,
    new_visit: OnceLock<SessionToken>,
    flashes: Vec<Flash>,
    flashes_shown: AtomicBool,
    visitor: OnceCell<Option<Visitor>>,
    /// The form that came, once it is shown to be from one of our pages.
    sent: OnceLock<Fields>,
    names: Names,
}

struct Names {
    session: String,
    visit: String,
    flash: String,
}

/// What an answer asks of the session cookie. Put into the answer's extensions by the log-in and log-out pages.
#[derive(Debug, Clone)]
pub(super) enum SessionChange {
    Opened { token: SessionToken, remembered: bool },
    Ended,
}

impl Exchange {
    /// The exchange that the log knows by `id`.
    pub(super) fn begin(accounts: &Accounts, request: &Request, id: &str) -> Self {
        let settings = &accounts.inner.web;
        let name = |kind: Kind| kind.name(settings.cookie_prefix.as_deref(), &settings.site, request);
        let names = Names { session: name(Kind::Session), visit: name(Kind::Visit), flash: name(Kind::Flash) };
        let token = |name: &str| cookies::read(request, name).and_then(SessionToken::parse);
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let peer = address::peer(request);
        let client = peer.map(|peer| address::client(peer, request.headers(), &settings.trusted_proxies));
        let user_agent = request.header("user-agent").map(|text| text.chars().take(255).collect());
        let network = client.map(address::network);
        // What is logged from here on, by whomever, says from where. All at once: a field added later has the log read
        // again what it wrote.
        let span = tracing::info_span!("request", id, network = network.as_deref(), user = Empty);
        Self {
            span,
            method: request.method().clone(),
            here: Next::parse(path),
            referer: referer(request),
            wants_json: wants_json(request),
            device: Device { network, user_agent },
            session: token(&names.session),
            visit: token(&names.visit),
            new_visit: OnceLock::new(),
            flashes: cookies::read(request, &names.flash).map(flash::read).unwrap_or_default(),
            flashes_shown: AtomicBool::new(false),
            visitor: OnceCell::new(),
            sent: OnceLock::new(),
            accounts: accounts.clone(),
            names,
        }
    }

    /// What the log says of the exchange.
    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.accounts.inner.web
    }

    /// The exchange of a request that came through the layer.
    pub(super) fn of(request: &Request) -> poem::Result<&Arc<Self>> {
        request.data::<Arc<Self>>().ok_or_else(|| Problem::OutsideTheLayer.into())
    }

    /// Who comes. A store that failed once is not asked again in this exchange.
    pub(super) async fn visitor(&self) -> Result<&Visitor, Problem> {
        let mut failure = None;
        let ask = {
            let failure = &mut failure;
            async move || match self.look_up().await {
                Ok(visitor) => Some(visitor),
                Err(error) => {
                    *failure = Some(error);
                    None
                }
            }
        };
        let visitor = self.visitor.get_or_init(ask).await;
        visitor.as_ref().ok_or(Problem::Unavailable(failure))
    }

    async fn look_up(&self) -> Result<Visitor, StoreError> {
        let Some(token) = &self.session else { return Ok(Visitor::Guest) };
        let live = self.accounts.find_session(token).await?;
        self.span.record("user", live.as_ref().map(|live| live.user().id.get())); // and from here on, who
        Ok(live.map_or(Visitor::Guest, |live| Visitor::User(CurrentUser::of(live))))
    }

    /// Who came, as far as somebody has asked; `None` where nobody has, or the store could not say.
    pub(super) fn known_visitor(&self) -> Option<&Visitor> {
        self.visitor.get().and_then(Option::as_ref)
    }

    /// Whether the request came with a session that is no more.
    pub(super) fn lost_a_session(&self) -> bool {
        self.session.is_some() && matches!(self.known_visitor(), Some(Visitor::Guest))
    }

    /// Keeps a form that one of our pages sent, for a page that must ask for it once more.
    pub(super) fn keep(&self, fields: &Fields) {
        self.sent.get_or_init(|| fields.clone());
    }

    /// The form that one of our pages sent.
    pub(super) fn sent(&self) -> Option<&Fields> {
        self.sent.get()
    }

    /// A CSRF token for a form of this answer. A guest without a visit cookie is given one; where nobody could say who
    /// comes, the session that came is the key, since its forms hold whether or not it lives.
    pub(super) fn csrf_token(&self) -> String {
        let random = &*self.accounts.inner.random;
        let secret = match (self.known_visitor(), &self.session, &self.visit) {
            (Some(Visitor::User(_)) | None, Some(session), _) => session,
            (_, _, Some(visit)) => visit,
            _ => self.new_visit.get_or_init(|| SessionToken::new(random)),
        };
        auth::csrf::token(secret.secret(), random)
    }

    /// What tells a form of this answer from all others.
    pub(super) fn once(&self) -> String {
        let bytes: [u8; 16] = self.accounts.inner.random.bytes();
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Whether a form's token was made for this browser as it is now: the forms of before a log-in die with it, even
    /// where a visit's cookie was kept or planted.
    pub(super) async fn is_csrf_token(&self, token: &str) -> Result<bool, Problem> {
        let of = |secret: &Option<SessionToken>| {
            secret.as_ref().is_some_and(|secret| auth::csrf::verify(secret.secret(), token))
        };
        match (of(&self.session), of(&self.visit)) {
            (true, _) => Ok(true),
            (_, true) => Ok(matches!(self.visitor().await?, Visitor::Guest)),
            _ => Ok(false),
        }
    }

    /// The messages for this page. Whoever reads them shows them: the next page has them no more.
    pub(super) fn take_flashes(&self) -> &[Flash] {
        self.flashes_shown.store(true, Ordering::Relaxed);
        &self.flashes
    }

    /// The page that read the messages did not come about: they are for the next one after all.
    pub(super) fn leave_flashes(&self) {
        self.flashes_shown.store(false, Ordering::Relaxed);
    }

    /// Where a log-in leads back to: this page, or, for a form that was refused, the page it stood on.
    pub(super) fn way_back(&self) -> Option<&Next> {
        if super::csrf::is_unsafe(&self.method) { self.referer.as_ref() } else { self.here.as_ref() }
    }

    /// Writes into the answer's cookies what happened on the way.
    pub(super) fn finish(&self, response: &mut Response) {
        let site = &self.settings().site;
        let mut lines = Vec::new();
        match response.extensions().get::<SessionChange>() {
            Some(SessionChange::Opened { token, remembered }) => {
                let lifetimes = &self.accounts.inner.lifetimes;
                let max_age = remembered.then(|| lifetimes.remembered().absolute().as_secs());
                lines.push(cookies::set(site, &self.names.session, &token.expose(), max_age));
                // The forms of before the log-in are dead: their key goes.
                lines.push(cookies::remove(site, &self.names.visit));
            }
            Some(SessionChange::Ended) => {
                lines.push(cookies::remove(site, &self.names.session));
                lines.push(cookies::remove(site, &self.names.visit));
            }
            None => {
                if let Some(visit) = self.new_visit.get() {
                    lines.push(cookies::set(site, &self.names.visit, &visit.expose(), None));
                }
            }
        }
        let shown = self.flashes_shown.load(Ordering::Relaxed) && self.method != Method::HEAD;
        let added = response.extensions().get::<Flashes>();
        let kept = if shown { &[][..] } else { &self.flashes };
        match added {
            Some(Flashes(added)) => {
                // Tabs that are all sent to the log-in page say why once.
                let new = added.iter().filter(|flash| !kept.contains(flash)).cloned();
                let value = flash::write(&kept.iter().cloned().chain(new).collect::<Vec<_>>());
                lines.push(cookies::set(site, &self.names.flash, &value, None));
            }
            None if shown && !self.flashes.is_empty() => lines.push(cookies::remove(site, &self.names.flash)),
            None => {}
        }
        for line in lines {
            if let Ok(line) = line.parse() {
                response.headers_mut().append(header::SET_COOKIE, line);
            }
        }
    }
}

/// The page that a form stood on: its path here. Whether it was really ours does not matter: only the path is used.
fn referer(request: &Request) -> Option<Next> {
    let url = url::Url::parse(request.header("referer")?).ok()?;
    Next::parse(&url[url::Position::BeforePath..url::Position::AfterQuery])
}

/// Whether a program asks, and not a browser.
fn wants_json(request: &Request) -> bool {
    let accept = request.header("accept").unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}
