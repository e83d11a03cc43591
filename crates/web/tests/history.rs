//! `/parties/{id}/history`: what was done at a party, for its host.

use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use domain::party::{GuestCommand, Heads};

use crate::common::{TestApp, assert_page, host, post};

test_support::on_both_engines! { TestApp:
    host_reads_who_did_what_and_when
    history_is_read_in_pages_of_50
    new_party_has_no_history
    history_exists_for_the_host_alone
    deleted_guest_has_the_name_of_a_deleted_user
    invalid_cursor_shows_the_newest
}

fn entries(page: &TestResponse) -> Vec<String> {
    page.texts(".history li > span:not(.note)")
}

async fn history(client: &TestClient, party: &str) -> TestResponse {
    client.get(&format!("/parties/{party}/history")).await
}

async fn host_reads_who_did_what_and_when(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "3"), ("max_companions", "1")]).await;
    let (ben, cyd) = (app.add_user("ben").await, app.add_user("cyd").await);
    let two = Heads::new(2).unwrap();
    app.answer(&party, ben, GuestCommand::Accept(two)).await;
    app.answer(&party, cyd, GuestCommand::Accept(Heads::ONE)).await;
    app.clock.advance(Duration::from_mins(90));
    app.answer(&party, ben, GuestCommand::Decline).await;
    app.answer(&party, ben, GuestCommand::Decline).await; // said again, it is no entry
    post(&ada, &format!("/parties/{party}/guests/remove"), &[("guest", "cyd")]).await;
    let edit = format!("/parties/{party}/edit");
    ada.submit(&edit, &edit, &[("number_seats", "9"), ("venue", "The yard")]).await;
    post(&ada, &format!("/parties/{party}/cancel"), &[]).await;

    let page = history(&ada, &party).await;
    assert_page(&page, 200, "What happened");
    assert_eq!(page.texts(".lead a"), ["Ratatouille"]);
    let expected = [
        "You cancelled the dinner party.",
        "You set the table for 9 seats.",
        "You changed the venue.",
        "You removed cyd from the table.",
        "cyd got a seat from the waiting list.",
        "ben gave up 2 seats.",
        "cyd joined the waiting list.",
        "ben accepted, 2 of them.",
    ];
    assert_eq!(entries(&page), expected);
    // The app starts at midnight in UTC: in the time zone of the party it is an hour later.
    let (first, later) =
        ("Thursday 1 January 2026, 01:00 (Berlin time)", "Thursday 1 January 2026, 02:30 (Berlin time)");
    assert_eq!(page.texts(".history .note"), [[later; 6].as_slice(), &[first; 2]].concat());
    let party_page = ada.get(&format!("/parties/{party}")).await;
    let to = format!("a[href='/parties/{party}/history']");
    assert_eq!(party_page.texts(&to), ["History"]);
    assert_eq!(ada.get(&format!("/parties/{party}/guests")).await.texts(&to), ["History"]);
}

async fn history_is_read_in_pages_of_50(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let ben = app.add_user("ben").await;
    for _ in 0..30 {
        app.answer(&party, ben, GuestCommand::Maybe).await;
        app.answer(&party, ben, GuestCommand::Decline).await;
    }
    app.answer(&party, ben, GuestCommand::Accept(Heads::ONE)).await;
    let page = history(&ada, &party).await;
    assert_eq!((entries(&page).len(), entries(&page)[0].as_str()), (50, "ben accepted."));
    assert_eq!(page.texts(".pager a"), ["Earlier"]);
    let earlier = page.attributes(".pager a", "href").concat();
    let page = ada.get(&earlier).await;
    assert_eq!((entries(&page).len(), entries(&page)[10].as_str()), (11, "ben said maybe."));
    assert_eq!(page.texts(".pager a"), ["Newest"]);
    let page = ada.get(&format!("/parties/{party}/history?before=0")).await;
    assert_eq!(page.texts(".empty"), ["That's everything. Back to the newest ."]);
}

async fn new_party_has_no_history(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let page = history(&ada, &party).await;
    let empty = "Nothing yet. What your guests answer and what you change is listed here.";
    assert_eq!((page.texts(".empty"), page.texts(".pager").len()), (vec![empty.to_owned()], 0));
}

/// Others get what they get from the host's other pages.
async fn history_exists_for_the_host_alone(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    app.answer(&party, app.id_of("ben").await, GuestCommand::Accept(Heads::ONE)).await;
    for path in [format!("/parties/{party}/history"), "/parties/99/history".into(), "/parties/x/history".into()] {
        assert_page(&ben.get(&path).await, 404, "This page doesn't exist");
    }
    assert_eq!(ben.get(&format!("/parties/{party}")).await.attributes("a[href$='/history']", "href"), [""; 0]);
    let page = app.visitor().get(&format!("/parties/{party}/history")).await;
    assert!(page.path.starts_with("/login"), "{}", page.path);
}

async fn deleted_guest_has_the_name_of_a_deleted_user(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let ben = app.add_user("ben").await;
    app.answer(&party, ben, GuestCommand::Accept(Heads::ONE)).await;
    let (users, now) = (app.ports().users, app.parties().now());
    users.request_deletion(ben, now, now, domain::Alongside::nothing()).await.unwrap();
    users.complete_deletion(ben, now, domain::Alongside::nothing()).await.unwrap();
    let page = history(&ada, &party).await;
    let name = format!("deleted-{}", ben.get());
    assert_eq!(entries(&page), [format!("{name} gave up a seat."), format!("{name} accepted.")]);
    assert!(!page.text.contains("ben"), "{}", page.text);
}

async fn invalid_cursor_shows_the_newest(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    app.answer(&party, app.add_user("ben").await, GuestCommand::Maybe).await;
    for before in ["", "x", "1.5", "99999999999999999999", "%00", "1&before=2", "-1e3"] {
        let page = ada.get(&format!("/parties/{party}/history?before={before}")).await;
        assert_eq!((page.status, entries(&page)), (200, vec!["ben said maybe.".to_owned()]), "{before}");
    }
}
