//! A well-behaved client beside the attackers: it requests the log-in page again and again and measures each response.

use std::fmt;
use std::time::Duration;

use anyhow::ensure;
use load_tools::latency::{Latencies, Percentiles};
use load_tools::raw_http::get;
use load_tools::timeouts::PROBE_TIMEOUT;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

/// A pause between two requests.
const REQUEST_INTERVAL: Duration = Duration::from_millis(5);

/// A running client.
pub(crate) struct Probe {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Measured>,
}

/// What a probe measured.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) latencies: Latencies,
    /// Requests without a response of status 200.
    pub(crate) failed: usize,
}

impl Probe {
    /// Starts a client. It keeps its connection where `keeps_connection` is set, and otherwise opens one for each
    /// request.
    pub(crate) fn start(authority: &str, keeps_connection: bool) -> Self {
        let (stop, mut stopped) = oneshot::channel();
        let authority = authority.to_owned();
        let task = tokio::spawn(async move {
            let (mut measured, mut connection) = (Measured::default(), None);
            while stopped.try_recv().is_err() {
                let start = Instant::now();
                match timeout(PROBE_TIMEOUT, request(&authority, connection.take(), keeps_connection)).await {
                    Ok(Ok(open)) => {
                        measured.latencies.record(start.elapsed());
                        connection = open;
                    }
                    _ => measured.failed += 1,
                }
                sleep(REQUEST_INTERVAL).await;
            }
            measured
        });
        Self { stop, task }
    }

    /// Lets it finish its current request.
    pub(crate) async fn finish(self) -> anyhow::Result<Measured> {
        let _ = self.stop.send(()); // the receiver lives as long as the task
        Ok(self.task.await?)
    }
}

impl fmt::Display for Measured {
    /// Three columns: median, 99th percentile and maximum, in milliseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Percentiles { p50, p99, max } = self.latencies.percentiles();
        write!(f, "{p50:7.1} {p99:7.1} {max:7.1}")
    }
}

/// Requests the log-in page. Returns the connection where it is kept.
async fn request(authority: &str, open: Option<TcpStream>, keep: bool) -> anyhow::Result<Option<TcpStream>> {
    let mut stream = match open {
        Some(stream) => stream,
        None => TcpStream::connect(authority).await?,
    };
    let status = get(&mut stream, authority, "/login", !keep).await?;
    ensure!(status == 200, "status {status}");
    Ok(keep.then_some(stream))
}
