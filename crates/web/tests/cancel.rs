//! `/parties/{id}/cancel` and `/parties/{id}/restore`: a host cancels a party, and restores it.

use domain::party::{Answer, GuestCommand, Heads, PartyState};

use crate::common::{TestApp, assert_page, flash, host, post};

test_support::on_both_engines! { TestApp:
    page_says_who_will_be_told_and_cancels
    cancelled_party_is_restored_with_its_answers
    restore_seats_those_who_fit_by_then
    second_press_changes_nothing
    party_that_has_begun_is_not_cancelled
    pages_exist_for_the_host_alone
    host_leaves_after_cancelling
    party_page_has_what_the_host_can_do
}

async fn page_says_who_will_be_told_and_cancels(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "2")]).await;
    let path = format!("/parties/{party}/cancel");
    let none = "Nobody will see a notice that it's cancelled: nobody is coming or invited.";
    assert_eq!(ada.get(&path).await.texts(".told"), [none]);
    for (name, command) in [
        ("ben", GuestCommand::Accept(Heads::ONE)),
        ("cyd", GuestCommand::Accept(Heads::ONE)),
        ("dan", GuestCommand::Maybe),
        ("eva", GuestCommand::Decline),
    ] {
        app.answer(&party, app.add_user(name).await, command).await;
    }
    app.add_user("fay").await;
    ada.submit(&format!("/parties/{party}/guests"), &format!("/parties/{party}/guests/invite"), &[("guest", "fay")])
        .await;

    let page = ada.get(&path).await;
    assert_page(&page, 200, "Cancel your dinner party?");
    assert_eq!(
        page.texts(".told"),
        ["4 guests will see a notice that it's cancelled: 1 coming, 1 waiting, 1 maybe, 1 invited."]
    );
    assert_eq!(app.stored_party(&party).await.unwrap().summary.state, PartyState::Scheduled, "the page asks");

    let page = ada.submit_on(&page, &path, &[]).await;
    assert_eq!(
        (page.path.as_str(), flash(&page).as_str()),
        (&*format!("/parties/{party}"), "You cancelled this dinner party.")
    );
    assert_eq!(app.stored_party(&party).await.unwrap().summary.state, PartyState::Cancelled);
}

async fn cancelled_party_is_restored_with_its_answers(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let ben = app.add_user("ben").await;
    app.answer(&party, ben, GuestCommand::Accept(Heads::ONE)).await;
    let (cancel, restore) = (format!("/parties/{party}/cancel"), format!("/parties/{party}/restore"));
    ada.submit(&cancel, &cancel, &[]).await;
    let page = ada.get(&cancel).await;
    assert_page(&page, 200, "Restore your dinner party?");
    assert_eq!(page.texts(".told"), ["1 guest will see a notice that it's on again: 1 coming."]);
    let page = ada.submit_on(&page, &restore, &[]).await;
    assert_eq!(
        (page.path.as_str(), flash(&page).as_str()),
        (&*format!("/parties/{party}"), "This dinner party takes place again.")
    );
    let stored = app.stored_party(&party).await.unwrap();
    assert_eq!((stored.summary.state, stored.guests[0].username.as_str()), (PartyState::Scheduled, "ben"));
    // The party's own page has the button too.
    ada.submit(&cancel, &cancel, &[]).await;
    ada.submit(&cancel, &restore, &[]).await;
    assert_eq!(app.stored_party(&party).await.unwrap().summary.state, PartyState::Scheduled);
}

async fn restore_seats_those_who_fit_by_then(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "2")]).await;
    let (ben, cyd) = (app.add_user("ben").await, app.add_user("cyd").await);
    app.answer(&party, ben, GuestCommand::Accept(Heads::ONE)).await;
    app.answer(&party, cyd, GuestCommand::Accept(Heads::ONE)).await;
    post(&ada, &format!("/parties/{party}/cancel"), &[]).await;
    post(&ada, &format!("/parties/{party}/guests/remove"), &[("guest", "ben")]).await;
    let answer = async || app.answer_of(&party, cyd).await;
    assert_eq!(answer().await, Some(Answer::Waitlisted(Heads::ONE)), "nobody is seated at a cancelled party");
    post(&ada, &format!("/parties/{party}/restore"), &[]).await;
    assert_eq!(answer().await, Some(Answer::Seated(Heads::ONE)));
}

