//! The secret recipe: a program that is started as people start it.

use std::path::Path;

use accounts::test_kit::TestClient;
use anyhow::Context as _;
use tempfile::TempDir;
use test_support::{Program, sqlite_url};

use crate::state::State;

/// The recipe's program, running.
pub(crate) struct Recipe {
    program: Program,
    _folder: TempDir,
}

impl Recipe {
    pub(crate) fn start(program: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let program = Program::start(program, &["--database", &sqlite_url(&folder)])?;
        Ok(Self { program, _folder: folder })
    }

    pub(crate) async fn states(&self) -> anyhow::Result<Vec<State>> {
        let base = format!("http://127.0.0.1:{}", self.program.port());
        let told = self.program.said().iter().find_map(|line| line.split_once("with the password "));
        let (_, password) = told.context("the recipe told no password")?;
        let (guest, cook) = (TestClient::at(&base), TestClient::at(&base));
        let right = [("email", "cook@example.com"), ("password", password.split('.').next().unwrap_or_default())];
        let wrong = [("email", "cook@example.com"), ("password", "wrong")];
        cook.submit("/", "/", &right).await;
        cook.get("/home").await; // reads the welcome
        let state = |name, path, visitor| State::of(name, &base, path, visitor);
        Ok(vec![
            state("recipe-login", "/", &guest).measured(),
            state("recipe-login-asked", "/home", &guest),
            state("recipe-login-error", "/", &guest).sending("/", &wrong),
            state("recipe-home-welcome", "/", &guest).sending("/", &right),
            state("recipe-home", "/home", &cook).measured(),
            state("recipe-nowhere", "/nowhere", &guest),
        ])
    }
}
