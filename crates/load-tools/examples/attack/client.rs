//! A client with an address of its own, as a trusted proxy passes it on, and how its forms end.

use std::time::Duration;

use anyhow::Context as _;
use load_tools::raw_http::{RawResponse, exchange, form_request};
use load_tools::timeouts::RESPONSE_TIMEOUT;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::outcomes::Outcome;

/// The password of every user of the rows that log in.
pub(crate) const PASSWORD: &str = "marble otter seven";

/// A client that keeps its connection and sends one form after another.
pub(crate) struct Client {
    authority: String,
    /// `X-Forwarded-For`, by which the server knows the client's address.
    forwarded: String,
    cookies: String,
    stream: Option<TcpStream>,
}

impl Client {
    pub(crate) fn new(authority: &str, forwarded: &str) -> Self {
        let (authority, forwarded) = (authority.to_owned(), forwarded.to_owned());
        Self { authority, forwarded, cookies: String::new(), stream: None }
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
        let headers = format!("X-Forwarded-For: {}\r\n{cookies}", self.forwarded);
        let request = form_request(&self.authority, path, &headers, fields);
        timeout(RESPONSE_TIMEOUT, self.exchange(&request)).await.context("no response in time")?
    }

    /// On the connection of the last request, or on a new one.
    async fn exchange(&mut self, request: &str) -> anyhow::Result<RawResponse> {
        if let Some(mut stream) = self.stream.take()
            && let Ok(response) = exchange(&mut stream, request).await
        {
            self.keep(stream, &response);
            return Ok(response);
        }
        let mut stream = TcpStream::connect(&self.authority).await?;
        let response = exchange(&mut stream, request).await?;
        self.keep(stream, &response);
        Ok(response)
    }

    fn keep(&mut self, stream: TcpStream, response: &RawResponse) {
        if response.headers("connection").all(|value| value != "close") {
            self.stream = Some(stream);
        }
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
