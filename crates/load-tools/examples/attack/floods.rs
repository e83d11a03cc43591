//! Floods of log-ins and registrations from some addresses, and how the attempts of a client of another network end
//! meanwhile.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep};

use crate::client::{Client, PASSWORD, email, seconds};
use crate::database::EngineKind;
use crate::outcomes::{Outcome, Outcomes};
use crate::site::{Site, name};

/// The longest time of an honest attempt that is acceptable.
const AIM: Duration = Duration::from_secs(2);

/// How long a flood lasts. A registration a second stays below the limit of an hour.
const FLOOD: Duration = Duration::from_secs(15);

/// The address of the honest client, in a network of its own.
const HONEST: &str = "198.51.100.7";

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

/// Where the attacking connections come from.
#[derive(Clone, Copy)]
enum Origin {
    OneAddress,
    /// 40 addresses of one /64.
    OneNetwork64,
    /// A /64 of one /48 for each connection.
    OneNetwork48,
    /// A /24 for each connection. A fair share protects nobody from many networks.
    ManyNetworks,
}

/// The rows: a name, connections, where from, and what they send.
const ROWS: [(&str, usize, Origin, Form); 17] = [
    ("66 guess, 1 address", 66, Origin::OneAddress, Form::Guesses),
    ("80 guess, 1 address", 80, Origin::OneAddress, Form::Guesses),
    ("200 guess, 1 address", 200, Origin::OneAddress, Form::Guesses),
    ("80 guess, 40 addresses of a /64", 80, Origin::OneNetwork64, Form::Guesses),
    ("80 guess, 80 /64 of a /48", 80, Origin::OneNetwork48, Form::Guesses),
    ("66 log in, 1 address", 66, Origin::OneAddress, Form::LogIns),
    ("80 log in, 1 address", 80, Origin::OneAddress, Form::LogIns),
    ("200 log in, 1 address", 200, Origin::OneAddress, Form::LogIns),
    ("80 log in, 40 addresses of a /64", 80, Origin::OneNetwork64, Form::LogIns),
    ("80 log in, 80 /64 of a /48", 80, Origin::OneNetwork48, Form::LogIns),
    ("66 register, 1 address", 66, Origin::OneAddress, Form::Registrations),
    ("80 register, 1 address", 80, Origin::OneAddress, Form::Registrations),
    ("200 register, 1 address", 200, Origin::OneAddress, Form::Registrations),
    ("80 register, 40 addresses of a /64", 80, Origin::OneNetwork64, Form::Registrations),
    ("80 register, 80 /64 of a /48", 80, Origin::OneNetwork48, Form::Registrations),
    ("200 register weakly, 1 address", 200, Origin::OneAddress, Form::WeakRegistrations),
    ("80 log in, 80 networks (no aim)", 80, Origin::ManyNetworks, Form::LogIns),
];

/// Prints a table of the rows whose name contains `only`.
pub(crate) async fn run(program: &Path, engine: EngineKind, only: &str, pause: Duration) -> anyhow::Result<()> {
    let rows: Vec<_> = ROWS.into_iter().filter(|(name, ..)| name.contains(only)).collect();
    if rows.is_empty() {
        return Ok(());
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
        "                                         attackers' responses                  honest log-ins   honest registrations"
    );
    println!(
        "attack                                done refused throttled  shed failed     done   slowest      done   slowest"
    );
    for (name, connections, origin, form) in rows {
        println!("{name:35} {}", row(program, engine, connections, origin, form, pause).await?);
    }
    Ok(())
}

async fn row(
    program: &Path,
    engine: EngineKind,
    connections: usize,
    origin: Origin,
    form: Form,
    pause: Duration,
) -> anyhow::Result<String> {
    let site = Site::start(program, engine, HONEST_USERS + 1).await?;
    let outcomes = Arc::new(Outcomes::default());
    let mut attackers = JoinSet::new();
    for number in 0..connections {
        let (client, outcomes) = (site.client(&origin.address(number)), Arc::clone(&outcomes));
        attackers.spawn(form.send_for_ever(client, number, pause, outcomes));
    }
    sleep(Duration::from_secs(1)).await; // the queue is full by then
    let (log_ins, registrations) = tokio::join!(honest(&site, false), honest(&site, true));
    drop(attackers);
    site.stop()?;
    let mut columns = String::new();
    for (outcome, width) in Outcome::ALL.into_iter().zip([6, 7, 9, 5, 6]) {
        write!(columns, "{:width$} ", outcomes.count(outcome))?;
    }
    Ok(format!("{columns}  {log_ins}  {registrations}"))
}

/// Starts an attempt a second, whether or not the last one has ended. Returns two columns.
async fn honest(site: &Site, registers: bool) -> String {
    let (start, mut second) = (Instant::now(), interval(Duration::from_secs(1)));
    let (mut attempts, mut number) = (JoinSet::new(), 0);
    while start.elapsed() < FLOOD {
        second.tick().await;
        let mut client = site.client(HONEST); // a new browser each time
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

impl Origin {
    /// The address of a connection, from the ranges for documentation.
    fn address(self, number: usize) -> String {
        match self {
            Self::OneAddress => "203.0.113.9".to_owned(),
            Self::OneNetwork64 => format!("2001:db8:1:2::{:x}", number % 40 + 1),
            Self::OneNetwork48 => format!("2001:db8:1:{number:x}::1"),
            Self::ManyNetworks => format!("10.{}.{}.9", number / 256, number % 256),
        }
    }
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
