//! The whole way of two friends, as the original has it: register, log in, host, RSVP, log out.

use accounts::test_kit::{TestClient, TestResponse};
use poem::http::Method;

use crate::common::{PASSWORD, TestApp, answer, flash, host, host_form, press, rsvp};

test_support::on_both_engines! { TestApp:
    two_friends_come_to_dinner
    a_log_in_leads_where_somebody_was_going
    what_was_sent_without_a_log_in_is_not_done
}

const DATE: &str = "Saturday 14 March 2026, 19:00 (Europe/Berlin)";
const REFUSED: &str = "Sorry you must be logged in to view this page";

/// Logs in with "Remember me" and gives the answer itself, before its redirect is followed.
async fn log_in_and_be_remembered(visitor: &TestClient, name: &str) -> TestResponse {
    let mut form = visitor.get("/login").await.form("/login");
    form.retain(|(field, _)| field == "csrf_token");
    let email = format!("{name}@example.com");
    form.extend(
        [("email", email.as_str()), ("password", PASSWORD), ("remember", "on")].map(|(n, v)| (n.into(), v.into())),
    );
    visitor.send(visitor.request(Method::POST, "/login").form(&form)).await
}

/// A page's one message, which the next page does not show again.
async fn told_once(visitor: &TestClient, page: &TestResponse) -> String {
    let told = flash(page);
    assert_eq!(page.html.matches(&format!(">{}<", told.replace('\'', "&#39;"))).count(), 1, "{}", page.html);
    assert_eq!(flash(&visitor.get(&page.path).await), "", "shown twice: {told}");
    told
}

async fn two_friends_come_to_dinner(app: TestApp) {
    let (ada, ben, cyd) = (app.visitor(), app.visitor(), app.user("cyd").await);

    // Register, log in, be remembered.
    let page = ada.register("ada", PASSWORD).await;
    assert_eq!(told_once(&ada, &page).await, "Your account is ready. Log in to continue.");
    let entered = log_in_and_be_remembered(&ada, "ada").await;
    assert_eq!((entered.status, entered.header("location")), (303, Some("/")));
    let cookies: Vec<_> = entered.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    let session = cookies.iter().find(|line| line.starts_with("session-")).unwrap();
    for part in ["Max-Age=2592000", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(session.split("; ").any(|found| found == part), "{part} in {session}");
    }
    let home = ada.get("/").await;
    assert_eq!(told_once(&ada, &home).await, "Welcome back, ada.");
    ben.register("ben", PASSWORD).await;
    assert_eq!(flash(&ben.log_in("ben", PASSWORD).await), "Welcome back, ben.");

    // Host: two parties, the first with one seat to give.
    let page = ada.submit("/user/ada", "/user/ada", &host_form(&[("number_seats", "2")])).await;
    assert_eq!(told_once(&ada, &page).await, "Your table is set. Send your friends the link to this page.");
    let small = page.path.strip_prefix("/parties/").unwrap().to_owned();
    let large = host(&ada, "ada", &[("date", "2026-07-01"), ("time_zone", "Asia/Tokyo")]).await;

    // RSVP: by the button and by Party ID.
    let page = press(&ben, &ben.get("/rsvp").await, &small).await.unwrap();
    assert_eq!(told_once(&ben, &page).await, format!("You successfully RSVP'd to ada's dinner party on {DATE}!"));
    assert_eq!(page.path, "/rsvp?");
    let page = rsvp(&ben, &large).await;
    let date = "Wednesday 1 July 2026, 19:00 (Asia/Tokyo)";
    assert_eq!(told_once(&ben, &page).await, format!("You successfully RSVP'd to ada's dinner party on {date}!"));
    let page = rsvp(&ben, "999").await;
    assert_eq!(told_once(&ben, &page).await, "Please enter a valid Party ID to RSVP!");

    // Full; then a seat is given back.
    let page = rsvp(&cyd, &small).await;
    assert_eq!(told_once(&cyd, &page).await, format!("ada's dinner party on {DATE} is full."));
    assert_eq!(flash(&answer(&ben, &small, "no").await), "You've given up your seat.");
    let page = rsvp(&cyd, &small).await;
    assert_eq!(flash(&page), format!("You successfully RSVP'd to ada's dinner party on {DATE}!"));
    let stored = app.stored_party(&small).await.unwrap();
    assert_eq!(stored.guests.iter().map(|guest| guest.username.as_str()).collect::<Vec<_>>(), ["cyd"]);

    // Log out: the session is over, whoever kept its cookie.
    let thief = app.visitor();
    thief.add_cookies(&ada.cookies());
    assert_eq!(thief.get("/user/ada").await.status, 200, "the cookie still opens the page");
    let page = ada.submit("/", "/logout", &[]).await;
    assert_eq!((page.path.as_str(), told_once(&ada, &page).await.as_str()), ("/", "You are logged out."));
    let page = ada.get("/user/ada").await;
    assert_eq!((page.path.as_str(), flash(&page).as_str()), ("/login?next=%2Fuser%2Fada", REFUSED));
    let page = thief.get("/user/ada").await;
    assert_eq!((page.path.as_str(), page.status), ("/login?next=%2Fuser%2Fada", 200));
    assert!(!page.text.contains("Parties I host"), "{}", page.text);
    assert_eq!(flash(&page), "Your session has ended. Please log in again.");
}

async fn a_log_in_leads_where_somebody_was_going(app: TestApp) {
    app.user("ada").await;
    let guest = app.visitor();

    let login = guest.get("/rsvp?q=caf%C3%A9+soup&seats=1").await;
    assert_eq!(told_once(&guest, &login).await, REFUSED);
    assert_eq!(login.path, "/login?next=%2Frsvp%3Fq%3Dcaf%25C3%25A9%2Bsoup%26seats%3D1");
    let wrong = [("email", "ada@example.com"), ("password", "not her password")];
    let again = guest.submit_on(&login, "/login", &wrong).await;
    assert_eq!(again.status, 422);
    let page = guest.submit_on(&again, "/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;

    assert_eq!((page.status, page.path.as_str()), (200, "/rsvp?q=caf%C3%A9+soup&seats=1"));
    assert_eq!(page.attributes("#q", "value"), ["café soup"]);
    assert_eq!(flash(&page), "Welcome back, ada.");
}

async fn what_was_sent_without_a_log_in_is_not_done(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let (profile, list, page) = (ada.get("/user/ada").await, ada.get("/rsvp").await, ada.get("/parties/1").await);
    let (form, action) = (profile.form("/user/ada"), format!("/parties/{party}/rsvp"));
    ada.submit("/", "/logout", &[]).await;

    for (path, stood_on) in [("/user/ada", &profile), ("/rsvp", &list), (&action, &page)] {
        let sent = host_form(&[("party_id", "1"), ("answer", "yes"), ("csrf_token", &form[0].1)]);
        let from = app.server.url(&stood_on.path);
        let request = ada.request(Method::POST, path).header("sec-fetch-site", "same-origin").header("referer", from);
        let refused = ada.send(request.form(&sent)).await;
        // The token was the session's: it went with it. Nothing is done, and nothing is said to be.
        assert_eq!(refused.status, 403, "{path}: {}", refused.text);
        let request = ada.request(Method::POST, path).header("sec-fetch-site", "same-origin");
        let refused = ada.send(request.form(&host_form(&[("party_id", "1"), ("answer", "yes")]))).await;
        assert_eq!((refused.status, refused.header("location")), (303, Some("/login")), "{path}");
    }
    assert_eq!(app.party_count().await, 1);
    assert_eq!(app.stored_party(&party).await.unwrap().guests, []);
}
