//! Somebody who visits a service: keeps its cookies, follows its redirects, fills in its forms.

use std::sync::Arc;

use reqwest::cookie::{CookieStore, Jar};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Url};

use super::{TestResponse, TestServer};

/// A visitor. Clones share their cookies, as tabs of one browser do.
#[derive(Debug, Clone)]
pub struct TestClient {
    base: Url,
    jar: Arc<Jar>,
    /// Follows redirects.
    browser: Client,
    /// Does not.
    client: Client,
}

#[expect(clippy::missing_panics_doc, clippy::expect_used, reason = "what fails here fails the test")]
impl TestClient {
    /// Somebody new, at a test's own server.
    #[must_use]
    pub fn of(server: &TestServer) -> Self {
        Self::at(&server.url("/"))
    }

    /// Somebody new, at any server of this machine.
    #[must_use]
    pub fn at(base: &str) -> Self {
        let jar = Arc::new(Jar::default());
        let client = |policy| Client::builder().cookie_provider(Arc::clone(&jar)).redirect(policy).no_proxy().build();
        let browser = client(Policy::default()).expect("a client");
        let client = client(Policy::none()).expect("a client");
        Self { base: base.parse().expect("a URL"), jar, browser, client }
    }

    /// Somebody new who has an account and is logged in, by the pages at `/register` and `/login`.
    pub async fn logged_in(server: &TestServer, username: &str, password: &str) -> Self {
        let visitor = Self::of(server);
        visitor.register(username, password).await;
        let page = visitor.log_in(username, password).await;
        assert_ne!(page.path, "/login", "{username} is not let in: {}", page.text);
        visitor
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> TestResponse {
        self.send(self.browser.get(self.url(path))).await
    }

    /// Opens a page, fills in its form to `action`, and sends it. Fields not named keep what the page gave them; a
    /// value for a field that the form does not have is sent as well.
    pub async fn submit(&self, path: &str, action: &str, values: &[(&str, &str)]) -> TestResponse {
        self.submit_on(&self.get(path).await, action, values).await
    }

    /// Fills in the form to `action` on a page that came, and sends it.
    pub async fn submit_on(&self, page: &TestResponse, action: &str, values: &[(&str, &str)]) -> TestResponse {
        let mut form = page.form(action);
        form.retain(|(name, _)| values.iter().all(|(typed, _)| typed != name));
        form.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.send(self.browser.post(self.url(action)).form(&form)).await
    }

    /// Registers under a name, with the address `name@example.com`.
    pub async fn register(&self, username: &str, password: &str) -> TestResponse {
        self.register_at("/register", username, password).await
    }

    /// Logs in as whom [`TestClient::register`] made.
    pub async fn log_in(&self, username: &str, password: &str) -> TestResponse {
        self.log_in_at("/login", username, password).await
    }

    /// [`TestClient::register`] where the page is at a path of its own.
    pub async fn register_at(&self, path: &str, username: &str, password: &str) -> TestResponse {
        let email = email(username);
        let typed = [("username", username), ("email", &email), ("password", password), ("password2", password)];
        self.submit(path, path, &typed).await
    }

    /// [`TestClient::log_in`] where the page is at a path of its own.
    pub async fn log_in_at(&self, path: &str, username: &str, password: &str) -> TestResponse {
        self.submit(path, path, &[("email", &email(username)), ("password", password)]).await
    }

    /// A request by hand, with this visitor's cookies; redirects are not followed.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// Sends a request and reads the page that comes.
    pub async fn send(&self, request: RequestBuilder) -> TestResponse {
        let response = request.send().await.expect("the server answers");
        TestResponse::of(response).await.expect("the answer ends")
    }

    /// The cookies as the next request would send them: `name=value; …`.
    #[must_use]
    pub fn cookies(&self) -> String {
        self.jar.cookies(&self.base).and_then(|value| value.to_str().map(ToOwned::to_owned).ok()).unwrap_or_default()
    }

    /// Takes over cookies, as a thief or another browser would: `name=value; …`.
    pub fn take_cookies(&self, cookies: &str) {
        for cookie in cookies.split("; ") {
            self.jar.add_cookie_str(cookie, &self.base);
        }
    }

    fn url(&self, path: &str) -> Url {
        self.base.join(path).expect("a path")
    }
}

/// The address of whoever has that name, in tests.
fn email(username: &str) -> String {
    format!("{username}@example.com")
}
