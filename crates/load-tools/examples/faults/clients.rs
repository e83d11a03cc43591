//! Clients that register, host, RSVP and give up seats, each as fast as the server responds, and note every answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU16, Ordering};
use std::time::{Duration, Instant};

use accounts::test_kit::TestClient;
use load_tools::history::{Answer, Counts, History, Record};
use load_tools::timeouts::RESPONSE_TIMEOUT;
use poem::http::Method;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::requests::{Fields, flash_message, party, party_id};
use crate::stored;
use crate::users::{LoggedInUser, PASSWORD, port};

/// How long a client waits after a connection that failed, before it tries the next request.
const RECONNECT_DELAY: Duration = Duration::from_millis(20);

/// One response, or a request that failed.
pub(crate) struct Response {
    /// When it was complete.
    pub(crate) at: Instant,
    pub(crate) took: Duration,
    /// `None` where the connection failed.
    pub(crate) status: Option<u16>,
    pub(crate) is_write: bool,
}

impl Response {
    pub(crate) fn is_acknowledged_write(&self) -> bool {
        self.is_write && self.status == Some(303)
    }
}

/// The state that all clients share.
pub(crate) struct Clients {
    pub(crate) responses: Mutex<Vec<Response>>,
    history: Mutex<History>,
    is_over: AtomicBool,
    /// The highest id of an acknowledged party.
    last_party: AtomicI64,
    users: Vec<LoggedInUser>,
    /// The port of the running server, which cookie names contain.
    port: AtomicU16,
}

impl Clients {
    /// One client for each user. The users are stored already.
    pub(crate) fn new(users: Vec<LoggedInUser>) -> Arc<Self> {
        let history = History::with_stored(users.iter().map(|user| Record::User(user.name.clone())));
        Arc::new(Self {
            responses: Mutex::default(),
            history: Mutex::new(history),
            is_over: AtomicBool::new(false),
            last_party: AtomicI64::new(0),
            users,
            port: AtomicU16::new(0),
        })
    }

    /// Starts all clients against the server at `origin`. `round` makes the names of new parties and users unique.
    pub(crate) fn start(self: &Arc<Self>, origin: &str, round: u32) -> JoinSet<()> {
        self.is_over.store(false, Ordering::SeqCst);
        self.port.store(port(origin), Ordering::SeqCst);
        let mut running = JoinSet::new();
        for number in 0..self.users.len() {
            let (clients, origin) = (Arc::clone(self), origin.to_owned());
            running.spawn(async move { clients.run(number, round, &origin).await });
        }
        running
    }

    /// Lets each client finish its current request, and waits for all.
    pub(crate) async fn finish(&self, running: JoinSet<()>) {
        self.is_over.store(true, Ordering::SeqCst);
        running.join_all().await;
    }

    /// Compares the noted answers with the database at `url`.
    pub(crate) async fn compare_with(&self, url: &str) -> anyhow::Result<()> {
        self.history.lock().await.compare(&stored::records(url).await?)
    }

    /// How many answers of each kind there were so far.
    pub(crate) async fn counts(&self) -> Counts {
        self.history.lock().await.counts
    }

    /// Whether the session of every user is valid on the server at `origin`.
    pub(crate) async fn are_logged_in(&self, origin: &str) -> bool {
        for user in &self.users {
            let client = user.client(origin);
            if client.send(client.request(Method::GET, "/rsvp")).await.status != 200 {
                return false;
            }
        }
        true
    }

    async fn run(&self, number: usize, round: u32, origin: &str) {
        let user = &self.users[number];
        let client = user.client(origin);
        let mut step = number; // different clients start with different requests
        while !self.is_over.load(Ordering::SeqCst) {
            let last = self.last_party.load(Ordering::SeqCst);
            let party = i64::try_from(step * 7).unwrap_or_default() % last.max(1) + 1;
            let seat = || Record::Seat { party, guest: user.name.clone() };
            step += 1;
            match step % 12 {
                0 => self.host(&client, user, round, step).await,
                _ if last == 0 => self.host(&client, user, round, step).await,
                1 if number == 0 => self.register(origin, &format!("new-{round}-{step}")).await,
                2 => self.read(&client).await,
                n if n % 2 == 0 => {
                    let form = vec![("party_id", party.to_string())];
                    self.write(&client, "/rsvp", &form, seat(), true).await;
                }
                _ => {
                    let form = vec![("answer", "no".to_owned())];
                    self.write(&client, &format!("/parties/{party}/rsvp"), &form, seat(), false).await;
                }
            }
        }
    }

    async fn host(&self, client: &TestClient, user: &LoggedInUser, round: u32, step: usize) {
        let dish = format!("Dish {round}-{step} of {}", user.name);
        let (path, form) = (format!("/user/{}", user.name), party(&dish, 1000));
        let location = self.write(client, &path, &form, Record::Party(dish), true).await;
        if let Some(id) = party_id(&location).and_then(|id| id.parse().ok()) {
            self.last_party.fetch_max(id, Ordering::SeqCst);
        }
    }

    async fn register(&self, origin: &str, name: &str) {
        let fields = [("username", name), ("email", &format!("{name}@example.com")), ("password", PASSWORD)];
        let mut form: Fields = fields.map(|(name, value)| (name, value.to_owned())).into();
        form.push(("password2", PASSWORD.to_owned()));
        self.write(&TestClient::at(origin), "/register", &form, Record::User(name.to_owned()), true).await;
    }

    async fn read(&self, client: &TestClient) {
        let start = Instant::now();
        let response = client.request(Method::GET, "/rsvp").timeout(RESPONSE_TIMEOUT).send().await;
        let status = response.as_ref().ok().map(|response| response.status().as_u16());
        self.record(start, status, false).await;
    }

    /// Submits a form that stores `record` (or removes it, where `wanted` is false) and notes the answer.
    ///
    /// Returns the response's `Location`.
    async fn write(&self, client: &TestClient, path: &str, form: &Fields<'_>, record: Record, wanted: bool) -> String {
        // Clears the flash message of an earlier response, so that only this response's message comes back.
        client.add_cookies(&format!("flash-{}=", self.port.load(Ordering::SeqCst)));
        let start = Instant::now();
        let request =
            client.request(Method::POST, path).timeout(RESPONSE_TIMEOUT).header("sec-fetch-site", "same-origin");
        let (mut status, mut answer, mut location) = (None, Some(Answer::Unknown), String::new());
        match request.form(form).send().await {
            Ok(response) => {
                let headers = response.headers().clone();
                let code = response.status().as_u16();
                let is_success = code == 303 && flash_message(&headers).starts_with('s');
                let is_unchanged = response.text().await.is_ok_and(|text| text.contains("Nothing changed"));
                status = Some(code);
                answer = Some(match code {
                    _ if is_success => Answer::Acknowledged,
                    503 if is_unchanged => Answer::Refused,
                    500.. => Answer::Unknown,
                    _ => Answer::Refused,
                });
                location = headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
            }
            Err(error) if error.is_connect() => answer = None, // the form was not sent
            Err(_) => {}
        }
        self.record(start, status, true).await;
        if let Some(answer) = answer {
            self.history.lock().await.note(record, wanted, answer);
        }
        location
    }

    async fn record(&self, start: Instant, status: Option<u16>, is_write: bool) {
        let took = start.elapsed();
        self.responses.lock().await.push(Response { at: start + took, took, status, is_write });
        if status.is_none() {
            sleep(RECONNECT_DELAY).await;
        }
    }
}
