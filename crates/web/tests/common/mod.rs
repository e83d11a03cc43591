//! DinnerParty on a socket of this machine, over either engine, and the people in it. What a test is about is not here.

mod asking;

use std::sync::Arc;
use std::time::Duration;

use accounts::test_kit::{MovableClock, TestClient, TestServer, fast_hash_cost};
use accounts::{AccountPorts, Accounts, Email, PasswordHash, Timestamp, UserId, Username};
use domain::party::{Heads, Outcome, Parties, Party, PartyId, PartyView, Zone};
use domain::user::NewUser;
use store::PartyStore;
use tempfile::TempDir;
use test_support::{Postgres, sqlite_url};
use web::{App, Services, app};

pub(crate) use asking::*;

/// A password that the policy accepts.
pub(crate) const PASSWORD: &str = "marble otter seven";

/// DinnerParty, running, with nobody in it yet. It is 1 January 2026, and stays so until the clock is moved.
pub(crate) struct House {
    pub(crate) server: TestServer,
    pub(crate) clock: MovableClock,
    pub(crate) store: PartyStore,
    _folder: Option<TempDir>,
}

impl House {
    pub(crate) async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = PartyStore::connect(&sqlite_url(&folder)).await.unwrap();
        Self::over(store, Some(folder)).await
    }

    /// In a copy of a database that is migrated once.
    pub(crate) async fn on_postgres() -> Self {
        let migrate = async |url: String| {
            PartyStore::connect(&url).await?.accounts().close().await;
            Ok(())
        };
        let url = Postgres::shared().await.unwrap().database_from("dinnerparty", migrate).await.unwrap();
        Self::over(PartyStore::connect(&url).await.unwrap(), None).await
    }

    pub(crate) async fn over(store: PartyStore, folder: Option<TempDir>) -> Self {
        let clock = MovableClock::at(Timestamp::from_millis(1_767_225_600_000));
        let server = TestServer::start(service(&store, &clock)).await.unwrap();
        Self { server, clock, store, _folder: folder }
    }

    /// The same service once more, to be served in another way.
    pub(crate) fn service(&self) -> App {
        service(&self.store, &self.clock)
    }

    /// Somebody who is not logged in.
    pub(crate) fn guest(&self) -> TestClient {
        TestClient::new(&self.server)
    }

    /// Somebody new, registered and logged in.
    pub(crate) async fn user(&self, name: &str) -> TestClient {
        let visitor = self.guest();
        assert!(visitor.register(name, PASSWORD).await.text.contains("Your account is ready."), "{name}");
        self.log_in(name).await
    }

    /// Somebody registered, logged in once more.
    pub(crate) async fn log_in(&self, name: &str) -> TestClient {
        let visitor = self.guest();
        let page = visitor.log_in(name, PASSWORD).await;
        assert!(page.text.contains(&format!("Welcome back, {name}.")), "{}", page.text);
        visitor
    }

    pub(crate) fn ports(&self) -> AccountPorts {
        self.store.accounts().clone().into()
    }

    /// Somebody who only stands in the list of people.
    pub(crate) async fn stranger(&self, name: &str) -> UserId {
        let user = NewUser {
            username: Username::parse(name).unwrap(),
            email: Email::parse(&format!("{name}@example.com")).unwrap(),
            joined_at: Timestamp::from_millis(1_767_225_600_000),
        };
        self.ports().users.add(user, PasswordHash::new("none".into())).await.unwrap().id
    }

    /// Gives somebody a seat at a party.
    pub(crate) async fn seat(&self, party: &str, guest: UserId) {
        let parties = Parties::new(self.store.parties(), Arc::new(self.clock.clone()));
        let told = parties.rsvp(id(party), guest, Heads::ONE).await.unwrap();
        assert!(matches!(told, Outcome::Seated(_)), "{told:?}");
    }

    /// Somebody's number.
    pub(crate) async fn id_of(&self, name: &str) -> UserId {
        self.ports().users.find_by_username(&Username::parse(name).unwrap()).await.unwrap().unwrap().id
    }

    /// Changes a party as no page can yet. `guest` is whose answer is loaded.
    pub(crate) async fn change(&self, party: &str, guest: UserId, change: fn(&mut Party, UserId)) {
        let rule = move |party: &mut Party| {
            change(party, guest);
            Ok(Outcome::Maybe)
        };
        self.store.parties().update(id(party), Some(guest), Arc::new(rule)).await.unwrap();
    }

    /// A party as it is stored, as nobody in particular sees it.
    pub(crate) async fn stored(&self, party: &str) -> Option<PartyView> {
        self.store.parties().find(id(party), UserId::new(-1)).await.unwrap()
    }

    /// How many parties are stored, past ones too.
    pub(crate) async fn parties(&self) -> usize {
        let mut count = 0;
        while self.stored(&(count + 1).to_string()).await.is_some() {
            count += 1;
        }
        count
    }

    /// Lets days pass. Whoever was logged in is not any more.
    pub(crate) fn pass_days(&self, days: u64) {
        self.clock.advance(Duration::from_hours(24 * days));
    }
}

fn service(store: &PartyStore, clock: &MovableClock) -> App {
    let services = Services::over(store, clock.clone(), Zone::parse("Europe/Lisbon").unwrap());
    app(services, Accounts::builder().cost(fast_hash_cost())).unwrap()
}

fn id(party: &str) -> PartyId {
    PartyId::parse(party).unwrap()
}
