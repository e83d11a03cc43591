//! Many guests at once over HTTP on a few seats, round after round, on each engine: told yes = stored, and no errors.
//!
//! ```text
//! cargo run --release -p load-tools --example storm -- --users 200 --seats 10 --rounds 20
//! cargo run --release -p load-tools --example storm -- --database postgres://me@localhost/storm
//! ```
//!
//! Without `--database` there are two tables: one for a fresh SQLite file, one for a throw-away PostgreSQL. With it, the
//! database at that URL gets the guests and parties of one run, and keeps them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use accounts::test_kit::{TestClient, TestResponse, TestServer, fast_hash_cost};
use accounts::{Accounts, SystemClock, UserId};
use anyhow::{Context, ensure};
use clap::Parser;
use domain::party::{PartyId, Zone};
use poem::http::Method;
use store::PartyStore;
use test_support::{Postgres, sqlite_url};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use web::{Services, app};

/// Has many guests RSVP at once to a party with few seats, and prints what came of it
#[derive(Parser)]
struct Storm {
    /// The database; without one, a fresh SQLite file and then a throw-away PostgreSQL
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// How many guests
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=2000))]
    users: u32,
    /// Seats at each table, the host's included
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    seats: u32,
    /// How many parties, one after another
    #[arg(long, default_value_t = 20)]
    rounds: u32,
}

const PASSWORD: &str = "marble otter seven";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let storm = Storm::parse();
    if let Some(url) = &storm.database {
        return storm.over("the database given", url).await;
    }
    let folder = tempfile::tempdir()?;
    storm.over("SQLite", &sqlite_url(&folder)).await?;
    storm.over("PostgreSQL", &Postgres::shared().await?.database().await?).await
}

/// What came of one round.
struct Round {
    told: BTreeMap<String, usize>,
    stored: usize,
    taken: u32,
    slowest: Duration,
}

impl Storm {
    #[expect(clippy::print_stdout, reason = "a program that prints a table")]
    async fn over(&self, engine: &str, url: &str) -> anyhow::Result<()> {
        let store = PartyStore::connect(url).await?;
        let server = TestServer::start(app(
            Services::over(&store, SystemClock, Zone::parse("UTC")?),
            Accounts::builder().cost(fast_hash_cost()),
        )?)
        .await?;
        println!("{engine}: {} guests at once, {} seats, {} rounds", self.users, self.seats, self.rounds);
        let begun = Instant::now();
        let mut people = enter(&server, self.users + 1).await?;
        let (name, host) = people.pop().context("nobody")?;
        println!("everybody is logged in, after {:.1?}", begun.elapsed());
        println!("round  told yes  told full  told else  stored  taken  slowest RSVP");
        let (mut wrong, begun) = (0, Instant::now());
        for number in 1..=self.rounds {
            let round = self.round(&store, &name, &host, &people).await?;
            let told = |text: &str| round.told.iter().filter(|(told, _)| told.contains(text)).map(|(_, n)| n).sum();
            let (yes, full): (usize, usize) = (told("successfully RSVP'd"), told("is full."));
            let other = people.len() - yes - full;
            let Round { stored, taken, slowest, .. } = round;
            println!("{number:5}  {yes:8}  {full:9}  {other:9}  {stored:6}  {taken:5}  {:9} ms", slowest.as_millis());
            let seats = people.len().min(usize::try_from(self.seats)? - 1);
            if (yes, other, stored, usize::try_from(taken)?) != (seats, 0, seats, seats + 1) {
                wrong += 1;
                println!("       WRONG: {:?}", round.told);
            }
        }
        println!("{} rounds in {:.1?}, {wrong} wrong\n", self.rounds, begun.elapsed());
        store.accounts().close().await;
        ensure!(wrong == 0, "{wrong} of {} rounds went wrong on {engine}", self.rounds);
        Ok(())
    }

    async fn round(
        &self,
        store: &PartyStore,
        name: &str,
        host: &TestClient,
        guests: &[(String, TestClient)],
    ) -> anyhow::Result<Round> {
        let seats = self.seats.to_string();
        let party = [("date", "2199-03-14"), ("time", "19:00"), ("time_zone", "UTC"), ("venue", "Everywhere")];
        let form = [&party[..], &[("main_dish", "Storm"), ("number_seats", &seats)]].concat();
        let hosted = post(host, &format!("/user/{name}"), &form).await;
        let id = hosted.header("location").and_then(|to| to.strip_prefix("/parties/")).context("no party")?.to_owned();

        let together = Arc::new(Barrier::new(guests.len()));
        let mut rush = JoinSet::new();
        for (_, guest) in guests {
            let (guest, id, together) = (guest.clone(), id.clone(), Arc::clone(&together));
            rush.spawn(async move {
                together.wait().await;
                let begun = Instant::now();
                let answer = post(&guest, "/rsvp", &[("party_id", &id)]).await;
                let took = begun.elapsed();
                let message = guest.get("/rsvp?per_page=1").await.texts(".flash").concat();
                (format!("{} {message}", answer.status), took)
            });
        }
        let (mut told, mut slowest) = (BTreeMap::new(), Duration::ZERO);
        for (said, took) in rush.join_all().await {
            *told.entry(said).or_insert(0) += 1;
            slowest = slowest.max(took);
        }
        let id = PartyId::parse(&id)?;
        let view = store.parties().find(id, UserId::new(-1)).await?.context("the party is gone")?;
        Ok(Round { told, stored: view.guests.len(), taken: view.summary.taken, slowest })
    }
}

/// People with names of their own, registered and logged in by the pages.
async fn enter(server: &TestServer, count: u32) -> anyhow::Result<Vec<(String, TestClient)>> {
    let mut people = Vec::new();
    for n in 0..count {
        let (name, visitor) = (format!("storm-{}-{n}", server.address().port()), TestClient::new(server));
        visitor.register(&name, PASSWORD).await;
        let page = visitor.log_in(&name, PASSWORD).await;
        ensure!(page.text.contains("Welcome back"), "{name} is not let in: {}", page.text);
        people.push((name, visitor));
    }
    Ok(people)
}

/// A form sent as a browser sends it from one of our pages. Redirects are not followed.
async fn post(visitor: &TestClient, path: &str, form: &[(&str, &str)]) -> TestResponse {
    visitor.send(visitor.request(Method::POST, path).header("sec-fetch-site", "same-origin").form(form)).await
}
