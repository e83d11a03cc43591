//! The default timeouts, on a paused clock and a stream in memory.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{sleep, timeout};

use super::*;
use crate::endpoint::test_endpoint::{LARGE, recorder};
use crate::error_response::ErrorResponses;

/// What both sides of a stream in memory buffer.
const BUFFER: usize = 8 << 10;

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const POST: &str = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n";

/// A connection to a server with the default limits, whose server side runs in a task of its own.
struct Client {
    stream: DuplexStream,
    capacity: Arc<Capacity>,
    opened: Instant,
}

impl Client {
    fn connect() -> Self {
        let limits = Limits::default();
        let capacity = Capacity::new(&limits);
        let (stream, server) = duplex(BUFFER);
        let address = SocketAddr::from(([127, 0, 0, 1], 80));
        let service = RequestService {
            endpoint: recorder(Arc::default()),
            errors: ErrorResponses::new([]),
            limits,
            local: address,
        };
        let handler = ConnectionHandler::new(service, Arc::clone(&capacity));
        tokio::spawn(async move { handler.serve_stream(server, address).await });
        Self { stream, capacity, opened: Instant::now() }
    }

    /// The same while the server is saturated.
    fn connect_saturated() -> Self {
        let client = Self::connect();
        client.capacity.saturate();
        client
    }

    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads what is there.
    async fn read(&mut self) -> String {
        let mut text = Vec::new();
        while timeout(Duration::from_millis(1), self.stream.read_buf(&mut text)).await.is_ok() {}
        String::from_utf8(text).unwrap()
    }

    /// Sends `bytes` each second, and returns the second in which the server responds or closes, and its status.
    async fn trickle(&mut self, bytes: usize) -> (u64, String) {
        let mut response = [0; 12];
        let begun = Instant::now();
        while timeout(Duration::from_secs(1), self.stream.read_exact(&mut response)).await.is_err() {
            let _ = self.stream.write_all(&vec![b'x'; bytes]).await; // the server may have closed
        }
        (seconds_since(begun), String::from_utf8_lossy(&response[9..]).into_owned())
    }

    /// Waits until the server closes. Returns how many seconds that took, and what came.
    async fn end(&mut self) -> (u64, String) {
        let (begun, mut text) = (Instant::now(), String::new());
        let _ = self.stream.read_to_string(&mut text).await;
        (seconds_since(begun), text)
    }
}

/// To the nearest second.
fn seconds_since(begun: Instant) -> u64 {
    (begun.elapsed() + Duration::from_millis(500)).as_secs()
}

#[tokio::test(start_paused = true)]
async fn header_timeout_is_10_s_and_1_s_under_saturation() {
    for half in ["", "GET / HTTP/1.1\r\nHost"] {
        let (mut client, mut saturated) = (Client::connect(), Client::connect_saturated());
        client.send(half).await;
        saturated.send(half).await;
        assert_eq!(saturated.end().await, (1, String::new()), "{half}");
        assert_eq!((client.end().await.1, seconds_since(client.opened)), (String::new(), 10), "{half}");
    }
}

#[tokio::test(start_paused = true)]
async fn header_timeout_on_keep_alive_begins_at_first_byte() {
    let mut client = Client::connect();
    for _ in 0..3 {
        client.send(GET).await;
        assert!(client.read().await.starts_with("HTTP/1.1 200"));
        sleep(Duration::from_secs(50)).await;
    }
    client.send("GET / HT").await;
    assert_eq!(client.end().await, (10, String::new()));
}

