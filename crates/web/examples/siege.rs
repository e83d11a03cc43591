//! Lays siege to a running DinnerParty on this machine, one ill will after another, and prints what another client
//! notices of it, what the server's memory does, and how soon the besiegers are gone.
//!
//! ```text
//! dinnerparty --listen 127.0.0.1:8000 &
//! cargo run --release -p web --example siege -- --server 127.0.0.1:8000 --pid $!
//! ```
//!
//! Each row begins with a quiet server. Two clients ask for the log-in page all the while: one on a connection that it
//! keeps, one on a new connection each time. Over a thousand descriptors are needed: `ulimit -n 8192`.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, interval, sleep, timeout};

/// Sends half heads, trickled bodies and the like to a server of this machine, and prints what it does to others
#[derive(Parser)]
struct Siege {
    /// Where the server listens
    #[arg(long, default_value = "127.0.0.1:8000")]
    server: SocketAddr,
    /// The server's process, to read its memory from
    #[arg(long)]
    pid: Option<u32>,
    /// How long the besiegers hold out at the most, in seconds
    #[arg(long, default_value_t = 90)]
    patience: u64,
}

/// What a besieger does.
#[derive(Clone, Copy)]
enum Will {
    Nothing,
    HalfHead,
    TrickledBody,
    Idle,
    LargeBody,
    EndlessBody,
}

/// What another client saw: how long each answer took.
#[derive(Default)]
struct Seen {
    took: Vec<Duration>,
    failed: usize,
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program that prints a table")]
async fn main() -> anyhow::Result<()> {
    let siege = Siege::parse();
    println!(
        "                             kept connection, ms    new connections, ms        RSS, MiB            gone, s"
    );
    println!(
        "besiegers                     p50    p99    max     p50    p99     max  failed  before   most  after  first   last"
    );
    for (count, will, name) in [
        (0, Will::Nothing, "none, for 10 s"),
        (300, Will::HalfHead, "300 half-sent heads"),
        (300, Will::TrickledBody, "300 trickled bodies"),
        (2_000, Will::Idle, "2,000 idle connections"),
        (1, Will::LargeBody, "a body of 100 MB"),
        (1, Will::EndlessBody, "a body without end"),
        (300, Will::EndlessBody, "300 bodies without end"),
    ] {
        println!("{name:27} {}", siege.lay(count, will).await?);
        sleep(Duration::from_secs(3)).await;
    }
    Ok(())
}

impl Siege {
    async fn lay(&self, count: usize, will: Will) -> anyhow::Result<String> {
        let before = self.memory();
        let (kept, new) = (self.witness(true), self.witness(false));
        sleep(Duration::from_millis(500)).await;
        let mut besiegers = JoinSet::new();
        for _ in 0..count {
            besiegers.spawn(besiege(self.server, will));
            sleep(Duration::from_millis(1)).await; // or the system drops some before the server hears of them
        }
        let (begun, mut most, mut gone) = (Instant::now(), before, Vec::new());
        let mut look = interval(Duration::from_millis(100));
        let least = if count == 0 { Duration::from_secs(10) } else { Duration::from_secs(3) };
        while begun.elapsed().as_secs() < self.patience && (begun.elapsed() < least || !besiegers.is_empty()) {
            tokio::select! {
                Some(ended) = besiegers.join_next() => {
                    gone.push(ended?.context("a besieger could not even begin")?);
                }
                _ = look.tick() => most = most.max(self.memory()),
            }
        }
        let left = besiegers.len();
        drop(besiegers);
        let (kept, new) = (kept.finish().await?, new.finish().await?);
        sleep(Duration::from_secs(2)).await;
        gone.sort_unstable();
        let of = |at: Option<&Duration>| at.map_or("-".to_owned(), |at| format!("{:.1}", at.as_secs_f32()));
        let the_last = if left > 0 { format!("{left} stay") } else { of(gone.last()) };
        ensure!(kept.took.len() + new.took.len() > 0, "nobody was answered at all");
        Ok(format!(
            "{} {} {:7}  {:6.1} {:6.1} {:6.1}  {:>5}  {:>5}",
            kept.told(),
            new.told(),
            kept.failed + new.failed,
            before,
            most,
            self.memory(),
            of(gone.first()),
            the_last
        ))
    }

