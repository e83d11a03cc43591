//! The app on a socket of this machine, over either engine, and the clients of its users.

mod assertions;
mod requests;

use std::sync::Arc;
use std::time::Duration;

use accounts::OsRandom;
use accounts::Random;
use accounts::ports::{AccountPorts, PasswordHash};
use accounts::test_kit::{MovableClock, TestClient, TestServer, fast_hash_cost};
use accounts::{Accounts, Email, Timestamp, UserId, Username};
use domain::party::{
    Answer, Changed, GuestAnswer, GuestCommand, Heads, LinkToken, NewParty, Opened, Outcome, Parties, Party, PartyDate,
    PartyId, PartyView, Seats, ShortText, Zone, parse_date, parse_time,
};
use domain::user::NewUser;
use store::PartyStore;
use store::embed::Database;
use store::embed::sqlx::query_scalar;
use tempfile::TempDir;
use test_support::{Postgres, sqlite_url};
use web::{App, Services, app};

pub(crate) use assertions::*;
pub(crate) use requests::*;

/// The password of every user of the tests. The policy accepts it.
pub(crate) const PASSWORD: &str = "marble otter seven";

/// The time at which each test starts: 1 January 2026, 00:00 UTC.
pub(crate) const START: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// A running DinnerParty with an empty database and a clock that stands at [`START`].
pub(crate) struct TestApp {
    pub(crate) server: TestServer,
    pub(crate) clock: MovableClock,
    pub(crate) store: PartyStore,
    _folder: Option<TempDir>,
}

