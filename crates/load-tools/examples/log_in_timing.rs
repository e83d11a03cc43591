//! Whether the time of a refused log-in reveals something about an account: refusals of several kinds, in another order each
//! round, at the real cost of a hash, over HTTP.
//!
//! ```text
//! cargo run --release -p load-tools --example log_in_timing -- --pairs 500
//! ```
//!
//! Prints the result of a Mann-Whitney U test for each two kinds: U/(n·m) is 0.5 where the times do not differ, the effect
//! size (rank-biserial correlation, 2·U/(n·m) − 1) is 0 then, and p is the probability that chance alone deviates as far.
//!
//! Each attempt comes from a network of its own, and no account but the last gets 100 in a row: no limit refuses an attempt.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use accounts::ports::AccountPorts;
use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use accounts::{Accounts, Caller, Cost, Email, ImportRow, OsRandom, Password, Registration, SystemClock, Username};
use anyhow::ensure;
use clap::Parser;
use domain::StoreError;
use domain::party::Zone;
use load_tools::latency::Latencies;
use load_tools::mann_whitney::{self, MannWhitney};
use load_tools::random::Xorshift;
use poem::http::Method;
use store::PartyStore;
use store::embed::sqlx::query;
use store::embed::{Database, Dialect, OpenDatabase};
use test_support::sqlite_url;
use web::{Services, app};

/// Compares the time of refused log-ins of several kinds
#[derive(Parser)]
struct Options {
    /// How many refusals of each kind
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pairs: u32,
}

/// A kind of refused log-in.
struct Kind {
    name: &'static str,
    /// The users' names begin with it.
    user: &'static str,
    is_right_password: bool,
}

#[rustfmt::skip]
const KINDS: [Kind; 8] = [
    Kind { name: "unknown", user: "unknown", is_right_password: false },
    Kind { name: "known, wrong password", user: "known", is_right_password: false },
    Kind { name: "disabled, wrong password", user: "disabled", is_right_password: false },
    Kind { name: "disabled, right password, old hash", user: "old-disabled", is_right_password: true },
    Kind { name: "known, wrong password, old hash", user: "old", is_right_password: false },
    Kind { name: "imported, wrong password, cheap hash", user: "cheap", is_right_password: false },
    Kind { name: "imported, wrong password, scrypt", user: "scrypt", is_right_password: false },
    Kind { name: "quietly limited, right password", user: "limited", is_right_password: true },
];

/// A hash of 1,000 rounds of PBKDF2-HMAC-SHA1, as Werkzeug wrote it at first: less than a millisecond.
const CHEAP_HASH: &str = "pbkdf2:sha1:1000$saltsalt$0000000000000000000000000000000000000000";
/// The parameters that Werkzeug has chosen since version 2.3.
const SCRYPT_HASH: &str = concat!(
    "scrypt:32768:8:1$saltsaltsaltsalt$",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000000",
);

/// The attempts that one account gets: below the limit of 100 failures.
const ATTEMPTS_PER_USER: u32 = 90;
/// More failures in a row than an account may have.
const FAILURES_TO_LIMIT: u32 = 101;
const PASSWORD: &str = "marble otter seven";
const WRONG_PASSWORD: &str = "granite heron nine";

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program that prints a table")]
async fn main() -> anyhow::Result<()> {
    let Options { pairs } = Options::parse();
    let folder = tempfile::tempdir()?;
    let store = PartyStore::connect(&sqlite_url(&folder)).await?;
    for (prefix, cost) in [
        ("known", Cost::DEFAULT),
        ("disabled", Cost::DEFAULT),
        ("old-disabled", fast_hash_cost()),
        ("old", fast_hash_cost()),
    ] {
        register(&store, prefix, pairs / ATTEMPTS_PER_USER + 1, cost).await?;
    }
    register(&store, "limited", 1, Cost::DEFAULT).await?;
    for (prefix, hash) in [("cheap", CHEAP_HASH), ("scrypt", SCRYPT_HASH)] {
        import(&store, prefix, pairs / ATTEMPTS_PER_USER + 1, hash).await?;
    }
    match store.accounts().database() {
        Database::Sqlite(database) => disable(database).await?,
        Database::Postgres(database) => disable(database).await?,
    }
    let services = Services::over(&store, SystemClock, OsRandom, Zone::parse("UTC")?);
    let builder = Accounts::builder().trusted_proxies(["127.0.0.1/32".parse()?]);
    let server = TestServer::start(app(services, builder)?).await?;
    let mut attempts = Attempts { client: TestClient::new(&server), networks: 0 };
    for _ in 0..FAILURES_TO_LIMIT {
        attempts.refused("limited-0", WRONG_PASSWORD).await?; // also warms up
    }

    let mut times: Vec<Latencies> = KINDS.iter().map(|_| Latencies::default()).collect();
    let mut random = Xorshift::default();
    for round in 0..pairs {
        for kind in shuffled(&mut random) {
            let Kind { user, is_right_password, .. } = KINDS[kind];
            let name = match user {
                "unknown" => format!("unknown-{round}"),
                "limited" => "limited-0".to_owned(),
                user => format!("{user}-{}", round / ATTEMPTS_PER_USER),
            };
            let password = if is_right_password { PASSWORD } else { WRONG_PASSWORD };
            times[kind].record(attempts.refused(&name, password).await?);
        }
    }
    println!("{pairs} refused log-ins of each kind, in a random order, one at a time");
    for (Kind { name, .. }, times) in KINDS.iter().zip(&times) {
        println!("{name:36} median {:8.3} ms", times.percentiles().p50);
    }
    println!("\n{:74} U/(n*m)  effect size       z      p", "pair");
    for (second, times_of_second) in times.iter().enumerate() {
        for (first, times_of_first) in times.iter().enumerate().take(second) {
            let MannWhitney { share, z, p } = mann_whitney::compare(times_of_second.times(), times_of_first.times());
            let pair = format!("{} / {}", KINDS[second].name, KINDS[first].name);
            println!("{pair:74} {share:7.3}  {:11.3} {z:7.2}  {p:.3}", 2.0 * share - 1.0);
        }
    }
    store.accounts().close().await;
    Ok(())
}

