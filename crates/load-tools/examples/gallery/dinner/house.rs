//! DinnerParty on a socket of this machine, over a file that goes with it: how it is opened, and how people and parties
//! get there. Past the pages, so that no change of theirs is felt here.

use std::sync::Arc;
use std::time::Duration;

use accounts::test_kit::{MovableClock, TestServer, fast_hash_cost};
use accounts::{AccountPorts, Accounts, Email, PasswordHash, Timestamp, UserId, Username};
use anyhow::{Context as _, ensure};
use domain::party::{
    Heads, NewParty, Outcome, Parties, PartyDate, PartyId, PartyState, Seats, ShortText, Zone, parse_date, parse_time,
};
use domain::user::NewUser;
use store::PartyStore;
use tempfile::TempDir;
use test_support::sqlite_url;
use web::{Services, app};

/// 1 January 2026, when a house opens.
const NEW_YEAR: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// DinnerParty, running.
pub(crate) struct House {
    pub(super) server: TestServer,
    clock: MovableClock,
    store: PartyStore,
    parties: Parties,
    _folder: TempDir,
}

impl House {
    pub(super) async fn open() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = PartyStore::connect(&sqlite_url(&folder)).await?;
        let clock = MovableClock::at(NEW_YEAR);
        let services = Services::over(&store, clock.clone(), Zone::parse("Europe/Lisbon")?);
        let server = TestServer::start(app(services, Accounts::builder().cost(fast_hash_cost()))?).await?;
        let parties = Parties::new(store.parties(), Arc::new(clock.clone()));
        Ok(Self { server, clock, store, parties, _folder: folder })
    }

    /// Somebody who only comes to parties: there is no password for them.
    pub(super) async fn stranger(&self, name: &str, nick: &str) -> anyhow::Result<UserId> {
        let (username, email) = (Username::parse(name)?, Email::parse(&format!("{nick}@example.com"))?);
        let user = NewUser { username, email, joined_at: NEW_YEAR };
        Ok(self.ports().users.add(user, PasswordHash::new("none".into())).await?.id)
    }

    /// Somebody's number.
    pub(super) async fn id_of(&self, name: &str) -> anyhow::Result<UserId> {
        let found = self.ports().users.find_by_username(&Username::parse(name)?).await?;
        Ok(found.with_context(|| format!("nobody is called {name}"))?.id)
    }

    /// Somebody hosts a party, on a day of 2026 at seven in the evening in Berlin.
    pub(super) async fn host(
        &self,
        host: UserId,
        day: &str,
        dish: &str,
        venue: &str,
        seats: u32,
    ) -> anyhow::Result<PartyId> {
        let (day, time) = (parse_date(&format!("2026-{day}"))?, parse_time("19:00")?);
        let date = PartyDate::resolve(day, time, Zone::parse("Europe/Berlin")?)?;
        let seats = Seats::new(seats).context("a table has seats")?;
        let (venue, main_dish) = (ShortText::parse(venue)?, ShortText::parse(dish)?);
        Ok(self.parties.host(NewParty { host, date, venue, main_dish, seats, idempotency_key: None }).await?)
    }

    /// Gives somebody a seat.
    pub(super) async fn seat(&self, party: PartyId, guest: UserId) -> anyhow::Result<()> {
        let told = self.parties.rsvp(party, guest, Heads::ONE).await?;
        ensure!(matches!(told, Outcome::Seated(_)), "no seat: {told:?}");
        Ok(())
    }

    /// Somebody is not coming.
    pub(super) async fn decline(&self, party: PartyId, guest: UserId) -> anyhow::Result<()> {
        self.parties.decline(party, guest).await?;
        Ok(())
    }

    /// Calls a party off, as no page can yet.
    pub(super) async fn call_off(&self, party: PartyId) -> anyhow::Result<()> {
        let rule = |party: &mut domain::party::Party| {
            party.state = PartyState::Cancelled;
            Ok(Outcome::Maybe)
        };
        self.store.parties().update(party, None, Arc::new(rule)).await?;
        Ok(())
    }

    /// Lets days pass. Whoever was logged in is not any more.
    pub(super) fn pass_days(&self, days: u64) {
        self.clock.advance(Duration::from_hours(24 * days));
    }

    /// Takes the database away.
    pub(super) async fn lose(&self) {
        self.store.accounts().close().await;
    }

    fn ports(&self) -> AccountPorts {
        self.store.accounts().clone().into()
    }
}
