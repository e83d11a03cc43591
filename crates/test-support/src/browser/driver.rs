//! Starts the driver that browsers are opened by, one for the whole test process, and sees to it that it ends with its
//! owner, and every browser with it.

use std::env;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::sync::OnceCell;

/// What Chromium is called, by whom it was packaged; the last is where a Mac keeps it.
const BROWSERS: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const DRIVER: &str = "chromedriver";

/// How long it may take to come up on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// A small script that starts the driver, and waits for the end of its input, which comes when the process that owns it
/// closes the pipe or dies, however it dies. Then it kills the driver. Asked politely, that would leave its browsers
/// behind; killed, it closes the pipes they listen to, and they end. Their last writes may make the folder anew: it is gone
/// when it stays gone.
const KEEPER: &str = r#"
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

/// A running driver. It ends when the process does that holds it, also when that is killed.
pub(super) struct Driver {
    folder: PathBuf,
    keeper: Child,
    browser: PathBuf,
    port: u16,
}

impl Driver {
    /// The driver of this process. The first caller starts it.
    pub(super) async fn shared() -> anyhow::Result<&'static Self> {
        SHARED.get_or_try_init(async || tokio::task::spawn_blocking(Self::start).await?).await
    }

    /// Where it listens.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The browser's program.
    pub(super) fn browser(&self) -> &Path {
        &self.browser
    }

    /// What it and its browsers have said; much of it is noise.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn start() -> anyhow::Result<Self> {
        let missing = |what| format!("{what} is not on the PATH: `cargo xtask test` installs it, or says how to");
        let browser = BROWSERS.iter().find_map(|name| find(name)).with_context(|| missing("Chromium"))?;
        let program = find(DRIVER).with_context(|| missing(DRIVER))?;
        let folder = tempfile::Builder::new().prefix("test-browser.").tempdir()?.keep();
        let mut driver = Self { keeper: keeper(&folder, &program)?, folder, browser, port: 0 };
        driver.port = driver.listening()?;
        Ok(driver)
    }

    /// Waits until it has said where it listens.
    fn listening(&self) -> anyhow::Result<u16> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(port) = port(&self.log()) {
                return Ok(port);
            }
            thread::sleep(Duration::from_millis(10));
        }
        bail!("{DRIVER} did not come up: {}", self.log())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait(); // there is nothing left to do if it is gone already
    }
}

fn keeper(folder: &Path, program: &Path) -> anyhow::Result<Child> {
    let mut shell = Command::new("sh");
    shell.args(["-c", KEEPER]).arg(folder).arg(program).arg("--port=0");
    // Profiles and whatever else browsers write go with the folder, and nothing is read from somebody's home.
    shell.envs(["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"].map(|name| (name, folder)));
    // Its own process group, or Ctrl-C would end it together with the tests.
    shell.current_dir("/").process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    shell.spawn().context("could not start `sh`, which ends the browsers after the tests")
}

/// A program by its path, or on the `PATH`.
fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The port in what the driver has said, once the line is whole.
fn port(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once("started successfully on port ")?;
    rest.split_once('.')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_among_the_noise() {
        let said = "[: 1: unexpected operator\nStarting ChromeDriver 156.0 on port 0\nOnly local connections.\n\
            ChromeDriver was started successfully on port 40063";

        assert_eq!(port(said), None, "the line goes on");
        assert_eq!(port(&format!("{said}.\nnoise")), Some(40063));
    }
}
