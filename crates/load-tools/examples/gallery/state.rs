//! A state of a page: where it is, who sees it, and what was sent to bring it about. By addresses and fields alone: no
//! class and no look of a page is known here.

use accounts::test_kit::{TestClient, TestServer};
use anyhow::ensure;

/// A password that the policy accepts.
pub(crate) const PASSWORD: &str = "marble otter seven";

/// A page in one of its states.
pub(crate) struct State {
    /// `service-page-state`: the start of its pictures' names.
    pub(crate) name: String,
    /// The service's address, without a slash at its end.
    base: String,
    path: String,
    /// Whoever sees it, as their browser would tell: `name=value; …`.
    pub(crate) cookies: String,
    /// A form on that page that is sent, after which the state is there.
    pub(crate) sent: Option<Sent>,
    /// Whether it stands for its page where a page is measured once.
    pub(crate) is_measured: bool,
}

/// A form, filled in past what a browser would let be typed.
pub(crate) struct Sent {
    pub(crate) action: String,
    pub(crate) fields: Vec<(&'static str, String)>,
}

impl State {
    /// A page as `visitor` finds it.
    pub(crate) fn of(name: &str, base: &str, path: &str, visitor: &TestClient) -> Self {
        let base = base.replace("127.0.0.1", "localhost"); // the one host that the browser knows
        let (name, path, cookies) = (name.to_owned(), path.to_owned(), visitor.cookies());
        Self { name, base, path, cookies, sent: None, is_measured: false }
    }

    /// After the form to `action` on it was sent.
    pub(crate) fn sending(mut self, action: &str, fields: &[(&'static str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.sent = Some(Sent { action: action.to_owned(), fields });
        self
    }

    pub(crate) fn url(&self) -> String {
        format!("{}{}", self.base, self.path)
    }

    /// Whoever sees it, without a browser.
    pub(crate) fn visitor(&self) -> TestClient {
        let visitor = TestClient::at(&self.base);
        visitor.add_cookies(&self.cookies);
        visitor
    }

    /// The page's source as it is delivered. Where a form was sent that can be sent once, it is the second time's.
    pub(crate) async fn source(&self) -> String {
        let (visitor, path) = (self.visitor(), self.path.as_str());
        let page = match &self.sent {
            None => visitor.get(path).await,
            Some(Sent { action, fields }) => {
                let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                visitor.submit(path, action, &fields).await
            }
        };
        page.html
    }

    /// Stands for its page.
    pub(crate) fn measured(mut self) -> Self {
        self.is_measured = true;
        self
    }
}

/// Somebody new, registered and logged in. `nick` makes their e-mail address, which a name in any script does not.
pub(crate) async fn enter(server: &TestServer, name: &str, nick: &str) -> anyhow::Result<TestClient> {
    let (visitor, email) = (TestClient::new(server), format!("{nick}@example.com"));
    let typed = [("username", name), ("email", &email), ("password", PASSWORD), ("password2", PASSWORD)];
    let registered = visitor.submit("/register", "/register", &typed).await;
    ensure!(registered.path == "/login", "{name} is not registered: {}", registered.text);
    log_in(&visitor, nick).await?;
    Ok(visitor)
}

/// Somebody registered, logged in.
pub(crate) async fn log_in(visitor: &TestClient, nick: &str) -> anyhow::Result<()> {
    let email = format!("{nick}@example.com");
    let welcome = visitor.submit("/login", "/login", &[("email", &email), ("password", PASSWORD)]).await;
    ensure!(welcome.path != "/login", "{nick} is not let in: {}", welcome.text);
    visitor.get("/").await; // reads the welcome, which no picture is about
    Ok(())
}

/// A name as long as names may be, without a blank to break it at.
pub(crate) fn long_name() -> String {
    "Wilhelmina-Theodora_von.".repeat(3).chars().take(64).collect()
}
