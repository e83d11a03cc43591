//! Empty databases for tests, on either engine.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "each test file uses a part of it")]

pub mod damage;
pub mod damages;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use accounts_store::PartyStore;
use accounts_store::embed::{Database, Dialect, Job, WriteError};
use async_trait::async_trait;
use domain::credential::PasswordHash;
use domain::party::{
    Changed, Heads, LinkToken, NewParty, PartyChange, PartyDate, PartyRepository, Seats, ShortText, Zone, parse_date,
    parse_time,
};
use domain::user::{Email, NewUser, User, UserId, Username};
use domain::{AccountPorts, Timestamp};
use sqlx::query_scalar;
use tempfile::TempDir;
use test_support::{Postgres, sqlite_url};

/// A store on an empty database, and the folder of its file.
pub struct Fresh {
    pub url: String,
    pub store: PartyStore,
    _folder: Option<TempDir>,
}

impl Fresh {
    /// A store that is open already.
    pub fn over(url: String, store: PartyStore) -> Self {
        Self { url, store, _folder: None }
    }

    pub fn accounts(&self) -> AccountPorts {
        self.store.accounts().clone().into()
    }

    pub fn parties(&self) -> Arc<dyn PartyRepository> {
        self.store.parties()
    }

    /// The same database opened a second time, as another process would.
    pub async fn another(&self) -> PartyStore {
        PartyStore::connect(&self.url).await.unwrap()
    }
}

pub async fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_url(&folder);
    let store = PartyStore::connect(&url).await.unwrap();
    Fresh { url, store, _folder: Some(folder) }
}

/// A copy of a template database that is migrated once.
pub async fn postgres() -> Fresh {
    let migrate = async |url: String| {
        PartyStore::connect(&url).await?.accounts().close().await;
        Ok(())
    };
    let url = Postgres::shared().await.unwrap().database_from("parties", migrate).await.unwrap();
    let store = PartyStore::connect(&url).await.unwrap();
    Fresh { url, store, _folder: None }
}

/// Runs SQL past the repositories in one transaction, and returns the first integer of its first row.
pub async fn past_our_types(store: &PartyStore, sql: &'static str) -> Result<Option<i64>, WriteError> {
    write(store.accounts().database(), sql).await
}

/// Runs SQL in one transaction, and returns the first integer of its first row.
pub async fn write(database: &Database, sql: &'static str) -> Result<Option<i64>, WriteError> {
    database.write(Sql(sql)).await
}

struct Sql(&'static str);

#[async_trait]
impl<D: Dialect> Job<D> for Sql {
    type Output = Option<i64>;
    type Refusal = Infallible;

    async fn run(&self, connection: &mut D::Connection) -> Result<Option<i64>, WriteError> {
        Ok(query_scalar::<D, i64>(self.0).fetch_optional(connection).await?)
    }
}

/// A user called `name`.
pub fn new_user(name: &str) -> NewUser {
    NewUser {
        username: Username::parse(name).unwrap(),
        email: Email::parse(&format!("{name}@example.com")).unwrap(),
        joined_at: NOW,
        registration_key: None,
        code: None,
    }
}

/// Adds a user called `name`.
pub async fn add_user(ports: &AccountPorts, name: &str) -> User {
    ports.users.add(new_user(name), PasswordHash::new("$".to_owned()), domain::Alongside::nothing()).await.unwrap()
}

/// A party a year after [`NOW`].
pub fn party_of(host: &User, seats: u32) -> NewParty {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let (day, time) = (parse_date("2031-01-15").unwrap(), parse_time("19:00").unwrap());
    NewParty::new(
        host.id,
        PartyDate::resolve(day, time, Zone::parse("Europe/Berlin").unwrap()).unwrap(),
        ShortText::parse("Chez Zoé").unwrap(),
        ShortText::parse("Lasagne").unwrap(),
        Seats::new(seats).unwrap(),
        LinkToken::new(u128::from(COUNT.fetch_add(1, Relaxed)).to_be_bytes()),
    )
}

/// The change by which a guest accepts, alone.
pub fn accepting(guest: UserId) -> PartyChange {
    Arc::new(move |party| Ok(Changed::by(party, guest, Some(guest), |party| party.accept(guest, Heads::ONE, NOW))?))
}

/// A time in March 2030.
pub const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);
