//! The test client: keeps cookies, follows redirects and fills in forms as a browser does, over a real socket.

use std::net::IpAddr;
use std::sync::Arc;

use reqwest::cookie::{CookieStore, Jar};
use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Url};

use super::{TestResponse, TestServer};

/// A file that a user chooses in a form.
#[derive(Debug, Clone)]
pub struct TestFile {
    /// The name of the field.
    pub field: String,
    /// The name of the file.
    pub name: String,
    /// The media type that the browser names, such as `image/png`.
    pub content_type: String,
    /// The content.
    pub content: Vec<u8>,
}

impl TestFile {
    /// A file for a field.
    #[must_use]
    pub fn new(field: &str, name: &str, content_type: &str, content: impl Into<Vec<u8>>) -> Self {
        let [field, name, content_type] = [field, name, content_type].map(ToOwned::to_owned);
        Self { field, name, content_type, content: content.into() }
    }
}

/// A browser-like client. Clones share their cookies, like the tabs of one browser.
#[derive(Debug, Clone)]
pub struct TestClient {
    base: Url,
    jar: Arc<Jar>,
    /// Follows redirects.
    following: Client,
    /// Returns redirects.
    direct: Client,
}

#[expect(clippy::missing_panics_doc, clippy::expect_used, reason = "a failure here fails the test")]
impl TestClient {
    /// A client of a test server, without cookies.
    #[must_use]
    pub fn new(server: &TestServer) -> Self {
        Self::at(&server.url("/"))
    }

    /// A client of any server, without cookies. `base` is the server's URL.
    #[must_use]
    pub fn at(base: &str) -> Self {
        Self::build(base.parse().expect("`base` is a URL"), Arc::default(), None)
    }

    fn build(base: Url, jar: Arc<Jar>, address: Option<IpAddr>) -> Self {
        let client = |policy| {
            let builder = Client::builder().cookie_provider(Arc::clone(&jar)).redirect(policy).no_proxy();
            builder.local_address(address).build().expect("the client is built")
        };
        let (following, direct) = (client(Policy::default()), client(Policy::none()));
        Self { base, jar, following, direct }
    }

    /// This client with connections from another loopback address, such as 127.0.0.2: limits count each for itself.
    #[must_use]
    pub fn from_address(self, address: IpAddr) -> Self {
        Self::build(self.base, self.jar, Some(address))
    }

    /// A client that has registered and logged in, by the pages at `/register` and `/login`.
    pub async fn logged_in(server: &TestServer, username: &str, password: &str) -> Self {
        Self::new(server).register(username, password).await;
        let client = Self::new(server);
        let page = client.log_in(username, password).await;
        assert_ne!(page.path, "/login", "{username} is not logged in: {}", page.text);
        client
    }

    /// Opens a page, and follows redirects.
    pub async fn get(&self, path: &str) -> TestResponse {
        self.send(self.following.get(self.url(path))).await
    }

    /// Opens a page, fills in its form to `action`, and submits it. A field without a value here keeps the page's value; a
    /// value without a field is sent as well.
    pub async fn submit(&self, path: &str, action: &str, values: &[(&str, &str)]) -> TestResponse {
        self.submit_on(&self.get(path).await, action, values).await
    }

    /// Fills in the form to `action` on a page, and submits it.
    pub async fn submit_on(&self, page: &TestResponse, action: &str, values: &[(&str, &str)]) -> TestResponse {
        let form = Self::filled_in(page, action, values);
        self.send(self.following.post(self.url(action)).form(&form)).await
    }

    /// The fields of a form, each with the value that is given here, or with that of the page.
    fn filled_in(page: &TestResponse, action: &str, values: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut form = page.form(action);
        form.retain(|(name, _)| values.iter().all(|(given, _)| given != name));
        form.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        form
    }

    /// Fills in the form to `action` on a page, chooses files, and submits it as `multipart/form-data`. The fields are sent in their
    /// order, before the files.
    pub async fn upload_on(
        &self,
        page: &TestResponse,
        action: &str,
        values: &[(&str, &str)],
        files: Vec<TestFile>,
    ) -> TestResponse {
        let fields = Self::filled_in(page, action, values);
        let form = fields.into_iter().fold(Form::new(), |form, (name, value)| form.text(name, value));
        let form = files.into_iter().fold(form, |form, file| {
            let part = Part::bytes(file.content).file_name(file.name);
            form.part(file.field, part.mime_str(&file.content_type).expect("`content_type` is a media type"))
        });
        self.send(self.following.post(self.url(action)).multipart(form)).await
    }

    /// Registers an account with the e-mail address `{username}@example.com`. The client is then logged in, unless
    /// [`crate::Builder::log_in_after_registration`] says otherwise.
    pub async fn register(&self, username: &str, password: &str) -> TestResponse {
        self.register_at("/register", username, password).await
    }

    /// Logs in to an account that [`TestClient::register`] made.
    pub async fn log_in(&self, username: &str, password: &str) -> TestResponse {
        self.log_in_at("/login", username, password).await
    }

    /// Registers by a registration page at another path.
    pub async fn register_at(&self, path: &str, username: &str, password: &str) -> TestResponse {
        let email = email(username);
        let typed = [("username", username), ("email", &email), ("password", password), ("password2", password)];
        self.submit(path, path, &typed).await
    }

    /// Logs in by a log-in page at another path. A client that is logged in is shown no log-in page: it logs in anew, as from
    /// a page that was opened before.
    pub async fn log_in_at(&self, path: &str, username: &str, password: &str) -> TestResponse {
        let (page, typed) = (self.get(path).await, [("email", &*email(username)), ("password", password)]);
        if page.attributes("form", "action").iter().any(|action| action == path) {
            return self.submit_on(&page, path, &typed).await;
        }
        self.send(self.following.post(self.url(path)).header("sec-fetch-site", "same-origin").form(&typed)).await
    }

    /// A request with this client's cookies, to be completed and sent. Redirects are not followed.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.direct.request(method, self.url(path))
    }

    /// Sends a request and reads the response.
    pub async fn send(&self, request: RequestBuilder) -> TestResponse {
        let response = request.send().await.expect("the server responds");
        TestResponse::read(response).await.expect("the body ends")
    }

    /// The cookies that the next request sends: `name=value; …`.
    #[must_use]
    pub fn cookies(&self) -> String {
        self.jar.cookies(&self.base).and_then(|value| value.to_str().map(ToOwned::to_owned).ok()).unwrap_or_default()
    }

    /// Adds cookies, such as stolen or planted ones: `name=value; …`.
    pub fn add_cookies(&self, cookies: &str) {
        for cookie in cookies.split("; ") {
            self.jar.add_cookie_str(cookie, &self.base);
        }
    }

    fn url(&self, path: &str) -> Url {
        self.base.join(path).expect("`path` is a path")
    }
}

/// The e-mail address of an account in tests.
fn email(username: &str) -> String {
    format!("{username}@example.com")
}
