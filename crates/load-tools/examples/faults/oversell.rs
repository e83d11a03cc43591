//! More guests at once than a party has seats, round after round: acknowledged seats = stored seats, and no errors.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use accounts::UserId;
use accounts::test_kit::TestClient;
use anyhow::{Context as _, ensure};
use clap::value_parser;
use domain::party::PartyId;
use load_tools::server::ServerProcess;
use poem::http::Method;
use store::PartyStore;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::database::{EngineKind, TestDatabase};
use crate::requests::{flash_message, host};
use crate::users::register;

/// The size of the test.
#[derive(clap::Args)]
pub(crate) struct Oversell {
    /// How many guests RSVP at once
    #[arg(long, default_value_t = 200, value_parser = value_parser!(u32).range(10..=2000))]
    guests: u32,
    /// The seats of each party, with the host's
    #[arg(long, default_value_t = 10, value_parser = value_parser!(u32).range(1..=1000))]
    seats: u32,
    /// How many parties, one after another, on each engine
    #[arg(long, default_value_t = 20)]
    rounds: u32,
    /// How many server processes on the one database
    #[arg(long, default_value_t = 2, value_parser = value_parser!(u32).range(1..=8))]
    processes: u32,
}

/// The response to a guest, as status and flash message, and how often it occurred.
type Outcomes = BTreeMap<String, usize>;

impl Oversell {
    pub(crate) async fn run(&self, program: &Path, engine: EngineKind) -> anyhow::Result<()> {
        let Self { rounds, processes, .. } = *self;
        let seats = usize::try_from(self.seats)?;
        let database = TestDatabase::new(engine).await?;
        let mut guests = register(&database.url, "guest", self.guests + 1).await?;
        let party_host = guests.pop().context("no host")?;
        let mut servers = Vec::new();
        for _ in 0..processes {
            let mut server = ServerProcess::new(program, &database.url, database.folder.path()).with_highest_limits();
            server.start().await?;
            servers.push(server);
        }
        let host_client = party_host.client(servers[0].origin());
        let store = PartyStore::connect(&database.url).await?;
        println!(
            "{engine:?}: {} guests at once at {processes} process(es), {seats} seats, {rounds} rounds",
            guests.len()
        );
        println!("round  accepted  full  other  stored  taken  slowest RSVP");
        let mut wrong = 0;
        for round in 1..=rounds {
            let party = host(&host_client, &party_host.name, "Oversell", seats).await?;
            // New connections: the server may just be closing an idle one when it is used again.
            let origins = servers.iter().map(ServerProcess::origin).cycle();
            let clients: Vec<_> = guests.iter().zip(origins).map(|(guest, origin)| guest.client(origin)).collect();
            let (outcomes, slowest) = rsvp_at_once(clients, &party).await;
            let count =
                |text: &str| outcomes.iter().filter(|(key, _)| key.contains(text)).map(|(_, n)| n).sum::<usize>();
            let (accepted, full) = (count("successfully RSVP'd"), count("is full."));
            let other = guests.len() - accepted - full;
            let view =
                store.parties().find(PartyId::parse(&party)?, UserId::new(-1)).await?.context("no such party")?;
            let (stored, taken) = (view.guests.len(), view.summary.taken);
            println!(
                "{round:5}  {accepted:8}  {full:4}  {other:5}  {stored:6}  {taken:5}  {:9} ms",
                slowest.as_millis()
            );
            let free = guests.len().min(seats - 1);
            if (accepted, other, stored, usize::try_from(taken)?) != (free, 0, free, free + 1) {
                wrong += 1;
                println!("       WRONG: {outcomes:?}");
            }
        }
        store.accounts().close().await;
        servers[0].check()?;
        for server in &mut servers {
            server.stop()?;
        }
        println!("{rounds} rounds, {wrong} wrong; check: no violations\n");
        ensure!(wrong == 0, "{wrong} of {rounds} rounds were wrong on {engine:?}");
        Ok(())
    }
}

/// Sends an RSVP by each client at the same moment. Returns all outcomes and the longest response time.
async fn rsvp_at_once(clients: Vec<TestClient>, party: &str) -> (Outcomes, Duration) {
    let barrier = Arc::new(Barrier::new(clients.len()));
    let mut requests = JoinSet::new();
    for client in clients {
        let (party, barrier) = (party.to_owned(), Arc::clone(&barrier));
        requests.spawn(async move {
            barrier.wait().await;
            let start = Instant::now();
            let request = client.request(Method::POST, "/rsvp").header("sec-fetch-site", "same-origin");
            let outcome = match request.form(&[("party_id", &party)]).send().await {
                Ok(response) => format!("{} {}", response.status().as_u16(), flash_message(response.headers())),
                Err(error) => format!("no response: {error:?}"),
            };
            (outcome, start.elapsed())
        });
    }
    let (mut outcomes, mut slowest) = (Outcomes::new(), Duration::ZERO);
    for (outcome, took) in requests.join_all().await {
        *outcomes.entry(outcome).or_insert(0) += 1;
        slowest = slowest.max(took);
    }
    (outcomes, slowest)
}
