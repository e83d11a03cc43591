//! Runs the program as a child process. Signals stop it; a test that fails kills it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a signaled program may take to exit: `TimeoutStopSec` of the unit file in `docs/OPERATING.md`.
const EXIT_TIMEOUT: Duration = Duration::from_secs(20);

/// The program without settings from the environment of the test, in a temporary working directory.
pub(super) fn dinnerparty() -> Command {
    isolated(Command::new(env!("CARGO_BIN_EXE_dinnerparty")))
}

fn isolated(mut program: Command) -> Command {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DINNERPARTY_")) {
        program.env_remove(name);
    }
    program.current_dir(env!("CARGO_TARGET_TMPDIR")).stdin(Stdio::null());
    program
}

/// The same program in a process that may open at most `count` files.
pub(super) fn dinnerparty_with_descriptors(count: u32) -> Command {
    let mut program = Command::new("sh");
    program.args(["-c", &format!("ulimit -n {count}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_dinnerparty")]);
    isolated(program)
}

/// The one line that a failing program prints. Asserts that it fails and prints nothing else.
pub(super) fn error_line(program: &mut Command) -> String {
    let output = program.output().unwrap();
    let (out, line) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.code().is_some_and(|code| code != 0), "{program:?}: {line}");
    assert_eq!((out.as_str(), line.lines().count()), ("", 1), "{program:?}: {line}");
    line.trim_end().to_owned()
}

/// A program that was started and may not serve yet.
pub(super) struct Starting(Child);

/// A program that serves.
pub(super) struct Running {
    child: Child,
    log: Option<JoinHandle<String>>,
    pub(super) origin: String,
}

/// The exit code and the log of a program that exited.
pub(super) struct Exited {
    pub(super) code: Option<i32>,
    pub(super) log: String,
}

impl Running {
    pub(super) fn spawn(database: &str, arguments: &[&str]) -> Starting {
        Self::spawn_as(dinnerparty(), database, arguments)
    }

    pub(super) fn spawn_as(mut program: Command, database: &str, arguments: &[&str]) -> Starting {
        program.args(arguments).args(["--listen", "127.0.0.1:0", "--database", database]);
        Starting(program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Starts the program and waits until it serves.
    pub(super) fn start(database: &str, arguments: &[&str]) -> Self {
        Self::spawn(database, arguments).wait_until_serving()
    }

    pub(super) fn signal(&self, signal: &str) {
        send(signal, &self.child);
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, and waits for the exit.
    pub(super) fn stop(mut self, signal: &str) -> Exited {
        self.signal(signal);
        let code = wait_for_exit(&mut self.child);
        Exited { code, log: self.log.take().unwrap().join().unwrap() }
    }
}

fn send(signal: &str, child: &Child) {
    // The shell's built-in `kill`: a small system may have no such program.
    let (kill, pid) = (r#"kill -s "$0" "$1""#, child.id().to_string());
    assert!(Command::new("sh").args(["-c", kill, signal, &pid]).status().unwrap().success());
}

/// Waits for the exit code. A program that does not exit in time is killed.
fn wait_for_exit(child: &mut Child) -> Option<i32> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if start.elapsed() >= EXIT_TIMEOUT {
            let _ = child.kill(); // fails if it has just exited
            let _ = child.wait();
            panic!("the program did not exit within {EXIT_TIMEOUT:?}");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn log_of(child: &mut Child) -> JoinHandle<String> {
    let mut stderr = child.stderr.take().unwrap();
    thread::spawn(move || {
        let mut log = String::new();
        stderr.read_to_string(&mut log).unwrap();
        log
    })
}

impl Starting {
    /// Sends a signal before the program serves, and waits for the exit.
    pub(super) fn stop(mut self, signal: &str) -> Exited {
        let log = log_of(&mut self.0);
        send(signal, &self.0);
        Exited { code: wait_for_exit(&mut self.0), log: log.join().unwrap() }
    }

    /// Waits until the program has printed its address.
    pub(super) fn wait_until_serving(self) -> Running {
        let mut child = self.0;
        let log = log_of(&mut child);
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(origin) = line.trim_end().strip_prefix("DinnerParty is served at ") else {
            panic!("the program did not start: {line}{}", log.join().unwrap());
        };
        Running { origin: origin.to_owned(), child, log: Some(log) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill(); // fails if the program has exited
        let _ = self.child.wait();
    }
}
