//! `POST /parties/{id}/rsvp` and `/parties/{id}/undo`: each row of the RSVP rules, as a guest meets it. The numbers are those of
//! `docs/RSVP.md`.

use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use domain::party::{NewParty, RsvpDeadline, Seats};

use super::offered;
use crate::common::{START, TestApp, answer, answer_as, assert_page, flash, undo};

test_support::on_both_engines! { TestApp:
    row_1_guest_is_seated_with_companions
    row_2_guest_of_a_full_party_waits_at_the_end
    row_2_group_is_offered_the_seats_that_are_free
    row_3_accepting_again_changes_nothing_also_after_the_deadline
    row_4_fewer_people_free_seats_and_more_need_them
    row_5_maybe_holds_no_seat_and_leaves_the_waiting_list
    row_6_seat_given_up_goes_to_the_next_in_line
    row_7_declining_is_noted_before_the_start
    row_8_change_on_the_waiting_list
    row_16_seat_given_up_is_taken_back_for_ten_minutes
    row_16_seat_taken_meanwhile_leads_to_the_waiting_list
    row_16_undo_by_link_leads_back_to_the_invitation
    undo_without_a_seat_given_up_is_refused
}

const DATE: &str = "Saturday 14 March 2026, 19:00 (Berlin time)";

/// A party of Ada's with that many seats, whose guests may bring up to two.
pub(super) async fn party_of(app: &TestApp, seats: u32, change: impl FnOnce(&mut NewParty)) -> String {
    let ada = app.add_user("ada").await;
    let change = |party: &mut NewParty| {
        (party.seats, party.max_companions) = (Seats::new(seats).unwrap(), 2);
        change(party);
    };
    app.add_party(ada, change).await
}

/// The seats that are taken, and the guests who wait.
pub(super) async fn counts(app: &TestApp, party: &str) -> (u32, u32) {
    let party = app.stored_party(party).await.unwrap().summary;
    (party.taken, party.waiting)
}

fn heading(page: &TestResponse) -> String {
    page.texts("#your-answer").concat()
}

async fn card(guest: &TestClient, party: &str) -> TestResponse {
    guest.get(&format!("/parties/{party}")).await
}

async fn row_1_guest_is_seated_with_companions(app: TestApp) {
    let (party, ben) = (party_of(&app, 6, |_| ()).await, app.user("ben").await);
    let page = card(&ben, &party).await;
    assert_eq!(
        (heading(&page), offered(&page)),
        ("Can you make it?".into(), vec!["yes".into(), "maybe".into(), "no".into()])
    );
    assert_eq!(page.texts("label[for=heads]"), ["How many of you?"]);
    assert_eq!(page.attributes("#heads[type=number][min='1'][max='3']", "value"), ["1"]);

    let page = answer_as(&ben, &party, "yes", "3").await;

    assert_eq!(flash(&page), format!("You successfully RSVP'd to ada's dinner party on {DATE}!"));
    assert_eq!(page.attributes(".answer .flash", "role"), ["status"]);
    assert_eq!((heading(&page), counts(&app, &party).await), ("You're coming, 3 of you".into(), (4, 0)));
    assert_eq!(page.texts("svg.table text"), ["Ad", "Be", "+1", "+2"], "companions are beside their guest");
    assert_eq!(page.texts("ol.people li"), ["ada host", "ben you, with 2"]);
    assert_eq!(ben.get("/rsvp").await.texts("article .state-seated"), ["You're coming, 3 of you"]);
    // A blank number is one person.
    assert_eq!(heading(&answer_as(&app.user("cyd").await, &party, "yes", " ").await), "You're coming");
    assert_eq!(counts(&app, &party).await, (5, 0));
}

async fn row_2_guest_of_a_full_party_waits_at_the_end(app: TestApp) {
    let party = party_of(&app, 1, |_| ()).await;
    let (ben, cyd) = (app.user("ben").await, app.user("cyd").await);
    answer(&ben, &party, "yes").await;
    let page = card(&cyd, &party).await;
    assert_eq!(heading(&page), "This table is full");
    assert_eq!(page.texts(".answer button"), ["Join the waiting list", "Maybe", "Can't make it"]);
    assert_eq!(page.texts("dl strong"), ["full, 1 waiting"]);

    let page = answer_as(&cyd, &party, "yes", "2").await;

    let message = format!("ada's dinner party on {DATE} is full. You're number 2 on the waiting list.");
    assert_eq!((flash(&page), page.attributes(".flash", "role")), (message.clone(), vec!["status".to_owned()]));
    assert_eq!(heading(&page), "You're number 2 on the waiting list");
    assert!(page.text.contains("We'll seat the 2 of you as soon as there's room."), "{}", page.text);
    assert_eq!(page.texts(".answer button"), ["Change", "Maybe", "Leave the waiting list"]);
    assert_eq!(page.attributes("svg.table[role=img]", "aria-label"), ["1 of 1 seat taken, 2 waiting: ada (host)"]);
    assert_eq!(page.attributes("svg.table .line .mine", "r").len(), 1, "the viewer stands in the line");
    // The rank is in each list, and the same answer again repeats it.
    for (path, selector) in [("/rsvp", "article"), ("/", "section[aria-labelledby=waiting] article")] {
        let found = cyd.get(path).await.texts(&format!("{selector} .state-waiting"));
        assert_eq!(found, ["You're number 2 on the waiting list"], "{path}");
    }
    assert_eq!(flash(&answer_as(&cyd, &party, "yes", "2").await), message);
    let file = cyd.get(&format!("/parties/{party}.ics")).await.html.replace("\r\n ", "");
    assert!(file.contains("STATUS:TENTATIVE") && file.contains("You're number 2 on the waiting list."), "{file}");
    assert_eq!(counts(&app, &party).await, (1, 2));
}

