//! Wrong guesses for one account: how many of them the server hashes, what it responds, and how the owner's log-ins end
//! meanwhile and afterwards.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::client::{Client, PASSWORD, email, seconds};
use crate::database::EngineKind;
use crate::outcomes::{Outcome, Outcomes};
use crate::site::{Site, name};

/// More than the limit of an account, which is 100.
const GUESSES: usize = 105;

/// The guesses before a restart.
const BEFORE_RESTART: usize = 50;

/// The owner's networks: where the known browser is used now, one that was used before, and one that was not.
const KNOWN_BROWSER_ADDRESS: &str = "100.64.1.1";
const KNOWN_NETWORK_ADDRESS: &str = "192.0.2.44";
const ELSEWHERE: &str = "100.65.0.1";

/// The pause between two log-ins of the owner.
const OWNER_PAUSE: Duration = Duration::from_millis(400);

/// How the guesses are sent.
#[derive(Clone, Copy)]
struct Guessing {
    name: &'static str,
    networks: usize,
    at_once: usize,
    processes: usize,
    restarts: bool,
}

const ONE: Guessing = Guessing { name: "", networks: 1, at_once: 1, processes: 1, restarts: false };
const MANY: Guessing = Guessing { networks: GUESSES, ..ONE };

const ROWS: [Guessing; 6] = [
    Guessing { name: "105 guesses, 1 network, in turn", ..ONE },
    Guessing { name: "105 guesses, 1 network, 50 at once", at_once: 50, ..ONE },
    Guessing { name: "105 guesses, 105 networks, in turn", ..MANY },
    Guessing { name: "105 guesses, 105 networks, 50 at once", at_once: 50, ..MANY },
    Guessing { name: "105 guesses, 105 networks, 2 processes", at_once: 50, processes: 2, ..MANY },
    Guessing { name: "105 guesses, 105 networks, a restart", restarts: true, ..MANY },
];

/// Prints a table of the rows whose name contains `only`.
pub(crate) async fn run(program: &Path, engine: EngineKind, only: &str) -> anyhow::Result<()> {
    let rows: Vec<_> = ROWS.into_iter().filter(|row| row.name.contains(only)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    println!(
        "\n{engine:?}: guesses for one account. Limits: of an address 5 failures, then one after 1 s, 2 s, 4 s …; of an account"
    );
    println!(
        "100 in a row, beyond which a guess is answered as wrong without a hash. Hashed: the highest counter, and an estimate"
    );
    println!(
        "by processor time. The owner logs in meanwhile, known by browser or by network, and afterwards also as a stranger"
    );
    println!(
        "{:41} hashed  by time  limit  {:34} {:33} afterwards",
        "", "responses to the guesses", "owner meanwhile, done and slowest"
    );
    println!(
        "{:56} {:7} refused throttled  shed failed  {:18} {:18} browser network elsewhere",
        "attack", "", "browser", "network"
    );
    for guessing in rows {
        println!("{:40} {}", guessing.name, guessing.row(program, engine).await?);
    }
    Ok(())
}

impl Guessing {
    async fn row(self, program: &Path, engine: EngineKind) -> anyhow::Result<String> {
        let mut site = Site::start_many(program, engine, 1, self.processes, "127.0.0.1").await?;
        let browser = device(&site.log_in(0, KNOWN_BROWSER_ADDRESS).await?);
        site.log_in(0, KNOWN_NETWORK_ADDRESS).await?; // makes the network known
        let costs = Costs::measure(&site).await?;

        let (start, before) = (Instant::now(), site.processor_time()?);
        let (outcomes, is_over) = (Arc::new(Outcomes::default()), Arc::new(AtomicBool::new(false)));
        let mut spent = Duration::ZERO;
        let owner = if self.restarts { None } else { Some(Owner::start(&site, &browser, &is_over)) };
        if self.restarts {
            self.guess(&site, 0..BEFORE_RESTART, &outcomes).await?;
            spent = site.processor_time()?.saturating_sub(before);
            for server in &mut site.servers {
                server.stop()?;
                server.start().await?;
            }
            let before = site.processor_time()?;
            self.guess(&site, BEFORE_RESTART..GUESSES, &outcomes).await?;
            spent += site.processor_time()?.saturating_sub(before);
        } else {
            self.guess(&site, 0..GUESSES, &outcomes).await?;
        }
        let limit = self.limit(start.elapsed());
        is_over.store(true, Ordering::Relaxed);
        let owner = match owner {
            Some(owner) => owner.await?,
            None => Owner::default(),
        };
        if !self.restarts {
            spent = site.processor_time()?.saturating_sub(before);
        }
        let counted = site.highest_counter().await?;
        let browser = device_for(&browser, &site);
        let hashes = costs.hashes(spent, GUESSES + owner.log_ins()).saturating_sub(owner.log_ins());
        let mut last = Vec::new();
        for (address, cookies) in
            [(KNOWN_BROWSER_ADDRESS, browser.as_str()), (KNOWN_NETWORK_ADDRESS, ""), (ELSEWHERE, "")]
        {
            let outcome = site.client(address).with_cookies(cookies).log_in(&email(&name(0)), PASSWORD).await;
            last.push(format!("{outcome:?}"));
        }
        site.stop()?;
        let columns = [Outcome::Refused, Outcome::Throttled, Outcome::Shed, Outcome::Failed];
        let [refused, throttled, shed, failed] = columns.map(|outcome| outcomes.count(outcome));
        let mark = if counted > i64::from(limit) { '!' } else { ' ' };
        Ok(format!(
            "{counted:6}{mark} {hashes:7} {limit:6} {refused:8} {throttled:9} {shed:5} {failed:6}  {owner} {:7} {:7} {}",
            last[0], last[1], last[2]
        ))
    }

    /// How many guesses may be hashed in this time.
    fn limit(self, took: Duration) -> u32 {
        // The waits of 1 s, 2 s, 4 s … end after 1 s, 3 s, 7 s …
        if self.networks > 1 { 100 } else { 5 + (took.as_secs() + 1).ilog2() }
    }

    /// Sends guesses, each from the next network and to the next process.
    async fn guess(self, site: &Site, numbers: std::ops::Range<usize>, outcomes: &Arc<Outcomes>) -> anyhow::Result<()> {
        let (next, end) = (Arc::new(AtomicUsize::new(numbers.start)), numbers.end);
        let mut workers = JoinSet::new();
        for worker in 0..self.at_once {
            let authority = site.authority_of(worker % self.processes).to_owned();
            let (next, outcomes) = (Arc::clone(&next), Arc::clone(outcomes));
            workers.spawn(async move {
                let mut client = Client::new(&authority, "");
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= end {
                        return;
                    }
                    client.forward(&format!("203.0.{}.9", number % self.networks));
                    outcomes.add(client.log_in(&email(&name(0)), &format!("granite heron {number}")).await);
                }
            });
        }
        while let Some(ended) = workers.join_next().await {
            ended?;
        }
        Ok(())
    }
}

