//! Runs the program. It is asked to stop by signals, and killed with the test that started it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// By when a program that was asked to stop has: what systemd is told to wait for.
const END: Duration = Duration::from_secs(20);

/// The program, with no setting from this machine's environment, in a folder of its own.
pub(super) fn dinnerparty() -> Command {
    by_itself(Command::new(env!("CARGO_BIN_EXE_dinnerparty")))
}

fn by_itself(mut program: Command) -> Command {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DINNERPARTY_")) {
        program.env_remove(name);
    }
    program.current_dir(env!("CARGO_TARGET_TMPDIR")).stdin(Stdio::null());
    program
}

/// The same, in a process that may open no more than so many files.
pub(super) fn dinnerparty_with_descriptors(count: u32) -> Command {
    let mut program = Command::new("sh");
    program.args(["-c", &format!("ulimit -n {count}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_dinnerparty")]);
    by_itself(program)
}

/// The one line with which it refuses to start.
pub(super) fn refused(program: &mut Command) -> String {
    let said = program.output().unwrap();
    let (out, line) = (String::from_utf8(said.stdout).unwrap(), String::from_utf8(said.stderr).unwrap());
    assert!(said.status.code().is_some_and(|code| code != 0), "{program:?}: {line}");
    assert_eq!((out.as_str(), line.lines().count()), ("", 1), "{program:?}: {line}");
    line.trim_end().to_owned()
}

/// A program that was started and may not have come up yet.
pub(super) struct Starting(Child);

/// A program that serves.
pub(super) struct Running {
    child: Child,
    log: Option<JoinHandle<String>>,
    pub(super) origin: String,
}

/// A program that ended.
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) log: String,
}

impl Running {
    pub(super) fn begin(database: &str, words: &[&str]) -> Starting {
        Self::begin_as(dinnerparty(), database, words)
    }

    pub(super) fn begin_as(mut program: Command, database: &str, words: &[&str]) -> Starting {
        program.args(words).args(["--listen", "127.0.0.1:0", "--database", database]);
        Starting(program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    pub(super) fn start(database: &str, words: &[&str]) -> Self {
        Self::begin(database, words).up()
    }

    pub(super) fn signal(&self, signal: &str) {
        send(signal, &self.child);
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, and waits for the end.
    pub(super) fn ends(mut self, signal: &str) -> Ended {
        self.signal(signal);
        let code = end(&mut self.child);
        Ended { code, log: self.log.take().unwrap().join().unwrap() }
    }
}

fn send(signal: &str, child: &Child) {
    // The shell's own: a small system has no program of that name.
    let (kill, pid) = (r#"kill -s "$0" "$1""#, child.id().to_string());
    assert!(Command::new("sh").args(["-c", kill, signal, &pid]).status().unwrap().success());
}

/// Its exit code, once it has ended; whoever does not in time is killed.
fn end(child: &mut Child) -> Option<i32> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if begun.elapsed() >= END {
            let _ = child.kill(); // it has ended just now, or is ended so
            let _ = child.wait();
            panic!("it did not end within {END:?}");
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
    /// Sends a signal before it has come up, and waits for the end.
    pub(super) fn ends(mut self, signal: &str) -> Ended {
        let log = log_of(&mut self.0);
        send(signal, &self.0);
        Ended { code: end(&mut self.0), log: log.join().unwrap() }
    }

    /// Waits until it has printed its address.
    pub(super) fn up(self) -> Running {
        let mut child = self.0;
        let log = log_of(&mut child);
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(origin) = line.trim_end().strip_prefix("DinnerParty is served at ") else {
            panic!("it did not come up: {line}{}", log.join().unwrap());
        };
        Running { origin: origin.to_owned(), child, log: Some(log) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill(); // gone already, where the test went well
        let _ = self.child.wait();
    }
}