async fn row_2_group_is_offered_the_seats_that_are_free(app: TestApp) {
    let (party, ben) = (party_of(&app, 2, |_| ()).await, app.user("ben").await);
    let page = answer_as(&ben, &party, "yes", "3").await;
    let offer = "You're number 1 on the waiting list. 1 seat is free: you can come as 1 instead.";
    assert!(flash(&page).ends_with(offer), "{}", flash(&page));
    let buttons = ["Change", "1 seat is free: come as 1", "Maybe", "Leave the waiting list"];
    assert_eq!(
        (page.texts(".answer button"), page.attributes("#heads", "value")),
        (buttons.map(String::from).to_vec(), vec!["3".into()])
    );

    // The button has its number, whatever is in the field, and sends what is written.
    let offer = page.attributes("button[name=come_as][formnovalidate]", "value").concat();
    let typed = [("come_as", &*offer), ("note", "Just me"), ("allergies", "Nuts")];
    let page = ben.submit_on(&page, &format!("/parties/{party}/rsvp"), &typed).await;
    assert_eq!(app.texts_of(&party, app.id_of("ben").await).await, ["Just me", "Nuts"]);

    assert_eq!(flash(&page), format!("A seat opened up. You're going to ada's dinner party on {DATE}!"));
    assert_eq!((heading(&page), counts(&app, &party).await), ("You're coming".into(), (2, 0)));
}

async fn row_3_accepting_again_changes_nothing_also_after_the_deadline(app: TestApp) {
    let hour = Duration::from_hours(1);
    let deadline = |party: &mut NewParty| party.rsvp_deadline = RsvpDeadline::of(&party.date, START + hour).unwrap();
    let (party, ben) = (party_of(&app, 6, deadline).await, app.user("ben").await);
    answer_as(&ben, &party, "yes", "2").await;
    for _ in 0..2 {
        let page = answer_as(&ben, &party, "yes", "2").await;
        assert_eq!(flash(&page), format!("You're already going to ada's dinner party on {DATE}."));
        assert_eq!(counts(&app, &party).await, (3, 0));
        app.clock.advance(hour);
    }
    let page = card(&ben, &party).await;
    let closed = "RSVPs closed on Thursday 1 January 2026, 02:00 (Berlin time). Ask ada.";
    assert!(page.text.contains(closed), "{}", page.text);
    assert_eq!(page.attributes("#heads", "max"), ["2"], "fewer people alone");
    assert_eq!(page.texts(".answer button"), ["Change", "Maybe", "I can't make it anymore"]);
    assert_eq!(flash(&answer_as(&ben, &party, "yes", "3").await), closed);
    assert_eq!(counts(&app, &party).await, (3, 0));
}

async fn row_4_fewer_people_free_seats_and_more_need_them(app: TestApp) {
    let party = party_of(&app, 5, |_| ()).await;
    let (ben, cyd) = (app.user("ben").await, app.user("cyd").await);
    answer_as(&ben, &party, "yes", "3").await;
    let page = card(&ben, &party).await;
    assert_eq!(
        (page.attributes("#heads", "value"), page.texts(".answer button")[0].as_str()),
        (vec!["3".into()], "Change")
    );
    assert_eq!(heading(&answer_as(&cyd, &party, "yes", "3").await), "You're number 1 on the waiting list");

    // One seat fewer: two are free, too few for three. Another one: Cyd is seated in the same commit.
    let page = answer_as(&ben, &party, "yes", "2").await;
    assert_eq!(flash(&page), format!("You're going to ada's dinner party on {DATE}, 2 of you."));
    assert_eq!(counts(&app, &party).await, (3, 1));
    let page = answer_as(&ben, &party, "yes", "1").await;
    assert_eq!((heading(&page), counts(&app, &party).await), ("You're coming".into(), (5, 0)));

    // More people than seats: refused beside the field, and nothing changes.
    let page = answer_as(&ben, &party, "yes", "3").await;
    assert_page(&page, 422, "No more seats. Yours is still yours.");
    assert_eq!((page.attributes("#heads", "value"), page.texts("#heads-note").len()), (vec!["3".to_owned()], 1));
    assert_eq!(counts(&app, &party).await, (5, 0));
    answer_as(&cyd, &party, "yes", "2").await;
    let page = answer_as(&ben, &party, "yes", "3").await;
    assert_eq!(page.texts("#heads-note"), ["Only 1 more seat. Yours is still yours."]);
}

