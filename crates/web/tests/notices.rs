//! Notices on the home page, and `/notices`, which dismisses them.

use accounts::test_kit::{TestClient, TestResponse};
use domain::party::{GuestCommand, Heads};

use crate::common::{TestApp, assert_page, host, post};

test_support::on_both_engines! { TestApp:
    guest_sees_what_the_host_did
    host_sees_what_guests_answered_by_party
    names_are_the_present_ones
    one_notice_is_dismissed
    all_notices_are_dismissed_but_those_that_came_later
    notices_of_others_stay
    invalid_form_dismisses_nothing
    navigation_has_the_number_of_notices
    removed_guest_reads_what_the_party_was
    party_out_of_sight_is_not_named
    newest_50_notices_are_shown
}

const DATE: &str = "Saturday 14 March 2026, 19:00 (Berlin time)";

fn lines(page: &TestResponse) -> Vec<String> {
    page.texts(".notices li > span")
}

async fn on_home(client: &TestClient) -> Vec<String> {
    lines(&client.get("/").await)
}

async fn guest_sees_what_the_host_did(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[("number_seats", "1")]).await;
    let id = app.id_of("ben").await;
    app.answer(&party, id, GuestCommand::Accept(Heads::ONE)).await;
    assert_eq!(on_home(&ben).await, [""; 0], "nothing is new to the guest who answers");
    let edit = format!("/parties/{party}/edit");
    ada.submit(&edit, &edit, &[("number_seats", "2")]).await;
    ada.submit(&edit, &edit, &[("time", "20:00"), ("venue", "The garden")]).await;
    post(&ada, &format!("/parties/{party}/cancel"), &[]).await;
    post(&ada, &format!("/parties/{party}/restore"), &[]).await;
    let page = ben.get("/").await;
    assert_eq!(page.texts(".notices h3"), ["Ratatouille at ada's"]);
    let date = DATE.replace("19:00", "20:00");
    assert_eq!(
        lines(&page),
        [
            format!("ada's dinner party on {date} takes place after all."),
            format!("ada cancelled the dinner party on {date}."),
            format!("ada moved the dinner party. It's now on {date}. The venue changed too."),
            format!("A seat opened up. You're going to ada's dinner party on {date}!"),
        ]
    );
}

async fn host_sees_what_guests_answered_by_party(app: TestApp) {
    let ada = app.user("ada").await;
    let first = host(&ada, "ada", &[("number_seats", "3"), ("max_companions", "1"), ("main_dish", "Soup")]).await;
    let second = host(&ada, "ada", &[("main_dish", "Stew")]).await;
    let [ben, cyd, dan] = [app.add_user("ben").await, app.add_user("cyd").await, app.add_user("dan").await];
    app.answer(&first, ben, GuestCommand::Accept(Heads::new(2).unwrap())).await;
    app.answer(&second, cyd, GuestCommand::Maybe).await;
    app.answer(&first, cyd, GuestCommand::Accept(Heads::ONE)).await;
    app.answer(&first, dan, GuestCommand::Decline).await;
    let page = ada.get("/").await;
    assert_eq!(page.texts(".notices h3"), ["Soup at ada's", "Stew at ada's"], "the newest first");
    let told = ["dan can't make it.", "cyd joined the waiting list.", "ben accepted, 2 of them.", "cyd said maybe."];
    assert_eq!(lines(&page), told);
    app.answer(&first, ben, GuestCommand::Decline).await;
    let told =
        ["cyd got a seat from the waiting list.", "ben gave up 2 seats.", "dan can't make it.", "cyd said maybe."];
    assert_eq!(on_home(&ada).await, told, "one line for each guest");
}

async fn names_are_the_present_ones(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    app.answer(&party, app.id_of("ben").await, GuestCommand::Maybe).await;
    ben.submit("/account/username", "/account/username", &[("username", "benjamin")]).await;
    assert_eq!(on_home(&ada).await, ["benjamin said maybe."]);
}

async fn one_notice_is_dismissed(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    for name in ["ben", "cyd"] {
        app.answer(&party, app.add_user(name).await, GuestCommand::Maybe).await;
    }
    let page = ada.get("/").await;
    let id = page.attributes(".notices button[name=notice]", "value")[0].clone();
    for _ in 0..2 {
        let after = ada.submit_on(&page, "/notices", &[("notice", &id)]).await;
        assert_eq!((after.path.as_str(), lines(&after)), ("/", vec!["ben said maybe.".to_owned()]));
    }
}

async fn all_notices_are_dismissed_but_those_that_came_later(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    for name in ["ben", "cyd"] {
        app.answer(&party, app.add_user(name).await, GuestCommand::Maybe).await;
    }
    let page = ada.get("/").await;
    app.answer(&party, app.add_user("dan").await, GuestCommand::Maybe).await;
    let after = ada.submit_on(&page, "/notices", &[("all", "on")]).await;
    assert_eq!(lines(&after), ["dan said maybe."]);
    let after = ada.submit_on(&after, "/notices", &[("all", "on")]).await;
    assert_eq!(after.texts(".notices").len(), 0);
}

async fn notices_of_others_stay(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    app.answer(&party, app.id_of("ben").await, GuestCommand::Maybe).await;
    let id = ada.get("/").await.attributes(".notices button[name=notice]", "value").concat();
    post(&ben, "/notices", &[("notice", &id)]).await;
    post(&ben, "/notices", &[("newest", "9223372036854775807"), ("all", "on")]).await;
    assert_eq!(on_home(&ada).await, ["ben said maybe."]);
}