async fn second_press_changes_nothing(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    for (path, message) in
        [("cancel", "You cancelled this dinner party."), ("restore", "This dinner party takes place again.")]
    {
        for _ in 0..2 {
            let response = post(&ada, &format!("/parties/{party}/{path}"), &[]).await;
            let page = ada.get(response.header("location").unwrap()).await;
            assert_eq!((page.path.as_str(), flash(&page).as_str()), (&*format!("/parties/{party}"), message));
        }
    }
}

async fn party_that_has_begun_is_not_cancelled(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("date", "2026-01-01"), ("time", "03:00")]).await;
    for (hours, message) in
        [(2, "That dinner party has already begun."), (5, "That dinner party has already happened.")]
    {
        app.clock.advance(std::time::Duration::from_hours(hours));
        assert_eq!(flash(&ada.get(&format!("/parties/{party}/cancel")).await), message);
        for path in ["cancel", "restore"] {
            post(&ada, &format!("/parties/{party}/{path}"), &[]).await;
            assert_eq!(flash(&ada.get(&format!("/parties/{party}")).await), message, "{path}");
        }
    }
    assert_eq!(app.stored_party(&party).await.unwrap().summary.state, PartyState::Scheduled);
}

async fn pages_exist_for_the_host_alone(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    for party in [&*party, "77", "abc", "01", "1180591620717411303424"] {
        assert_page(&ben.get(&format!("/parties/{party}/cancel")).await, 404, "This page doesn't exist");
        for path in ["cancel", "restore"] {
            assert_page(&post(&ben, &format!("/parties/{party}/{path}"), &[]).await, 404, "This page doesn't exist");
        }
    }
    assert_eq!(app.stored_party(&party).await.unwrap().summary.state, PartyState::Scheduled);
}

async fn host_leaves_after_cancelling(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let delete = async || ada.submit("/account/delete", "/account/delete", &[]).await;
    assert_page(&delete().await, 422, "or cancel it and delete your account then.");
    post(&ada, &format!("/parties/{party}/cancel"), &[]).await;
    let page = delete().await;
    assert!(page.text.contains("Your account will be deleted in 14 days."), "{}", page.text);
}

async fn party_page_has_what_the_host_can_do(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[("date", "2026-01-01"), ("time", "03:00")]).await;
    let cancelled = host(&ada, "ada", &[("date", "2026-01-01"), ("time", "03:00")]).await;
    post(&ada, &format!("/parties/{cancelled}/cancel"), &[]).await;
    let actions = async |party: &str| {
        let page = ada.get(&format!("/parties/{party}")).await;
        let links = page.attributes(".answer .answers a, .answer form[action$='/restore']", "href");
        (page.texts(".answer form[action$='/restore'] button, .answer .answers a"), links)
    };
    let to = |party: &str, page: &str| format!("/parties/{party}/{page}");
    let again = |party: &str| format!("/host?again={party}");
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let links = [to(&party, "edit"), to(&party, "guests"), to(&party, "history"), to(&party, "cancel")].to_vec();
    assert_eq!(actions(&party).await, (texts(&["Edit", "Guests", "History", "Cancel"]), links));
    let links = [
        to(&cancelled, "cancel"),
        to(&cancelled, "edit"),
        to(&cancelled, "guests"),
        to(&cancelled, "history"),
        again(&cancelled),
    ]
    .to_vec();
    assert_eq!(actions(&cancelled).await, (texts(&["Restore", "Edit", "Guests", "History", "Host again"]), links));
    assert_eq!(ben.get(&format!("/parties/{party}")).await.attributes(".answer a", "href"), [""; 0]);
    let on_profile =
        async || ada.get("/user/ada").await.attributes("section[aria-labelledby=hosting] .press a", "href");
    assert_eq!(on_profile().await, [again(&cancelled)]);
    app.clock.advance(std::time::Duration::from_hours(2)); // under way
    assert_eq!(
        actions(&party).await,
        (texts(&["Guests", "History"]), vec![to(&party, "guests"), to(&party, "history")])
    );
    assert_eq!(actions(&cancelled).await.0, ["Guests", "History", "Host again"]);
    app.clock.advance(std::time::Duration::from_hours(5)); // over
    let links = vec![to(&party, "guests"), to(&party, "history"), again(&party)];
    assert_eq!(actions(&party).await, (texts(&["Guests", "History", "Host again"]), links));
    assert_eq!(on_profile().await.len(), 2);
}
