//! Shows every page of the three services in each of its states to a real browser: for pictures, and for the checks of
//! `cargo xtask audit`. Which states there are is in `dinnerparty`, `triplanned` and `secret_recipe`.
//!
//! `cargo xtask screenshots` and `cargo xtask audit` start it.

#![allow(clippy::print_stdout, reason = "a program that prints its findings")]

mod camera;
mod dinnerparty;
mod page_sizes;
mod pictures;
mod secret_recipe;
mod state;
mod triplanned;

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Parser;

use self::camera::Camera;
use self::dinnerparty::DinnerParty;
use self::pictures::Pictures;
use self::secret_recipe::SecretRecipe;
use self::state::State;
use self::triplanned::TriPlanned;

/// Shows every page in each of its states to a browser
#[derive(Parser)]
struct Options {
    /// The program of the secret recipe
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// Only states whose name contains this text
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// The folder for pictures; without it, none are taken
    #[arg(long, value_name = "FOLDER")]
    pictures: Option<PathBuf>,
    /// The script of axe-core; without it, accessibility is not checked
    #[arg(long, value_name = "FILE")]
    axe: Option<PathBuf>,
    /// The folder for the HTML of each state, as it was delivered
    #[arg(long, value_name = "FOLDER")]
    sources: Option<PathBuf>,
    /// Prints the addresses of the pages that an audit measures, and serves them until standard input ends
    #[arg(long)]
    stay: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let dinnerparty = [
        DinnerParty::empty().await?,
        DinnerParty::full().await?,
        DinnerParty::answers().await?,
        DinnerParty::odd().await?,
        DinnerParty::account().await?,
        DinnerParty::broken().await?,
    ];
    let (_invited, invited_states) = DinnerParty::invited().await?;
    let triplanned = [TriPlanned::empty().await?, TriPlanned::full().await?, TriPlanned::odd().await?];
    let recipe = SecretRecipe::start(&options.recipe)?;
    // The services run until these are dropped, at the end.
    let (_dinnerparty, dinnerparty_states): (Vec<_>, Vec<_>) = dinnerparty.into_iter().unzip();
    let (_triplanned, triplanned_states): (Vec<_>, Vec<_>) = triplanned.into_iter().unzip();
    let mut states: Vec<State> = dinnerparty_states.into_iter().chain(triplanned_states).flatten().collect();
    states.extend(invited_states);
    states.extend(recipe.states().await?);
    states.retain(|state| state.name.contains(&options.only));
    options.run(&states).await
}

impl Options {
    async fn run(&self, states: &[State]) -> anyhow::Result<()> {
        let mut findings = Vec::new();
        if self.pictures.is_some() || self.axe.is_some() || self.sources.is_some() {
            findings = self.visit(states).await?;
        }
        if self.stay {
            findings.extend(page_sizes::measure(states).await?);
            // `cargo xtask audit` reads these lines.
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

    /// Opens each state in the browser, and returns the findings.
    async fn visit(&self, states: &[State]) -> anyhow::Result<Vec<String>> {
        let axe = self.axe.as_ref().map(std::fs::read_to_string).transpose().context("could not read axe-core")?;
        let camera = Camera::open().await?;
        let mut pictures = self.pictures.as_ref().map(Pictures::new);
        let mut findings = Vec::new();
        for state in states {
            camera.visit(state).await.with_context(|| format!("could not show {}", state.name))?;
            if let Some(pictures) = &mut pictures {
                pictures.take(state, &camera).await?;
            }
            let found = camera.findings(axe.as_deref()).await?;
            findings.extend(found.into_iter().map(|finding| format!("{}: {finding}", state.name)));
            if let Some(folder) = &self.sources {
                std::fs::create_dir_all(folder)?;
                std::fs::write(folder.join(format!("{}.html", state.name)), state.source().await)?;
            }
        }
        pictures.map_or(Ok(()), |pictures| pictures.write_contact_sheet())?;
        Ok(findings)
    }
}
