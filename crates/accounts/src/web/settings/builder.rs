//! The methods of [`Builder`] for the HTTP side. Those that move an account page are made from the table of
//! [`crate::web::account_pages`].

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use auth::BearerToken;
use domain::StoreError;
use domain::user::UserId;
use ipnet::IpNet;
use poem::{Request, Response};

use crate::Builder;
use crate::web::request::BodyRule;
use crate::web::{AccountPage, Layout, OwnFields, PageContext, Problem, ReturnPath};

impl Builder {
    /// The layout of every page. Default: [`crate::web::PlainLayout`].
    pub fn layout(mut self, layout: impl Layout + 'static) -> Self {
        self.web.layout = Arc::new(layout);
        self
    }

    /// The response to an anonymous visitor on a protected page. `respond` gets the request without its body, with the whole path and
    /// without the parameters of its route. `None` is the default.
    ///
    /// Default: 401 and JSON for a client that asks for JSON; for any other a redirect (303) to the log-in page, with a
    /// flash message, and back after the log-in.
    pub fn unauthorized(
        mut self,
        respond: impl Fn(&Request, &PageContext) -> Option<Response> + Send + Sync + 'static,
    ) -> Self {
        self.web.unauthorized = Some(Arc::new(respond));
        self
    }

    /// A prefix of the cookies' names, for services that share a host: `trips` makes `trips-session`. 1 to 32 letters,
    /// digits and dashes. Default: none.
    pub fn cookie_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.web.cookie_prefix = Some(prefix.into());
        self
    }

    /// The address that the service will listen on; nothing is bound here. Default: loopback. Any other address needs
    /// [`Builder::origin`].
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.web.listen = Some(address);
        self
    }

    /// The origin under which browsers reach the service, such as `https://dinner.example`. A proxy terminates TLS.
    ///
    /// Cookies then have `__Host-` names and `Secure`, and responses have HSTS.
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.web.origin = Some(origin.into());
        self
    }

    /// Allows plain HTTP beyond loopback, which sends passwords and sessions in clear. For a closed network only.
    ///
    /// Without [`Builder::origin`] the service then responds to requests for an IP address only: any page of the web can
    /// point a host name at it (DNS rebinding).
    pub fn allow_plain_http(mut self) -> Self {
        self.web.allow_plain_http = true;
        self
    }

    /// The proxies whose `X-Forwarded-For` is believed. Default: none.
    pub fn trusted_proxies(mut self, networks: impl IntoIterator<Item = IpNet>) -> Self {
        self.web.trusted_proxies.networks.extend(networks);
        self
    }

    /// Believes the `X-Forwarded-For` of a proxy that connects by a Unix socket. Default: a request that a proxy forwards over
    /// a Unix socket is refused with status 421, since without the client's address no limit by network applies.
    pub fn trust_unix_socket(mut self) -> Self {
        self.web.trusted_proxies.unix_socket = true;
        self
    }

    /// The most bytes of a request body: 1,024 to 16,777,216. Default: 65,536. Single routes may have another limit:
    /// [`Builder::body_limit_at`], [`Builder::upload_at`].
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.web.body_limit = bytes;
        self
    }

    /// Opens a route to POSTs of other sites and programs, such as a webhook: `/hooks/stripe` or `/hooks/:name`, in the syntax of
    /// `Route::at`. May be called several times. Default: none.
    ///
    /// A POST there without a cookie of ours needs no CSRF proof, and its visitor is anonymous. With a cookie of ours it is checked as any
    /// other. The handler verifies the sender, say by a signature over the body, which it gets as it was sent. Limits, headers, request
    /// id and errors are those of every route. An account page cannot be opened.
    pub fn open_at(mut self, path: impl Into<String>) -> Self {
        self.web.open_paths.push((path.into(), ()));
        self
    }

    /// Accepts API tokens on the routes at `path`, such as `/api/*rest`, in the syntax of `Route::at`: `find_user` gets the token of a
    /// request with `Authorization: Bearer …`, and returns its user, or `None` for an unknown or revoked token. May be called several
    /// times. Default: the visitor of such a request is anonymous, on every route.
    ///
    /// The visitor is the user with that id: [`Visitor`](crate::web::Visitor), [`CurrentUser`](crate::web::CurrentUser),
    /// [`LoginRequired`](crate::web::LoginRequired) and roles work as for a session. Where the user is unknown, disabled, or deleted, or has
    /// requested the deletion, the visitor is anonymous. A token never counts on account pages, beside a cookie of ours, or for a page of
    /// another origin. A page that requires a recent log-in refuses it.
    ///
    /// It runs at most once for a request, when the visitor is asked for, within the handler timeout. An error is a 503.
    pub fn api_tokens_at<F, S>(mut self, path: impl Into<String>, find_user: F) -> Self
    where
        F: Fn(BearerToken) -> S + Send + Sync + 'static,
        S: Future<Output = Result<Option<UserId>, StoreError>> + Send + 'static,
    {
        self.web.token_paths.push((path.into(), Arc::new(move |token| Box::pin(find_user(token)))));
        self
    }

    /// Another body limit on the routes at `path`, in the syntax of `Route::at`, for every visitor: 1,024 to 16,777,216 bytes. Of several
    /// paths that match, the first counts. Default: [`Builder::body_limit`].
    ///
    /// A form as `multipart/form-data` is parsed there: see [`Files`](crate::web::Files). An account page cannot have another limit.
    pub fn body_limit_at(mut self, path: impl Into<String>, bytes: usize) -> Self {
        self.web.body_rules.push((path.into(), BodyRule { limit: bytes, is_for_users: false }));
        self
    }

    /// Takes uploads of users on the routes at `path`, in the syntax of `Route::at`: as [`Builder::body_limit_at`], but a body is read for a
    /// user alone. An anonymous visitor is asked to log in before a byte of it is read.
    ///
    /// `bytes` is for the whole form: leave some 10 KiB beside its files.
    pub fn upload_at(mut self, path: impl Into<String>, bytes: usize) -> Self {
        self.web.body_rules.push((path.into(), BodyRule { limit: bytes, is_for_users: true }));
        self
    }

    /// How long a handler may run, 10 ms to 1 h. Default: 30 s. The time to read the body does not count.
    ///
    /// After it the visitor gets a 503 page: for a form it says that the outcome is unknown.
    pub fn handler_timeout(mut self, limit: Duration) -> Self {
        self.web.handler_timeout = limit;
        self
    }

    /// How long after the password was given a page that requires a recent log-in ([`crate::web::RecentLogIn`]) opens without
    /// asking for it again, 1 minute to 2 hours. Default: 10 minutes.
    pub fn recent_log_in(mut self, within: Duration) -> Self {
        self.web.recent_log_in = within;
        self
    }

    /// Adds a source to a directive of the content security policy, such as `("img-src", "https://tiles.example")`.
    pub fn csp_source(mut self, directive: impl Into<String>, source: impl Into<String>) -> Self {
        self.web.csp_sources.push((directive.into(), source.into()));
        self
    }

    /// The flash messages of the embedder that a guest may get, such as "Thank you for your order." Default: none. May be called
    /// several times.
    ///
    /// A guest has no session that could sign a message, and a cookie without a signature may be set by a sibling
    /// domain. So the cookie of a guest has the numbers of listed messages alone. A flash message for a guest that is not listed
    /// is dropped, with an error in the log. A user gets any message.
    pub fn guest_messages<S: Into<String>>(mut self, messages: impl IntoIterator<Item = S>) -> Self {
        self.web.guest_messages.extend(messages.into_iter().map(Into::into));
        self
    }

    /// Whether a registration logs in. Default: `true`. With `false` it leads to the log-in page, with `next`.
    pub fn log_in_after_registration(mut self, logs_in: bool) -> Self {
        self.web.log_in_after_registration = logs_in;
        self
    }

    /// Own fields of the registration form, whose value reaches the hook of the store in the commit of the registration. Default:
    /// none.
    pub fn own_fields(mut self, fields: impl OwnFields + 'static) -> Self {
        self.web.own_fields = Some(Arc::new(fields));
        self
    }

    /// Says on the log-in page and the registration page why the visitor is there: `describe` gets the path that they lead
    /// to (`next`), and returns one sentence of plain text, such as "Marta invited you to Mushroom risotto", or `None`.
    ///
    /// It runs once for each of these pages that has a `next`, within the handler timeout. `next` is chosen by the visitor:
    /// describe only what any anonymous visitor may know. Where a store fails, return `None`: the page works without the sentence.
    pub fn describe_next<F, S>(mut self, describe: F) -> Self
    where
        F: Fn(ReturnPath) -> S + Send + Sync + 'static,
        S: Future<Output = Option<String>> + Send + 'static,
    {
        self.web.describe_next = Some(Arc::new(move |next| Box::pin(describe(next))));
        self
    }

    /// Adds a section to the account page, below what this crate shows: `section` gets the context of the page, whose user is
    /// logged in, and returns safe HTML. Sections are in the order in which they are added. It may ask a store, within the handler
    /// timeout; an error is the error of the page.
    ///
    /// With askama: `Ok(MySection { … }.render()?)`.
    pub fn account_section<F, S>(mut self, section: F) -> Self
    where
        F: Fn(PageContext) -> S + Send + Sync + 'static,
        S: Future<Output = Result<String, Problem>> + Send + 'static,
    {
        self.web.account_sections.push(Arc::new(move |page| Box::pin(section(page))));
        self
    }

    /// The path that a registration without `next` leads to. Default: as a log-in; without
    /// [`Builder::log_in_after_registration`] the log-in page.
    pub fn after_registration(mut self, path: impl Into<String>) -> Self {
        self.web.after_registration = Some(path.into());
        self
    }

    /// The path that a log-in without `next` leads to. Default: `/`.
    pub fn after_log_in(mut self, path: impl Into<String>) -> Self {
        self.web.after_log_in = path.into();
        self
    }

    /// The path that a log-out leads to. Default: `/`.
    pub fn after_log_out(mut self, path: impl Into<String>) -> Self {
        self.web.after_log_out = path.into();
        self
    }

    /// What the deletion of an account means for the embedder's own, in sentences of plain text for the page that deletes it, such as
    /// "Your trips stay, without your name." They follow those about the account.
    pub fn deletion_consequences(mut self, sentences: impl IntoIterator<Item = &'static str>) -> Self {
        self.web.deletion_consequences.extend(sentences);
        self
    }

    /// Puts a page of the service's own in place of an account page, at `path`: [`crate::Accounts::routes`] adds no page of ours
    /// then, and each link and redirect to it leads to `path`. The service adds the route.
    ///
    /// `docs/EMBEDDING.md` shows a log-in page, a registration page and a password page.
    pub fn own_page(mut self, page: AccountPage, path: impl Into<String>) -> Self {
        self.web.paths.insert(page, path.into());
        self.web.without.remove(&page);
        self.web.own_pages.insert(page);
        self
    }

    /// Leaves an account page out. The service has no such page; for one of its own see [`Builder::own_page`].
    pub fn without(mut self, page: AccountPage) -> Self {
        self.web.without.insert(page);
        self
    }
}
