//! The number of people of an answer: what is refused, and what an old page does.

use domain::party::{Heads, NewParty};

use super::answers::{counts, party_of};
use super::{offered, summary};
use crate::common::{TestApp, answer, answer_as, assert_page, flash, party_id, post, press, rsvp};

test_support::on_both_engines! { TestApp:
    invalid_number_of_people_stays_beside_its_message
    too_many_people_are_refused_beside_the_field
    number_of_people_is_refused_on_the_invitation_too
    party_without_companions_has_no_field
    button_without_a_number_keeps_companions
    double_press_takes_seats_once
    last_seat_taken_meanwhile_is_said
    seat_of_an_offer_taken_meanwhile_is_said
    offer_pressed_after_a_promotion_gives_up_no_seat
    answer_to_a_party_cancelled_meanwhile_says_so
}

async fn invalid_number_of_people_stays_beside_its_message(app: TestApp) {
    let (party, ben) = (party_of(&app, 6, |_| ()).await, app.user("ben").await);
    let (digits, range) =
        ("Please use digits for how many of you come.", "Please choose between 1 and 3, yourself included.");
    for (typed, message) in [
        ("0", range),
        ("-5", range),
        ("1180591620717411303424", range), // 2^70
        ("11", range),
        ("1.5", digits),
        ("two", digits),
        ("<b>", digits),
    ] {
        let page = answer_as(&ben, &party, "yes", typed).await;
        assert_page(&page, 422, message);
        assert_eq!(page.texts("head title"), ["Error: Ratatouille at ada's - DinnerParty"]);
        assert_eq!(page.attributes("#heads[aria-invalid=true][aria-describedby=heads-note]", "value"), [typed]);
        assert_eq!((page.texts("#heads-note"), summary(&page)), (vec![message.to_owned()], vec!["#heads".to_owned()]));
        assert_eq!(offered(&page), ["yes", "maybe", "no"]);
        assert_eq!(counts(&app, &party).await, (1, 0), "{typed}");
    }
    let twice = [("answer", "yes"), ("heads", "1"), ("heads", "2")];
    assert_page(&post(&ben, &format!("/parties/{party}/rsvp"), &twice).await, 422, digits);
    // The refused form can be sent again, and needs no number to decline.
    let page = answer_as(&ben, &party, "yes", "two").await;
    assert_eq!(page.attributes(".answer button[formnovalidate]", "value"), ["maybe", "no"]);
    let page = ben.submit_on(&page, &format!("/parties/{party}/rsvp"), &[("answer", "yes"), ("heads", "2")]).await;
    assert!(flash(&page).starts_with("You successfully RSVP'd"), "{}", page.text);
}

async fn too_many_people_are_refused_beside_the_field(app: TestApp) {
    let (party, ben) = (party_of(&app, 6, |_| ()).await, app.user("ben").await);
    let page = answer_as(&ben, &party, "yes", "4").await;
    assert_page(&page, 422, "You can bring up to 2.");
    assert_eq!((page.attributes("#heads", "value"), counts(&app, &party).await), (vec!["4".to_owned()], (1, 0)));
    let unknown = post(&ben, "/parties/77/rsvp", &[("answer", "yes"), ("heads", "1")]).await;
    assert_eq!((unknown.status, unknown.header("location")), (303, Some("/rsvp")));
}

async fn number_of_people_is_refused_on_the_invitation_too(app: TestApp) {
    let (party, ben) = (party_of(&app, 6, |_| ()).await, app.user("ben").await);
    let token = app.stored_party_of("ada", &party).await.unwrap().link.unwrap();
    let (path, action) = (format!("/i/{token}"), format!("/i/{token}/rsvp"));
    for (typed, message) in [("two", "Please use digits for how many of you come."), ("4", "You can bring up to 2.")] {
        let page = ben.submit(&path, &action, &[("answer", "yes"), ("heads", typed)]).await;
        assert_page(&page, 422, message);
        assert_eq!(page.attributes("#heads", "value"), [typed]);
        assert_eq!(page.attributes(".answer form", "action"), [&*action]);
    }
    let unknown = post(&ben, "/i/AAAAAAAAAAAAAAAAAAAAAA/rsvp", &[("answer", "yes"), ("heads", "two")]).await;
    assert_page(&unknown, 404, "This invitation doesn't work");
}

async fn party_without_companions_has_no_field(app: TestApp) {
    let alone = |party: &mut NewParty| party.max_companions = 0;
    let (party, ben) = (party_of(&app, 6, alone).await, app.user("ben").await);
    assert_eq!(ben.get(&format!("/parties/{party}")).await.texts(".answer label"), [""; 0]);
    let page = answer_as(&ben, &party, "yes", "2").await;
    assert_page(&page, 422, "You can't bring anyone to this party.");
    assert_eq!(page.attributes("#heads", "value"), ["2"], "what was typed is there, also from an old page");
    assert_eq!(counts(&app, &party).await, (1, 0));
    answer(&ben, &party, "yes").await;
    assert_eq!(counts(&app, &party).await, (2, 0));
}

