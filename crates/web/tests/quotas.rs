//! What a host and a guest see at their quotas, which are the defaults: each form keeps what was typed, and nothing is stored.

use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use domain::Clock as _;
use domain::party::Quotas;
use domain::throttle::{Limit, LimitRule};

use crate::common::{PASSWORD, START, TestApp, answer, assert_page, flash, host, host_form, post, press, rsvp};
use crate::invitation::invitation_path;

test_support::on_both_engines! { TestApp:
    host_of_100_upcoming_parties_hosts_none_and_keeps_the_form
    host_of_30_parties_within_an_hour_waits_and_keeps_the_form
    form_submitted_twice_is_counted_once
    host_form_of_an_ended_session_is_kept_at_the_quota
    rsvp_at_the_quota_is_refused_on_each_page
    rsvp_by_link_at_the_quota_is_refused_on_the_invitation
    rsvp_that_claims_no_seat_is_never_refused
}

const TOO_MANY_HOSTED: &str = "You've hosted a lot of parties within an hour. Please try again in an hour.";
const TOO_MANY_RSVPS: &str = "You've RSVP'd a lot within an hour. Please try again in an hour.";

/// Counts for a limit as often as the quota allows, but for `left` attempts.
async fn use_up(app: &TestApp, limit: Limit, left: usize) {
    let now = app.clock.now();
    let LimitRule::Window { limit: most, .. } = limit.rule else { panic!("{limit:?}") };
    let attempts = vec![limit; usize::try_from(most).unwrap() - left];
    app.ports().throttles.count(&attempts, now).await.unwrap().unwrap();
}

async fn use_up_hosting(app: &TestApp, name: &str, left: usize) {
    use_up(app, Quotas::default().of_host(app.id_of(name).await, START).limit, left).await;
}

async fn use_up_rsvps(app: &TestApp, name: &str, left: usize) {
    use_up(app, Quotas::default().of_guest(app.id_of(name).await, START).limit, left).await;
}

