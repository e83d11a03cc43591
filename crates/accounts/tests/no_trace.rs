//! What must leave no trace: anonymous visits in the database, and secrets in the log.

use crate::common::{Log, PASSWORD, Service, browser_post, set_cookie};

/// The bytes of the database file and of its write-ahead log.
fn on_disk(service: &Service) -> Vec<Option<Vec<u8>>> {
    ["test.db", "test.db-wal"].map(|name| std::fs::read(service.folder.path().join(name)).ok()).into()
}

#[tokio::test]
async fn guest_visits_write_nothing_to_the_database() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let before = on_disk(&service);
    assert!(before.iter().any(Option::is_some));
    let client = service.visitor();
    for n in 0..50 {
        let with_bad_cookie = service.visitor();
        with_bad_cookie.add_cookies(&format!("session-{}={:A>43}", service.server.address().port(), n));
        for (visitor, path) in
            [(&client, "/"), (&client, "/login"), (&with_bad_cookie, "/home"), (&with_bad_cookie, "/register")]
        {
            visitor.get(path).await;
        }
    }
    assert!(on_disk(&service) == before, "the files are equal byte by byte");
    service.execute_sql("UPDATE users SET disabled_at = 7").await;
    assert!(on_disk(&service) != before, "a write changes the files");
}

#[tokio::test]
async fn log_contains_no_secret() {
    // For the whole test program: log lines of other tests must contain no secret either.
    let log = Log::of_this_process(&["accounts", "auth", "store", "poem"]);

    let service = Service::start().await;
    let ada = service.visitor();
    let mut secrets = vec![PASSWORD.to_owned(), "marble otter".to_owned(), "hush-hush".to_owned()];
    service.visitor().register("ada", PASSWORD).await;
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
    service.failing.fail_on("sessions.find");
    ada.get("/home?q=hush-hush").await;
    service.failing.fail_on(None);
    ada.get("/panic?q=hush-hush").await;
    browser_post(&ada, "/logout", &[]).await;
    let waiting = ada.request(reqwest::Method::POST, "/form?q=hush-hush").header("sec-fetch-site", "same-origin");
    let waiting = waiting.header("referer", service.server.url("/failing?q=hush-hush")).form(&[("dish", "hush-hush")]);
    let page = ada.send(waiting).await;
    let page = ada.submit_on(&page, "/login", &form).await;
    assert!(page.text.contains("What you typed is kept, and not sent yet."), "{}", page.text);
    browser_post(&ada, "/logout", &[]).await;
    ada.get("/home?q=hush-hush").await;

    let log = log.text();
    let events = ["registered", "log-in failed", "logged in", "logged out", "refused", "the store failed"];
    for event in events.into_iter().chain(["a page failed", "the page of an interrupted form failed"]) {
        let message = format!("\"message\":\"{event}\"");
        let found = log.lines().any(|line| line.contains(&message) && line.contains("\"span\":{\"id\":\""));
        assert!(found, "no `{event}` with a request id");
    }
    let logged_out = log.lines().find(|line| line.contains("\"logged out\"") && line.contains("\"span\":{"));
    for part in ["\"user\":1", "\"network\":\"127.0.0.1/32\""] {
        assert!(logged_out.is_some_and(|line| line.contains(part)), "{part}: {logged_out:?}");
    }
    let page_failed = log.lines().find(|line| line.contains("the page of an interrupted form failed"));
    assert!(page_failed.is_some_and(|line| line.contains("\"route\":\"/failing\"")), "{page_failed:?}");
    for line in log.lines() {
        for secret in secrets.iter().map(String::as_str).chain(["ada@example.com", "\u{1b}"]) {
            assert!(!line.contains(secret), "{secret}: {line}");
        }
    }
}