async fn row_5_maybe_holds_no_seat_and_leaves_the_waiting_list(app: TestApp) {
    let party = party_of(&app, 2, |_| ()).await;
    let (ben, cyd) = (app.user("ben").await, app.user("cyd").await);
    let noted = "Noted: maybe. A maybe doesn't hold a seat.";
    for _ in 0..2 {
        let page = answer(&ben, &party, "maybe").await;
        assert_eq!((flash(&page), counts(&app, &party).await), (noted.into(), (1, 0)));
        assert!(page.text.contains("You said maybe."), "{}", page.text);
        assert_eq!(offered(&page), ["yes", "no"]);
    }
    assert_eq!(ben.get("/rsvp").await.texts("article .state"), ["You said maybe"]);
    answer(&app.user("dan").await, &party, "yes").await;
    answer(&cyd, &party, "yes").await;
    assert_eq!(counts(&app, &party).await, (2, 1));
    assert_eq!(flash(&answer(&cyd, &party, "maybe").await), noted, "from the waiting list");
    assert_eq!(counts(&app, &party).await, (2, 0));
}

async fn row_6_seat_given_up_goes_to_the_next_in_line(app: TestApp) {
    let party = party_of(&app, 3, |_| ()).await;
    let (ben, cyd, dan) = (app.user("ben").await, app.user("cyd").await, app.user("dan").await);
    answer_as(&ben, &party, "yes", "2").await;
    answer_as(&cyd, &party, "yes", "3").await; // does not fit two seats
    answer_as(&dan, &party, "yes", "2").await;
    assert_eq!(heading(&card(&dan, &party).await), "You're number 2 on the waiting list");

    let page = answer(&ben, &party, "no").await;

    assert_eq!(
        (flash(&page), heading(&page)),
        ("You've given up your seat.".into(), "You said you can't make it".into())
    );
    assert_eq!(page.texts(".answer button"), ["Undo", "Maybe"]);
    assert_eq!(counts(&app, &party).await, (3, 1));
    assert_eq!(heading(&card(&dan, &party).await), "You're coming, 2 of you", "first fit");
    assert_eq!(heading(&card(&cyd, &party).await), "You're number 1 on the waiting list");
    // By "maybe", with a number of people that is none.
    let page = answer_as(&dan, &party, "maybe", "two").await;
    assert_eq!((flash(&page), heading(&page)), ("You've given up your seat.".into(), "You said maybe".into()));
}

async fn row_7_declining_is_noted_before_the_start(app: TestApp) {
    let past = |party: &mut NewParty| party.rsvp_deadline = RsvpDeadline::of(&party.date, START).unwrap();
    let (party, ben) = (party_of(&app, 2, past).await, app.user("ben").await);
    let page = card(&ben, &party).await;
    assert_eq!(
        (heading(&page), page.texts(".answer button")),
        ("RSVPs are closed".into(), vec!["Can't make it".to_owned()])
    );
    for _ in 0..2 {
        let page = answer_as(&ben, &party, "no", "-5").await;
        assert_eq!(
            flash(&page),
            "Thanks for letting ada know.",
            "also after the deadline, whatever the number of people"
        );
        assert_eq!(page.texts(".answer button"), [""; 0]);
    }
    app.clock.advance(app.stored_party(&party).await.unwrap().summary.heading.date.starts_at().since(START));
    let ben = app.log_in("ben").await;
    assert_eq!(flash(&answer_as(&ben, &party, "no", "").await), "That dinner party has already begun.");
}

async fn row_8_change_on_the_waiting_list(app: TestApp) {
    let party = party_of(&app, 2, |_| ()).await;
    let [ben, cyd, dan] = [app.user("ben").await, app.user("cyd").await, app.user("dan").await];
    for guest in [&ben, &cyd, &dan] {
        answer_as(guest, &party, "yes", "3").await;
    }
    let number = async |guest| heading(&card(guest, &party).await).replace("You're number ", "");
    assert_eq!(
        heading(&answer_as(&ben, &party, "yes", "2").await),
        "You're number 1 on the waiting list",
        "fewer stay"
    );
    assert_eq!(
        heading(&answer_as(&ben, &party, "yes", "3").await),
        "You're number 3 on the waiting list",
        "more go last"
    );
    assert_eq!([number(&cyd).await, number(&dan).await], ["1 on the waiting list", "2 on the waiting list"]);
    let page = answer_as(&dan, &party, "yes", "1").await;
    assert_eq!(heading(&page), "You're coming", "one fits");
    assert_eq!(counts(&app, &party).await, (2, 2));
    assert_eq!(flash(&answer(&cyd, &party, "no").await), "Thanks for letting ada know.");
    assert_eq!(number(&ben).await, "1 on the waiting list");
}

