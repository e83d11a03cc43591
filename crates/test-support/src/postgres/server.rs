//! Starts a PostgreSQL server in a temporary folder, and sees to it that it ends with its owner. Which databases are
//! in it is not known here.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail, ensure};

use super::programs;

/// Names only the socket's file; said, since `PGPORT` would otherwise choose.
const PORT: u16 = 5432;
const SUPERUSER: &str = "postgres";

/// A running server. It stops, and its folder goes, when this is dropped or the process that holds it dies.
pub(super) struct Server {
    folder: PathBuf,
    data: PathBuf,
    user: ServerUser,
    pg_ctl: PathBuf,
    door: Door,
    keeper: Child,
}

/// How it is reached.
pub(super) enum Door {
    /// By a socket in its folder, and by no TCP port.
    Socket,
    /// By a port of the loopback too, which anybody on this machine may try: that takes a password.
    Tcp { port: u16, password: String },
}

impl Door {
    /// A port that is free, and a password that nobody knows. The port is none that the system gives to those who connect:
    /// one of them would take it before the server does, or while it is stopped.
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
    pub(super) fn start(settings: &str, door: Door) -> anyhow::Result<Self> {
        let programs = programs::folder()?;
        let (user, pg_ctl) = (ServerUser::new()?, programs.join("pg_ctl"));
        let folder = user.temporary_folder()?;
        let data = folder.join("data");
        // From here on whatever happens to this process, the keeper cleans up.
        let keeper = keeper(&folder, user.command(&pg_ctl).arg("stop").args(immediately(&data)))?;
        let server = Self { folder, data, user, pg_ctl, door, keeper };
        server.initialize(server.user.command(programs.join("initdb")), settings)?;
        server.launch()?;
        Ok(server)
    }

    /// The URL of one of its databases: `postgres:///name?host=/the/folder…`, or with a port where it has one. It leaves
    /// nothing to `PG…` variables.
    pub(super) fn url(&self, database: &str) -> String {
        let folder = self.folder.display();
        match &self.door {
            Door::Socket => {
                format!("postgres:///{database}?host={folder}&port={PORT}&user={SUPERUSER}&sslmode=disable")
            }
            Door::Tcp { port, password } => {
                format!("postgres://{SUPERUSER}:{password}@127.0.0.1:{port}/{database}?sslmode=disable")
            }
        }
    }

    fn initialize(&self, mut initdb: Command, settings: &str) -> anyhow::Result<()> {
        // Whoever can open the socket may come in: only its folder's owner (and root) can. A port asks for the password.
        initdb.args([
            "--no-sync",
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--username",
            SUPERUSER,
        ]);
        let mut address = format!("listen_addresses = ''\nport = {PORT}");
        if let Door::Tcp { port, password } = &self.door {
            let file = self.folder.join("password"); // the folder is closed to others
            fs::write(&file, password)?;
            initdb.arg("--pwfile").arg(file);
            address = format!("listen_addresses = '127.0.0.1'\nport = {port}");
        }
        let done = initdb.arg("--pgdata").arg(&self.data).output().context("could not run initdb")?;
        ensure!(done.status.success(), "initdb failed: {}", String::from_utf8_lossy(&done.stderr));
        let mut conf = OpenOptions::new().append(true).open(self.data.join("postgresql.conf"))?;
        let socket = self.folder.display();
        writeln!(conf, "{address}\nunix_socket_directories = '{socket}'")?;
        // One process runs all its tests beside each other, each with pools of its own.
        writeln!(conf, "max_connections = 300\n{settings}")?;
        Ok(())
    }

    /// Stops it at once, without a checkpoint.
    pub(super) fn stop(&self) -> anyhow::Result<()> {
        let mut pg_ctl = self.user.command(&self.pg_ctl);
        let stopped = pg_ctl.arg("stop").args(immediately(&self.data)).stdout(Stdio::null()).status()?;
        ensure!(stopped.success(), "PostgreSQL did not stop");
        Ok(())
    }

    /// Sends a signal to its first process and to each that this one started.
    pub(super) fn signal(&self, signal: &str) -> anyhow::Result<()> {
        let pid = fs::read_to_string(self.data.join("postmaster.pid")).context("PostgreSQL does not run")?;
        let first = pid.lines().next().unwrap_or_default().to_owned();
        // The shell's own: a small system has no program of that name.
        let kill = r#"kill -s "$0" "$1""#;
        let send = |pid: &str| Command::new("sh").args(["-c", kill, signal, pid]).stderr(Stdio::null()).status();
        ensure!(send(&first)?.success(), "PostgreSQL took no signal");
        for child in fs::read_to_string(format!("/proc/{first}/task/{first}/children"))?.split_whitespace() {
            send(child)?; // some end by themselves meanwhile
        }
        Ok(())
    }

    pub(super) fn launch(&self) -> anyhow::Result<()> {
        let log = self.folder.join("log");
        let mut pg_ctl = self.user.command(&self.pg_ctl);
        pg_ctl.args(["start", "--wait", "--silent", "--log"]).arg(&log).arg("--pgdata").arg(&self.data);
        // Not `output`: the server would inherit the pipes, and reading them would end with the server only.
        let started = pg_ctl.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        if !started.success() {
            bail!("PostgreSQL did not start: {}", fs::read_to_string(log).unwrap_or_default());
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.signal("CONT"); // a test that failed may have left it frozen, and then it cannot be stopped
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait(); // there is nothing left to do if it is gone already
    }
}

/// `pg_ctl`'s way to say: at once, without a checkpoint.
fn immediately(data: &Path) -> [&OsStr; 4] {
    ["--mode".as_ref(), "immediate".as_ref(), "--pgdata".as_ref(), data.as_os_str()]
}

/// A small process that waits for the end of its input, which comes when this process closes the pipe or dies, however
/// it dies. Then it runs `stop` and removes `folder`. (A static is never dropped, and SIGKILL runs no destructor.)
fn keeper(folder: &Path, stop: &Command) -> anyhow::Result<Child> {
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"read -r _; "$@"; rm -rf "$0""#]).arg(folder).arg(stop.get_program()).args(stop.get_args());
    // Its own process group, or Ctrl-C would end it together with the tests.
    shell.current_dir("/").process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    shell.spawn().context("could not start `sh`, which stops PostgreSQL after the tests")
}

/// As whom the server runs: PostgreSQL refuses to run as root.
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
        command.current_dir("/"); // the folder we are in may be closed to that user
        command
    }

    /// A folder that belongs to that user and is closed to others; a short path, since a socket's has 107 bytes at most.
    fn temporary_folder(&self) -> anyhow::Result<PathBuf> {
        let template = std::env::temp_dir().join("test-postgres.XXXXXX");
        let made = self.command("mktemp").arg("-d").arg(&template).output().context("could not run `mktemp`")?;
        ensure!(made.status.success(), "could not make a folder: {}", String::from_utf8_lossy(&made.stderr));
        Ok(PathBuf::from(String::from_utf8(made.stdout)?.trim_end()))
    }
}
