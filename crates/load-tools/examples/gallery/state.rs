//! A state of a page: its address, the client that opens it, and the form that leads to it. States know addresses and
//! field names, no classes and no looks.

use accounts::test_kit::{TestClient, TestServer};
use anyhow::ensure;
use poem::http::Method;

/// A password that the policy accepts.
pub(crate) const PASSWORD: &str = "marble otter seven";

/// A page in one of its states.
pub(crate) struct State {
    /// `service-page-state`: the beginning of the file names of its pictures.
    pub(crate) name: String,
    /// The service's origin.
    base: String,
    path: String,
    /// The client's cookies: `name=value; …`.
    pub(crate) cookies: String,
    /// A form of that page, submitted to reach the state.
    pub(crate) form: Option<SubmittedForm>,
    /// Whether audits that measure each page once measure this state.
    pub(crate) is_measured: bool,
}

/// A form with values that a browser's own checks might reject.
pub(crate) struct SubmittedForm {
    pub(crate) action: String,
    pub(crate) fields: Vec<(&'static str, String)>,
    /// Whether the page has no such form any more: it was opened before something changed.
    pub(crate) is_gone: bool,
}

impl State {
    /// The page at `path`, opened by `client`.
    pub(crate) fn of(name: &str, base: &str, path: &str, client: &TestClient) -> Self {
        let base = base.replace("127.0.0.1", "localhost"); // browsers treat it as a secure context
        let (name, path, cookies) = (name.to_owned(), path.to_owned(), client.cookies());
        Self { name, base, path, cookies, form: None, is_measured: false }
    }

    /// The page after its form to `action` was submitted.
    pub(crate) fn after_form(mut self, action: &str, fields: &[(&'static str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.form = Some(SubmittedForm { action: action.to_owned(), fields, is_gone: false });
        self
    }

    /// The page after a form to `action` was submitted that it had before something changed.
    pub(crate) fn after_old_form(self, action: &str, fields: &[(&'static str, &str)]) -> Self {
        let mut state = self.after_form(action, fields);
        state.form.iter_mut().for_each(|form| form.is_gone = true);
        state
    }

    /// Has audits measure this state.
    pub(crate) fn measured(mut self) -> Self {
        self.is_measured = true;
        self
    }

    pub(crate) fn url(&self) -> String {
        format!("{}{}", self.base, self.path)
    }

    /// A test client with the state's cookies.
    pub(crate) fn client(&self) -> TestClient {
        let client = TestClient::at(&self.base);
        client.add_cookies(&self.cookies);
        client
    }

    /// The HTML of the page as delivered. It submits the form again.
    pub(crate) async fn source(&self) -> String {
        let (client, path) = (self.client(), self.path.as_str());
        let page = match &self.form {
            None => client.get(path).await,
            Some(SubmittedForm { action, fields, is_gone }) => {
                let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                if *is_gone {
                    let request = client.request(Method::POST, action).header("sec-fetch-site", "same-origin");
                    client.send(request.form(&fields)).await
                } else {
                    client.submit(path, action, &fields).await
                }
            }
        };
        page.html
    }
}

/// Registers a user and logs them in. `nick` is the local part of their e-mail address, since `name` may be in any
/// script.
pub(crate) async fn register(server: &TestServer, name: &str, nick: &str) -> anyhow::Result<TestClient> {
    let (client, email) = (TestClient::new(server), format!("{nick}@example.com"));
    let fields = [("username", name), ("email", &email), ("password", PASSWORD), ("password2", PASSWORD)];
    let page = client.submit("/register", "/register", &fields).await;
    ensure!(page.path != "/register", "{name} is not registered: {}", page.text);
    if page.path == "/login" {
        log_in(&client, nick).await?; // TriPlanned leads to its log-in page
    }
    client.get("/").await; // shows the welcome message, so that later pages do not
    Ok(client)
}

/// Logs a registered user in.
pub(crate) async fn log_in(client: &TestClient, nick: &str) -> anyhow::Result<()> {
    let email = format!("{nick}@example.com");
    let page = client.submit("/login", "/login", &[("email", &email), ("password", PASSWORD)]).await;
    ensure!(page.path != "/login", "{nick} could not log in: {}", page.text);
    client.get("/").await; // shows the welcome message, so that later pages do not
    Ok(())
}

/// A username of the greatest length, without a space where it could wrap.
pub(crate) fn long_name() -> String {
    "Wilhelmina-Theodora_von.".repeat(3).chars().take(64).collect()
}