async fn row_16_seat_given_up_is_taken_back_for_ten_minutes(app: TestApp) {
    let (party, ben) = (party_of(&app, 4, |_| ()).await, app.user("ben").await);
    for given_up_by in ["no", "maybe"] {
        answer_as(&ben, &party, "yes", "2").await;
        let page = answer(&ben, &party, given_up_by).await;
        assert_eq!(page.attributes("button[name=undo][type=submit]", "formaction"), [format!("/parties/{party}/undo")]);
        app.clock.advance(Duration::from_millis(599_999));
        let page = ben.submit_on(&page, &format!("/parties/{party}/undo"), &[("undo", "1")]).await;
        assert_eq!(flash(&page), format!("You successfully RSVP'd to ada's dinner party on {DATE}!"), "{given_up_by}");
        assert_eq!((heading(&page), counts(&app, &party).await), ("You're coming, 2 of you".into(), (3, 0)));
    }
    let page = undo(&ben, &party).await;
    assert_eq!(flash(&page), format!("You're already going to ada's dinner party on {DATE}."), "a second press");
    answer(&ben, &party, "no").await;
    let old = card(&ben, &party).await;
    app.clock.advance(Duration::from_mins(10));
    assert_eq!(card(&ben, &party).await.texts(".answer button"), ["I'll be there", "Maybe"], "too late");
    let page = ben.submit_on(&old, &format!("/parties/{party}/undo"), &[]).await;
    assert_eq!(flash(&page), "There's nothing to take back anymore. You can answer again here.");
    assert_eq!(counts(&app, &party).await, (1, 0));
}

async fn row_16_seat_taken_meanwhile_leads_to_the_waiting_list(app: TestApp) {
    let party = party_of(&app, 2, |_| ()).await;
    let (ben, cyd) = (app.user("ben").await, app.user("cyd").await);
    answer(&ben, &party, "yes").await;
    answer(&cyd, &party, "yes").await;
    answer(&ben, &party, "no").await; // Cyd is seated
    let page = undo(&ben, &party).await;
    let message = format!("ada's dinner party on {DATE} is full. You're number 1 on the waiting list.");
    assert_eq!((flash(&page), counts(&app, &party).await), (message, (2, 1)));
}

async fn row_16_undo_by_link_leads_back_to_the_invitation(app: TestApp) {
    let (party, ben) = (party_of(&app, 2, |_| ()).await, app.user("ben").await);
    let token = app.stored_party_of("ada", &party).await.unwrap().link.unwrap();
    let path = format!("/i/{token}");
    ben.submit(&path, &format!("{path}/rsvp"), &[("answer", "yes")]).await;
    ben.submit(&path, &format!("{path}/rsvp"), &[("answer", "no")]).await;
    let page = ben.submit(&path, &format!("{path}/undo"), &[]).await;
    assert_eq!((page.path.as_str(), heading(&page)), (path.as_str(), "You're coming".into()));
    assert!(flash(&page).starts_with("You successfully RSVP'd"), "{}", flash(&page));
    let page = crate::common::post(&ben, "/i/AAAAAAAAAAAAAAAAAAAAAA/undo", &[]).await;
    assert_page(&page, 404, "This invitation doesn't work");
}

async fn undo_without_a_seat_given_up_is_refused(app: TestApp) {
    let (party, ben) = (party_of(&app, 2, |_| ()).await, app.user("ben").await);
    for answered in [None, Some("maybe"), Some("no")] {
        if let Some(answered) = answered {
            answer(&ben, &party, answered).await;
        }
        let response = crate::common::post(&ben, &format!("/parties/{party}/undo"), &[]).await;
        assert_eq!(response.header("location"), Some(&*format!("/parties/{party}")), "{answered:?}");
        let page = card(&ben, &party).await;
        assert_eq!(flash(&page), "There's nothing to take back anymore. You can answer again here.", "{answered:?}");
        assert_eq!(page.attributes(".flash", "role"), ["alert"]);
    }
    for unknown in ["77", "abc"] {
        crate::common::post(&ben, &format!("/parties/{unknown}/undo"), &[]).await;
        assert_eq!(flash(&ben.get("/rsvp").await), "Please enter a valid Party ID to RSVP!");
    }
    assert_eq!(counts(&app, &party).await, (1, 0));
}
