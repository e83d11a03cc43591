//! TriPlanned: an empty rack, a full one, and one with odd postcards.

use accounts::Accounts;
use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use anyhow::ensure;
use tempfile::TempDir;
use test_support::sqlite_url;

use crate::state::{State, enter, long_name};

/// TriPlanned, running.
pub(crate) struct Rack {
    server: TestServer,
    _folder: TempDir,
}

const CARDS: [(&str, &str, &str); 24] = [
    ("Lisbon", "Portugal", "Hills,\nand a river."),
    ("Kyoto", "Japan", "Temples in the rain, and the best bowl of noodles of my life, at a counter with six seats."),
    ("Bergen", "Norway", "It rained."),
    ("Nairobi", "Kenya", "A giraffe looked into the kitchen."),
    ("Cusco", "Peru", "Breathe slowly."),
    ("Palermo", "Italy", "Arancine at midnight."),
    ("Apia", "Samoa", "The palm tree of the title."),
    ("Akureyri", "Iceland", "The sun went round and round."),
    ("Halifax", "Canada", "Fog horns, and chowder."),
    ("Oaxaca", "Mexico", "Seven moles, and I finished five of them."),
    ("Jaipur", "India", "Pink, as promised."),
    ("Fez", "Morocco", "Lost twice, found mint tea both times."),
    ("Valparaíso", "Chile", "Stairs, murals, stairs."),
    ("Hội An", "Vietnam", "Lanterns on the water."),
    ("Tbilisi", "Georgia", "They would not let me leave the table."),
    ("Naxos", "Greece", "Potatoes. Truly: the potatoes."),
    ("Swakopmund", "Namibia", "Fog, then dunes, then oysters."),
    ("Galway", "Ireland", "Five kinds of rain before lunch."),
    ("Izmir", "Türkiye", "Ferries and simit."),
    ("Riga", "Latvia", "Rye bread like cake."),
    ("Hobart", "Australia", "Next stop the ice."),
    ("Porto", "Portugal", "The other one."),
    ("Zanzibar", "Tanzania", "Cloves in the air."),
    ("Ljubljana", "Slovenia", "Dragons on a bridge."),
];

impl Rack {
    async fn open() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = example_triplanned::connect(&sqlite_url(&folder)).await?;
        let server =
            TestServer::start(example_triplanned::site(&store, Accounts::builder().cost(fast_hash_cost()))?).await?;
        Ok(Self { server, _folder: folder })
    }

    fn state(&self, name: &str, path: &str, visitor: &TestClient) -> State {
        State::of(&format!("triplanned-{name}"), &self.server.url(""), path, visitor)
    }

    /// Nobody has posted anything. What goes wrong is here too.
    pub(crate) async fn empty() -> anyhow::Result<(Self, Vec<State>)> {
        let rack = Self::open().await?;
        let (guest, ada) = (TestClient::new(&rack.server), enter(&rack.server, "ada", "ada").await?);
        let newcomer = [("username", "a b"), ("email", "ada@"), ("password", "short"), ("password2", "shorter")];
        let stranger = [("email", "ada@example.com"), ("password", "wrong")];
        let states = vec![
            rack.state("index-empty", "/", &guest),
            rack.state("index-empty-mine", "/", &ada),
            rack.state("register", "/register", &guest).measured(),
            rack.state("register-error", "/register", &guest).sending("/register", &newcomer),
            rack.state("login", "/login", &guest).measured(),
            rack.state("login-asked", "/user/ada", &guest),
            rack.state("login-error", "/login", &guest).sending("/login", &stranger),
            rack.state("user-empty", "/user/ada", &ada),
            rack.state("user-error", "/user/ada", &ada).sending("/user/ada", &[("country", "Peru")]),
            rack.state("stale", "/user/ada", &ada).sending("/user/ada", &[("csrf_token", "stale"), ("city", "Rome")]),
            rack.state("nowhere", "/nowhere", &guest),
        ];
        Ok((rack, states))
    }

    /// A rack of many, by one traveler.
    pub(crate) async fn full() -> anyhow::Result<(Self, Vec<State>)> {
        let rack = Self::open().await?;
        let (ada, ben) = (enter(&rack.server, "ada", "ada").await?, enter(&rack.server, "ben", "ben").await?);
        for (city, country, text) in CARDS {
            post(&ada, "ada", city, country, text).await?;
        }
        let card = [("city", "Lyon"), ("country", "France"), ("description", "Quenelles.")];
        let states = vec![
            rack.state("index-full", "/", &TestClient::new(&rack.server)).measured(),
            rack.state("index-last", "/?before=5", &ada),
            rack.state("index-past", "/?before=1", &ada),
            rack.state("user-full", "/user/ada", &ada).measured(),
            rack.state("user-other", "/user/ada", &ben).measured(),
            rack.state("user-other-empty", "/user/ben", &ada),
            rack.state("user-posted", "/user/ben", &ben).sending("/user/ben", &card),
        ];
        Ok((rack, states))
    }

    /// A rack of few, with all that names and texts may be.
    pub(crate) async fn odd() -> anyhow::Result<(Self, Vec<State>)> {
        let rack = Self::open().await?;
        let (long, right_to_left) = (long_name(), "مريم");
        let maryam = enter(&rack.server, right_to_left, "maryam").await?;
        let mina = enter(&rack.server, &long, "mina").await?;
        let city = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch".repeat(3);
        post(&mina, &long, &city, &"🏝️ Far-away islands ".repeat(10), &"unbroken".repeat(250)).await?;
        post(&mina, &long, "<b>Rome</b>", "\"Italy\" & 'co'", "<script>alert(1)</script>").await?;
        post(&maryam, right_to_left, "القاهرة", "مصر", "النيل عند الغروب،\nوشاي بالنعناع.").await?;
        post(&maryam, right_to_left, "תל אביב", "ישראל", "חומוס, and the sea.").await?;
        let states = vec![
            rack.state("index-few", "/", &maryam),
            rack.state("user-rtl", "/user/مريم", &maryam),
            rack.state("user-long", &format!("/user/{long}"), &mina),
        ];
        Ok((rack, states))
    }
}

async fn post(author: &TestClient, name: &str, city: &str, country: &str, description: &str) -> anyhow::Result<()> {
    let profile = format!("/user/{name}");
    let card = [("city", city), ("country", country), ("description", description)];
    let posted = author.submit(&profile, &profile, &card).await;
    ensure!(posted.status == 200, "{city} is not posted: {}", posted.text);
    Ok(())
}
