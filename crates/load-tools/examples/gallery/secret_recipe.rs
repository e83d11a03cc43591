//! The states of the secret recipe, whose program runs in a process of its own.

use std::path::Path;

use accounts::test_kit::TestClient;
use anyhow::Context as _;
use tempfile::TempDir;
use test_support::{Program, sqlite_url};

use crate::state::State;

/// The running program.
pub(crate) struct SecretRecipe {
    program: Program,
    _folder: TempDir,
}

impl SecretRecipe {
    pub(crate) fn start(program: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let program = Program::start(program, &["--database", &sqlite_url(&folder)])?;
        Ok(Self { program, _folder: folder })
    }

    pub(crate) async fn states(&self) -> anyhow::Result<Vec<State>> {
        let base = format!("http://127.0.0.1:{}", self.program.port());
        let line = self.program.output().iter().find_map(|line| line.split_once("with the password "));
        let (_, password) = line.context("the program printed no password")?;
        let (guest, cook) = (TestClient::at(&base), TestClient::at(&base));
        let right = [("email", "cook@example.com"), ("password", password.split('.').next().unwrap_or_default())];
        let wrong = [("email", "cook@example.com"), ("password", "wrong")];
        cook.submit("/", "/", &right).await;
        cook.get("/home").await; // shows the welcome message, so that later pages do not
        let state = |name, path, client| State::of(name, &base, path, client);
        Ok(vec![
            state("recipe-login", "/", &guest).measured(),
            state("recipe-login-asked", "/home", &guest),
            state("recipe-login-error", "/", &guest).after_form("/", &wrong),
            state("recipe-home-welcome", "/", &guest).after_form("/", &right),
            state("recipe-home", "/home", &cook).measured(),
            state("recipe-account", "/account", &cook),
            state("recipe-account-sessions", "/account/sessions", &cook),
            state("recipe-account-password-error", "/account/password", &cook).after_form(
                "/account/password",
                &[("password", ""), ("new_password", "short"), ("new_password2", "?")],
            ),
            state("recipe-account-username", "/account/username", &cook),
            state("recipe-delete", "/account/delete", &cook),
            state("recipe-nowhere", "/nowhere", &guest),
        ])
    }
}
