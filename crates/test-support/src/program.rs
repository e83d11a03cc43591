//! A server program in a process of its own.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

/// A running program that serves on a port which the system chose. It is killed when this is dropped.
pub struct Program {
    child: Child,
    output: Vec<String>,
    port: u16,
}

impl Program {
    /// Starts a program with these arguments and `--listen 127.0.0.1:0`, and waits until it prints its address.
    ///
    /// The line with the address ends in `is served at http://127.0.0.1:PORT`.
    ///
    /// # Errors
    /// It cannot be run, or ends before it prints an address; the error contains its output.
    pub fn start(program: impl AsRef<OsStr>, arguments: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments).args(["--listen", "127.0.0.1:0"]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("could not run {command:?}"))?;
        let lines = BufReader::new(child.stdout.take().context("its output is piped")?).lines();
        let mut program = Self { child, output: Vec::new(), port: 0 };
        for line in lines {
            let line = line?;
            let address = line.split_once(" is served at http://").map(|(_, address)| address);
            let port = address.and_then(|address| address.rsplit(':').next()).map(str::parse);
            let port = port.transpose().with_context(|| format!("no port in: {line}"))?;
            program.output.push(line);
            if let Some(port) = port {
                program.port = port;
                return Ok(program);
            }
        }
        bail!("{command:?} ended before it printed an address: {:?}", program.output)
    }

    /// The lines that it printed at its start, up to the one with the address.
    #[must_use]
    pub fn output(&self) -> &[String] {
        &self.output
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill(); // fails where it has ended by itself
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_is_read_from_printed_address() {
        let program = Program::start("sh", &["-c", "echo hello; echo It is served at http://127.0.0.1:4711; cat"]);
        let program = program.unwrap();
        assert_eq!((program.port(), program.output()[0].as_str()), (4711, "hello"));
    }

    #[test]
    fn early_end_is_an_error_with_the_output() {
        let error = Program::start("sh", &["-c", "echo no such luck"]).err().unwrap().to_string();
        assert!(error.contains("ended before") && error.contains("no such luck"), "{error}");
    }
}
