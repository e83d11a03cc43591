//! People who register, host, come and give up their seats, as fast as they are answered, and note what they are told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU16, Ordering};
use std::time::{Duration, Instant};

use accounts::test_kit::TestClient;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use poem::http::{HeaderMap, Method};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::history::{History, Thing, Told};
use super::place::{PASSWORD, Person, port};

/// Past this nobody waits: the server's own limits are shorter.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer, for whoever looks at times.
pub(crate) struct Answer {
    pub(crate) at: Instant,
    pub(crate) took: Duration,
    pub(crate) status: Option<u16>,
    pub(crate) told: Told,
    pub(crate) writes: bool,
}

/// What all clients share.
pub(crate) struct Load {
    pub(crate) history: Mutex<History>,
    pub(crate) answers: Mutex<Vec<Answer>>,
    is_over: AtomicBool,
    /// The number of the last party that was acknowledged.
    parties: AtomicI64,
    people: Vec<Person>,
    /// Of the server as it was started last: cookies carry it in their names.
    port: AtomicU16,
}

impl Load {
    /// Of people whose names are stored already.
    pub(crate) fn new(people: Vec<Person>) -> Arc<Self> {
        let mut history = History::default();
        for person in &people {
            history.note(Thing::User(person.name.clone()), true, Told::Done);
        }
        history.done = 0;
        let (answers, is_over, parties) = (Mutex::default(), AtomicBool::new(false), AtomicI64::new(0));
        Arc::new(Self { history: Mutex::new(history), answers, is_over, parties, people, port: AtomicU16::new(0) })
    }

    /// Begins it, on the server there. The round's number keeps dishes and names apart.
    pub(crate) fn begin(self: &Arc<Self>, server: &str, round: u32) -> JoinSet<()> {
        self.is_over.store(false, Ordering::SeqCst);
        self.port.store(port(server), Ordering::SeqCst);
        let mut clients = JoinSet::new();
        for number in 0..self.people.len() {
            let (load, server) = (Arc::clone(self), server.to_owned());
            clients.spawn(async move { load.client(number, round, &server).await });
        }
        clients
    }

    /// Lets everybody finish what they are at.
    pub(crate) async fn end(&self, clients: JoinSet<()>) {
        self.is_over.store(true, Ordering::SeqCst);
        clients.join_all().await;
    }

    async fn client(&self, number: usize, round: u32, server: &str) {
        let person = &self.people[number];
        let visitor = person.at(server);
        let mut step = number; // else all would do the same at once
        while !self.is_over.load(Ordering::SeqCst) {
            let last = self.parties.load(Ordering::SeqCst);
            let party = i64::try_from(step * 7).unwrap_or_default() % last.max(1) + 1;
            let seat = || Thing::Seat { party, guest: person.name.clone() };
            step += 1;
            match step % 12 {
                _ if last == 0 => self.host(&visitor, person, (round, step)).await,
                0 => self.host(&visitor, person, (round, step)).await,
                1 if number == 0 => self.register(server, &format!("new-{round}-{step}")).await,
                2 => self.look(&visitor).await,
                n if n % 2 == 0 => {
                    let answer = [("party_id", party.to_string())];
                    let (told, _) = self.ask(&visitor, "/rsvp", &answer).await;
                    self.note(seat(), true, told).await;
                }
                _ => {
                    let (told, _) =
                        self.ask(&visitor, &format!("/parties/{party}/rsvp"), &[("answer", "no".into())]).await;
                    self.note(seat(), false, told).await;
                }
            }
        }
    }

    async fn note(&self, thing: Thing, wanted: bool, told: Option<Told>) {
        if let Some(told) = told {
            self.history.lock().await.note(thing, wanted, told);
        }
    }

    async fn host(&self, visitor: &TestClient, person: &Person, (round, step): (u32, usize)) {
        let dish = format!("Dish {round}-{step} of {}", person.name);
        let party = [("date", "2199-03-14"), ("time", "19:00"), ("time_zone", "UTC"), ("venue", "Everywhere")];
        let form = [&party[..], &[("main_dish", &dish), ("number_seats", "1000")]].concat();
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let (told, to) = self.ask(visitor, &format!("/user/{}", person.name), &form).await;
        self.note(Thing::Party(dish), true, told).await;
        if let Some(id) = to.strip_prefix("/parties/").and_then(|id| id.parse().ok()) {
            self.parties.fetch_max(id, Ordering::SeqCst);
        }
    }

    async fn register(&self, server: &str, name: &str) {
        let (email, word) = (format!("{name}@example.com"), PASSWORD.to_owned());
        let form = [("username", name.to_owned()), ("email", email), ("password", word.clone()), ("password2", word)];
        let (told, _) = self.ask(&TestClient::at(server), "/register", &form).await;
        self.note(Thing::User(name.to_owned()), true, told).await;
    }

    async fn look(&self, visitor: &TestClient) {
        let begun = Instant::now();
        let answer = visitor.request(Method::GET, "/rsvp").timeout(PATIENCE).send().await;
        let status = answer.as_ref().ok().map(|answer| answer.status().as_u16());
        let took = begun.elapsed();
        self.answers.lock().await.push(Answer { at: begun + took, took, status, told: Told::Refused, writes: false });
        if status.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends a form. What was told, or `None` where nothing was even sent; and where it leads.
    async fn ask(&self, visitor: &TestClient, path: &str, form: &[(&str, String)]) -> (Option<Told>, String) {
        // What was told before is read: only what is new comes back.
        visitor.add_cookies(&format!("flash-{}=", self.port.load(Ordering::SeqCst)));
        let begun = Instant::now();
        let request = visitor.request(Method::POST, path).timeout(PATIENCE).header("sec-fetch-site", "same-origin");
        let (status, told, to) = match request.form(form).send().await {
            Ok(answer) => {
                let status = answer.status().as_u16();
                let to =
                    answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
                let is_done = told(answer.headers()).starts_with('s');
                let text = answer.text().await;
                let told = match (status, text) {
                    (303, _) if is_done => Told::Done,
                    (503, Ok(text)) if text.contains("Nothing changed") => Told::Refused,
                    (500.., _) => Told::Unknown,
                    _ => Told::Refused,
                };
                (Some(status), Some(told), to)
            }
            Err(error) if error.is_connect() => (None, None, String::new()),
            Err(_) => (None, Some(Told::Unknown), String::new()),
        };
        let took = begun.elapsed();
        let answer = Answer { at: begun + took, took, status, told: told.unwrap_or(Told::Refused), writes: true };
        self.answers.lock().await.push(answer);
        if status.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await; // nobody is there
        }
        (told, to)
    }

    /// Whether everybody is still logged in on the server there.
    pub(crate) async fn everybody_is_in(&self, server: &str) -> bool {
        for person in &self.people {
            let page = person.at(server);
            if page.send(page.request(Method::GET, "/rsvp")).await.status != 200 {
                return false;
            }
        }
        true
    }
}

/// The message that an answer sets, after its mark: `s` for what was done, `r` for what was refused. It counts as told also
/// where the server dies before the page that shows it.
pub(crate) fn told(headers: &HeaderMap) -> String {
    let cookies = headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    cookies.filter_map(flash).next_back().unwrap_or_default()
}

fn flash(cookie: &str) -> Option<String> {
    let value = cookie.strip_prefix("flash")?.split_once('=')?.1.split(';').next()?;
    String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(value).ok()?).ok()
}
