//! The main journey of two friends: register, log in, host, RSVP, log out.

use accounts::test_kit::{TestClient, TestResponse};
use poem::http::Method;

use crate::common::{PASSWORD, TestApp, answer, flash, host, host_form, press, rsvp};

test_support::on_both_engines! { TestApp:
    two_friends_register_host_rsvp_and_log_out
    log_in_redirects_to_the_requested_page
    forms_without_a_session_change_nothing
}

const DATE: &str = "Saturday 14 March 2026, 19:00 (Berlin time)";
const LOG_IN_REQUIRED: &str = "Sorry you must be logged in to view this page";

/// Logs in with "Remember me", and returns the response without following its redirect.
async fn log_in_remembered(client: &TestClient, name: &str) -> TestResponse {
    let mut form = client.get("/login").await.form("/login");
    form.retain(|(field, _)| field == "csrf_token");
    let email = format!("{name}@example.com");
    form.extend(
        [("email", email.as_str()), ("password", PASSWORD), ("remember", "on")].map(|(n, v)| (n.into(), v.into())),
    );
    client.send(client.request(Method::POST, "/login").form(&form)).await
}

/// The flash message of a page. Asserts that it is shown once, and not again by the next load.
async fn flash_once(client: &TestClient, page: &TestResponse) -> String {
    let message = flash(page);
    assert_eq!(page.html.matches(&format!(">{}<", message.replace('\'', "&#39;"))).count(), 1, "{}", page.html);
    assert_eq!(flash(&client.get(&page.path).await), "", "shown twice: {message}");
    message
}

async fn two_friends_register_host_rsvp_and_log_out(app: TestApp) {
    let (ada, ben, cyd) = (app.visitor(), app.visitor(), app.user("cyd").await);

    // Register, and log in with "Remember me".
    let page = ada.register("ada", PASSWORD).await;
    assert_eq!(flash_once(&ada, &page).await, "Your account is ready. Welcome, ada.");
    ada.submit("/", "/logout", &[]).await;
    ada.get("/").await; // shows that she is logged out
    let response = log_in_remembered(&ada, "ada").await;
    assert_eq!((response.status, response.header("location")), (303, Some("/")));
    let cookies: Vec<_> = response.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    let session = cookies.iter().find(|line| line.starts_with("session-")).unwrap();
    for part in ["Max-Age=2592000", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(session.split("; ").any(|found| found == part), "{part} in {session}");
    }
    let home = ada.get("/").await;
    assert_eq!(flash_once(&ada, &home).await, "Welcome back, ada.");
    assert_eq!(flash(&ben.register("ben", PASSWORD).await), "Your account is ready. Welcome, ben.");

    // Host two parties, the first with one free seat.
    let page = ada.submit("/user/ada", "/user/ada", &host_form(&[("number_seats", "2")])).await;
    assert_eq!(flash_once(&ada, &page).await, "Your table is set. Share the link below with your friends.");
    let small = page.path.strip_prefix("/parties/").unwrap().to_owned();
    let large = host(&ada, "ada", &[("date", "2026-07-01"), ("time_zone", "Asia/Tokyo")]).await;

    // RSVP by the button and by Party ID.
    let page = press(&ben, &ben.get("/rsvp").await, &small).await.unwrap();
    assert_eq!(flash_once(&ben, &page).await, format!("You successfully RSVP'd to ada's dinner party on {DATE}!"));
    assert_eq!(page.path, "/rsvp?at=1");
    let page = rsvp(&ben, &large).await;
    let date = "Wednesday 1 July 2026, 19:00 (Tokyo time)";
    assert_eq!(flash_once(&ben, &page).await, format!("You successfully RSVP'd to ada's dinner party on {date}!"));
    let page = rsvp(&ben, "999").await;
    assert_eq!(flash_once(&ben, &page).await, "Please enter a valid Party ID to RSVP!");

    // A full party, until a guest gives up the seat.
    let page = rsvp(&cyd, &small).await;
    let waits = format!("ada's dinner party on {DATE} is full. You're number 1 on the waiting list.");
    assert_eq!(flash_once(&cyd, &page).await, waits);
    assert_eq!(flash(&answer(&ben, &small, "no").await), "You've given up your seat.");
    let page = rsvp(&cyd, &small).await;
    assert_eq!(flash(&page), format!("You're already going to ada's dinner party on {DATE}."), "the seat went to Cyd");
    let stored = app.stored_party(&small).await.unwrap();
    assert_eq!(stored.guests.iter().map(|guest| guest.username.as_str()).collect::<Vec<_>>(), ["cyd"]);

    // Log out: the session has ended, also for a copy of its cookie.
    let copy = app.visitor();
    copy.add_cookies(&ada.cookies());
    assert_eq!(copy.get("/user/ada").await.status, 200, "the copied cookie works before the log-out");
    let page = ada.submit("/", "/logout", &[]).await;
    assert_eq!((page.path.as_str(), flash_once(&ada, &page).await.as_str()), ("/", "You are logged out."));
    let page = ada.get("/user/ada").await;
    assert_eq!((page.path.as_str(), flash(&page).as_str()), ("/login?next=%2Fuser%2Fada", LOG_IN_REQUIRED));
    let page = copy.get("/user/ada").await;
    assert_eq!((page.path.as_str(), page.status), ("/login?next=%2Fuser%2Fada", 200));
    assert!(!page.text.contains("Parties I host"), "{}", page.text);
    assert_eq!(flash(&page), "Your session has ended. Please log in again.");
}

