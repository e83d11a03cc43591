//! Sends one request of each kind. How outcomes are counted is in `figures`.

use std::time::{Duration, Instant};

use accounts::test_kit::TestClient;
use anyhow::ensure;
use load_tools::random::Xorshift;
use load_tools::raw_http::{authority, send_raw};
use load_tools::timeouts::RESPONSE_TIMEOUT;
use poem::http::Method;

use crate::kinds::Kind;

/// The password of every seeded user.
const PASSWORD: &str = "correct horse battery 0";

/// How a request ended.
pub(crate) struct Outcome {
    pub(crate) kind: Kind,
    /// The status, or what happened instead.
    pub(crate) result: String,
    pub(crate) took: Duration,
}

/// The server, a client without a session, and clients of logged-in users.
pub(crate) struct Site {
    origin: String,
    guest: TestClient,
    users: Vec<(String, TestClient)>,
    parties: u64,
}

impl Site {
    /// Logs `count` seeded users in. `parties` is how many parties the seed made.
    pub(crate) async fn log_in(origin: &str, count: u32, parties: u64) -> anyhow::Result<Self> {
        let mut users = Vec::new();
        for number in 0..count {
            let (name, client) = (format!("u{number:04}"), TestClient::at(origin));
            let page = client.log_in(&name, PASSWORD).await;
            ensure!(page.path != "/login", "{name} could not log in: is the database seeded? {}", page.text);
            users.push((name, client));
        }
        Ok(Self { origin: origin.to_owned(), guest: TestClient::at(origin), users, parties })
    }
}

/// Sends one request of that kind.
pub(crate) async fn send(kind: Kind, site: &Site, mut random: Xorshift) -> Outcome {
    let (name, user) = &site.users[random.index(site.users.len())];
    let party = random.below(site.parties) + 1;
    let profile = format!("/user/{name}");
    let (result, took) = match kind {
        Kind::Home => get(&site.guest, "/").await,
        Kind::LogInPage => get(&site.guest, "/login").await,
        Kind::Readiness => get(&site.guest, "/health/ready").await,
        Kind::List => get(user, ["/rsvp", "/rsvp?per_page=50", "/"][random.index(3)]).await,
        Kind::Search => get(user, "/rsvp?q=dish+number+4&seats=1").await,
        Kind::Profile => get(user, &format!("/user/{}", site.users[random.index(site.users.len())].0)).await,
        Kind::Party => get(user, &format!("/parties/{party}")).await,
        Kind::NotFound => get(user, "/nothing/here").await,
        Kind::Accept => post(user, "/rsvp", &[("party_id", &party.to_string())]).await,
        Kind::GiveUp => post(user, &format!("/parties/{party}/rsvp"), &[("answer", "no")]).await,
        Kind::Host => {
            let date = [("date", "2199-03-14"), ("time", "19:00"), ("time_zone", "Europe/Berlin")];
            let table = [("venue", "Everywhere"), ("main_dish", "Load"), ("number_seats", "8")];
            post(user, &profile, &[&date[..], &table[..]].concat()).await
        }
        Kind::InvalidForm => post(user, &profile, &[("date", "tomorrow"), ("number_seats", "0")]).await,
        Kind::CrossSiteForm => exchange(user, "/rsvp", Some(("cross-site", &[("party_id", &party.to_string())]))).await,
        Kind::OversizedForm => post(user, "/rsvp", &[("party_id", &"9".repeat(70_000))]).await,
        Kind::LogIn => {
            let (client, email) = (TestClient::at(&site.origin), format!("{name}@example.com"));
            let logged_in = post(&client, "/login", &[("email", &email), ("password", PASSWORD)]).await;
            post(&client, "/logout", &[]).await; // otherwise sessions would accumulate
            logged_in
        }
        Kind::Register => {
            let (name, password) = (format!("load-{:x}", random.below(u64::MAX)), "marble otter seven");
            let (user, email) = (("username", &name[..]), format!("{name}@example.com"));
            post(&site.guest, "/register", &[user, ("email", &email), ("password", password), ("password2", password)])
                .await
        }
        Kind::NotHttp => send_raw(authority(&site.origin), "PLEASE LET ME IN\r\n\r\n").await,
        Kind::HalfHead => send_raw(authority(&site.origin), "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half").await,
        Kind::HalfBody => send_raw(authority(&site.origin), &half_body(&site.origin)).await,
    };
    Outcome { kind, result, took }
}

async fn get(client: &TestClient, path: &str) -> (String, Duration) {
    exchange(client, path, None).await
}

async fn post(client: &TestClient, path: &str, fields: &[(&str, &str)]) -> (String, Duration) {
    exchange(client, path, Some(("same-origin", fields))).await
}

/// Sends a request, with a form and its `Sec-Fetch-Site` where there is one, and reads the response to its end.
async fn exchange(client: &TestClient, path: &str, form: Option<(&str, &[(&str, &str)])>) -> (String, Duration) {
    let start = Instant::now();
    let request = match form {
        None => client.request(Method::GET, path),
        Some((site, fields)) => client.request(Method::POST, path).header("sec-fetch-site", site).form(fields),
    };
    let result = match request.timeout(RESPONSE_TIMEOUT).send().await {
        Ok(response) => {
            let location = response.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
            let target = if location.starts_with("/login") { " to log-in" } else { "" };
            let result = format!("{}{target}", response.status().as_u16());
            if response.bytes().await.is_ok() { result } else { format!("{result}, cut off") }
        }
        Err(error) if error.is_timeout() => "timeout".to_owned(),
        Err(error) if error.is_connect() => "no connection".to_owned(),
        Err(_) => "no response".to_owned(),
    };
    (result, start.elapsed())
}

/// A form that is shorter than its `Content-Length`.
fn half_body(origin: &str) -> String {
    let headers =
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\nSec-Fetch-Site: same-origin";
    format!("POST /login HTTP/1.1\r\nHost: {}\r\n{headers}\r\n\r\nemail=", authority(origin))
}
