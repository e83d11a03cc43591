//! What is asked for, how often, and what is due in answer. How the answers are counted is not known here.

use std::time::{Duration, Instant};

use accounts::test_kit::TestClient;
use anyhow::ensure;
use poem::http::Method;

use super::rough;

/// The password of everybody whom `cargo xtask seed` makes.
const PASSWORD: &str = "correct horse battery 0";
/// Past this nobody waits; the server's own limits are shorter.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Welcome,
    LogInPage,
    List,
    Search,
    Profile,
    Party,
    Accept,
    GiveUp,
    Host,
    LogIn,
    Register,
    Unknown,
    BadForm,
    Foreign,
    TooLarge,
    NotHttp,
    Health,
    HalfAHeader,
    HalfABody,
}

/// Each kind: its name, how often it is asked for in a thousand, and the answers that are due.
#[rustfmt::skip]
const KINDS: [(Kind, &str, u64, &[&str]); 19] = [
    (Kind::Welcome, "the first page, a stranger", 150, &["200"]),
    (Kind::LogInPage, "the log-in page, a stranger", 60, &["200"]),
    (Kind::List, "the list of parties", 200, &["200"]),
    (Kind::Search, "a search in it", 50, &["200"]),
    (Kind::Profile, "a profile", 100, &["200"]),
    (Kind::Party, "a party's page", 140, &["200"]),
    (Kind::Accept, "an RSVP", 100, &["303"]),
    (Kind::GiveUp, "a seat given up", 70, &["303"]),
    (Kind::Host, "a party hosted", 10, &["303"]),
    (Kind::LogIn, "a log-in", 10, &["303"]),
    (Kind::Register, "a registration", 2, &["303 to log in"]),
    (Kind::Unknown, "a page that is not", 20, &["404"]),
    (Kind::BadForm, "a form that does not parse", 20, &["422"]),
    (Kind::Foreign, "a form of another site", 15, &["403"]),
    (Kind::TooLarge, "a form of 70 KB", 15, &["413", "no answer"]),
    (Kind::NotHttp, "no HTTP", 15, &["400"]),
    (Kind::Health, "the readiness", 13, &["200"]),
    (Kind::HalfAHeader, "half a header", 5, &["408", "closed"]),
    (Kind::HalfABody, "half a body", 5, &["408", "closed"]),
];

impl Kind {
    /// One at random, as often as the table says.
    pub(crate) fn throw(dice: &mut Dice) -> Self {
        let mut number = dice.below(KINDS.iter().map(|(_, _, often, _)| often).sum());
        for (kind, _, often, _) in KINDS {
            if number < often {
                return kind;
            }
            number -= often;
        }
        Self::Welcome
    }

    fn row(self) -> (&'static str, &'static [&'static str]) {
        let row = KINDS.iter().find(|(kind, ..)| *kind == self);
        row.map_or(("?", &[]), |(_, name, _, due)| (*name, *due))
    }

    pub(crate) fn name(self) -> &'static str {
        self.row().0
    }

    pub(crate) fn is_due(self, told: &str) -> bool {
        self.row().1.contains(&told)
    }

    /// Whether it waits by itself, so that its time says nothing of the server's.
    pub(crate) fn is_slow(self) -> bool {
        matches!(self, Self::HalfAHeader | Self::HalfABody)
    }
}

/// What was told, as a status or a word, and after how long.
pub(crate) struct Answer {
    pub(crate) told: String,
    pub(crate) took: Duration,
}

/// The server and the people who are logged in to it.
pub(crate) struct Site {
    server: String,
    stranger: TestClient,
    people: Vec<(String, TestClient)>,
    parties: u64,
}

impl Site {
    /// Logs the seed's people in.
    pub(crate) async fn enter(server: &str, count: u32, parties: u64) -> anyhow::Result<Self> {
        let mut people = Vec::new();
        for number in 0..count {
            let (name, visitor) = (format!("u{number:04}"), TestClient::at(server));
            let page = visitor.log_in(&name, PASSWORD).await;
            ensure!(page.path != "/login", "{name} is not let in: is the database seeded? {}", page.text);
            people.push((name, visitor));
        }
        Ok(Self { server: server.to_owned(), stranger: TestClient::at(server), people, parties })
    }
}

/// A request, but for its time.
struct Asked<'a> {
    visitor: &'a TestClient,
    method: Method,
    path: String,
    site: &'static str,
    form: Vec<(&'static str, String)>,
}

impl<'a> Asked<'a> {
    fn page(visitor: &'a TestClient, path: impl Into<String>) -> Self {
        Self { visitor, method: Method::GET, path: path.into(), site: "same-origin", form: Vec::new() }
    }

