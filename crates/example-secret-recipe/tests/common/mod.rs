//! The recipe's program, running. What a test is about is not here.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

/// The program, running; it is ended with the test.
pub(crate) struct Recipe {
    program: Child,
    /// What it printed at the start.
    said: Vec<String>,
    port: u16,
}

impl Recipe {
    pub(crate) fn start(database: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap(); // free again at the end of this line
        let program = env!("CARGO_BIN_EXE_example-secret-recipe");
        let settings = ["--listen", &free.to_string(), "--database", database];
        let mut program = Command::new(program).args(settings).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = Vec::new();
        for line in BufReader::new(program.stdout.take().unwrap()).lines().map_while(Result::ok) {
            let ready = line.contains("is served at");
            said.push(line);
            if ready {
                break;
            }
        }
        Self { program, said, port: free.port() }
    }

    /// The address of a page.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// The password that the first start printed.
    pub(crate) fn password(&self) -> Option<&str> {
        let line = self.said.iter().find(|line| line.contains("with the password"))?;
        line.split("with the password ").nth(1)?.split('.').next()
    }
}

impl Drop for Recipe {
    fn drop(&mut self) {
        self.program.kill().unwrap();
        self.program.wait().unwrap();
    }
}
