//! Starts a PostgreSQL server in a temporary folder. It ends with the test process, also when that is killed.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail, ensure};

use super::programs;

/// The port in the name of the socket file. Set explicitly, since `PGPORT` would change it.
const SOCKET_PORT: u16 = 5432;
const SUPERUSER: &str = "postgres";

/// A running server. It stops and its folder is removed when this is dropped or the process ends.
pub(super) struct Server {
    folder: PathBuf,
    data: PathBuf,
    user: ServerUser,
    pg_ctl: PathBuf,
    address: Address,
    supervisor: Child,
}

/// Where the server listens.
pub(super) enum Address {
    /// On a socket in its folder, and on no TCP port.
    Socket,
    /// Also on a loopback port. Every user of this machine can connect to that, so it needs a password.
    Tcp { port: u16, password: String },
}

impl Address {
    /// A free port and a random password.
    ///
    /// The port is below the system's range for outgoing connections: one of these could take it before the server
    /// starts, or while it is stopped.
    pub(super) fn tcp() -> anyhow::Result<Self> {
        let mut random = [0; 16];
        File::open("/dev/urandom")?.read_exact(&mut random)?;
        let first = u16::from_le_bytes([random[0], random[1]]) % 10_000;
        let mut ports = (0..1000).map(|next| 20_000 + first + next);
        let port = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).context("no port is free")?;
        Ok(Self::Tcp { port, password: random.map(|byte| format!("{byte:02x}")).concat() })
    }
}

impl Server {
    /// Initializes a cluster and starts it with `settings` (lines of `postgresql.conf`) beside our own.
    pub(super) fn start(settings: &str, address: Address) -> anyhow::Result<Self> {
        let programs = programs::folder()?;
        let (user, pg_ctl) = (ServerUser::new()?, programs.join("pg_ctl"));
        let folder = user.temporary_folder()?;
        let data = folder.join("data");
        // From here on the supervisor cleans up, however this process ends.
        let supervisor = supervise(&folder, user.command(&pg_ctl).arg("stop").args(immediate_mode(&data)))?;
        let server = Self { folder, data, user, pg_ctl, address, supervisor };
        server.initialize(server.user.command(programs.join("initdb")), settings)?;
        server.launch()?;
        Ok(server)
    }

    /// The URL of a database: `postgres:///name?host=/the/folder…`, or with a TCP port.
    ///
    /// It is complete, so that `PG…` variables of the environment change nothing.
    pub(super) fn url(&self, database: &str) -> String {
        let folder = self.folder.display();
        match &self.address {
            Address::Socket => {
                format!("postgres:///{database}?host={folder}&port={SOCKET_PORT}&user={SUPERUSER}&sslmode=disable")
            }
            Address::Tcp { port, password } => {
                format!("postgres://{SUPERUSER}:{password}@127.0.0.1:{port}/{database}?sslmode=disable")
            }
        }
    }

    fn initialize(&self, mut initdb: Command, settings: &str) -> anyhow::Result<()> {
        // The socket needs no password: only the folder's owner and root can open it.
        initdb.args([
            "--no-sync",
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--username",
            SUPERUSER,
        ]);
        let mut listen = format!("listen_addresses = ''\nport = {SOCKET_PORT}");
        if let Address::Tcp { port, password } = &self.address {
            let file = self.folder.join("password"); // no other user can read the folder
            fs::write(&file, password)?;
            initdb.arg("--pwfile").arg(file);
            listen = format!("listen_addresses = '127.0.0.1'\nport = {port}");
        }
        let done = initdb.arg("--pgdata").arg(&self.data).output().context("could not run initdb")?;
        ensure!(done.status.success(), "initdb failed: {}", String::from_utf8_lossy(&done.stderr));
        let mut conf = OpenOptions::new().append(true).open(self.data.join("postgresql.conf"))?;
        let socket = self.folder.display();
        writeln!(conf, "{listen}\nunix_socket_directories = '{socket}'")?;
        // All tests of a process run concurrently, each with pools of its own.
        writeln!(conf, "max_connections = 300\n{settings}")?;
        Ok(())
    }

