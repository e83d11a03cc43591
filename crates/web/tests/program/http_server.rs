//! The program's HTTP server where only a process of its own can show it: signals, and descriptors that run out.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use test_support::sqlite_url;

use crate::program::process::{Running, dinnerparty_with_descriptors};

fn connect(program: &Running, sent: &str) -> TcpStream {
    let host = program.origin.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(sent.replace("HOST", host).as_bytes()).unwrap();
    stream
}

/// Reads until the connection is closed, reset or silent for its read timeout.
fn read_to_end(mut stream: &TcpStream) -> String {
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    text
}

const FORM: &str = "POST /login HTTP/1.1\r\nHost: HOST\r\nSec-Fetch-Site: same-origin\r\n\
     Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\n";
const LIVENESS: &str = "GET /health/live HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n";

#[test]
fn sigterm_finishes_only_requests_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let program = Running::start(&sqlite_url(&folder), &[]);
    let mut others = Vec::new();
    for half in ["", "GET / HTTP/1.1\r\nHost: HO"] {
        others.extend((0..40).map(|_| connect(&program, half)));
    }
    let mut busy = connect(&program, &format!("{FORM}email"));
    let response = read_to_end(&connect(&program, LIVENESS));
    assert!(response.starts_with("HTTP/1.1 200"), "the connections before it are accepted: {response}");

    let start = Instant::now();
    program.signal("TERM");
    for stream in &others {
        read_to_end(stream);
    }
    busy.write_all(b"=a%40b").unwrap();
    let response = read_to_end(&busy);
    assert!(response.starts_with("HTTP/1.1 422"), "{response}");
    let exited = program.stop("TERM"); // a second signal changes nothing
    assert_eq!(exited.code, Some(0), "{}", exited.log);
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}: the drain timeout is 10 s", start.elapsed());
    assert!(!exited.log.contains("aborted connections"), "{}", exited.log);
}

/// The processor time that the process has used. Zero where the system has no `/proc`.
fn processor_time(program: &Running) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", program.pid())).unwrap_or_default();
    let ticks = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    Duration::from_millis(ticks.map(|ticks| 10 * ticks.parse::<u64>().unwrap()).sum())
}

#[test]
fn accept_loop_waits_for_a_descriptor_without_spinning() {
    let folder = tempfile::tempdir().unwrap();
    let options = ["--max-connections", "1000"];
    let program =
        Running::spawn_as(dinnerparty_with_descriptors(64), &sqlite_url(&folder), &options).wait_until_serving();
    let bodies: Vec<_> = (0..64).map(|_| connect(&program, &format!("{FORM}email"))).collect();
    let waiting = connect(&program, LIVENESS);
    waiting.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    assert_eq!(read_to_end(&waiting), "", "no descriptor is left for it");
    let before = processor_time(&program);
    sleep(Duration::from_secs(2));
    let spent = processor_time(&program).saturating_sub(before);
    assert!(spent < Duration::from_millis(100), "{spent:?} of 2 s");

    drop(bodies);
    waiting.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    assert!(read_to_end(&waiting).starts_with("HTTP/1.1 200"), "as soon as others have left");
    let exited = program.stop("TERM");
    assert_eq!(exited.code, Some(0));
    assert!(exited.log.contains("connection limit exceeds the limit of open files"), "{}", exited.log);
    // It tries ten times a second, and logs once in ten seconds.
    let failures = exited.log.matches("cannot accept connections").count();
    assert!((1..=4).contains(&failures), "{}", exited.log);
}

#[test]
fn default_connection_limit_fits_the_descriptors() {
    let folder = tempfile::tempdir().unwrap();
    let program = Running::spawn_as(dinnerparty_with_descriptors(64), &sqlite_url(&folder), &[]).wait_until_serving();
    let silent: Vec<_> = (0..200).map(|_| connect(&program, "")).collect();
    assert!(read_to_end(&connect(&program, LIVENESS)).starts_with("HTTP/1.1 200"), "silent connections yield");
    drop(silent);
    let exited = program.stop("TERM");
    assert_eq!(exited.code, Some(0), "{}", exited.log);
    for message in ["cannot accept connections", "connection limit exceeds"] {
        assert!(!exited.log.contains(message), "{}", exited.log);
    }
}

#[test]
fn server_has_a_soft_limit_of_core_dumps_of_zero() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new("sh");
    program.args(["-c", "ulimit -S -c unlimited; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_dinnerparty")]);
    let program = Running::spawn_as(program, &sqlite_url(&folder), &[]).wait_until_serving();
    let Ok(limits) = fs::read_to_string(format!("/proc/{}/limits", program.pid())) else { return };
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(line.split_whitespace().nth(4), Some("0"), "{line}");
    assert_eq!(program.stop("TERM").code, Some(0));
}
