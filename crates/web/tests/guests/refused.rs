//! A form of the list that changes nothing: the reason is beside a field that is there, and what was typed stays on the page.

use std::time::Duration;

use accounts::test_kit::TestResponse;
use domain::party::{Answer, GuestCommand, Heads, NewParty, Seats};

use super::command;
use crate::common::{PASSWORD, START, TestApp, assert_page, flash, host, party_id, post, unsent};

test_support::on_both_engines! { TestApp:
    full_party_without_companions_marks_the_name
    waiting_group_added_without_a_number_stays_whole
    name_typed_for_a_party_cancelled_meanwhile_is_kept
    name_of_an_interrupted_form_is_kept_where_the_form_is_gone
    unknown_name_is_sent_the_link_only_where_it_lets_in
}

/// The links of the summary. Each leads to a field of the page.
fn summary(page: &TestResponse) -> Vec<String> {
    let links = page.attributes(".form-errors[role=alert] a", "href");
    for link in &links {
        assert_eq!(page.texts(&format!("{link}[aria-invalid]")).len(), 1, "{link}: {}", page.html);
    }
    links
}

async fn party_of(app: &TestApp, seats: u32, max_companions: u32) -> String {
    let change = |party: &mut NewParty| {
        (party.seats, party.max_companions) = (Seats::new(seats).unwrap(), max_companions);
    };
    app.add_party(app.id_of("ada").await, change).await
}

async fn full_party_without_companions_marks_the_name(app: TestApp) {
    let ada = app.user("ada").await;
    app.add_user("ben").await;
    let party = party_of(&app, 1, 0).await;
    let page = command(&ada, &party, "add", &[("guest", "ben")]).await;
    assert_page(&page, 422, "Please check what you typed:");
    assert_eq!(page.texts("#guest-note.field-error"), ["Raise the seats first."]);
    assert_eq!((summary(&page), page.texts("#heads").len()), (vec!["#guest".to_owned()], 0));
    // From an old page: the number has its field again.
    for (heads, message) in
        [("2", "Guests can't bring anyone to this party."), ("two", "Please use digits for the number of people.")]
    {
        let page = command(&ada, &party, "add", &[("guest", "ben"), ("heads", heads)]).await;
        assert_eq!((summary(&page), page.texts("#heads-note")), (vec!["#heads".to_owned()], vec![message.to_owned()]));
        assert_eq!(page.attributes("#guest, #heads", "value"), ["ben", heads]);
    }
}

async fn waiting_group_added_without_a_number_stays_whole(app: TestApp) {
    let ada = app.user("ada").await;
    let party = party_of(&app, 3, 2).await;
    let [ben, cyd] = [app.add_user("ben").await, app.add_user("cyd").await];
    let three = Heads::new(3).unwrap();
    app.seat(&party, ben).await;
    app.answer(&party, cyd, GuestCommand::Accept(three)).await;
    let page = ada.get(&format!("/parties/{party}/guests")).await;
    assert!(
        page.texts("#heads-note").concat().contains("Leave it empty to add as many as they've said"),
        "{}",
        page.text
    );
    let page = ada.submit_on(&page, &format!("/parties/{party}/guests/add"), &[("guest", "cyd")]).await;
    assert_eq!((page.status, page.texts("#heads-note")), (422, vec!["Raise the seats first.".to_owned()]));
    assert_eq!(app.answer_of(&party, cyd).await, Some(Answer::Waitlisted(three)), "one seat is free");
    // Under way no seat goes to the waiting list by itself.
    let start = app.stored_party(&party).await.unwrap().summary.heading.date.starts_at();
    app.clock.advance(start.since(START));
    let ada = app.log_in("ada").await;
    command(&ada, &party, "remove", &[("guest", "ben")]).await;
    app.update_party(&party, cyd, |party, _| party.guests = with_seats(party, 4)).await;
    assert_eq!(flash(&command(&ada, &party, "add", &[("guest", "cyd"), ("heads", " ")]).await), "cyd is coming.");
    assert_eq!(app.answer_of(&party, cyd).await, Some(Answer::Seated(three)));
}

fn with_seats(party: &domain::party::Party, seats: u32) -> domain::party::GuestList {
    let totals = domain::party::Totals { seats: Seats::new(seats).unwrap(), ..party.guests.totals() };
    domain::party::GuestList::from_stored(totals, party.guests.rsvps().clone()).unwrap()
}

async fn name_typed_for_a_party_cancelled_meanwhile_is_kept(app: TestApp) {
    let ada = app.user("ada").await;
    app.add_user("ben").await;
    let party = party_of(&app, 4, 2).await;
    let old = ada.get(&format!("/parties/{party}/guests")).await;
    app.parties().cancel(party_id(&party), app.id_of("ada").await).await.unwrap();
    for (guest, heads, kept) in [
        ("ben", "", vec!["Username", "ben"]),
        ("ben", "2", vec!["Username", "ben", "How many of them?", "2"]),
        ("nobody <b>", "two", vec!["Username", "nobody <b>", "How many of them?", "two"]),
        (" ", "", vec![]),
    ] {
        for form in ["add", "invite"] {
            let action = format!("/parties/{party}/guests/{form}");
            let page = ada.submit_on(&old, &action, &[("guest", guest), ("heads", heads)]).await;
            assert_page(&page, 422, "You cancelled this dinner party.");
            assert_eq!((page.attributes(".flash", "role"), page.texts(".flash").len()), (vec!["alert".to_owned()], 1));
            assert_eq!(unsent(&page), kept, "{form} {guest}");
        }
    }
    // What a button sends was not typed.
    app.clock.advance(Duration::from_hours(24 * 365));
    let ada = app.log_in("ada").await;
    let page = command(&ada, &party, "reinstate", &[("guest", "ben")]).await;
    assert_page(&page, 422, "That dinner party has already happened.");
    assert_eq!(unsent(&page), [""; 0]);
}

async fn name_of_an_interrupted_form_is_kept_where_the_form_is_gone(app: TestApp) {
    app.user("ada").await;
    let party = party_of(&app, 4, 0).await;
    let visitor = app.visitor();
    let action = format!("/parties/{party}/guests/invite");
    let page = post(&visitor, &action, &[("guest", "ben")]).await;
    app.parties().cancel(party_id(&party), app.id_of("ada").await).await.unwrap();
    let page = visitor.submit_on(&page, "/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_page(&page, 200, "You cancelled this dinner party. Restore it to add or invite someone.");
    assert_eq!(unsent(&page), ["Username", "ben"]);
    assert!(!page.text.contains("press the button"), "there is none: {}", page.text);
}

async fn unknown_name_is_sent_the_link_only_where_it_lets_in(app: TestApp) {
    let ada = app.user("ada").await;
    let (open, by_name) = (party_of(&app, 4, 0).await, host(&ada, "ada", &[("visibility", "invitation")]).await);
    let spelling = "Nobody here is called “bne”. Please check the spelling";
    let (link, account) = (", or send them the link.", ". Only people with an account here can be on your list.");
    for (party, end) in [(&open, link), (&by_name, account)] {
        let page = command(&ada, party, "invite", &[("guest", "bne")]).await;
        assert_eq!(page.texts("#guest-note"), [format!("{spelling}{end}")]);
    }
    let start = app.stored_party(&open).await.unwrap().summary.heading.date.starts_at();
    app.clock.advance(start.since(START));
    let page = command(&app.log_in("ada").await, &open, "add", &[("guest", "bne")]).await;
    assert_eq!(page.texts("#guest-note"), [format!("{spelling}{account}")], "under way it lets nobody answer");
}