    /// Another client, until it is told to finish.
    fn witness(&self, keeps: bool) -> Witness {
        let (stop, mut stopped) = tokio::sync::oneshot::channel();
        let server = self.server;
        let watching = tokio::spawn(async move {
            let (mut seen, mut connection) = (Seen::default(), None);
            while stopped.try_recv().is_err() {
                let begun = Instant::now();
                match timeout(Duration::from_secs(30), ask(server, connection.take(), keeps)).await {
                    Ok(Ok(again)) => {
                        seen.took.push(begun.elapsed());
                        connection = again;
                    }
                    _ => seen.failed += 1,
                }
                sleep(Duration::from_millis(5)).await;
            }
            seen
        });
        Witness { stop, watching }
    }

    /// What the server holds of the machine's memory, in MiB.
    fn memory(&self) -> f32 {
        let status = self.pid.and_then(|pid| std::fs::read_to_string(format!("/proc/{pid}/status")).ok());
        let line = status.as_ref().and_then(|status| status.lines().find_map(|line| line.strip_prefix("VmRSS:")));
        let kib: Option<f32> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kib.unwrap_or(f32::NAN) / 1024.0
    }
}

struct Witness {
    stop: tokio::sync::oneshot::Sender<()>,
    watching: JoinHandle<Seen>,
}

impl Witness {
    async fn finish(self) -> anyhow::Result<Seen> {
        let _ = self.stop.send(()); // it listens until it ends
        Ok(self.watching.await?)
    }
}

impl Seen {
    fn told(&self) -> String {
        let mut took = self.took.clone();
        took.sort_unstable();
        let at = |share: usize| took.get((took.len() * share / 100).min(took.len().saturating_sub(1)));
        let ms = |share| at(share).map_or(f64::NAN, |took| took.as_secs_f64() * 1_000.0);
        format!("{:6.1} {:6.1} {:6.1} ", ms(50), ms(99), ms(100))
    }
}

/// Asks for the log-in page, and gives the connection back where it is kept.
async fn ask(server: SocketAddr, kept: Option<TcpStream>, keeps: bool) -> anyhow::Result<Option<TcpStream>> {
    let mut stream = match kept {
        Some(stream) => stream,
        None => TcpStream::connect(server).await?,
    };
    let close = if keeps { "" } else { "Connection: close\r\n" };
    stream.write_all(format!("GET /login HTTP/1.1\r\nHost: {server}\r\n{close}\r\n").as_bytes()).await?;
    let mut answer = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&answer);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            if body.len() >= length.parse()? {
                ensure!(head.starts_with("HTTP/1.1 200"), "{head}");
                return Ok(keeps.then_some(stream));
            }
        }
        ensure!(stream.read_buf(&mut answer).await? > 0, "closed");
    }
}

/// Holds on to the server, and tells how long it could.
async fn besiege(server: SocketAddr, will: Will) -> anyhow::Result<Duration> {
    let mut stream = TcpStream::connect(server).await?;
    let begun = Instant::now();
    let form = format!("POST /login HTTP/1.1\r\nHost: {server}\r\nSec-Fetch-Site: same-origin\r\n");
    let (sent, every, chunk) = match will {
        Will::Nothing | Will::Idle => (String::new(), None, Vec::new()),
        Will::HalfHead => (format!("GET /login HTTP/1.1\r\nHost: {server}\r\nX-Half"), None, Vec::new()),
        Will::TrickledBody => {
            (format!("{form}Content-Length: 60000\r\n\r\n"), Some(Duration::from_secs(1)), b"x".to_vec())
        }
        Will::LargeBody => {
            let head = format!("{form}Content-Length: 100000000\r\n\r\n");
            (head, Some(Duration::ZERO), vec![b'x'; 64 << 10])
        }
        Will::EndlessBody => {
            let chunk = format!("10000\r\n{}\r\n", "x".repeat(64 << 10)).into_bytes();
            (format!("{form}Transfer-Encoding: chunked\r\n\r\n"), Some(Duration::ZERO), chunk)
        }
    };
    let mut is_over = stream.write_all(sent.as_bytes()).await.is_err();
    let (mut from, mut to) = stream.into_split();
    let mut left = tokio::spawn(async move {
        let mut thrown_away = [0; 4096];
        while from.read(&mut thrown_away).await.is_ok_and(|length| length > 0) {}
    });
    while !is_over {
        is_over = match every {
            None => (&mut left).await.is_ok(),
            Some(every) => {
                sleep(every).await;
                to.write_all(&chunk).await.is_err()
            }
        };
    }
    Ok(begun.elapsed())
}