    fn form(visitor: &'a TestClient, path: impl Into<String>, form: &[(&'static str, &str)]) -> Self {
        let form = form.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { method: Method::POST, form, ..Self::page(visitor, path) }
    }

    async fn answer(self) -> Answer {
        let begun = Instant::now();
        let mut request = self.visitor.request(self.method.clone(), &self.path).timeout(PATIENCE);
        if self.method == Method::POST {
            request = request.header("sec-fetch-site", self.site).form(&self.form);
        }
        let told = match request.send().await {
            Ok(response) => {
                let to = response.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
                let away = if to.starts_with("/login") { " to log in" } else { "" };
                let told = format!("{}{away}", response.status().as_u16());
                if response.bytes().await.is_ok() { told } else { format!("{told} cut off") }
            }
            Err(error) if error.is_timeout() => "no end".to_owned(),
            Err(error) if error.is_connect() => "no connection".to_owned(),
            Err(_) => "no answer".to_owned(),
        };
        Answer { told, took: begun.elapsed() }
    }
}

impl Kind {
    /// Asks once.
    pub(crate) async fn ask(self, site: &Site, mut dice: Dice) -> Answer {
        let (name, person) = &site.people[dice.index(site.people.len())];
        let party = dice.below(site.parties) + 1;
        let foreign;
        let asked = match self {
            Self::Welcome => Asked::page(&site.stranger, "/"),
            Self::LogInPage => Asked::page(&site.stranger, "/login"),
            Self::List => Asked::page(person, ["/rsvp", "/rsvp?per_page=50", "/"][dice.index(3)]),
            Self::Search => Asked::page(person, "/rsvp?q=dish+number+4&seats=1"),
            Self::Profile => Asked::page(person, format!("/user/{}", site.people[dice.index(site.people.len())].0)),
            Self::Party => Asked::page(person, format!("/parties/{party}")),
            Self::Accept => Asked::form(person, "/rsvp", &[("party_id", &party.to_string())]),
            Self::GiveUp => Asked::form(person, format!("/parties/{party}/rsvp"), &[("answer", "no")]),
            Self::Host => {
                let date = [("date", "2199-03-14"), ("time", "19:00"), ("time_zone", "Europe/Berlin")];
                let table = [("venue", "Everywhere"), ("main_dish", "Soak"), ("number_seats", "8")];
                Asked::form(person, format!("/user/{name}"), &[&date[..], &table[..]].concat())
            }
            Self::LogIn => {
                foreign = TestClient::at(&site.server);
                let email = format!("{name}@example.com");
                let answer = Asked::form(&foreign, "/login", &[("email", &email), ("password", PASSWORD)]).answer();
                let answer = answer.await;
                Asked::form(&foreign, "/logout", &[]).answer().await; // or sessions would pile up as they never do
                return answer;
            }
            Self::Register => {
                let name = format!("soak-{:x}", dice.below(u64::MAX));
                let (email, word) = (format!("{name}@example.com"), "marble otter seven");
                let typed = [("username", &name[..]), ("email", &email), ("password", word), ("password2", word)];
                Asked::form(&site.stranger, "/register", &typed)
            }
            Self::Unknown => Asked::page(person, "/nothing/here"),
            Self::BadForm => {
                Asked::form(person, format!("/user/{name}"), &[("date", "tomorrow"), ("number_seats", "0")])
            }
            Self::Foreign => {
                Asked { site: "cross-site", ..Asked::form(person, "/rsvp", &[("party_id", &party.to_string())]) }
            }
            Self::TooLarge => Asked::form(person, "/rsvp", &[("party_id", &"9".repeat(70_000))]),
            Self::Health => Asked::page(&site.stranger, "/health/ready"),
            Self::NotHttp => return rough::ask(&site.server, "PLEASE LET ME IN\r\n\r\n").await,
            Self::HalfAHeader => return rough::ask(&site.server, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half").await,
            Self::HalfABody => return rough::ask(&site.server, &half_a_body(&site.server)).await,
        };
        asked.answer().await
    }
}

/// A form that announces more than it sends.
fn half_a_body(server: &str) -> String {
    let host = server.trim_start_matches("http://");
    let header =
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\nSec-Fetch-Site: same-origin";
    format!("POST /login HTTP/1.1\r\nHost: {host}\r\n{header}\r\n\r\nemail=")
}

/// Numbers as if by chance, the same in every run: xorshift.
#[derive(Clone)]
pub(crate) struct Dice(u64);

impl Default for Dice {
    fn default() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }
}

impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    /// Others, for whoever goes on by themselves.
    pub(crate) fn fork(&mut self) -> Self {
        Self(self.below(u64::MAX) | 1)
    }
}
