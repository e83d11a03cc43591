//! A client with an address of its own, and how its forms end.

use std::net::IpAddr;
use std::time::Duration;

use anyhow::Context as _;
use load_tools::proxy::{PUBLIC_HOST, ProxyClient};
use load_tools::raw_http::{RawResponse, exchange, form_request};
use load_tools::timeouts::RESPONSE_TIMEOUT;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::outcomes::Outcome;

/// The password of every user of the rows that log in.
pub(crate) const PASSWORD: &str = "marble otter seven";

/// A client that keeps its connection and sends one form after another.
pub(crate) struct Client {
    route: Route,
    /// The `X-Forwarded-For` that it sends; nothing where it is empty.
    forwarded: String,
    cookies: String,
    stream: Option<Box<dyn Stream>>,
}

/// How a client reaches the server.
enum Route {
    /// On a connection to `host:port`.
    Direct(String),
    /// Through a proxy, from an address of this machine.
    Proxied(ProxyClient, IpAddr),
}

/// A connection, with TLS or without.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

impl Client {
    /// A client without a proxy: the tool is the trusted proxy, and the server knows the address by `forwarded`.
    pub(crate) fn new(authority: &str, forwarded: &str) -> Self {
        Self::on(Route::Direct(authority.to_owned()), forwarded)
    }

    /// A client that the proxy, and by it the server, knows by its `source`.
    pub(crate) fn behind(proxy: &ProxyClient, source: IpAddr) -> Self {
        Self::on(Route::Proxied(proxy.clone(), source), "")
    }

    fn on(route: Route, forwarded: &str) -> Self {
        Self { route, forwarded: forwarded.to_owned(), cookies: String::new(), stream: None }
    }

    /// The same browser elsewhere, or the same place with another browser.
    pub(crate) fn with_cookies(mut self, cookies: &str) -> Self {
        cookies.clone_into(&mut self.cookies);
        self
    }

    /// The next form has another `X-Forwarded-For`.
    pub(crate) fn forward(&mut self, forwarded: &str) {
        forwarded.clone_into(&mut self.forwarded);
    }

    /// Logs in. Without the right password this is a guess.
    pub(crate) async fn log_in(&mut self, email: &str, password: &str) -> Outcome {
        self.submit("/login", &[("email", email), ("password", password)]).await
    }

    pub(crate) async fn register(&mut self, name: &str, password: &str) -> Outcome {
        let email = email(name);
        let fields = [("username", name), ("email", &email), ("password", password), ("password2", password)];
        self.submit("/register", &fields).await
    }

    /// Sends a form, and returns how it ended.
    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Outcome {
        self.post(path, fields).await.map_or(Outcome::Failed, |response| Outcome::of(response.status))
    }

    /// Sends a form, and returns the response.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<RawResponse> {
        let cookies = if self.cookies.is_empty() { String::new() } else { format!("Cookie: {}\r\n", self.cookies) };
        let forwarded =
            if self.forwarded.is_empty() { String::new() } else { format!("X-Forwarded-For: {}\r\n", self.forwarded) };
        let request = form_request(self.route.host(), path, &format!("{forwarded}{cookies}"), fields);
        timeout(RESPONSE_TIMEOUT, self.exchange(&request)).await.context("no response in time")?
    }

    /// On the connection of the last request, or on a new one.
    async fn exchange(&mut self, request: &str) -> anyhow::Result<RawResponse> {
        if let Some(mut stream) = self.stream.take()
            && let Ok(response) = exchange(&mut *stream, request).await
        {
            self.keep(stream, &response);
            return Ok(response);
        }
        let mut stream = self.route.connect().await?;
        let response = exchange(&mut *stream, request).await?;
        self.keep(stream, &response);
        Ok(response)
    }

    fn keep(&mut self, stream: Box<dyn Stream>, response: &RawResponse) {
        if response.headers("connection").all(|value| value != "close") {
            self.stream = Some(stream);
        }
    }
}

impl Route {
    fn host(&self) -> &str {
        match self {
            Self::Direct(authority) => authority,
            Self::Proxied(..) => PUBLIC_HOST,
        }
    }

    async fn connect(&self) -> anyhow::Result<Box<dyn Stream>> {
        Ok(match self {
            Self::Direct(authority) => Box::new(TcpStream::connect(authority).await?),
            Self::Proxied(proxy, source) => Box::new(proxy.connect(*source).await?),
        })
    }
}

/// The e-mail address of a user.
pub(crate) fn email(name: &str) -> String {
    format!("{name}@example.com")
}

/// A time in seconds, with its unit.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
