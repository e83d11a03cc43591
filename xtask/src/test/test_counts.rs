//! Counts the tests that ran, from the summary lines of cargo's test runners. A run without tests is a failure.

use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::command;

/// How many tests passed, failed and were ignored.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TestCounts {
    passed: u32,
    failed: u32,
    ignored: u32,
}

impl fmt::Display for TestCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(f, ", {} skipped", self.ignored)?;
        }
        Ok(())
    }
}

impl TestCounts {
    /// Adds a line such as `test result: ok. 5 passed; 0 failed; 1 ignored; …`; other lines are ignored.
    fn add(&mut self, line: &str) {
        let Some((_, fields)) = line.strip_prefix("test result: ").and_then(|result| result.split_once(". ")) else {
            return;
        };
        for count in fields.split("; ") {
            match count.split_once(' ').map(|(number, what)| (number.parse().unwrap_or(0), what)) {
                Some((number, "passed")) => self.passed += number,
                Some((number, "failed")) => self.failed += number,
                Some((number, "ignored")) => self.ignored += number,
                _ => {}
            }
        }
    }

    /// Runs `cargo test`, prints its output, and adds its tests.
    ///
    /// # Errors
    /// A test failed, or none ran.
    pub(super) fn run(&mut self, test: &mut Command) -> anyhow::Result<()> {
        let mut running = test.stdout(Stdio::piped()).spawn().context("could not run `cargo test`")?;
        let passed_before = self.passed;
        for line in running.stdout.take().into_iter().flat_map(|out| BufReader::new(out).split(b'\n')) {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            self.add(&line);
        }
        let status = running.wait()?;
        ensure!(status.success(), "`{}` failed ({status}): {self} before that", command::quoted(test));
        ensure!(self.passed > passed_before, "`{}` ran no test", command::quoted(test));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_lines_are_added_up() {
        let mut counts = TestCounts::default();

        for line in [
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 5.55s",
            "test user::a_name ... ok",
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        ] {
            counts.add(line);
        }

        assert_eq!(counts.to_string(), "7 passed, 3 failed, 1 skipped");
    }

    #[test]
    fn run_without_tests_is_a_failure() {
        let mut nothing = Command::new("echo");
        let mut failing = Command::new("sh");

        let mut counts = TestCounts { passed: 1, ..TestCounts::default() };
        let none = counts.run(nothing.arg("test result: ok. 0 passed; 0 failed")).unwrap_err();
        let failed =
            counts.run(failing.args(["-c", "echo 'test result: ok. 3 passed; 0 failed'; exit 101"])).unwrap_err();

        assert!(none.to_string().ends_with("ran no test"), "{none}");
        assert!(failed.to_string().contains("4 passed"), "{failed}");
    }
}
