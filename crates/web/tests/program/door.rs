//! The program's front door where only a process of its own can show it: signals, and descriptors that run out.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use test_support::sqlite_url;

use crate::program::running::{Running, dinnerparty_with_descriptors};

fn connect(program: &Running, sent: &str) -> TcpStream {
    let host = program.origin.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(sent.replace("HOST", host).as_bytes()).unwrap();
    stream
}

fn end(mut stream: &TcpStream) -> String {
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text); // closed, or reset
    text
}

const FORM: &str = "POST /login HTTP/1.1\r\nHost: HOST\r\nSec-Fetch-Site: same-origin\r\n\
     Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\n";
const ALIVE: &str = "GET /health/live HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n";

#[test]
fn asked_to_stop_it_answers_who_is_under_way_and_nobody_else_delays_it() {
    let folder = tempfile::tempdir().unwrap();
    let program = Running::start(&sqlite_url(&folder), &[]);
    let mut hanging = Vec::new();
    for half in ["", "GET / HTTP/1.1\r\nHost: HO", "PRI * HT", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        hanging.extend((0..20).map(|_| connect(&program, half)));
    }
    let mut busy = connect(&program, &format!("{FORM}email"));
    assert!(end(&connect(&program, ALIVE)).starts_with("HTTP/1.1 200"), "those before it are known to the server");

    let begun = Instant::now();
    program.signal("TERM");
    for stream in &hanging {
        end(stream);
    }
    busy.write_all(b"=a%40b").unwrap();
    let told = end(&busy);
    assert!(told.starts_with("HTTP/1.1 422"), "{told}");
    let ended = program.ends("TERM"); // once more does no harm
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}: less than it waits for who hangs on", begun.elapsed());
    assert!(!ended.log.contains("cut what"), "{}", ended.log);
}

/// How long the process has kept a core busy; nothing where the system does not say it in Linux's way.
fn busy(program: &Running) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", program.pid())).unwrap_or_default();
    let ticks = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    Duration::from_millis(ticks.map(|ticks| 10 * ticks.parse::<u64>().unwrap()).sum())
}

#[test]
fn out_of_descriptors_it_waits_for_one_without_spinning() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["--max-connections", "1000"];
    let program = Running::begin_as(dinnerparty_with_descriptors(64), &sqlite_url(&folder), &words).up();
    let bodies: Vec<_> = (0..64).map(|_| connect(&program, &format!("{FORM}email"))).collect();
    let waiting = connect(&program, ALIVE);
    waiting.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    assert_eq!(end(&waiting), "", "there is no descriptor for it");
    let before = busy(&program);
    sleep(Duration::from_secs(2));
    let spent = busy(&program).saturating_sub(before);
    assert!(spent < Duration::from_millis(100), "{spent:?} of 2 s");

    drop(bodies);
    waiting.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    assert!(end(&waiting).starts_with("HTTP/1.1 200"), "as soon as others have left");
    let ended = program.ends("TERM");
    assert_eq!(ended.code, Some(0));
    assert!(ended.log.contains("more connections than files"), "{}", ended.log);
    // Every ten seconds at most, of the ten times a second that it tries.
    let complaints = ended.log.matches("no connection can be accepted for now").count();
    assert!((1..=4).contains(&complaints), "{}", ended.log);
}

#[test]
fn by_default_it_takes_no_more_connections_than_it_has_descriptors_for() {
    let folder = tempfile::tempdir().unwrap();
    let program = Running::begin_as(dinnerparty_with_descriptors(64), &sqlite_url(&folder), &[]).up();
    let silent: Vec<_> = (0..200).map(|_| connect(&program, "")).collect();
    assert!(end(&connect(&program, ALIVE)).starts_with("HTTP/1.1 200"), "the silent give way");
    drop(silent);
    let ended = program.ends("TERM");
    assert_eq!((ended.code, ended.log.contains("no connection can be accepted")), (Some(0), false), "{}", ended.log);
    assert!(!ended.log.contains("more connections than files"), "{}", ended.log);
}