/// A list has no field for the number of people. Its button, on an old page, and a typed Party ID give up no companion's seat.
async fn button_without_a_number_keeps_companions(app: TestApp) {
    let party = party_of(&app, 4, |_| ()).await;
    let (ben, cyd) = (app.user("ben").await, app.user("cyd").await);
    let old = ben.get("/rsvp").await;
    answer_as(&ben, &party, "yes", "3").await;
    let page = press(&ben, &old, &party).await.unwrap();
    assert!(flash(&page).starts_with("You're already going to"), "{}", flash(&page));
    answer_as(&cyd, &party, "yes", "2").await;
    assert!(flash(&rsvp(&cyd, &party).await).contains("You're number 1 on the waiting list."));
    let stored = app.stored_party(&party).await.unwrap();
    assert_eq!((stored.guests[0].heads, counts(&app, &party).await), (3, (4, 1)));
}

async fn double_press_takes_seats_once(app: TestApp) {
    let (party, ben) = (party_of(&app, 4, |_| ()).await, app.user("ben").await);
    let path = format!("/parties/{party}/rsvp");
    for (form, counted) in [
        (&[("answer", "yes"), ("heads", "2")][..], (3, 0)),
        (&[("answer", "no")], (1, 0)),
        (&[("answer", "maybe")], (1, 0)),
    ] {
        let (one, two) = tokio::join!(post(&ben, &path, form), post(&ben, &path, form));
        assert_eq!((one.status, two.status), (303, 303), "{form:?}");
        assert_eq!(counts(&app, &party).await, counted, "{form:?}");
    }
}

async fn last_seat_taken_meanwhile_is_said(app: TestApp) {
    let party = party_of(&app, 2, |_| ()).await;
    let (ben, cyd) = (app.user("ben").await, app.user("cyd").await);
    let old = ben.get(&format!("/parties/{party}")).await;
    answer(&cyd, &party, "yes").await;
    let page = ben.submit_on(&old, &format!("/parties/{party}/rsvp"), &[("answer", "yes")]).await;
    assert!(flash(&page).starts_with("Someone just took the last seat. ada's dinner party on "), "{}", flash(&page));
    assert!(flash(&page).ends_with(" is full. You're number 1 on the waiting list."), "{}", flash(&page));
    let dan = app.user("dan").await;
    assert!(flash(&answer(&dan, &party, "yes").await).starts_with("ada's dinner party on "), "nothing was promised");
}

/// The button of the offer has said that a seat is free.
async fn seat_of_an_offer_taken_meanwhile_is_said(app: TestApp) {
    let party = party_of(&app, 2, |_| ()).await;
    let (ben, cyd) = (app.user("ben").await, app.user("cyd").await);
    answer_as(&ben, &party, "yes", "3").await;
    let old = ben.get(&format!("/parties/{party}")).await;
    answer(&cyd, &party, "yes").await;
    let page = ben.submit_on(&old, &format!("/parties/{party}/rsvp"), &[("come_as", "1")]).await;
    assert!(flash(&page).starts_with("Someone just took the last seat. ada's dinner party on "), "{}", flash(&page));
    assert_eq!(page.texts("#your-answer"), ["You're number 1 on the waiting list"]);
}

/// Pressed on a page from before, the offer takes no companion's seat away.
async fn offer_pressed_after_a_promotion_gives_up_no_seat(app: TestApp) {
    let party = party_of(&app, 4, |_| ()).await;
    let (ben, cyd) = (app.user("ben").await, app.user("cyd").await);
    answer_as(&cyd, &party, "yes", "2").await;
    answer_as(&ben, &party, "yes", "3").await;
    let old = ben.get(&format!("/parties/{party}")).await;
    answer(&cyd, &party, "no").await; // Ben is seated, with two
    let page = ben.submit_on(&old, &format!("/parties/{party}/rsvp"), &[("come_as", "1")]).await;
    assert!(flash(&page).starts_with("You're already going to"), "{}", flash(&page));
    assert_eq!(
        (page.texts("#your-answer"), counts(&app, &party).await),
        (vec!["You're coming, 3 of you".into()], (4, 0))
    );
}

async fn answer_to_a_party_cancelled_meanwhile_says_so(app: TestApp) {
    let party = party_of(&app, 6, |_| ()).await;
    let (ben, cyd) = (app.user("ben").await, app.user("cyd").await);
    app.seat_with(&party, app.id_of("ben").await, Heads::new(2).unwrap()).await;
    let [of_ben, of_cyd] = [&ben, &cyd].map(|guest| async { guest.get(&format!("/parties/{party}")).await });
    let (of_ben, of_cyd) = (of_ben.await, of_cyd.await);
    app.parties().cancel(party_id(&party), app.id_of("ada").await).await.unwrap();
    let path = format!("/parties/{party}/rsvp");
    // Giving up a seat at a cancelled party is refused too.
    for (guest, page, typed) in [
        (&ben, &of_ben, &[("answer", "no")][..]),
        (&ben, &of_ben, &[("answer", "maybe")]),
        (&ben, &of_ben, &[("answer", "yes"), ("heads", "1")]),
        (&cyd, &of_cyd, &[("answer", "yes"), ("heads", "3")]),
        (&cyd, &of_cyd, &[("answer", "yes"), ("heads", "two")]),
        (&cyd, &of_cyd, &[("answer", "no")]),
    ] {
        let page = guest.submit_on(page, &path, typed).await;
        assert_eq!(flash(&page), "ada cancelled this dinner party.", "{typed:?}");
        assert_eq!((page.attributes(".flash", "role"), offered(&page)), (vec!["alert".to_owned()], vec![]));
        assert_eq!(counts(&app, &party).await, (3, 0));
    }
}
