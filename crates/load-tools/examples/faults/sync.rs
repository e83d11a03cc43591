//! Whether an answer that says yes is on the disk: by the order of the program's own system calls.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use poem::http::Method;
use tokio::task::JoinSet;

use super::place::{Engine, Person, Place, enter};
use super::program::Program;

const CALLS: &str = "trace=fdatasync,fsync,read,recvfrom,write,writev,sendto,sendmsg";
const GUESTS: u32 = 16;

#[expect(clippy::print_stdout, reason = "a program that prints figures")]
pub(crate) async fn watch(path: &Path, answers: usize) -> anyhow::Result<()> {
    ensure!(Command::new("strace").arg("-V").output().is_ok(), "strace is not installed");
    let place = Place::new(Engine::Sqlite).await?;
    let mut people = enter(&place.url, "guest", GUESTS + 1).await?;
    let host = people.pop().context("nobody")?;
    let trace = place.folder.path().join("trace");
    let mut program = Program::new(path, &place.url, place.folder.path())?;
    let file = trace.to_str().context("not a text")?;
    program.start(&["strace", "-f", "-ttt", "-s", "48", "-e", CALLS, "-o", file]).await?;
    let party = set_a_table(&program, &host).await?;
    println!("SQLite, synchronous=FULL, answers to RSVPs under strace");
    println!("clients  answers  syncs  syncs between the request and its answer: none, one or more");
    for clients in [1, people.len()] {
        let before = std::fs::read_to_string(&trace)?.len();
        let mut flight = JoinSet::new();
        for person in people.iter().take(clients).cloned() {
            flight.spawn(come_and_go(person, program.url(), party.clone(), answers / clients));
        }
        flight.join_all().await.into_iter().collect::<anyhow::Result<Vec<()>>>()?;
        let (due, mut patience) = (answers / clients * clients, 300);
        let Seen { syncs, with, without } = loop {
            let seen = Seen::of(&std::fs::read_to_string(&trace)?[before..]);
            if seen.with + seen.without >= due || patience == 0 {
                break seen;
            }
            tokio::time::sleep(Duration::from_millis(100)).await; // strace is behind, on a busy machine by far
            patience -= 1;
        };
        println!("{clients:7}  {:7}  {syncs:5}  {without:43}, {with}", with + without);
        ensure!(without == 0, "{without} answers came before a sync");
        ensure!(with == due, "{with} answers were seen, of {due}");
    }
    program.stop()
}

/// A party with room for everybody, and its number.
async fn set_a_table(program: &Program, host: &Person) -> anyhow::Result<String> {
    let party = [("date", "2199-03-14"), ("time", "19:00"), ("time_zone", "UTC"), ("venue", "Everywhere")];
    let form = [&party[..], &[("main_dish", "Sync"), ("number_seats", "1000")]].concat();
    let browser = host.at(&program.url());
    let request =
        browser.request(Method::POST, &format!("/user/{}", host.name)).header("sec-fetch-site", "same-origin");
    let page = browser.send(request.form(&form)).await;
    page.header("location").and_then(|to| to.strip_prefix("/parties/")).map(ToOwned::to_owned).context("no party")
}

/// Takes a seat and gives it up, again and again: each changes a row.
async fn come_and_go(person: Person, server: String, party: String, times: usize) -> anyhow::Result<()> {
    let browser = person.at(&server);
    for number in 0..times {
        let answer = if number % 2 == 0 { "yes" } else { "no" };
        let request = browser.request(Method::POST, &format!("/parties/{party}/rsvp"));
        let page = browser.send(request.header("sec-fetch-site", "same-origin").form(&[("answer", answer)])).await;
        ensure!(page.status == 303, "{}: {}", page.status, page.text);
    }
    Ok(())
}

/// What strace saw.
#[derive(Default)]
struct Seen {
    syncs: usize,
    with: usize,
    without: usize,
}

impl Seen {
    /// Reads a trace: of each connection, how many syncs had ended when its request came.
    fn of(trace: &str) -> Self {
        let (mut seen, mut asked, mut reading) = (Self::default(), BTreeMap::new(), BTreeMap::new());
        for line in trace.lines() {
            let mut words = line.splitn(3, char::is_whitespace).map(str::trim);
            let (Some(thread), Some(_), Some(call)) = (words.next(), words.next(), words.next()) else { continue };
            let ended = !call.ends_with("<unfinished ...>") && call.contains(" = ");
            if call.contains("sync") && ended && call.ends_with("= 0") {
                seen.syncs += 1;
            } else if call.starts_with("read") || call.starts_with("recvfrom") {
                reading.insert(thread, descriptor(call)); // its end may be on another line, without the number
            }
            if call.contains("\"POST /") {
                let socket =
                    if call.starts_with("<...") { reading.get(thread).copied() } else { Some(descriptor(call)) };
                asked.extend(socket.map(|socket| (socket, seen.syncs)));
            } else if call.contains("\"HTTP/1.1 303")
                && let Some(syncs) = asked.remove(descriptor(call))
            {
                if seen.syncs > syncs { seen.with += 1 } else { seen.without += 1 }
            }
        }
        seen
    }
}

/// The first argument of a call, which is a descriptor.
fn descriptor(call: &str) -> &str {
    let arguments = call.split_once('(').map_or("", |(_, arguments)| arguments);
    arguments.split([',', ')']).next().unwrap_or_default()
}
