//! The program of the secret recipe, for all tests.

use test_support::Program;

/// The running program. It ends with the test.
pub(crate) struct Recipe(Program);

impl Recipe {
    pub(crate) fn start(database: &str) -> Self {
        Self(Program::start(env!("CARGO_BIN_EXE_example-secret-recipe"), &["--database", database]).unwrap())
    }

    /// The address of a page.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.0.port())
    }

    /// The password that the first start printed.
    pub(crate) fn password(&self) -> Option<&str> {
        let line = self.0.output().iter().find(|line| line.contains("with the password"))?;
        line.split("with the password ").nth(1)?.split('.').next()
    }
}
