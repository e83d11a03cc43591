//! SIGKILL at random moments under load: acknowledged writes are stored, the database is consistent, and sessions stay
//! valid.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use load_tools::random::Xorshift;
use load_tools::server::ServerProcess;
use tokio::task::block_in_place;
use tokio::time::sleep;

use crate::clients::Clients;
use crate::database::{EngineKind, TestDatabase};
use crate::users::register;

const CLIENTS: u32 = 12;
/// Every so many rounds PostgreSQL's server is stopped and started too.
const POSTGRES_RESTART_INTERVAL: u32 = 4;

pub(crate) async fn run(program: &Path, engine: EngineKind, times: u32) -> anyhow::Result<()> {
    let database = TestDatabase::new(engine).await?;
    let mut server = ServerProcess::new(program, &database.url, database.folder.path()).with_highest_limits();
    let clients = Clients::new(register(&database.url, "guest", CLIENTS).await?);
    server.start().await?;
    println!("{engine:?}: killed {times} times under the load of {CLIENTS} clients");
    println!("round  after ms  acknowledged  refused  unknown  ready after ms  check");
    let (mut random, start) = (Xorshift::default(), Instant::now());
    for round in 1..=times {
        let before = clients.counts().await;
        let running = clients.start(server.origin(), round);
        let delay = Duration::from_millis(100 + random.below(1400));
        sleep(delay).await;
        server.kill()?;
        if let Some(postgres) = database.postgres.as_ref().filter(|_| round % POSTGRES_RESTART_INTERVAL == 0) {
            block_in_place(|| postgres.stop().and_then(|()| postgres.resume()))?;
        }
        clients.finish(running).await;
        let ready = server.start().await?;
        clients.compare_with(&database.url).await.with_context(|| format!("round {round}"))?;
        server.check().with_context(|| format!("round {round}"))?;
        ensure!(clients.are_logged_in(server.origin()).await, "a user was logged out by round {round}");
        let counts = clients.counts().await;
        println!(
            "{round:5}  {:8}  {:12}  {:7}  {:7}  {:14}  no violations",
            delay.as_millis(),
            counts.acknowledged - before.acknowledged,
            counts.refused - before.refused,
            counts.unknown - before.unknown,
            ready.as_millis()
        );
    }
    let counts = clients.counts().await;
    println!(
        "acknowledged {}, all stored; refused {}, none stored; unknown {}; {:.0?}\n",
        counts.acknowledged,
        counts.refused,
        counts.unknown,
        start.elapsed()
    );
    ensure!(counts.acknowledged > 0 && counts.unknown > 0, "no request was in flight when the server was killed");
    server.stop()
}