/// Each form to host a party, with every field that it has.
fn forms() -> [(&'static str, Vec<(&'static str, &'static str)>); 2] {
    let more =
        [("end_time", "23:30"), ("details", "Bring a chair."), ("visibility", "link"), ("venue", "The <i>attic</i>")];
    [("/user/ada", host_form(&[("venue", "The <i>attic</i>")])), ("/host", host_form(&more))]
}

/// The form is shown again with the message above it and everything that was typed.
fn assert_kept(page: &TestResponse, form: &[(&str, &str)], message: &str) {
    assert_eq!(page.texts("main .flash-refusal[role=alert][autofocus]"), [message], "{}", page.html);
    assert!(page.texts("title").concat().starts_with("Error: "), "{:?}", page.texts("title"));
    assert!(page.texts(".form-errors").is_empty(), "no field is wrong");
    for (field, typed) in form {
        let shown = match *field {
            "details" => page.texts("#details"),
            "visibility" => page.attributes("[name=visibility][checked]", "value"),
            field => page.attributes(&format!("#{field}"), "value"),
        };
        assert_eq!(shown, [*typed], "{field}");
    }
}

async fn host_of_100_upcoming_parties_hosts_none_and_keeps_the_form(app: TestApp) {
    let ada = app.user("ada").await;
    let id = app.id_of("ada").await;
    for _ in 0..99 {
        app.add_party(id, |_| ()).await;
    }
    host(&ada, "ada", &[]).await;
    let message = "You have 100 upcoming parties, the most one person can host here. Once one of them has begun, you can host another.";
    for (path, form) in forms() {
        let page = post(&ada, path, &form).await;
        assert_page(&page, 422, message);
        assert_eq!(page.header("retry-after"), None);
        assert_kept(&page, &form, message);
    }
    assert_eq!(app.party_count().await, 100);
    host(&app.user("ben").await, "ben", &[]).await;

    app.advance_days(73); // all of them have begun
    let ada = app.log_in("ada").await;
    host(&ada, "ada", &[("date", "2026-04-01")]).await;
}

async fn host_of_30_parties_within_an_hour_waits_and_keeps_the_form(app: TestApp) {
    let ada = app.user("ada").await;
    use_up_hosting(&app, "ada", 1).await;
    host(&ada, "ada", &[]).await;
    for (path, form) in forms() {
        let page = post(&ada, path, &form).await;
        assert_page(&page, 429, TOO_MANY_HOSTED);
        assert_eq!(page.header("retry-after"), Some("3600"));
        assert_kept(&page, &form, TOO_MANY_HOSTED);
        assert_eq!(page.texts("details[open]").len(), usize::from(path == "/host"), "all of it is visible");
    }
    app.clock.advance(Duration::from_millis(40 * 60_000 - 1));
    let page = post(&ada, "/host", &host_form(&[])).await;
    assert_eq!((page.status, page.header("retry-after")), (429, Some("1201")));
    assert!(flash(&page).ends_with("Please try again in 21 minutes."), "{}", page.text);
    assert_eq!(app.party_count().await, 1);

    app.clock.advance(Duration::from_mins(21));
    let hosted = ada.submit_on(&page, "/host", &[]).await;
    assert_eq!((hosted.path.as_str(), app.party_count().await), ("/parties/2", 2), "the same form, an hour later");
}

async fn form_submitted_twice_is_counted_once(app: TestApp) {
    let ada = app.user("ada").await;
    use_up_hosting(&app, "ada", 2).await;
    let page = ada.get("/host").await;
    for time in ["first", "second", "third"] {
        let hosted = ada.submit_on(&page, "/host", &host_form(&[])).await;
        assert_eq!((hosted.path.as_str(), hosted.status), ("/parties/1", 200), "the {time} time");
    }
    host(&ada, "ada", &[]).await;
    assert_eq!(post(&ada, "/host", &host_form(&[])).await.status, 429);
    let hosted = ada.submit_on(&page, "/host", &host_form(&[])).await;
    assert_eq!((hosted.path.as_str(), app.party_count().await), ("/parties/1", 2), "also at the quota");
}

async fn host_form_of_an_ended_session_is_kept_at_the_quota(app: TestApp) {
    let ada = app.user("ada").await;
    let form = ada.get("/host").await;
    app.advance_days(8); // the session ends on the server; the browser keeps its cookie
    use_up_hosting(&app, "ada", 0).await;
    let page = ada.submit_on(&form, "/host", &host_form(&[])).await;
    let page = ada.submit_on(&page, "/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_page(&page, 200, "What you typed is here, and not sent yet.");
    let page = ada.submit_on(&page, "/host", &[]).await;
    assert_page(&page, 429, TOO_MANY_HOSTED);
    assert_kept(&page, &host_form(&[]), TOO_MANY_HOSTED);
    assert_eq!(app.party_count().await, 0);
}

/// A guest whose quota is used up, and a party.
async fn guest_at_the_quota(app: &TestApp) -> (TestClient, TestClient, String) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    use_up_rsvps(app, "ben", 0).await;
    (ada, ben, party)
}

async fn taken(app: &TestApp, party: &str) -> u32 {
    app.stored_party(party).await.unwrap().summary.taken
}

async fn rsvp_at_the_quota_is_refused_on_each_page(app: TestApp) {
    let (_, ben, party) = guest_at_the_quota(&app).await;
    let page = answer(&ben, &party, "yes").await;
    assert_eq!(page.texts(".answer .flash-refusal[autofocus]"), [TOO_MANY_RSVPS], "on the party's page");
    assert_eq!(page.path, format!("/parties/{party}"));

    let page = rsvp(&ben, &party).await;
    assert_eq!(page.texts(&format!("#party-{party} .flash-refusal[autofocus]")), [TOO_MANY_RSVPS], "by its ID");

    for path in ["/", "/rsvp?q=Ratatouille&seats=1", "/user/ada"] {
        let page = press(&ben, &ben.get(path).await, &party).await.unwrap();
        assert_eq!(page.texts(&format!("#party-{party} .flash-refusal[autofocus]")), [TOO_MANY_RSVPS], "on {path}");
        assert!(page.path.starts_with(path), "{}", page.path);
    }
    assert_eq!(taken(&app, &party).await, 1);

    app.clock.advance(Duration::from_hours(1));
    assert!(flash(&answer(&ben, &party, "yes").await).starts_with("You successfully RSVP'd"));
}

async fn rsvp_by_link_at_the_quota_is_refused_on_the_invitation(app: TestApp) {
    let (ada, ben, party) = guest_at_the_quota(&app).await;
    let path = invitation_path(&app, &ada, &party).await;
    let page = ben.submit(&path, &format!("{path}/rsvp"), &[("answer", "yes")]).await;
    assert_eq!((page.path.as_str(), flash(&page).as_str()), (path.as_str(), TOO_MANY_RSVPS));
    assert_eq!(page.texts(".answer .flash-refusal[autofocus]"), [TOO_MANY_RSVPS]);
    assert_eq!(taken(&app, &party).await, 1);

    // The form waits for a log-in, and is one press away after it.
    let form = ben.get(&path).await;
    app.advance_days(8); // the session ends on the server; the browser keeps its cookie
    use_up_rsvps(&app, "ben", 0).await;
    let page = ben.submit_on(&form, &format!("{path}/rsvp"), &[("answer", "yes")]).await;
    let page = ben.submit_on(&page, "/login", &[("email", "ben"), ("password", PASSWORD)]).await;
    assert_eq!(page.texts("h2#your-answer"), ["One press, and you're in"]);
    let page = ben.submit_on(&page, &format!("{path}/rsvp"), &[("answer", "yes")]).await;
    assert_eq!((page.path.as_str(), flash(&page).as_str()), (path.as_str(), TOO_MANY_RSVPS));
    assert_eq!(taken(&app, &party).await, 1);
}

/// A place on the waiting list and a first answer are counted, since each adds a notice for the host. Giving up a seat is not.
async fn rsvp_that_claims_no_seat_is_never_refused(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let [seated, other] = [host(&ada, "ada", &[]).await, host(&ada, "ada", &[]).await];
    let full = host(&ada, "ada", &[("number_seats", "1")]).await;
    use_up_rsvps(&app, "ben", 1).await;
    assert!(flash(&answer(&ben, &seated, "yes").await).starts_with("You successfully RSVP'd"));
    for (party, text, message) in [
        (&seated, "yes", "You're already going to"),
        (&full, "yes", TOO_MANY_RSVPS),
        (&other, "maybe", TOO_MANY_RSVPS),
        (&other, "no", TOO_MANY_RSVPS),
        (&seated, "no", "You've given up your seat."),
        (&seated, "no", "Thanks for letting ada know."),
        (&seated, "yes", TOO_MANY_RSVPS),
    ] {
        let page = answer(&ben, party, text).await;
        assert!(flash(&page).starts_with(message), "{text}: {}", flash(&page));
    }
    assert_eq!(taken(&app, &seated).await, 1);
}
