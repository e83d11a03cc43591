//! Another client, who means well: it asks for the log-in page all the while, and notes how long each answer took.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::ensure;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

/// A client at work.
pub(crate) struct Witness {
    stop: oneshot::Sender<()>,
    watching: JoinHandle<Seen>,
}

/// What it saw: how long each answer took.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) took: Vec<Duration>,
    pub(crate) failed: usize,
}

impl Witness {
    /// One that keeps its connection, or opens one each time, until it is told to finish.
    pub(crate) fn of(server: SocketAddr, keeps: bool) -> Self {
        let (stop, mut stopped) = oneshot::channel();
        let watching = tokio::spawn(async move {
            let (mut seen, mut connection) = (Seen::default(), None);
            while stopped.try_recv().is_err() {
                let begun = Instant::now();
                match timeout(Duration::from_mins(1), ask(server, connection.take(), keeps)).await {
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
        Self { stop, watching }
    }

    pub(crate) async fn finish(self) -> anyhow::Result<Seen> {
        let _ = self.stop.send(()); // it listens until it ends
        Ok(self.watching.await?)
    }
}

impl Seen {
    pub(crate) fn told(&self) -> String {
        let mut took = self.took.clone();
        took.sort_unstable();
        let at = |share: usize| took.get((took.len() * share / 100).min(took.len().saturating_sub(1)));
        let ms = |share| at(share).map_or(f64::NAN, |took| took.as_secs_f64() * 1_000.0);
        format!("{:7.1} {:7.1} {:7.1} ", ms(50), ms(99), ms(100))
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
