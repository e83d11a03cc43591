//! A server's program in a process of its own. What it serves is not known here.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

/// A program that serves, on a port that it chose itself: one that was looked for before could be somebody else's by then.
/// It ends with whoever holds it.
pub struct Program {
    child: Child,
    said: Vec<String>,
    port: u16,
}

impl Program {
    /// Starts it with these words, and waits until it has told where it is served.
    ///
    /// # Errors
    /// It cannot be run, or ends before it has told.
    pub fn start(program: impl AsRef<OsStr>, words: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command.args(words).args(["--listen", "127.0.0.1:0"]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("could not run {command:?}"))?;
        let lines = BufReader::new(child.stdout.take().context("its output is piped")?).lines();
        let mut program = Self { child, said: Vec::new(), port: 0 };
        for line in lines {
            let line = line?;
            let told = line.split_once(" is served at http://").and_then(|(_, address)| address.rsplit(':').next());
            let port = told.map(str::parse).transpose().with_context(|| format!("no port in: {line}"))?;
            program.said.push(line);
            if let Some(port) = port {
                program.port = port;
                return Ok(program);
            }
        }
        bail!("{command:?} did not come up: {:?}", program.said)
    }

    /// What it printed until it was up, the address too.
    #[must_use]
    pub fn output(&self) -> &[String] {
        &self.said
    }

    /// The port that it chose.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended by itself, which leaves nothing to do
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_the_one_that_it_tells() {
        let program = Program::start("sh", &["-c", "echo hello; echo It is served at http://127.0.0.1:4711; cat"]);
        let program = program.unwrap();
        assert_eq!((program.port(), program.output()[0].as_str()), (4711, "hello"));
    }

    #[test]
    fn one_that_ends_before_is_told_with_what_it_said() {
        let told = Program::start("sh", &["-c", "echo no such luck"]).err().unwrap().to_string();
        assert!(told.contains("did not come up") && told.contains("no such luck"), "{told}");
    }
}