/// The processor time of a request with a hash, and of one without.
struct Costs {
    with_hash: Duration,
    without: Duration,
}

impl Costs {
    /// Guesses at accounts that do not exist, each from its own network; and passwords that are too long to be hashed.
    async fn measure(site: &Site) -> anyhow::Result<Self> {
        const REQUESTS: u32 = 10;
        let start = site.processor_time()?;
        for number in 0..REQUESTS {
            site.client(&format!("10.1.{number}.1")).log_in(&email(&format!("none-{number}")), PASSWORD).await;
        }
        let with_hash = site.processor_time()?.saturating_sub(start) / REQUESTS;
        let (mut client, too_long) = (site.client("10.2.0.1"), "x".repeat(5_000));
        let start = site.processor_time()?;
        for _ in 0..REQUESTS {
            client.log_in("none@example.com", &too_long).await;
        }
        Ok(Self { with_hash, without: site.processor_time()?.saturating_sub(start) / REQUESTS })
    }

    /// How many hashes were computed in `spent` for so many requests.
    fn hashes(&self, spent: Duration, requests: usize) -> usize {
        let requests = u32::try_from(requests).unwrap_or(u32::MAX);
        let hashing = spent.saturating_sub(self.without * requests).as_millis();
        let hash = self.with_hash.saturating_sub(self.without).as_millis().max(1);
        usize::try_from((hashing + hash / 2) / hash).unwrap_or(usize::MAX)
    }
}

/// The owner's log-ins during the guesses.
#[derive(Default)]
struct Owner {
    browser: Column,
    network: Column,
}

/// One kind of the owner's log-ins.
#[derive(Default)]
struct Column {
    attempts: usize,
    done: usize,
    slowest: Duration,
}

impl Owner {
    /// Logs in by a known browser and by a new one in a known network, in turn, until `is_over`.
    fn start(site: &Site, browser: &str, is_over: &Arc<AtomicBool>) -> tokio::task::JoinHandle<Self> {
        let (authority, browser, is_over) = (site.authority().to_owned(), browser.to_owned(), Arc::clone(is_over));
        tokio::spawn(async move {
            let mut owner = Self::default();
            loop {
                let known = Client::new(&authority, KNOWN_BROWSER_ADDRESS).with_cookies(&browser);
                owner.browser.log_in(known).await;
                owner.network.log_in(Client::new(&authority, KNOWN_NETWORK_ADDRESS)).await;
                if is_over.load(Ordering::Relaxed) {
                    return owner;
                }
                sleep(OWNER_PAUSE).await;
            }
        })
    }

    /// Those that were hashed.
    fn log_ins(&self) -> usize {
        self.browser.done + self.network.done
    }
}

impl Column {
    async fn log_in(&mut self, mut client: Client) {
        let start = Instant::now();
        let outcome = client.log_in(&email(&name(0)), PASSWORD).await;
        self.attempts += 1;
        self.done += usize::from(outcome == Outcome::Done);
        self.slowest = self.slowest.max(start.elapsed());
    }
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for Column { attempts, done, slowest } in [&self.browser, &self.network] {
            write!(f, "{done:2} of {attempts:2} {}  ", seconds(*slowest))?;
        }
        Ok(())
    }
}

/// The cookie by which a browser is known, of all of its cookies.
fn device(cookies: &str) -> String {
    cookies.split("; ").find(|cookie| cookie.starts_with("device")).unwrap_or_default().to_owned()
}

/// The same for the first process of today, since the name has the port.
fn device_for(cookie: &str, site: &Site) -> String {
    let port = site.authority().rsplit(':').next().unwrap_or_default();
    let value = cookie.split_once('=').map_or("", |(_, value)| value);
    format!("device-{port}={value}")
}
