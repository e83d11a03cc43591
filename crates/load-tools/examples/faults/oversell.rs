//! Many guests at once on a few seats, at two processes over one database: told yes = stored, and no errors. The same in
//! one process is the example `storm`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use accounts::UserId;
use accounts::test_kit::TestClient;
use anyhow::{Context, ensure};
use domain::party::PartyId;
use poem::http::Method;
use store::PartyStore;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::load::told;
use super::place::{Engine, Place, enter};
use super::program::Program;

const SEATS: usize = 10;

#[expect(clippy::print_stdout, reason = "a program that prints a table")]
pub(crate) async fn oversell(path: &Path, engine: Engine, guests: u32, rounds: u32) -> anyhow::Result<()> {
    let place = Place::new(engine).await?;
    let mut people = enter(&place.url, "guest", guests + 1).await?;
    let host = people.pop().context("nobody")?;
    let mut programs = Vec::new();
    for _ in 0..2 {
        let mut program = Program::new(path, &place.url, place.folder.path())?;
        program.start(&[]).await?;
        programs.push(program);
    }
    let table = host.at(&programs[0].url());
    let store = PartyStore::connect(&place.url).await?;
    println!("{engine:?}: {} guests at once at two processes, {SEATS} seats, {rounds} rounds", people.len());
    println!("round  told yes  told full  told else  stored  taken  slowest RSVP");
    let mut wrong = 0;
    for round in 1..=rounds {
        let party = set_a_table(&table, &host.name).await?;
        // With connections of their own: one that was kept may be closed just when it is used again.
        let guests: Vec<_> =
            people.iter().zip(programs.iter().cycle()).map(|(guest, at)| guest.at(&at.url())).collect();
        let (told, slowest) = rush(&guests, &party).await?;
        let count = |text: &str| -> usize { told.iter().filter(|(said, _)| said.contains(text)).map(|(_, n)| n).sum() };
        let (yes, full) = (count("successfully RSVP'd"), count("is full."));
        let other = guests.len() - yes - full;
        let view = store.parties().find(PartyId::parse(&party)?, UserId::new(-1)).await?.context("no such party")?;
        let (stored, taken) = (view.guests.len(), view.summary.taken);
        println!("{round:5}  {yes:8}  {full:9}  {other:9}  {stored:6}  {taken:5}  {:9} ms", slowest.as_millis());
        if (yes, other, stored, usize::try_from(taken)?) != (SEATS - 1, 0, SEATS - 1, SEATS) {
            wrong += 1;
            println!("       WRONG: {told:?}");
        }
    }
    store.accounts().close().await;
    programs[0].check()?;
    for mut program in programs {
        program.stop()?;
    }
    println!("{rounds} rounds, {wrong} wrong; check: in order\n");
    ensure!(wrong == 0, "{wrong} of {rounds} rounds went wrong on {engine:?}");
    Ok(())
}

async fn set_a_table(host: &TestClient, name: &str) -> anyhow::Result<String> {
    let (seats, party) = (SEATS.to_string(), [("date", "2199-03-14"), ("time", "19:00"), ("time_zone", "UTC")]);
    let form = [&party[..], &[("venue", "Everywhere"), ("main_dish", "Storm"), ("number_seats", &seats)]].concat();
    let request = host.request(Method::POST, &format!("/user/{name}")).header("sec-fetch-site", "same-origin");
    let page = host.send(request.form(&form)).await;
    let id = page.header("location").and_then(|to| to.strip_prefix("/parties/"));
    id.map(ToOwned::to_owned).with_context(|| format!("no party: {}", page.text))
}

/// How often what was told, and how long the slowest waited.
async fn rush(guests: &[TestClient], party: &str) -> anyhow::Result<(BTreeMap<String, usize>, Duration)> {
    let together = Arc::new(Barrier::new(guests.len()));
    let mut rush = JoinSet::new();
    for guest in guests {
        let (guest, party, together) = (guest.clone(), party.to_owned(), Arc::clone(&together));
        rush.spawn(async move {
            together.wait().await;
            let begun = Instant::now();
            let request = guest.request(Method::POST, "/rsvp").header("sec-fetch-site", "same-origin");
            let said = match request.form(&[("party_id", &party)]).send().await {
                Ok(answer) => format!("{} {}", answer.status().as_u16(), told(answer.headers())),
                Err(error) => format!("no answer: {error:?}"),
            };
            (said, begun.elapsed())
        });
    }
    let (mut told, mut slowest) = (BTreeMap::new(), Duration::ZERO);
    for (said, took) in rush.join_all().await {
        *told.entry(said).or_insert(0) += 1;
        slowest = slowest.max(took);
    }
    Ok((told, slowest))
}