    /// Stops the server without a checkpoint.
    pub(super) fn stop(&self) -> anyhow::Result<()> {
        let mut pg_ctl = self.user.command(&self.pg_ctl);
        let stopped = pg_ctl.arg("stop").args(immediate_mode(&self.data)).stdout(Stdio::null()).status()?;
        ensure!(stopped.success(), "PostgreSQL did not stop");
        Ok(())
    }

    /// Sends a signal to the server's first process and to its children.
    pub(super) fn signal(&self, signal: &str) -> anyhow::Result<()> {
        let pid = fs::read_to_string(self.data.join("postmaster.pid")).context("PostgreSQL does not run")?;
        let first = pid.lines().next().unwrap_or_default().to_owned();
        // The shell's own `kill`: a small system has no such program.
        let kill = r#"kill -s "$0" "$1""#;
        let send = |pid: &str| Command::new("sh").args(["-c", kill, signal, pid]).stderr(Stdio::null()).status();
        ensure!(send(&first)?.success(), "PostgreSQL could not be signaled");
        for child in fs::read_to_string(format!("/proc/{first}/task/{first}/children"))?.split_whitespace() {
            send(child)?; // fails where a child has ended
        }
        Ok(())
    }

    pub(super) fn launch(&self) -> anyhow::Result<()> {
        let log = self.folder.join("log");
        let mut pg_ctl = self.user.command(&self.pg_ctl);
        pg_ctl.args(["start", "--wait", "--silent", "--log"]).arg(&log).arg("--pgdata").arg(&self.data);
        // Not `output`: the server would inherit the pipes, so that reading them would last as long as the server.
        let started = pg_ctl.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        if !started.success() {
            bail!("PostgreSQL did not start: {}", fs::read_to_string(log).unwrap_or_default());
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.signal("CONT"); // a failed test may leave it frozen, and a frozen server cannot be stopped
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait(); // fails where it has ended already
    }
}

/// The arguments of `pg_ctl stop` for a stop without a checkpoint.
fn immediate_mode(data: &Path) -> [&OsStr; 4] {
    ["--mode".as_ref(), "immediate".as_ref(), "--pgdata".as_ref(), data.as_os_str()]
}

/// Starts a shell that runs `stop` and removes `folder` at the end of its standard input.
///
/// That end comes when the test process closes the pipe or dies in any way. A destructor is not enough: statics are
/// never dropped, and SIGKILL runs none.
fn supervise(folder: &Path, stop: &Command) -> anyhow::Result<Child> {
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"read -r _; "$@"; rm -rf "$0""#]).arg(folder).arg(stop.get_program()).args(stop.get_args());
    // In a process group of its own, or Ctrl-C would end it with the tests.
    shell.current_dir("/").process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    shell.spawn().context("could not start `sh`, which stops PostgreSQL after the tests")
}

/// The user that runs the server: not root, as which PostgreSQL refuses to run.
struct ServerUser {
    is_root: bool,
}

impl ServerUser {
    fn new() -> anyhow::Result<Self> {
        let id = Command::new("id").arg("-u").output().context("could not run `id -u`")?;
        Ok(Self { is_root: id.stdout.trim_ascii() == b"0" })
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command;
        if self.is_root {
            command = Command::new("runuser");
            command.args(["-u", "nobody", "--"]).arg(program);
        } else {
            command = Command::new(program);
        }
        command.current_dir("/"); // that user may not be allowed into the current folder
        command
    }

    /// A folder that only that user can read. Its path is short, since a socket's path has at most 107 bytes.
    fn temporary_folder(&self) -> anyhow::Result<PathBuf> {
        let template = std::env::temp_dir().join("test-postgres.XXXXXX");
        let made = self.command("mktemp").arg("-d").arg(&template).output().context("could not run `mktemp`")?;
        ensure!(made.status.success(), "could not make a folder: {}", String::from_utf8_lossy(&made.stderr));
        Ok(PathBuf::from(String::from_utf8(made.stdout)?.trim_end()))
    }
}
