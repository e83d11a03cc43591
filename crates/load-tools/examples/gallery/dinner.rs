//! DinnerParty: an empty house, a full one, one of odd names, and one whose database is gone. How a house is opened and
//! filled is in `house`.

mod house;
mod tables;

use accounts::test_kit::TestClient;

pub(crate) use self::house::House;
use self::tables::{Hosted, full_list, odd_ones};
use crate::state::{State, enter, log_in};

/// What is sent to have something go wrong.
const NEWCOMER: [(&str, &str); 4] = [("username", "a b"), ("email", "ada@"), ("password", "short"), ("password2", "?")];
const STRANGER: [(&str, &str); 2] = [("email", "ada@example.com"), ("password", "wrong")];
const HOSTING: [(&str, &str); 4] =
    [("date", "2025-01-01"), ("time_zone", "Mars"), ("venue", ""), ("number_seats", "0")];

impl House {
    fn state(&self, name: &str, path: &str, visitor: &TestClient) -> State {
        State::of(&format!("dinnerparty-{name}"), &self.server.url(""), path, visitor)
    }

    /// Ada alone. What goes wrong is here too.
    pub(crate) async fn empty() -> anyhow::Result<(Self, Vec<State>)> {
        let house = Self::open().await?;
        let (guest, ada) = (TestClient::new(&house.server), enter(&house.server, "ada", "ada").await?);
        let states = vec![
            house.state("welcome", "/", &guest).measured(),
            house.state("register", "/register", &guest).measured(),
            house.state("register-error", "/register", &guest).sending("/register", &NEWCOMER),
            house.state("login", "/login", &guest).measured(),
            house.state("login-asked", "/rsvp", &guest),
            house.state("login-error", "/login", &guest).sending("/login", &STRANGER),
            house.state("home-empty", "/", &ada),
            house.state("list-empty", "/rsvp", &ada),
            house.state("user-empty", "/user/ada", &ada),
            house.state("user-error", "/user/ada", &ada).sending("/user/ada", &HOSTING),
            house.state("stale", "/rsvp", &ada).sending("/rsvp", &[("csrf_token", "stale"), ("party_id", "1")]),
            house.state("nowhere", "/nowhere", &guest),
        ];
        Ok((house, states))
    }

    /// People, and more parties than a page holds: in each state that a party can have for a guest.
    pub(crate) async fn full() -> anyhow::Result<(Self, Vec<State>)> {
        let house = Self::open().await?;
        for nick in ["ada", "ben", "chloe", "dan"] {
            enter(&house.server, nick, nick).await?;
        }
        let Hosted { open, mine, full, declined, cancelled, past } = full_list(&house).await?;
        let [ada, ben, dan] =
            [TestClient::new(&house.server), TestClient::new(&house.server), TestClient::new(&house.server)];
        for (visitor, nick) in [(&ada, "ada"), (&ben, "ben"), (&dan, "dan")] {
            log_in(visitor, nick).await?; // again, since days have passed
        }
        let party = |id: i64| format!("/parties/{id}");
        let answer = |id: i64| format!("/parties/{id}/rsvp");
        let states = vec![
            house.state("home", "/", &ben).measured(),
            house.state("home-last", "/?before=3", &ben),
            house.state("list", "/rsvp", &ben).measured(),
            house.state("list-none", "/rsvp?q=tofu&seats=1", &ben),
            house.state("list-refused", "/rsvp", &ben).sending("/rsvp", &[("party_id", "99999")]),
            house.state("user", "/user/ada", &ada).measured(),
            house.state("user-other", "/user/ada", &ben).measured(),
            house.state("user-other-empty", "/user/Eva", &ben),
            house.state("user-going", "/user/ben", &ben),
            house.state("party-host", &party(mine), &ada),
            house.state("party-open", &party(open), &dan).measured(),
            house.state("party-seated", &party(open), &ben),
            house.state("party-full", &party(full), &dan),
            house.state("party-declined", &party(declined), &ben),
            house.state("party-cancelled", &party(cancelled), &ben),
            house.state("party-past", &party(past), &ben),
            house.state("party-taken", &party(open), &dan).sending(&answer(open), &[("answer", "yes")]),
            house.state("party-left", &party(open), &dan).sending(&answer(open), &[("answer", "no")]),
        ];
        Ok((house, states))
    }

    /// Tables of every size, and names and dishes of every kind.
    pub(crate) async fn odd() -> anyhow::Result<(Self, Vec<State>)> {
        let house = Self::open().await?;
        let maryam = enter(&house.server, "مريم", "maryam").await?;
        let (tables, long) = odd_ones(&house).await?;
        let mut states: Vec<_> =
            tables.into_iter().map(|(name, id)| house.state(&name, &format!("/parties/{id}"), &maryam)).collect();
        states.extend([
            house.state("home-odd", "/", &maryam),
            house.state("list-odd", "/rsvp", &maryam),
            house.state("user-rtl", "/user/مريم", &maryam),
            house.state("user-long", &format!("/user/{long}"), &maryam),
        ]);
        Ok((house, states))
    }

    /// The database went away while somebody was logged in.
    pub(crate) async fn broken() -> anyhow::Result<(Self, Vec<State>)> {
        let house = Self::open().await?;
        let ada = enter(&house.server, "ada", "ada").await?;
        house.lose().await;
        let states = vec![house.state("broken", "/rsvp", &ada)];
        Ok((house, states))
    }
}