async fn invalid_form_dismisses_nothing(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    app.answer(&party, app.add_user("ben").await, GuestCommand::Maybe).await;
    for form in [
        &[][..],
        &[("all", "on")],
        &[("all", "on"), ("newest", "x")],
        &[("all", "on"), ("newest", "-1")],
        &[("notice", "")],
        &[("notice", "1.5")],
        &[("notice", "99999999999999999999")],
        &[("notice", "\0")],
    ] {
        let response = post(&ada, "/notices", form).await;
        assert_eq!((response.status, response.header("location")), (303, Some("/")), "{form:?}");
    }
    assert_eq!(on_home(&ada).await, ["ben said maybe."]);
}

/// Read with the session: it is on every page, and gone with the last notice.
async fn navigation_has_the_number_of_notices(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let new = async |path: &str| ada.get(path).await.texts("nav[aria-label=Main] a[href='/#news']").concat();
    assert_eq!(new("/").await, "");
    for n in 1..=11 {
        app.answer(&party, app.add_user(&format!("guest{n}")).await, GuestCommand::Maybe).await;
        let expected = match n {
            1 => "1 new notice".to_owned(),
            2..10 => format!("{n} new notices"),
            _ => "9+ new notices".to_owned(),
        };
        for path in ["/", "/rsvp", "/account"] {
            assert_eq!(new(path).await, expected, "{path}");
        }
    }
    assert_eq!(app.visitor().get("/").await.attributes("a[href='/#news']", "href"), [""; 0]);
    let page = ada.get("/").await;
    assert_eq!(page.attributes("#news", "id").len(), 1, "what the link leads to");
    let after = ada.submit_on(&page, "/notices", &[("all", "on")]).await;
    assert_eq!(after.attributes("a[href='/#news']", "href"), [""; 0]);
    assert_eq!(new("/missing").await, "");
}

/// The guest reads what the party was at the removal, and nothing that became of it.
async fn removed_guest_reads_what_the_party_was(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[("visibility", "link")]).await;
    let (invite, remove) = (format!("/parties/{party}/guests/invite"), format!("/parties/{party}/guests/remove"));
    post(&ada, &invite, &[("guest", "ben")]).await;
    assert_eq!(on_home(&ben).await, [format!("ada invited you to dinner on {DATE}.")]);
    post(&ada, &remove, &[("guest", "ben")]).await;
    let edit = format!("/parties/{party}/edit");
    ada.submit(&edit, &edit, &[("time", "20:00"), ("main_dish", "Secret stew")]).await;
    let page = ben.get("/").await;
    assert_eq!(page.texts(".notices h3"), ["Ratatouille at ada's"]);
    assert_eq!(page.attributes(".notices h3 a", "href"), [""; 0]);
    let removed = format!("ada took you off the guest list for Ratatouille on {DATE}.");
    assert_eq!(lines(&page), [removed.clone(), format!("ada invited you to dinner on {DATE}.")]);
    assert_page(&ben.get(&format!("/parties/{party}")).await, 404, "This page doesn't exist");

    // Let back in, the guest sees the party as it is; removed once more, one notice of a removal is left.
    post(&ada, &format!("/parties/{party}/guests/reinstate"), &[("guest", "ben")]).await;
    let page = ben.get("/").await;
    assert_eq!(page.texts(".notices h3 a"), ["Secret stew at ada's"]);
    assert_eq!(lines(&page)[1], removed, "what it was then");
    post(&ada, &remove, &[("guest", "ben")]).await;
    let told = on_home(&ben).await;
    let date = DATE.replace("19:00", "20:00");
    assert_eq!(
        (told.len(), told[0].as_str()),
        (3, &*format!("ada took you off the guest list for Secret stew on {date}."))
    );
}

/// Where nothing says what the party was, it is not named: another notice alone keeps no text of it.
async fn party_out_of_sight_is_not_named(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[("visibility", "link")]).await;
    post(&ada, &format!("/parties/{party}/guests/invite"), &[("guest", "ben")]).await;
    post(&ada, &format!("/parties/{party}/guests/remove"), &[("guest", "ben")]).await;
    let newest = ben.get("/").await.attributes(".notices button[name=notice]", "value")[0].clone();
    post(&ben, "/notices", &[("notice", &newest)]).await;
    let page = ben.get("/").await;
    assert_eq!(page.texts(".notices h3"), ["A dinner party"]);
    assert_eq!(lines(&page), ["The host invited you to dinner."]);
}

async fn newest_50_notices_are_shown(app: TestApp) {
    let ada = app.user("ada").await;
    for n in 1..=3 {
        let party = host(&ada, "ada", &[("main_dish", &format!("Dish {n}"))]).await;
        for guest in 1..=17 {
            app.answer(&party, app.add_user(&format!("guest{n}.{guest}")).await, GuestCommand::Maybe).await;
        }
    }
    let page = ada.get("/").await;
    assert_eq!(page.texts(".notices h3"), ["Dish 3 at ada's", "Dish 2 at ada's", "Dish 1 at ada's"]);
    assert_eq!((lines(&page).len(), lines(&page)[49].as_str()), (50, "guest1.2 said maybe."));
    assert_eq!(page.texts(".notices button[name=all]"), ["Dismiss all, also those not shown"]);
    let id = page.attributes(".notices button[name=notice]", "value")[0].clone();
    let page = ada.submit_on(&page, "/notices", &[("notice", &id)]).await;
    assert_eq!(page.texts(".notices button[name=all]"), ["Dismiss all"]);
    assert_eq!(lines(&page)[49], "guest1.1 said maybe.");
}
