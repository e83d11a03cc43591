//! Starts chromedriver, once for the whole test process. It ends with the process, also when that is killed, and every
//! browser ends with it.

use std::env;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::sync::OnceCell;

use crate::timeouts::DRIVER_START_TIMEOUT;

/// The names of Chromium's program, which depend on its packager; the last is its path on macOS.
const BROWSERS: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const DRIVER: &str = "chromedriver";

/// A shell script that starts the driver, and kills it at the end of the script's standard input.
///
/// That end comes when the test process closes the pipe or dies in any way. On SIGTERM the driver would leave its
/// browsers running; on SIGKILL the pipes to them close, and they end. Their last writes may create the folder again,
/// so the script removes it until it stays away.
const SUPERVISOR_SCRIPT: &str = r#"
    "$@" </dev/null >"$0/log" 2>&1 &
    read -r _
    kill -KILL $!
    wait $! 2>/dev/null
    tries=0 gone=0
    while [ $gone -lt 4 ] && [ $tries -lt 100 ]; do
        if [ -e "$0" ]; then gone=0; rm -rf "$0"; else gone=$((gone + 1)); fi
        tries=$((tries + 1)); sleep 0.3
    done
"#;

static SHARED: OnceCell<Driver> = OnceCell::const_new();

/// A running driver.
pub(super) struct Driver {
    folder: PathBuf,
    supervisor: Child,
    browser: PathBuf,
    port: u16,
}

impl Driver {
    /// The driver of this process. The first caller starts it.
    pub(super) async fn shared() -> anyhow::Result<&'static Self> {
        SHARED.get_or_try_init(async || tokio::task::spawn_blocking(Self::start).await?).await
    }

    /// The driver's address.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The browser's program.
    pub(super) fn browser(&self) -> &Path {
        &self.browser
    }

    /// The log of the driver and its browsers.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn start() -> anyhow::Result<Self> {
        let missing = |what| {
            format!("{what} is not on the PATH: `cargo xtask test` installs it, or prints the command that does")
        };
        let browser = BROWSERS.iter().find_map(|name| find(name)).with_context(|| missing("Chromium"))?;
        let program = find(DRIVER).with_context(|| missing(DRIVER))?;
        let folder = tempfile::Builder::new().prefix("test-browser.").tempdir()?.keep();
        let mut driver = Self { supervisor: supervise(&folder, &program)?, folder, browser, port: 0 };
        driver.port = driver.wait_for_port()?;
        Ok(driver)
    }

    /// Waits until the driver has logged its port.
    fn wait_for_port(&self) -> anyhow::Result<u16> {
        let start = Instant::now();
        while start.elapsed() < DRIVER_START_TIMEOUT {
            if let Some(port) = port(&self.log()) {
                return Ok(port);
            }
            thread::sleep(Duration::from_millis(10));
        }
        bail!("{DRIVER} did not start: {}", self.log())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait(); // fails where it has ended already
    }
}

fn supervise(folder: &Path, program: &Path) -> anyhow::Result<Child> {
    let mut shell = Command::new("sh");
    shell.args(["-c", SUPERVISOR_SCRIPT]).arg(folder).arg(program).arg("--port=0");
    // Everything that browsers write is removed with the folder, and nothing is read from the user's home.
    shell.envs(["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"].map(|name| (name, folder)));
    // In a process group of its own, or Ctrl-C would end it with the tests.
    shell.current_dir("/").process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    shell.spawn().context("could not start `sh`, which ends the browsers after the tests")
}

/// The path of a program, given by its path or by a name on the `PATH`.
fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The port in the driver's log, once its line is complete.
fn port(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once("started successfully on port ")?;
    rest.split_once('.')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_is_read_from_complete_line() {
        let log = "[: 1: unexpected operator\nStarting ChromeDriver 156.0 on port 0\nOnly local connections.\n\
            ChromeDriver was started successfully on port 40063";

        assert_eq!(port(log), None, "the line may go on");
        assert_eq!(port(&format!("{log}.\nnoise")), Some(40063));
    }
}
