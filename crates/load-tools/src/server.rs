//! The program `dinnerparty` in a process of its own: started, killed, stopped, and asked to check its database.

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

use crate::ports::free_ports;
use crate::raw_http::{authority, get};
use crate::timeouts::{READINESS_TIMEOUT, SERVER_START_TIMEOUT};

/// The settings that limit what one client or one user may do, each with the end of its range.
const HIGHEST_LIMITS: [(&str, &str); 5] = [
    ("MAX_FAILURES_PER_MINUTE", "10000"),
    ("MAX_REGISTRATIONS_PER_HOUR", "100000"),
    ("MAX_UPCOMING_PARTIES", "10000"),
    ("MAX_HOSTED_PER_HOUR", "1000000"),
    ("MAX_RSVPS_PER_HOUR", "1000000"),
];

/// A `dinnerparty` process, killed when it is dropped.
///
/// Each start chooses a new port, since the system may have given the previous one to a client in the meantime.
#[derive(Debug)]
pub struct ServerProcess {
    program: PathBuf,
    database: String,
    settings: Vec<(&'static str, String)>,
    log: PathBuf,
    is_behind_proxy: bool,
    origin: String,
    child: Option<Child>,
}

impl ServerProcess {
    /// A server that is not started yet.
    ///
    /// It will use the database at the URL `database` and append its log to `folder/server.log`.
    #[must_use]
    pub fn new(program: &Path, database: &str, log_folder: &Path) -> Self {
        let (program, database, log) = (program.to_owned(), database.to_owned(), log_folder.join("server.log"));
        let (settings, is_behind_proxy) = (Vec::new(), false);
        Self { program, database, settings, log, is_behind_proxy, origin: String::new(), child: None }
    }

    /// Sets a setting by its variable, without `DINNERPARTY_` in front. A program that does not have it ignores it, so that
    /// programs of different versions can be compared.
    #[must_use]
    pub fn with(mut self, variable: &'static str, value: &str) -> Self {
        self.settings.push((variable, value.to_owned()));
        self
    }

    /// Sets every limit of what one client may do to its highest value, for clients that do much from one address.
    #[must_use]
    pub fn with_highest_limits(self) -> Self {
        HIGHEST_LIMITS.into_iter().fold(self, |server, (variable, value)| server.with(variable, value))
    }

    /// Sets the origin that a proxy serves. The port is then chosen before the start, since the program prints the
    /// origin in its place.
    #[must_use]
    pub fn behind_proxy(mut self, origin: &str, trusted_proxies: &str) -> Self {
        self.is_behind_proxy = true;
        self.with("ORIGIN", origin).with("TRUSTED_PROXY", trusted_proxies)
    }

    /// Where the last start is reached without a proxy, such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The id of the running process.
    ///
    /// # Errors
    /// It does not run.
    pub fn pid(&self) -> anyhow::Result<u32> {
        Ok(self.child.as_ref().context("the server does not run")?.id())
    }

    /// Starts it and waits until it is ready. Returns how long that took.
    ///
    /// # Errors
    /// It cannot be run, ends, or is not ready within [`SERVER_START_TIMEOUT`]; the error quotes the end of its log.
    pub async fn start(&mut self) -> anyhow::Result<Duration> {
        self.start_under(&[]).await
    }

    /// Like [`Self::start`], but run by another program, such as `["strace", "-f"]`.
    ///
    /// # Errors
    /// Like [`Self::start`].
    pub async fn start_under(&mut self, wrapper: &[&str]) -> anyhow::Result<Duration> {
        let start = Instant::now();
        let port = if self.is_behind_proxy { free_ports::<1>()?[0] } else { 0 };
        let mut command = self.command(wrapper);
        command.args(["--listen", &format!("127.0.0.1:{port}"), "--database", &self.database]);
        let log = OpenOptions::new().create(true).append(true).open(&self.log)?;
        let child = self.child.insert(command.stdout(Stdio::piped()).stderr(log).spawn()?);
        let mut stdout = BufReader::new(child.stdout.take().context("its output is piped")?);
        let first_line = spawn_blocking(move || {
            let mut line = String::new();
            stdout.read_line(&mut line).map(|_| line)
        });
        let line = timeout(SERVER_START_TIMEOUT, first_line).await.context("the server printed no address")???;
        let origin = line.trim_end().split_once(" is served at ").map(|(_, origin)| origin);
        let origin = origin.with_context(|| format!("the server did not start: {}", self.log_tail()))?;
        self.origin = if self.is_behind_proxy { format!("http://127.0.0.1:{port}") } else { origin.to_owned() };
        while !self.is_ready().await {
            ensure!(start.elapsed() < SERVER_START_TIMEOUT, "the server is not ready: {}", self.log_tail());
            sleep(Duration::from_millis(2)).await;
        }
        Ok(start.elapsed())
    }

    /// Whether `/health/ready` answers with 200.
    pub async fn is_ready(&self) -> bool {
        let address = authority(&self.origin);
        let request = async {
            let mut stream = TcpStream::connect(address).await?;
            get(&mut stream, address, "/health/ready", true).await
        };
        matches!(timeout(READINESS_TIMEOUT, request).await, Ok(Ok(200)))
    }

    /// Sends SIGKILL and waits for the end of the process.
    ///
    /// # Errors
    /// It does not run, or has ended by itself.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        let mut child = self.child.take().context("the server does not run")?;
        ensure!(child.try_wait()?.is_none(), "the server had ended already: {}", self.log_tail());
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Sends SIGTERM and waits for the end of the process, and of a wrapper that runs it.
    ///
    /// # Errors
    /// It does not run, or ends with a failure.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        let mut child = self.child.take().context("the server does not run")?;
        let pid = child.id();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        let server = children.split_whitespace().last().map_or_else(|| pid.to_string(), ToOwned::to_owned);
        ensure!(Command::new("kill").arg(server).status()?.success(), "the server could not be signaled");
        let status = child.wait()?;
        ensure!(status.success(), "the server ended with {status}: {}", self.log_tail());
        Ok(())
    }

    /// Runs `dinnerparty check` on the database.
    ///
    /// # Errors
    /// It reports violations; the error quotes them.
    pub fn check(&self) -> anyhow::Result<()> {
        let output = self.command(&[]).args(["check", "--database", &self.database]).output()?;
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "`dinnerparty check` reports:\n{text}");
        Ok(())
    }

    /// The last three lines of its log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(3)..].join("\n")
    }

    /// The program, without the settings of this process's environment.
    fn command(&self, wrapper: &[&str]) -> Command {
        let mut command = match wrapper {
            [] => Command::new(&self.program),
            [wrapper, arguments @ ..] => {
                let mut command = Command::new(wrapper);
                command.args(arguments).arg(&self.program);
                command
            }
        };
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DINNERPARTY_")) {
            command.env_remove(name);
        }
        command.envs(self.settings.iter().map(|(variable, value)| (format!("DINNERPARTY_{variable}"), value)));
        command.stdin(Stdio::null());
        command
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill(); // fails where it has ended already
            let _ = child.wait();
        }
    }
}