#[tokio::test(start_paused = true)]
async fn head_that_begins_with_the_previous_request_has_header_timeout() {
    let form = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na=b";
    for previous in [GET, form, &GET.repeat(2)] {
        let mut client = Client::connect();
        client.send(&(previous.to_owned() + "GET / HT")).await;
        assert!(client.read().await.starts_with("HTTP/1.1 200"));
        assert_eq!(client.end().await, (10, String::new()), "{previous}");

        let mut client = Client::connect();
        client.send(&(previous.to_owned() + "GET / HT")).await;
        client.read().await;
        client.send("TP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(client.read().await.starts_with("HTTP/1.1 200"), "the rest of the head completes it: {previous}");
    }
    let mut client = Client::connect();
    client.send(form).await;
    assert!(client.read().await.starts_with("HTTP/1.1 200"));
    assert_eq!(client.end().await, (60, String::new()), "a form is followed by the idle timeout");
}

#[tokio::test(start_paused = true)]
async fn idle_timeout_is_60_s_and_1_s_under_saturation() {
    let (mut client, mut saturated) = (Client::connect(), Client::connect_saturated());
    for (client, seconds) in [(&mut saturated, 1), (&mut client, 60)] {
        client.send(GET).await;
        assert!(client.read().await.starts_with("HTTP/1.1 200"));
        assert_eq!(client.end().await, (seconds, String::new()));
    }
}

#[tokio::test(start_paused = true)]
async fn saturation_applies_to_connections_that_are_idle_already() {
    let mut client = Client::connect();
    client.send(GET).await;
    client.read().await;
    sleep(Duration::from_secs(5)).await;
    client.capacity.saturate();
    assert_eq!(client.end().await, (0, String::new()));
}

#[tokio::test(start_paused = true)]
async fn body_gets_408_after_10_s_below_1_kib_per_second() {
    for (bytes, second) in [(1, 10), (1_000, 10), (1_300, 30)] {
        let mut client = Client::connect();
        client.send(POST).await;
        assert_eq!(client.trickle(bytes).await, (second, "408".to_owned()), "{bytes} bytes a second");
    }
    let mut client = Client::connect();
    client.send(POST).await;
    assert_eq!(client.trickle(2_100).await, (29, "200".to_owned()), "60,000 bytes within 30 s");
}

#[tokio::test(start_paused = true)]
async fn body_gets_408_after_2_s_below_16_kib_per_second_under_saturation() {
    for (bytes, second) in [(1_000, 2), (16_000, 2)] {
        let mut client = Client::connect_saturated();
        client.send(&POST.replace("60000", "600000")).await;
        assert_eq!(client.trickle(bytes).await, (second, "408".to_owned()), "{bytes} bytes a second");
    }
    let mut client = Client::connect_saturated();
    client.send(&(POST.to_owned() + &"x".repeat(20_000))).await;
    assert_eq!(client.trickle(20_000).await, (2, "200".to_owned()), "60,000 bytes within 2.4 s");
}

#[tokio::test(start_paused = true)]
async fn late_body_closes_the_connection_after_its_408() {
    let mut client = Client::connect();
    client.send(POST).await;
    let (seconds, text) = client.end().await;
    assert!(text.starts_with("HTTP/1.1 408") && text.contains("connection: close"), "{text}");
    assert_eq!(seconds, 10);
}

#[tokio::test(start_paused = true)]
async fn write_timeout_is_60_s_and_2_s_under_saturation() {
    for (connect, seconds) in [(Client::connect as fn() -> Client, 60), (Client::connect_saturated, 2)] {
        let mut client = connect();
        client.send(&GET.replace("/ ", "/large ")).await;
        sleep(Duration::from_millis(seconds * 1_000 - 100)).await;
        assert!(client.stream.write_all(b"GET").await.is_ok(), "open before {seconds} s");
        sleep(Duration::from_millis(200)).await;
        assert!(client.stream.write_all(b"GET").await.is_err(), "closed after {seconds} s");
        let (_, text) = client.end().await;
        assert!(text.starts_with("HTTP/1.1 200") && text.len() <= BUFFER, "{}", text.len());
    }
}

#[tokio::test(start_paused = true)]
async fn response_that_is_read_slowly_has_60_s_and_10_s_under_saturation() {
    for (connect, rate, seconds) in
        [(Client::connect as fn() -> Client, 1_000, 60), (Client::connect_saturated, 20_000, 10)]
    {
        let mut client = connect();
        client.send(&GET.replace("/ ", "/large ")).await;
        let (mut count, mut buffer) = (0, vec![0; rate]);
        while let Ok(1..) = client.stream.read_exact(&mut buffer).await {
            count += rate;
            sleep(Duration::from_secs(1)).await;
        }
        let most = rate * (seconds + 1) + BUFFER;
        assert!((rate * seconds..=most).contains(&count), "{count} bytes at {rate} bytes a second");
    }
}

#[tokio::test(start_paused = true)]
async fn response_that_is_read_within_60_s_is_sent_whole() {
    let mut client = Client::connect();
    client.send(&GET.replace("/ ", "/large ")).await;
    for _ in 0..50 {
        client.stream.read_exact(&mut vec![0; LARGE / 50]).await.unwrap();
        sleep(Duration::from_secs(1)).await;
    }
    assert!(client.read().await.ends_with('x'));
    client.send(GET).await;
    assert!(client.read().await.starts_with("HTTP/1.1 200"));
}

#[tokio::test(start_paused = true)]
async fn unread_body_is_discarded_for_1_s() {
    let mut client = Client::connect();
    client.send(&POST.replace("/ ", "/early ")).await;
    let (seconds, text) = client.end().await;
    assert!(text.starts_with("HTTP/1.1 403") && text.contains("connection: close"), "{text}");
    assert_eq!(seconds, 0, "the end is sent at once");
    sleep(Duration::from_millis(900)).await;
    assert!(client.stream.write_all(b"x").await.is_ok());
    sleep(Duration::from_millis(200)).await;
    assert!(client.stream.write_all(b"x").await.is_err());
}

/// As a browser does, which reads a response once it has sent the whole body.
#[tokio::test(start_paused = true)]
async fn unread_body_is_discarded_for_30_s_at_16_kib_s() {
    for (rate, ends_after) in [(20 << 10, 30), (10 << 10, 1)] {
        let mut client = Client::connect();
        client.send(&POST.replace("/ ", "/early ")).await;
        assert!(client.end().await.1.starts_with("HTTP/1.1 403"));
        let mut seconds = 0;
        while client.stream.write_all(&vec![b'x'; rate / 10]).await.is_ok() {
            sleep(Duration::from_millis(100)).await;
            seconds += 1;
        }
        assert!((ends_after * 10..ends_after * 10 + 15).contains(&seconds), "{rate} bytes/s end after {seconds}/10 s");
    }
}

#[tokio::test(start_paused = true)]
async fn drain_does_not_wait_for_an_unread_body() {
    let mut client = Client::connect();
    client.send(&POST.replace("/ ", "/early ")).await;
    assert!(client.end().await.1.starts_with("HTTP/1.1 403"));
    for _ in 0..20 {
        client.stream.write_all(&[b'x'; 2_048]).await.unwrap();
        sleep(Duration::from_millis(100)).await;
    }
    let capacity = Arc::clone(&client.capacity);
    tokio::spawn(async move { capacity.drain(&Limits::default()).await });
    sleep(Duration::from_millis(100)).await;
    assert!(client.stream.write_all(b"x").await.is_err());
}

#[tokio::test(start_paused = true)]
async fn drain_closes_what_has_no_request_under_way() {
    let mut clients = [Client::connect(), Client::connect(), Client::connect(), Client::connect()];
    clients[1].send("GET / HT").await;
    clients[2].send(GET).await;
    clients[2].read().await;
    clients[3].send(POST).await;
    sleep(Duration::from_secs(1)).await;
    for client in &clients {
        let capacity = Arc::clone(&client.capacity);
        tokio::spawn(async move { capacity.drain(&Limits::default()).await });
    }
    for client in &mut clients[..3] {
        assert_eq!(client.end().await, (0, String::new()));
    }
    clients[3].send(&"x".repeat(60_000)).await;
    let (seconds, text) = clients[3].end().await;
    assert!(text.starts_with("HTTP/1.1 200") && text.contains("connection: close") && seconds == 0, "{text:.300}");
}
