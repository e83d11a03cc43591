//! Floods of log-ins and registrations from some addresses, and how the attempts of a client of another network end
//! meanwhile: directly, and behind each documented proxy.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use load_tools::proxy::ProxyKind;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep};

use crate::client::{Client, PASSWORD, email, seconds};
use crate::database::EngineKind;
use crate::outcomes::{Outcome, Outcomes};
use crate::site::{Site, name};
use crate::sources::{Source, honest};

/// The longest time of an honest attempt that is acceptable.
const AIM: Duration = Duration::from_secs(2);

/// How long a flood lasts. A registration a second stays below the limit of an hour.
const FLOOD: Duration = Duration::from_secs(15);

/// The users that log in honestly; the next one is the attacker's own.
const HONEST_USERS: usize = 5;

/// A registration that the policy refuses: a password of the lists of common ones.
const WEAK_PASSWORD: &str = "password123";

/// What the attacking connections send, each as fast as it is answered.
#[derive(Clone, Copy)]
enum Form {
    /// Wrong passwords, each for another e-mail address: the limit of the address counts them.
    Guesses,
    /// Log-ins to the attacker's own account, which no limit counts: only the shares of the hash queue protect the others.
    LogIns,
    /// Registrations that succeed.
    Registrations,
    /// Registrations that are refused for their password, which no limit counts.
    WeakRegistrations,
}

