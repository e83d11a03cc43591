//! nginx or Caddy in front of the program, configured as `docs/OPERATING.md` prints it, and a TLS client of it.

mod client;
mod configuration;

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use rustix::process::{Pid, Signal, kill_process};

use self::configuration::Places;
use crate::ports::free_ports;
use crate::timeouts::SERVER_START_TIMEOUT;

pub use self::client::{ProxyClient, ProxyStream};

/// The origin that the documented configurations serve.
pub const PUBLIC_ORIGIN: &str = "https://dinner.example";

/// The host of [`PUBLIC_ORIGIN`].
pub const PUBLIC_HOST: &str = "dinner.example";

/// The proxies of [`ProxyProcess`], as the documentation has the program trust them.
pub const TRUSTED_PROXIES: &str = "127.0.0.1,::1";

/// The proxy's server program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    /// nginx, which limits each client.
    Nginx,
    /// Caddy, which does not.
    Caddy,
}

impl ProxyKind {
    /// Whether it can be run on this machine.
    ///
    /// # Errors
    /// It is there, but cannot be run.
    pub fn is_installed(self) -> anyhow::Result<bool> {
        let argument = if self == Self::Nginx { "-v" } else { "version" };
        let mut command = Command::new(self.program());
        match command.arg(argument).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error).context(self.program()),
        }
    }

    const fn program(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
        }
    }

    /// The command that serves a configuration in the foreground.
    fn command(self, configuration: &Path, folder: &Path) -> Command {
        let mut command = Command::new(self.program());
        match self {
            Self::Nginx => {
                command.args(["-e", "stderr", "-p"]).arg(folder).arg("-c").arg(configuration);
            }
            Self::Caddy => {
                command.args(["run", "--adapter", "caddyfile", "--config"]).arg(configuration);
                command.env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
            }
        }
        command
    }
}

impl fmt::Display for ProxyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Nginx { "nginx" } else { "Caddy" })
    }
}

/// A proxy that serves [`PUBLIC_ORIGIN`] on a port of both loopback addresses, ended when it is dropped.
#[derive(Debug)]
pub struct ProxyProcess {
    kind: ProxyKind,
    child: Child,
    port: u16,
    certificate: PathBuf,
    log: PathBuf,
}

impl ProxyProcess {
    /// Starts a proxy in front of the program at `upstream`, and waits until it accepts connections.
    ///
    /// Its configuration, its certificate and its log are in `folder`.
    ///
    /// # Errors
    /// It or `openssl` is not installed, it does not start, or the documentation no longer has the configuration.
    pub fn start(kind: ProxyKind, upstream: SocketAddr, folder: &Path) -> anyhow::Result<Self> {
        let (certificate, key) = self_signed_certificate(folder)?;
        let [http_port, port] = free_ports()?;
        let places = Places { upstream, http_port, https_port: port, certificate: &certificate, key: &key };
        let configuration = folder.join(format!("{}.conf", kind.program()));
        fs::write(&configuration, places.configuration(kind)?)?;
        let log = folder.join(format!("{}.log", kind.program()));
        let output = OpenOptions::new().create(true).append(true).open(&log)?;
        let mut command = kind.command(&configuration, folder);
        let child = command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).spawn()?;
        let mut proxy = Self { kind, child, port, certificate, log };
        proxy.wait_until_ready()?;
        Ok(proxy)
    }

    /// A client that trusts its certificate.
    ///
    /// # Errors
    /// The certificate cannot be read.
    pub fn client(&self) -> anyhow::Result<ProxyClient> {
        ProxyClient::new(self.port, &self.certificate)
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let start = Instant::now();
        let addresses = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        while addresses.iter().any(|address| TcpStream::connect((*address, self.port)).is_err()) {
            let ended = self.child.try_wait()?.is_some() || start.elapsed() > SERVER_START_TIMEOUT;
            let log = || fs::read_to_string(&self.log).unwrap_or_default();
            ensure!(!ended, "{} does not serve: {}", self.kind, log());
            sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl Drop for ProxyProcess {
    /// By SIGTERM: nginx then ends its workers.
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM); // fails where it has ended already
        }
        let _ = self.child.wait();
    }
}

/// Creates a certificate for [`PUBLIC_HOST`] in a folder. Returns the paths of it and of its key.
fn self_signed_certificate(folder: &Path) -> anyhow::Result<(PathBuf, PathBuf)> {
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]);
    openssl.args(["-subj", &format!("/CN={PUBLIC_HOST}"), "-addext", &format!("subjectAltName=DNS:{PUBLIC_HOST}")]);
    openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]); // rustls refuses a server with the certificate of a CA
    let output = openssl.arg("-out").arg(&certificate).arg("-keyout").arg(&key).output().context("openssl")?;
    ensure!(output.status.success(), "no certificate: {}", String::from_utf8_lossy(&output.stderr));
    Ok((certificate, key))
}
