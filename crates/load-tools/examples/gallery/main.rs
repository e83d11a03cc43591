//! Every page of the three services in each of its states, in a real browser: as pictures, and for the checks of
//! `cargo xtask audit`. What there is to see is in `dinner`, `trips` and `recipe`; how it is looked at in `viewer`.
//!
//! `cargo xtask screenshots` and `cargo xtask audit` start it. An example, so that nothing of it is in the program that
//! people run; and of this crate, which may name the others in its tests.

#![allow(clippy::print_stdout, reason = "a program that tells what it found")]

mod album;
mod dinner;
mod recipe;
mod state;
mod trips;
mod viewer;
mod weight;

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Parser;

use self::album::Album;
use self::dinner::House;
use self::recipe::Recipe;
use self::state::State;
use self::trips::Rack;
use self::viewer::Viewer;

/// Shows every page in each of its states
#[derive(Parser)]
struct Gallery {
    /// The recipe's program, which is built already
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// Only the states whose name holds this
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// Where pictures go; without, none are taken
    #[arg(long, value_name = "FOLDER")]
    pictures: Option<PathBuf>,
    /// axe-core, as one script; without, the pages are not checked
    #[arg(long, value_name = "FILE")]
    axe: Option<PathBuf>,
    /// Where the pages' source goes, as it was delivered
    #[arg(long, value_name = "FOLDER")]
    sources: Option<PathBuf>,
    /// Tells where the pages are that an audit measures, and keeps them up until the input ends
    #[arg(long)]
    stay: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let gallery = Gallery::parse();
    let houses = [House::empty().await?, House::full().await?, House::odd().await?, House::broken().await?];
    let racks = [Rack::empty().await?, Rack::full().await?, Rack::odd().await?];
    let recipe = Recipe::start(&gallery.recipe)?;
    let (_houses, house_states): (Vec<_>, Vec<_>) = houses.into_iter().unzip(); // they run until the end
    let (_racks, rack_states): (Vec<_>, Vec<_>) = racks.into_iter().unzip();
    let mut states: Vec<State> = house_states.into_iter().chain(rack_states).flatten().collect();
    states.extend(recipe.states().await?);
    states.retain(|state| state.name.contains(&gallery.only));
    gallery.show(&states).await
}

impl Gallery {
    async fn show(&self, states: &[State]) -> anyhow::Result<()> {
        let mut findings = Vec::new();
        if self.pictures.is_some() || self.axe.is_some() || self.sources.is_some() {
            findings = self.visit(states).await?;
        }
        if self.stay {
            findings.extend(weight::print(states).await?);
            for state in states.iter().filter(|state| state.is_measured) {
                println!("measure\t{}\t{}\t{}", state.name, state.url(), state.cookies);
            }
            println!("measure");
            std::io::stdin().read_to_end(&mut Vec::new())?;
        }
        for finding in &findings {
            println!("{finding}");
        }
        ensure!(findings.is_empty(), "{} finding(s) in {} states", findings.len(), states.len());
        println!("{} states, nothing found", states.len());
        Ok(())
    }

    /// Looks at each state; what is wrong with it is given back.
    async fn visit(&self, states: &[State]) -> anyhow::Result<Vec<String>> {
        let axe = self.axe.as_ref().map(std::fs::read_to_string).transpose().context("could not read axe-core")?;
        let viewer = Viewer::open().await?;
        let mut album = self.pictures.as_ref().map(Album::new);
        let mut findings = Vec::new();
        for state in states {
            viewer.visit(state).await.with_context(|| format!("could not see {}", state.name))?;
            if let Some(album) = &mut album {
                album.take(state, &viewer).await?;
            }
            let found = viewer.findings(axe.as_deref()).await?;
            findings.extend(found.into_iter().map(|finding| format!("{}: {finding}", state.name)));
            if let Some(folder) = &self.sources {
                std::fs::create_dir_all(folder)?;
                std::fs::write(folder.join(format!("{}.html", state.name)), state.source().await)?;
            }
        }
        album.map_or(Ok(()), |album| album.bind())?;
        Ok(findings)
    }
}
