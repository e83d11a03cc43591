//! What clients were told, and whether the database agrees: what was acknowledged is stored, what was refused is not, and
//! what nobody knows may be either.

use std::collections::BTreeMap;

use anyhow::bail;
use store::PartyStore;
use store::embed::sqlx::query_as;
use store::embed::{Database, Dialect, Engine};

/// What a client was told of what it asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// It is done.
    Done,
    /// Nothing changed.
    Refused,
    /// The line was cut, or the server does not know.
    Unknown,
}

/// Something that can be stored: an account, a party by its dish, or somebody's seat.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Thing {
    User(String),
    Party(String),
    Seat { party: i64, guest: String },
}

/// Whether it is stored; `None` where nobody was told.
type Fate = Option<bool>;

/// What was told, and how often.
#[derive(Debug, Default)]
pub(crate) struct History {
    fates: BTreeMap<Thing, Fate>,
    pub(crate) done: u64,
    pub(crate) refused: u64,
    pub(crate) unknown: u64,
}

impl History {
    /// Notes what was told to somebody who wanted a thing to be there, or not to be.
    pub(crate) fn note(&mut self, thing: Thing, wanted: bool, told: Told) {
        let fate = self.fates.entry(thing).or_insert(Some(false));
        match told {
            Told::Done => {
                self.done += 1;
                *fate = Some(wanted);
            }
            Told::Refused => self.refused += 1,
            Told::Unknown => {
                self.unknown += 1;
                if *fate != Some(wanted) {
                    *fate = None;
                }
            }
        }
    }

    /// Compares it with what is stored. Of what nobody knew that is then known. How much of it turned out to be stored as
    /// it was wanted is not counted: both are right.
    pub(crate) fn compare(&mut self, stored: &BTreeMap<Thing, bool>) -> anyhow::Result<()> {
        let mut wrong = Vec::new();
        for (thing, fate) in &mut self.fates {
            let is_stored = stored.get(thing).copied().unwrap_or(false);
            if fate.is_some_and(|told| told != is_stored) {
                let what =
                    if is_stored { "is stored, which was never acknowledged" } else { "was acknowledged and is lost" };
                wrong.push(format!("{thing:?} {what}"));
            }
            *fate = Some(is_stored);
        }
        wrong.extend(
            stored
                .iter()
                .filter(|(thing, is)| **is && !self.fates.contains_key(*thing))
                .map(|(thing, _)| format!("{thing:?} comes from nowhere")),
        );
        if !wrong.is_empty() {
            bail!("{} of {} are wrong:\n{}", wrong.len(), self.fates.len(), wrong.join("\n"));
        }
        Ok(())
    }
}

/// Everything in the database that clients can ask for.
pub(crate) async fn stored(url: &str) -> anyhow::Result<BTreeMap<Thing, bool>> {
    let store = PartyStore::connect(url).await?;
    let stored = match store.accounts().database() {
        Database::Sqlite(engine) => read(engine).await,
        Database::Postgres(engine) => read(engine).await,
    };
    store.accounts().close().await;
    stored
}

async fn read<D: Dialect>(engine: &Engine<D>) -> anyhow::Result<BTreeMap<Thing, bool>> {
    let mut stored = BTreeMap::new();
    let users = query_as::<D, (String,)>("SELECT username FROM users").fetch_all(&engine.read).await?;
    stored.extend(users.into_iter().map(|(name,)| (Thing::User(name), true)));
    let parties = query_as::<D, (String,)>("SELECT main_dish FROM parties").fetch_all(&engine.read).await?;
    for (dish,) in parties {
        if stored.insert(Thing::Party(dish.clone()), true).is_some() {
            bail!("the party with {dish} is stored twice");
        }
    }
    let seats = "SELECT party_id, username, answer FROM rsvps JOIN users ON users.id = guest_id";
    let seats = query_as::<D, (i64, String, String)>(seats).fetch_all(&engine.read).await?;
    let seats = seats.into_iter().map(|(party, guest, answer)| (Thing::Seat { party, guest }, answer == "seated"));
    stored.extend(seats);
    Ok(stored)
}
