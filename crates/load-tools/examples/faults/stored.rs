//! Reads from the database everything that clients can store.

use std::collections::BTreeMap;

use anyhow::ensure;
use load_tools::history::Record;
use store::PartyStore;
use store::embed::sqlx::query_as;
use store::embed::{Database, Dialect, OpenDatabase};

/// Every record, and whether it is there: a guest who declined has a row, but no seat.
pub(crate) async fn records(url: &str) -> anyhow::Result<BTreeMap<Record, bool>> {
    let store = PartyStore::connect(url).await?;
    let records = match store.accounts().database() {
        Database::Sqlite(database) => read(database).await,
        Database::Postgres(database) => read(database).await,
    };
    store.accounts().close().await;
    records
}

async fn read<D: Dialect>(database: &OpenDatabase<D>) -> anyhow::Result<BTreeMap<Record, bool>> {
    let mut records = BTreeMap::new();
    let users = query_as::<D, (String,)>("SELECT username FROM users").fetch_all(&database.read).await?;
    records.extend(users.into_iter().map(|(name,)| (Record::User(name), true)));
    let parties = query_as::<D, (String,)>("SELECT main_dish FROM parties").fetch_all(&database.read).await?;
    for (dish,) in parties {
        let duplicate = records.insert(Record::Party(dish.clone()), true);
        ensure!(duplicate.is_none(), "the party with {dish} is stored twice");
    }
    let seats = "SELECT party_id, username, answer FROM rsvps JOIN users ON users.id = guest_id";
    let seats = query_as::<D, (i64, String, String)>(seats).fetch_all(&database.read).await?;
    let seats = seats.into_iter().map(|(party, guest, answer)| (Record::Seat { party, guest }, answer == "seated"));
    records.extend(seats);
    Ok(records)
}