async fn log_in_redirects_to_the_requested_page(app: TestApp) {
    app.user("ada").await;
    let guest = app.visitor();

    let login = guest.get("/rsvp?q=caf%C3%A9+soup&seats=1").await;
    assert_eq!(flash_once(&guest, &login).await, LOG_IN_REQUIRED);
    assert_eq!(login.path, "/login?next=%2Frsvp%3Fq%3Dcaf%25C3%25A9%2Bsoup%26seats%3D1");
    let wrong = [("email", "ada@example.com"), ("password", "not her password")];
    let again = guest.submit_on(&login, "/login", &wrong).await;
    assert_eq!(again.status, 422);
    let page = guest.submit_on(&again, "/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;

    assert_eq!((page.status, page.path.as_str()), (200, "/rsvp?q=caf%C3%A9+soup&seats=1"));
    assert_eq!(page.attributes("#q", "value"), ["café soup"]);
    assert_eq!(flash(&page), "Welcome back, ada.");
}

async fn forms_without_a_session_change_nothing(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let (profile, list, page) = (ada.get("/user/ada").await, ada.get("/rsvp").await, ada.get("/parties/1").await);
    let (form, action) = (profile.form("/user/ada"), format!("/parties/{party}/rsvp"));
    ada.submit("/", "/logout", &[]).await;

    for (path, form_page) in [("/user/ada", &profile), ("/rsvp", &list), (&action, &page)] {
        let sent = host_form(&[("party_id", "1"), ("answer", "yes"), ("csrf_token", &form[0].1)]);
        let from = app.server.url(&form_page.path);
        let request = ada.request(Method::POST, path).header("sec-fetch-site", "same-origin").header("referer", from);
        let refused = ada.send(request.form(&sent)).await;
        // The CSRF token was bound to the session that has ended.
        assert_eq!(refused.status, 403, "{path}: {}", refused.text);
        let request = ada.request(Method::POST, path).header("sec-fetch-site", "same-origin");
        let refused = ada.send(request.form(&host_form(&[("party_id", "1"), ("answer", "yes")]))).await;
        assert_eq!(refused.status, 403, "{path}: {}", refused.text);
        assert!(refused.form("/login").iter().any(|(name, _)| name == "resume"), "{path}: what was typed is kept");
    }
    assert_eq!(app.party_count().await, 1);
    assert_eq!(app.stored_party(&party).await.unwrap().guests, []);
}
