//! What must leave no trace: a guest's visits in the database, and secrets in the log.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;

use crate::common::{PASSWORD, Service, browser_post, set_cookie};

/// The database as it lies on the disk, with what waits in its log.
fn on_disk(service: &Service) -> Vec<Option<Vec<u8>>> {
    ["test.db", "test.db-wal"].map(|name| std::fs::read(service.folder.path().join(name)).ok()).into()
}

#[tokio::test]
async fn two_hundred_visits_of_guests_write_nothing() {
    let service = Service::start().await;
    service.visitor().register("ada", PASSWORD).await;
    let before = on_disk(&service);
    assert!(before.iter().any(Option::is_some));
    let regular = service.visitor();
    for n in 0..50 {
        let stranger = service.visitor();
        stranger.add_cookies(&format!("session-{}={:A>43}", service.server.address().port(), n));
        for (visitor, path) in [(&regular, "/"), (&regular, "/login"), (&stranger, "/home"), (&stranger, "/register")] {
            visitor.get(path).await;
        }
    }
    assert!(on_disk(&service) == before, "the files are the same, byte by byte");
    service.operator("UPDATE users SET disabled_at = 7").await;
    assert!(on_disk(&service) != before, "and would not be, had anything been written");
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_journey_is_logged_without_its_secrets() {
    // For the whole program: what the other tests log meanwhile must hold no secret either.
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().json().with_writer(log.clone());
    let subscriber = subscriber.with_env_filter("accounts=trace,auth=trace,store=trace,poem=trace").finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let service = Service::start().await;
    let ada = service.visitor();
    let mut secrets = vec![PASSWORD.to_owned(), "marble otter".to_owned(), "hush-hush".to_owned()];
    ada.register("ada", PASSWORD).await;
    let page = ada.get("/login?next=/home%3Ftoken=hush-hush").await;
    secrets.extend(page.form("/login").into_iter().filter(|(name, _)| name == "csrf_token").map(|(_, value)| value));
    ada.log_in("ada", "marble otter eight").await;
    let form = [("email", "ada@example.com"), ("password", PASSWORD)];
    let page = browser_post(&ada, "/login", &form).await;
    secrets.push(set_cookie(&page, "session-").unwrap().split(['=', ';']).nth(1).unwrap().to_owned());
    let email = accounts::Email::parse("ada@example.com").unwrap();
    let hash = service.ports().credentials.find_by_email(&email).await.unwrap().unwrap().hash;
    secrets.push(hash.expose().rsplit('$').next().unwrap().to_owned());
    browser_post(&ada, "/form", &[("csrf_token", "stale"), ("password", PASSWORD)]).await;
    ada.send(ada.request(reqwest::Method::POST, "/form?q=hush-hush").form(&form)).await;
    ada.get("/forged%0a%1b[31mline?q=hush-hush").await;
    service.failing.breaks("sessions.find");
    ada.get("/home?q=hush-hush").await;
    service.failing.breaks(None);
    ada.get("/panic?q=hush-hush").await;
    browser_post(&ada, "/logout", &[]).await;
    ada.get("/home?q=hush-hush").await;

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let events = ["registered", "log-in refused", "logged in", "logged out", "refused", "the store failed"];
    for event in events.into_iter().chain(["a page failed"]) {
        let message = format!("\"message\":\"{event}\"");
        let found = log.lines().any(|line| line.contains(&message) && line.contains("\"span\":{\"id\":\""));
        assert!(found, "{event}, with its request's number");
    }
    let logged_out = log.lines().find(|line| line.contains("\"logged out\"") && line.contains("\"span\":{"));
    for part in ["\"user\":1", "\"network\":\"127.0.0.0/24\""] {
        assert!(logged_out.is_some_and(|line| line.contains(part)), "{part}: {logged_out:?}");
    }
    for line in log.lines() {
        for secret in secrets.iter().map(String::as_str).chain(["ada@example.com", "\u{1b}"]) {
            assert!(!line.contains(secret), "{secret}: {line}");
        }
    }
}
