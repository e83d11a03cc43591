//! Clients that no browser is: bytes on a socket, and then silence. What is due in answer is not known here.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::load::Answer;

/// Past this nobody waits; the server's own limits (10 s for a header, 30 s for a body) are shorter.
const PATIENCE: Duration = Duration::from_mins(1);

/// Sends `text` and nothing more, and waits for what comes of it: a status, or the end.
pub(crate) async fn ask(server: &str, text: &str) -> Answer {
    let begun = Instant::now();
    let told = timeout(PATIENCE, send(server, text)).await;
    let told = told.map_or_else(|_| "no end".to_owned(), |told| told.unwrap_or_else(|_| "closed".to_owned()));
    Answer { told, took: begun.elapsed() }
}

async fn send(server: &str, text: &str) -> std::io::Result<String> {
    let Ok(mut stream) = TcpStream::connect(server.trim_start_matches("http://").trim_end_matches('/')).await else {
        return Ok("no connection".to_owned());
    };
    stream.write_all(text.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    Ok(answer.split(' ').nth(1).unwrap_or("closed").to_owned())
}