/// A row: a name, connections, where from, and what they send.
type Row = (&'static str, usize, Source, Form);

/// The rows without a proxy.
const DIRECT: [Row; 17] = [
    ("66 guess, 1 address", 66, Source::OneAddress, Form::Guesses),
    ("80 guess, 1 address", 80, Source::OneAddress, Form::Guesses),
    ("200 guess, 1 address", 200, Source::OneAddress, Form::Guesses),
    ("80 guess, 40 addresses of a /64", 80, Source::OneNetwork64, Form::Guesses),
    ("80 guess, 80 /64 of a /48", 80, Source::OneNetwork48, Form::Guesses),
    ("66 log in, 1 address", 66, Source::OneAddress, Form::LogIns),
    ("80 log in, 1 address", 80, Source::OneAddress, Form::LogIns),
    ("200 log in, 1 address", 200, Source::OneAddress, Form::LogIns),
    ("80 log in, 40 addresses of a /64", 80, Source::OneNetwork64, Form::LogIns),
    ("80 log in, 80 /64 of a /48", 80, Source::OneNetwork48, Form::LogIns),
    ("66 register, 1 address", 66, Source::OneAddress, Form::Registrations),
    ("80 register, 1 address", 80, Source::OneAddress, Form::Registrations),
    ("200 register, 1 address", 200, Source::OneAddress, Form::Registrations),
    ("80 register, 40 addresses of a /64", 80, Source::OneNetwork64, Form::Registrations),
    ("80 register, 80 /64 of a /48", 80, Source::OneNetwork48, Form::Registrations),
    ("200 register weakly, 1 address", 200, Source::OneAddress, Form::WeakRegistrations),
    ("80 log in, 80 networks (no aim)", 80, Source::ManyNetworks, Form::LogIns),
];

/// The rows behind each proxy. 40 addresses of a /64 need a machine, or a network namespace, that has them.
const PROXIED: [Row; 9] = [
    ("66 guess, 1 address", 66, Source::OneAddress, Form::Guesses),
    ("80 guess, 1 address", 80, Source::OneAddress, Form::Guesses),
    ("200 guess, 1 address", 200, Source::OneAddress, Form::Guesses),
    ("66 log in, 1 address", 66, Source::OneAddress, Form::LogIns),
    ("80 log in, 1 address", 80, Source::OneAddress, Form::LogIns),
    ("200 log in, 1 address", 200, Source::OneAddress, Form::LogIns),
    ("80 log in, 40 addresses of a /64", 80, Source::OneNetwork64, Form::LogIns),
    ("80 register, 1 address", 80, Source::OneAddress, Form::Registrations),
    ("200 register weakly, 1 address", 200, Source::OneAddress, Form::WeakRegistrations),
];

/// A row, directly or behind a proxy.
struct Flood {
    name: String,
    connections: usize,
    source: Source,
    form: Form,
    proxy: Option<ProxyKind>,
}

/// Prints a table of the rows whose name contains `only`. Returns how many were skipped.
pub(crate) async fn run(program: &Path, engine: EngineKind, only: &str, pause: Duration) -> anyhow::Result<usize> {
    let floods: Vec<_> = Flood::all().filter(|flood| flood.name.contains(only)).collect();
    if floods.is_empty() {
        return Ok(0);
    }
    println!(
        "\n{engine:?}: floods of {} s; beside each, a log-in and a registration a second from another network",
        FLOOD.as_secs()
    );
    println!(
        "aim: all honest attempts are done, the slowest within {}; attackers try again {} ms after a 429 or a 503",
        seconds(AIM),
        pause.as_millis()
    );
    println!(
        "                                              attackers' responses                  honest log-ins   honest registrations"
    );
    println!(
        "attack                                     done refused throttled  shed failed     done   slowest      done   slowest"
    );
    let mut skipped = 0;
    for flood in floods {
        let columns = match flood.obstacle()? {
            Some(obstacle) => {
                skipped += 1;
                format!("skipped: {obstacle}")
            }
            None => flood.row(program, engine, pause).await?,
        };
        println!("{:40} {columns}", flood.name);
    }
    Ok(skipped)
}

impl Flood {
    fn all() -> impl Iterator<Item = Self> {
        let direct = DIRECT.into_iter().map(|row| Self::new(row, None));
        let kinds = [ProxyKind::Nginx, ProxyKind::Caddy].into_iter();
        direct.chain(kinds.flat_map(|kind| PROXIED.into_iter().map(move |row| Self::new(row, Some(kind)))))
    }

    fn new((name, connections, source, form): Row, proxy: Option<ProxyKind>) -> Self {
        let name = proxy.map_or_else(|| name.to_owned(), |proxy| format!("{name}, {proxy}"));
        Self { name, connections, source, form, proxy }
    }

    /// Why the row cannot run on this machine.
    fn obstacle(&self) -> anyhow::Result<Option<String>> {
        let Some(proxy) = self.proxy else { return Ok(None) };
        if !proxy.is_installed()? {
            return Ok(Some(format!("{proxy} is not installed")));
        }
        let missing = self.source.missing_address(self.connections, proxy);
        Ok(missing.map(|address| format!("{address} is no address of this machine")))
    }

    async fn row(&self, program: &Path, engine: EngineKind, pause: Duration) -> anyhow::Result<String> {
        let site = match self.proxy {
            Some(proxy) => Site::start_behind(proxy, program, engine, HONEST_USERS + 1).await?,
            None => Site::start(program, engine, HONEST_USERS + 1).await?,
        };
        let outcomes = Arc::new(Outcomes::default());
        let mut attackers = JoinSet::new();
        for number in 0..self.connections {
            let client = site.client(&self.source.address(number, self.proxy));
            attackers.spawn(self.form.send_for_ever(client, number, pause, Arc::clone(&outcomes)));
        }
        sleep(Duration::from_secs(1)).await; // the queue is full by then
        let address = honest(self.proxy);
        let (log_ins, registrations) = tokio::join!(attempts(&site, address, false), attempts(&site, address, true));
        drop(attackers);
        site.stop()?;
        let mut columns = String::new();
        for (outcome, width) in Outcome::ALL.into_iter().zip([6, 7, 9, 5, 6]) {
            write!(columns, "{:width$} ", outcomes.count(outcome))?;
        }
        Ok(format!("{columns}  {log_ins}  {registrations}"))
    }
}

/// Starts an honest attempt a second, whether or not the last one has ended. Returns two columns.
async fn attempts(site: &Site, address: &str, registers: bool) -> String {
    let (start, mut second) = (Instant::now(), interval(Duration::from_secs(1)));
    let (mut attempts, mut number) = (JoinSet::new(), 0);
    while start.elapsed() < FLOOD {
        second.tick().await;
        let mut client = site.client(address); // a new browser each time
        attempts.spawn(async move {
            let start = Instant::now();
            let outcome = if registers {
                client.register(&format!("new-{number}"), PASSWORD).await
            } else {
                client.log_in(&email(&name(number % HONEST_USERS)), PASSWORD).await
            };
            (outcome, start.elapsed())
        });
        number += 1;
    }
    let ended = attempts.join_all().await;
    let done = ended.iter().filter(|(outcome, _)| *outcome == Outcome::Done).count();
    let slowest = ended.iter().map(|(_, took)| *took).max().unwrap_or_default();
    let mark = if done == ended.len() && slowest <= AIM { ' ' } else { '!' };
    format!("{done:3} of {:2} {}{mark}", ended.len(), seconds(slowest))
}

impl Form {
    /// After a refusal without a hash it pauses: the attackers use the cores of the server too.
    async fn send_for_ever(self, mut client: Client, number: usize, pause: Duration, outcomes: Arc<Outcomes>) {
        let own = email(&name(HONEST_USERS));
        for attempt in 0_usize.. {
            let unique = format!("flood-{number}-{attempt}");
            let outcome = match self {
                Self::Guesses => client.log_in(&email(&unique), "granite heron nine").await,
                Self::LogIns => client.log_in(&own, PASSWORD).await,
                Self::Registrations => client.register(&unique, PASSWORD).await,
                Self::WeakRegistrations => client.register(&unique, WEAK_PASSWORD).await,
            };
            outcomes.add(outcome);
            if matches!(outcome, Outcome::Throttled | Outcome::Shed | Outcome::Failed) {
                sleep(pause).await;
            }
        }
    }
}