impl TestApp {
    pub(crate) async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = PartyStore::connect(&sqlite_url(&folder)).await.unwrap();
        Self::over(store, Some(folder)).await
    }

    /// On a copy of a database that is migrated once for all tests.
    pub(crate) async fn on_postgres() -> Self {
        let migrate = async |url: String| {
            PartyStore::connect(&url).await?.accounts().close().await;
            Ok(())
        };
        let url = Postgres::shared().await.unwrap().database_from("dinnerparty", migrate).await.unwrap();
        Self::over(PartyStore::connect(&url).await.unwrap(), None).await
    }

    /// On a given store. `folder` is deleted with the app.
    pub(crate) async fn over(store: PartyStore, folder: Option<TempDir>) -> Self {
        let clock = MovableClock::at(START);
        let server = TestServer::start(endpoint(&store, &clock)).await.unwrap();
        Self { server, clock, store, _folder: folder }
    }

    /// Another endpoint over the same store, to be served in another way.
    pub(crate) fn endpoint(&self) -> App {
        endpoint(&self.store, &self.clock)
    }

    /// A client that is not logged in.
    pub(crate) fn visitor(&self) -> TestClient {
        TestClient::new(&self.server)
    }

    /// The logged-in client of a new user.
    pub(crate) async fn user(&self, name: &str) -> TestClient {
        let client = self.visitor();
        assert!(client.register(name, PASSWORD).await.text.contains("Your account is ready."), "{name}");
        client
    }

    /// Another logged-in client of an existing user.
    pub(crate) async fn log_in(&self, name: &str) -> TestClient {
        let client = self.visitor();
        let page = client.log_in(name, PASSWORD).await;
        assert!(page.text.contains(&format!("Welcome back, {name}.")), "{}", page.text);
        client
    }

    pub(crate) fn ports(&self) -> AccountPorts {
        self.store.accounts().clone().into()
    }

    /// Adds a user who cannot log in. Takes no password hash, so that a test can have many.
    pub(crate) async fn add_user(&self, name: &str) -> UserId {
        let user = NewUser {
            username: Username::parse(name).unwrap(),
            email: Email::parse(&format!("{name}@example.com")).unwrap(),
            joined_at: START,
            registration_key: None,
            code: None,
        };
        self.ports().users.add(user, PasswordHash::new("none".into()), domain::Alongside::nothing()).await.unwrap().id
    }

    /// Adds a party of its host, as the form of `host_form` does, with a change that no form offers.
    pub(crate) async fn add_party(&self, host: UserId, change: impl FnOnce(&mut NewParty)) -> String {
        let (date, time) = (parse_date("2026-03-14").unwrap(), parse_time("19:00").unwrap());
        let date = PartyDate::resolve(date, time, Zone::parse("Europe/Berlin").unwrap()).unwrap();
        let [venue, dish] = ["The kitchen", "Ratatouille"].map(|text| ShortText::parse(text).unwrap());
        let link = LinkToken::new((&OsRandom as &dyn Random).bytes());
        let mut party = NewParty::new(host, date, venue, dish, Seats::new(4).unwrap(), link);
        change(&mut party);
        self.store.parties().add(party, None).await.unwrap().get().to_string()
    }

    /// Seats a guest at a party.
    pub(crate) async fn seat(&self, party: &str, guest: UserId) {
        self.seat_with(party, guest, Heads::ONE).await;
    }

    /// Seats a guest with companions.
    pub(crate) async fn seat_with(&self, party: &str, guest: UserId, heads: Heads) {
        let command = GuestCommand::Accept(heads);
        let outcome = self.parties().answer(Opened::ById(party_id(party)), guest, command).await.unwrap();
        assert!(matches!(outcome, Outcome::Seated(_)), "{outcome:?}");
    }

    /// Adds guests who cannot log in, and seats them.
    pub(crate) async fn add_seated_guests(&self, party: &str, number: usize) -> Vec<UserId> {
        let (mut adding, mut guests) = (tokio::task::JoinSet::new(), Vec::new());
        for n in 0..number {
            let (users, parties, id) = (self.ports().users, self.parties(), party_id(party));
            adding.spawn(async move {
                let user = NewUser {
                    username: Username::parse(&format!("guest{n}")).unwrap(),
                    email: Email::parse(&format!("guest{n}@example.com")).unwrap(),
                    joined_at: START,
                    registration_key: None,
                    code: None,
                };
                let added = users.add(user, PasswordHash::new("none".into()), domain::Alongside::nothing()).await;
                let guest = added.unwrap().id;
                let outcome = parties.answer(Opened::ById(id), guest, GuestCommand::Accept(Heads::ONE)).await.unwrap();
                assert!(matches!(outcome, Outcome::Seated(_)), "{outcome:?}");
                guest
            });
            if adding.len() == 20 {
                guests.extend(adding.join_next().await.map(Result::unwrap));
            }
        }
        guests.extend(adding.join_all().await);
        guests
    }

    /// Gives the answer of a guest who may find the party.
    pub(crate) async fn answer(&self, party: &str, guest: UserId, answer: impl Into<GuestAnswer>) {
        self.parties().answer(Opened::ById(party_id(party)), guest, answer).await.unwrap();
    }

    /// The answer of a guest.
    pub(crate) async fn answer_of(&self, party: &str, guest: UserId) -> Option<Answer> {
        self.store.parties().find(party_id(party), guest).await.unwrap()?.summary.my_answer
    }

    /// What a guest has written with the answer: the note, and the allergies.
    pub(crate) async fn texts_of(&self, party: &str, guest: UserId) -> [String; 2] {
        let view = self.store.parties().find(party_id(party), guest).await.unwrap().unwrap();
        let (note, allergies) = (view.my_texts.note, view.my_texts.allergies);
        [note.map(|note| note.to_string()), allergies.map(|allergies| allergies.to_string())]
            .map(Option::unwrap_or_default)
    }

    /// The use cases of parties, at the time of the app.
    pub(crate) fn parties(&self) -> Parties {
        Parties::new(self.store.parties(), Arc::new(self.clock.clone()))
    }

    pub(crate) async fn id_of(&self, name: &str) -> UserId {
        self.ports().users.find_by_username(&Username::parse(name).unwrap()).await.unwrap().unwrap().id
    }

    /// Changes a party in a way that no page offers yet. The answer of `guest` is loaded with it.
    pub(crate) async fn update_party(&self, party: &str, guest: UserId, change: fn(&mut Party, UserId)) {
        let rule = move |party: &mut Party| {
            let changed = Changed::by(party, guest, Some(guest), |party| {
                change(party, guest);
                Ok(Outcome::Maybe)
            });
            Ok(changed?)
        };
        let now = domain::Clock::now(&self.clock);
        self.store.parties().update(party_id(party), Some(guest), Arc::new(rule), None, now).await.unwrap();
    }

    /// A party as it is stored.
    pub(crate) async fn stored_party(&self, party: &str) -> Option<PartyView> {
        self.store.parties().find(party_id(party), UserId::new(-1)).await.unwrap()
    }

    /// A party as it is stored, as its host sees it.
    pub(crate) async fn stored_party_of(&self, host: &str, party: &str) -> Option<PartyView> {
        let host = self.id_of(host).await;
        self.store.parties().find(party_id(party), host).await.unwrap()
    }

    /// The number of stored parties, including past ones.
    pub(crate) async fn party_count(&self) -> usize {
        let count: i64 = match self.store.accounts().database() {
            Database::Sqlite(engine) => query_scalar("SELECT count(*) FROM parties").fetch_one(&engine.read).await,
            Database::Postgres(engine) => query_scalar("SELECT count(*) FROM parties").fetch_one(&engine.read).await,
        }
        .unwrap();
        usize::try_from(count).unwrap()
    }

    /// Moves the clock forward. Sessions expire meanwhile.
    pub(crate) fn advance_days(&self, days: u64) {
        self.clock.advance(Duration::from_hours(24 * days));
    }
}

fn endpoint(store: &PartyStore, clock: &MovableClock) -> App {
    let services = Services::over(store, clock.clone(), OsRandom, Zone::parse("Europe/Lisbon").unwrap());
    app(services, Accounts::builder().cost(fast_hash_cost())).unwrap()
}

pub(crate) fn party_id(party: &str) -> PartyId {
    PartyId::parse(party).unwrap()
}