/// The kinds in a new order: none has always the same predecessor, which leaves the caches and the cores in its own state.
fn shuffled(random: &mut Xorshift) -> [usize; KINDS.len()] {
    let mut order = std::array::from_fn(|kind| kind);
    for last in (1..order.len()).rev() {
        order.swap(last, random.index(last + 1)); // Fisher and Yates
    }
    order
}

/// Registers `prefix-0`, `prefix-1`, … with hashes of a cost.
async fn register(store: &PartyStore, prefix: &str, count: u32, cost: Cost) -> anyhow::Result<()> {
    let ports: AccountPorts = store.accounts().clone().into();
    let accounts = Accounts::builder().cost(cost).build(ports)?;
    for number in 0..count {
        let name = format!("{prefix}-{number}");
        let (username, email) = (Username::parse(&name)?, Email::parse(&format!("{name}@example.com"))?);
        let registration =
            Registration { username, email, password: Password::parse(PASSWORD.to_owned())?, code: None };
        accounts.register(registration, &Caller::default()).await?;
    }
    Ok(())
}

/// Imports `prefix-0`, `prefix-1`, … with a hash of another program.
async fn import(store: &PartyStore, prefix: &str, count: u32, hash: &str) -> anyhow::Result<()> {
    let row = |number| ImportRow {
        line: 1,
        username: format!("{prefix}-{number}"),
        email: format!("{prefix}-{number}@example.com"),
        password_hash: hash.to_owned(),
        joined_at: None,
    };
    let accounts = Accounts::builder().build(store.accounts().clone())?;
    let checked = accounts.check_import((0..count).map(|number| Ok(row(number))).collect(), |_| ()).await?;
    let report = accounts.import(checked, &Caller::default(), |_| ()).await?;
    ensure!(report.refused.is_empty(), "{:?}", report.refused);
    Ok(())
}

/// Disables the users whose names contain `disabled`, as an operator does.
async fn disable<D: Dialect>(database: &OpenDatabase<D>) -> anyhow::Result<()> {
    let disabled = database.writer.write((), |connection, ()| {
        Box::pin(async move {
            let disable = query::<D>("UPDATE users SET disabled_at = joined_at WHERE username LIKE '%disabled%'");
            disable.execute(connection).await?;
            Ok(())
        })
    });
    disabled.await.map_err(StoreError::from)?;
    Ok(())
}

/// Attempts, each from another network.
struct Attempts {
    client: TestClient,
    networks: u16,
}

impl Attempts {
    /// The time from a log-in that is refused to the end of the response.
    async fn refused(&mut self, name: &str, password: &str) -> anyhow::Result<Duration> {
        self.networks = self.networks.wrapping_add(1);
        let [high, low] = self.networks.to_be_bytes();
        let email = format!("{name}@example.com");
        let form = [("email", email.as_str()), ("password", password)];
        let request = self.client.request(Method::POST, "/login").header("sec-fetch-site", "same-origin");
        let request = request.header("x-forwarded-for", Ipv4Addr::new(10, high, low, 9).to_string()).form(&form);
        let start = Instant::now();
        let page = self.client.send(request).await;
        let took = start.elapsed();
        ensure!(
            page.text.contains("That username or email and password don't match."),
            "{name}: status {}: {}",
            page.status,
            page.text
        );
        Ok(took)
    }
}
