//! Who means no good: each kind of ill will, and for how long the server lets it.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use super::http2;

/// What a besieger does.
#[derive(Clone, Copy)]
pub(crate) enum Will {
    HalfHead,
    TrickledBody,
    /// Two KiB of its body each second: no rate is too low for that in a quiet house.
    SteadyBody,
    Idle,
    LargeBody,
    EndlessBody,
    /// HTTP/2: asks for the list of parties so many times, and takes none of it.
    Unread(u32),
    /// The same, again and again.
    UnreadAgain(u32),
}

/// Whom they besiege.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) server: SocketAddr,
    /// Somebody's who is logged in: the largest page is for them.
    pub(crate) cookies: String,
}

/// The largest page.
const LIST: &str = "/rsvp?per_page=100";

/// For how long those come again who come again.
const AGAIN: Duration = Duration::from_secs(20);

/// Holds on to the server, and tells how long it could.
pub(crate) async fn besiege(target: Target, will: Will) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    match will {
        Will::Unread(times) => unread(&target, times).await?,
        Will::UnreadAgain(times) => {
            while begun.elapsed() < AGAIN {
                unread(&target, times).await?;
            }
        }
        _ => slowly(&target, will).await?,
    }
    Ok(begun.elapsed())
}

async fn unread(target: &Target, times: u32) -> anyhow::Result<()> {
    let stream = TcpStream::connect(target.server).await?;
    let (from, mut to) = stream.into_split();
    if to.write_all(&http2::unread(&target.server.to_string(), LIST, &target.cookies, times)).await.is_ok() {
        http2::hold_on(from, to).await;
    }
    Ok(())
}

async fn slowly(target: &Target, will: Will) -> anyhow::Result<()> {
    let server = target.server;
    let mut stream = TcpStream::connect(server).await?;
    let form = format!("POST /login HTTP/1.1\r\nHost: {server}\r\nSec-Fetch-Site: same-origin\r\n");
    let slow = format!("{form}Content-Length: 60000\r\n\r\n");
    let (sent, every, chunk) = match will {
        Will::HalfHead => (format!("GET /login HTTP/1.1\r\nHost: {server}\r\nX-Half"), None, Vec::new()),
        Will::TrickledBody => (slow, Some(Duration::from_secs(1)), b"x".to_vec()),
        Will::SteadyBody => (slow, Some(Duration::from_secs(1)), vec![b'x'; 2_048]),
        Will::LargeBody => {
            let head = format!("{form}Content-Length: 100000000\r\n\r\n");
            (head, Some(Duration::ZERO), vec![b'x'; 64 << 10])
        }
        Will::EndlessBody => {
            let chunk = format!("10000\r\n{}\r\n", "x".repeat(64 << 10)).into_bytes();
            (format!("{form}Transfer-Encoding: chunked\r\n\r\n"), Some(Duration::ZERO), chunk)
        }
        Will::Idle | Will::Unread(_) | Will::UnreadAgain(_) => (String::new(), None, Vec::new()),
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
    Ok(())
}
