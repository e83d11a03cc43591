//! The states of the pages of one's own account, and of forms that wait for a log-in or for the password.

use accounts::test_kit::TestClient;
use anyhow::{Context as _, ensure};
use poem::http::Method;

use super::DinnerParty;
use crate::state::{PASSWORD, State, log_in, long_name, register};

/// A new password that is refused.
const INVALID_PASSWORD: [(&str, &str); 2] = [("password", "short"), ("password2", "?")];
/// A change of the password with an error in each field.
const INVALID_CHANGE: [(&str, &str); 3] =
    [("password", "wrong"), ("new_password", "short"), ("new_password2", "other")];
/// A change of the password with a wrong one.
const WRONG_CHANGE: [(&str, &str); 3] =
    [("password", "wrong"), ("new_password", "granite heron nine"), ("new_password2", "granite heron nine")];
/// After so many wrong passwords from a known browser, the user waits.
const FAILURES_BEFORE_A_WAIT: usize = 10;

/// Sends a form that waits on the page `asking`, and returns it as that page carries it.
async fn interrupt(client: &TestClient, asking: &str, action: &str, fields: &[(&str, &str)]) -> anyhow::Result<String> {
    let request = client.request(Method::POST, action).header("sec-fetch-site", "same-origin");
    let page = client.send(request.form(fields)).await;
    let waiting = page.form(asking).into_iter().find(|(name, _)| name == "resume");
    waiting.map(|(_, signed)| signed).with_context(|| format!("no form waits on {asking}: {}", page.text))
}

impl DinnerParty {
    /// A user with two sessions, and one who has typed too many wrong passwords.
    pub(crate) async fn account() -> anyhow::Result<(Self, Vec<State>)> {
        let site = Self::start().await?;
        let (ada, ben) = (register(&site.server, "ada", "ada").await?, register(&site.server, "ben", "ben").await?);
        let (guest, cleo) = (TestClient::new(&site.server), register(&site.server, "cleo", "cleo").await?);
        let (twice, mina) = (TestClient::new(&site.server), register(&site.server, &long_name(), "mina").await?);
        log_in(&twice, "ada").await?;
        for _ in 0..FAILURES_BEFORE_A_WAIT {
            let page = ben.submit("/account/password", "/account/password", &WRONG_CHANGE).await;
            ensure!(page.status == 422, "a wrong password is refused with {}: {}", page.status, page.text);
        }
        let reset = site.reset_link(site.id_of("ada").await?).await?;
        let mut states = vec![
            site.state("reset", &reset, &guest).measured(),
            site.state("reset-error", &reset, &guest).after_form("/account/reset", &INVALID_PASSWORD),
            site.state("reset-unusable", "/account/reset", &guest),
            site.state("account", "/account", &ada).measured(),
            site.state("account-sessions", "/account/sessions", &ada).measured(),
            site.state("account-sessions-one", "/account/sessions", &ben),
            site.state("account-sessions-unknown", "/account/sessions", &twice)
                .after_form("/account/sessions", &[("session", "0")]),
            site.state("account-username", "/account/username", &ada).measured(),
            site.state("account-username-error", "/account/username", &ada)
                .after_form("/account/username", &[("username", "a b")]),
            site.state("account-renamed", "/account/username", &cleo)
                .after_form("/account/username", &[("username", "Cleopatra")]),
            site.state("account-email", "/account/email", &ada).measured(),
            site.state("account-email-error", "/account/email", &ada)
                .after_form("/account/email", &[("email", "ada@"), ("password", "")]),
            site.state("account-password", "/account/password", &ada).measured(),
            site.state("account-password-error", "/account/password", &ada)
                .after_form("/account/password", &INVALID_CHANGE),
            site.state("account-password-throttled", "/account/password", &ben)
                .after_form("/account/password", &WRONG_CHANGE),
            site.state("account-long", "/account", &mina),
            site.state("delete", "/account/delete", &ada).measured(),
            site.state("delete-long", "/account/delete", &mina),
        ];
        states.extend(site.interrupted().await?);
        Ok((site, states))
    }

    /// A form that waits on the log-in page and on the registration page, and that is shown after the log-in.
    async fn interrupted(&self) -> anyhow::Result<Vec<State>> {
        let guest = TestClient::new(&self.server);
        let host = [("main_dish", "Ratatouille"), ("venue", "The kitchen"), ("number_seats", "6")];
        let form = interrupt(&guest, "/login", "/host", &host).await?;
        // A page that does not show it, and another user than the one who logs in.
        let other = interrupt(&guest, "/login", "/people", &[("csrf_token", "stale.9"), ("dish", "Soup")]).await?;
        let switch = [("resume", form.as_str()), ("switch", "on")];
        let log_in = |resume| [("resume", resume), ("email", "ada@example.com"), ("password", PASSWORD)];
        let wrong = [("resume", form.as_str()), ("email", "ada@example.com"), ("password", "wrong")];
        Ok(vec![
            self.state("login-waiting", "/login", &guest).after_form("/login", &switch),
            self.state("login-waiting-error", "/login", &guest).after_form("/login", &wrong),
            self.state("register-waiting", "/register", &guest).after_form("/register", &switch),
            self.state("host-resumed", "/login", &guest).after_form("/login", &log_in(form.as_str())),
            self.state("resumed-alone", "/login", &guest).after_form("/login", &log_in(other.as_str())),
        ])
    }

    /// The page that asks for the password again. Call it after the log-in of `client` is not recent any more.
    pub(super) async fn confirmation(&self, client: &TestClient) -> anyhow::Result<Vec<State>> {
        let path = "/account/confirm";
        let form = interrupt(client, path, "/account/username", &[("username", "Maryam")]).await?;
        let waiting = [("resume", form.as_str()), ("password", "")];
        Ok(vec![
            self.state("account-confirm", &format!("{path}?next=/host"), client).measured(),
            self.state("account-confirm-error", path, client).after_form(path, &[("password", "wrong")]),
            self.state("account-confirm-waiting", path, client).after_form(path, &waiting),
        ])
    }
}
