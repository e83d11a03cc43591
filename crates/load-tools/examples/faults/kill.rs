//! Killed at random moments under load: what was acknowledged is stored, the database is whole, and people stay logged in.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::time::sleep;

use super::history;
use super::load::Load;
use super::place::{Engine, Place, enter};
use super::program::Program;

const PEOPLE: u32 = 12;
/// On PostgreSQL the database server is stopped with the program as often as once in so many rounds.
const SERVER_TOO: u32 = 4;

#[expect(clippy::print_stdout, reason = "a program that prints a table")]
pub(crate) async fn kill(path: &Path, engine: Engine, times: u32) -> anyhow::Result<()> {
    let place = Place::new(engine).await?;
    let mut program = Program::new(path, &place.url, place.folder.path())?;
    let load = Load::new(enter(&place.url, "guest", PEOPLE).await?);
    program.start(&[]).await?;
    println!("{engine:?}: killed {times} times under the load of {PEOPLE} clients");
    println!("round  after ms  acknowledged  refused  unknown  ready after ms  check");
    let (mut dice, begun) = (0x9E37_79B9_7F4A_7C15_u64, Instant::now());
    for round in 1..=times {
        let before = counts(&load).await;
        let clients = load.begin(&program.url(), round);
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        let moment = Duration::from_millis(100 + dice % 1400);
        sleep(moment).await;
        program.kill()?;
        if let Some(server) = place.server.as_ref().filter(|_| round % SERVER_TOO == 0) {
            tokio::task::block_in_place(|| server.stop().and_then(|()| server.resume()))?;
        }
        load.end(clients).await;
        let ready = program.start(&[]).await?;
        let told = counts(&load).await;
        let stored = history::stored(&place.url).await?;
        load.history.lock().await.compare(&stored).with_context(|| format!("round {round}"))?;
        program.check().with_context(|| format!("round {round}"))?;
        ensure!(load.everybody_is_in(&program.url()).await, "somebody was logged out by round {round}");
        let [done, refused, unknown] = [0, 1, 2].map(|n| told[n] - before[n]);
        let (moment, ready) = (moment.as_millis(), ready.as_millis());
        println!("{round:5}  {moment:8}  {done:12}  {refused:7}  {unknown:7}  {ready:14}  in order");
    }
    let [done, refused, unknown] = counts(&load).await;
    println!(
        "acknowledged {done}, all stored; refused {refused}, none stored; unknown {unknown}; {:.0?}\n",
        begun.elapsed()
    );
    ensure!(done > 0 && unknown > 0, "no kill met a request: nothing is shown");
    program.stop()
}

async fn counts(load: &Load) -> [u64; 3] {
    let history = load.history.lock().await;
    [history.done, history.refused, history.unknown]
}
