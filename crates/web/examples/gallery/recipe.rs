//! The secret recipe: a program that is started as people start it.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use accounts::test_kit::Visitor;
use anyhow::Context as _;
use tempfile::TempDir;
use test_support::sqlite_url;

use crate::state::State;

/// The recipe's program, running.
pub(crate) struct Recipe {
    program: Child,
    base: String,
    /// What its first start printed.
    password: String,
    _folder: TempDir,
}

impl Recipe {
    pub(crate) fn start(program: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?; // free again at the end of this line
        let settings = ["--listen", &free.to_string(), "--database", &sqlite_url(&folder)];
        let mut program = Command::new(program).args(settings).stdout(Stdio::piped()).spawn().context("no recipe")?;
        let said = BufReader::new(program.stdout.take().context("its output is piped")?);
        let mut password = None;
        for line in said.lines() {
            let line = line?;
            if let Some((_, rest)) = line.split_once("with the password ") {
                password = rest.split('.').next().map(ToOwned::to_owned);
            }
            if line.contains("is served at") {
                break;
            }
        }
        let password = password.context("the recipe told no password")?;
        Ok(Self { program, base: format!("http://{free}"), password, _folder: folder })
    }

    pub(crate) async fn states(&self) -> Vec<State> {
        let (guest, cook) = (Visitor::at(&self.base), Visitor::at(&self.base));
        let right = [("email", "cook@example.com"), ("password", self.password.as_str())];
        let wrong = [("email", "cook@example.com"), ("password", "wrong")];
        cook.submit("/", "/", &right).await;
        cook.get("/home").await; // reads the welcome
        let state = |name, path, visitor| State::of(name, &self.base, path, visitor);
        vec![
            state("recipe-login", "/", &guest).measured(),
            state("recipe-login-asked", "/home", &guest),
            state("recipe-login-error", "/", &guest).sending("/", &wrong),
            state("recipe-home-welcome", "/", &guest).sending("/", &right),
            state("recipe-home", "/home", &cook).measured(),
            state("recipe-nowhere", "/nowhere", &guest),
        ]
    }
}

impl Drop for Recipe {
    fn drop(&mut self) {
        let _ = self.program.kill(); // it may have ended by itself, which leaves nothing to do
        let _ = self.program.wait();
    }
}
