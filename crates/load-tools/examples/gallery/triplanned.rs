//! The states of TriPlanned: without posts, with many, and with unusual ones.

use accounts::Accounts;
use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use anyhow::ensure;
use tempfile::TempDir;
use test_support::sqlite_url;

use crate::state::{State, long_name, register};

/// A running TriPlanned.
pub(crate) struct TriPlanned {
    server: TestServer,
    _folder: TempDir,
}

/// City, country and description of each post.
const POSTS: [(&str, &str, &str); 24] = [
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

impl TriPlanned {
    async fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = example_triplanned::connect(&sqlite_url(&folder)).await?;
        let accounts = example_triplanned::accounts(&store, Accounts::builder().cost(fast_hash_cost()))?;
        let server = TestServer::start(example_triplanned::site(&store, &accounts)?).await?;
        Ok(Self { server, _folder: folder })
    }

    fn state(&self, name: &str, path: &str, client: &TestClient) -> State {
        State::of(&format!("triplanned-{name}"), &self.server.url(""), path, client)
    }

    /// No posts. The error states are here too.
    pub(crate) async fn empty() -> anyhow::Result<(Self, Vec<State>)> {
        let site = Self::start().await?;
        let (guest, ada) = (TestClient::new(&site.server), register(&site.server, "ada", "ada").await?);
        let endless = "é".repeat(201);
        let newcomer = [
            ("username", "a b"),
            ("email", "ada@"),
            ("password", "short"),
            ("password2", "shorter"),
            ("home", endless.as_str()),
        ];
        let stranger = [("email", "ada@example.com"), ("password", "wrong")];
        let states = vec![
            site.state("index-empty", "/", &guest),
            site.state("index-empty-mine", "/", &ada),
            site.state("register", "/register", &guest).measured(),
            site.state("register-error", "/register", &guest).after_form("/register", &newcomer),
            site.state("login", "/login", &guest).measured(),
            site.state("login-asked", "/user/ada", &guest),
            site.state("login-error", "/login", &guest).after_form("/login", &stranger),
            site.state("user-empty", "/user/ada", &ada),
            site.state("user-error", "/user/ada", &ada).after_form("/user/ada", &[("country", "Peru")]),
            site.state("stale", "/user/ada", &ada)
                .after_form("/user/ada", &[("csrf_token", "stale"), ("city", "Rome")]),
            site.state("account-changed", "/user/ada", &ada)
                .after_form("/user/ada", &[("csrf_token", "stale.9"), ("city", "Rome")]),
            site.state("account", "/account", &ada).measured(),
            site.state("account-sessions", "/account/sessions", &ada),
            site.state("account-username", "/account/username", &ada),
            site.state("account-password", "/account/password", &ada),
            site.state("delete", "/account/delete", &ada),
            site.state("account-email-error", "/account/email", &ada)
                .after_form("/account/email", &[("email", "ada@")]),
            site.state("nowhere", "/nowhere", &guest),
        ];
        Ok((site, states))
    }

    /// Many posts of one user.
    pub(crate) async fn full() -> anyhow::Result<(Self, Vec<State>)> {
        let site = Self::start().await?;
        let (ada, ben) = (register(&site.server, "ada", "ada").await?, register(&site.server, "ben", "ben").await?);
        for (city, country, text) in POSTS {
            post(&ada, "ada", city, country, text).await?;
        }
        let post_of_ben = [("city", "Lyon"), ("country", "France"), ("description", "Quenelles.")];
        let states = vec![
            site.state("index-full", "/", &TestClient::new(&site.server)).measured(),
            site.state("index-last", "/?before=5", &ada),
            site.state("index-past", "/?before=1", &ada),
            site.state("user-full", "/user/ada", &ada).measured(),
            site.state("user-other", "/user/ada", &ben).measured(),
            site.state("user-other-empty", "/user/ben", &ada),
            site.state("user-posted", "/user/ben", &ben).after_form("/user/ben", &post_of_ben),
        ];
        Ok((site, states))
    }

    /// Few posts, with long, right-to-left and hostile texts.
    pub(crate) async fn odd() -> anyhow::Result<(Self, Vec<State>)> {
        let site = Self::start().await?;
        let (long, right_to_left) = (long_name(), "مريم");
        let maryam = register(&site.server, right_to_left, "maryam").await?;
        let mina = register(&site.server, &long, "mina").await?;
        let city = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch".repeat(3);
        post(&mina, &long, &city, &"🏝️ Far-away islands ".repeat(10), &"unbroken".repeat(250)).await?;
        post(&mina, &long, "<b>Rome</b>", "\"Italy\" & 'co'", "<script>alert(1)</script>").await?;
        post(&maryam, right_to_left, "القاهرة", "مصر", "النيل عند الغروب،\nوشاي بالنعناع.").await?;
        post(&maryam, right_to_left, "תל אביב", "ישראל", "חומוס, and the sea.").await?;
        let states = vec![
            site.state("index-few", "/", &maryam),
            site.state("user-rtl", "/user/مريم", &maryam),
            site.state("user-long", &format!("/user/{long}"), &mina),
        ];
        Ok((site, states))
    }
}

async fn post(author: &TestClient, name: &str, city: &str, country: &str, description: &str) -> anyhow::Result<()> {
    let profile = format!("/user/{name}");
    let fields = [("city", city), ("country", country), ("description", description)];
    let posted = author.submit(&profile, &profile, &fields).await;
    ensure!(posted.status == 200, "{city} is not posted: {}", posted.text);
    Ok(())
}
