//! The program in its own process: started, killed, and asked to check a database.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use accounts::test_kit::TestClient;
use anyhow::{Context, ensure};
use poem::http::Method;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

/// How long it may take to come up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A `dinnerparty`. Each time it is started it chooses another port: one that it had before may be a client's by now.
pub(crate) struct Program {
    path: PathBuf,
    database: String,
    origin: String,
    log: PathBuf,
    child: Option<Child>,
}

impl Program {
    /// One that is not started yet, and logs to a file in `folder`.
    pub(crate) fn new(path: &Path, database: &str, folder: &Path) -> anyhow::Result<Self> {
        let (_, log) = tempfile::NamedTempFile::new_in(folder)?.keep()?;
        Ok(Self { path: path.to_owned(), database: database.to_owned(), origin: String::new(), log, child: None })
    }

    /// Where it is, since it was started last.
    pub(crate) fn url(&self) -> String {
        self.origin.clone()
    }

    /// With no setting from this machine's environment.
    fn command(program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DINNERPARTY_")) {
            command.env_remove(name);
        }
        command.stdin(Stdio::null());
        command
    }

    /// Starts it, below the words in `under` if there are any, and waits until it is ready. How long that took.
    pub(crate) async fn start(&mut self, under: &[&str]) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        let program = under.first().map_or(self.path.as_path(), Path::new);
        let mut command = Self::command(program);
        if let [_, words @ ..] = under {
            command.args(words).arg(&self.path);
        }
        command.args(["--listen", "127.0.0.1:0", "--database", &self.database]);
        let log = std::fs::OpenOptions::new().append(true).open(&self.log)?;
        let child = self.child.insert(command.stdout(Stdio::piped()).stderr(log).spawn()?);
        let mut said = BufReader::new(child.stdout.take().context("its output is piped")?);
        let read = spawn_blocking(move || {
            let mut line = String::new();
            said.read_line(&mut line).map(|_| line)
        });
        let line = timeout(PATIENCE, read).await.context("it does not come up")???;
        let told = line.trim_end().split_once(" is served at ");
        let (_, origin) = told.with_context(|| format!("it did not come up: {}", self.last_words()))?;
        origin.clone_into(&mut self.origin);
        while !self.is_ready().await {
            ensure!(begun.elapsed() < PATIENCE, "it is not ready after 30 s: {}", self.last_words());
            sleep(Duration::from_millis(2)).await;
        }
        Ok(begun.elapsed())
    }

    /// Whether it says that it is ready.
    pub(crate) async fn is_ready(&self) -> bool {
        let asked = TestClient::at(&self.url()).request(Method::GET, "/health/ready").timeout(Duration::from_secs(5));
        asked.send().await.is_ok_and(|answer| answer.status().is_success())
    }

    /// SIGKILL: it cannot do anything about it.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        let mut child = self.child.take().context("it does not run")?;
        ensure!(child.try_wait()?.is_none(), "it was gone already: {}", self.last_words());
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Asks it to stop, and waits for its end; whatever ran it is asked too.
    pub(crate) fn stop(&mut self) -> anyhow::Result<()> {
        let mut child = self.child.take().context("it does not run")?;
        let pid = child.id();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        let last = children.split_whitespace().last().map_or_else(|| pid.to_string(), ToOwned::to_owned);
        ensure!(Command::new("kill").arg(last).status()?.success(), "it took no signal");
        let status = child.wait()?;
        ensure!(status.success(), "it did not end well: {status}, {}", self.last_words());
        Ok(())
    }

    /// What `dinnerparty check` says, and whether that is that all is in order.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let mut command = Self::command(&self.path);
        let said = command.args(["check", "--database", &self.database]).output()?;
        let text = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        ensure!(said.status.success(), "`dinnerparty check` says:\n{text}");
        Ok(())
    }

    /// The end of its log.
    pub(crate) fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().rev().take(3).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill(); // gone already, where all went well
            let _ = child.wait();
        }
    }
}
