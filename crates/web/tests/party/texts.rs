//! The note and the allergies of an answer: what a guest writes, and who reads it.

use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use domain::party::{Answer, Heads, NewParty, RsvpDeadline};

use super::answers::{counts, party_of};
use super::summary;
use crate::common::{START, TestApp, answer, answer_as, assert_page, flash, party_id, post, press, undo};

test_support::on_both_engines! { TestApp:
    texts_go_along_with_an_answer_and_are_shown_to_the_guest
    texts_are_changed_without_changing_the_answer
    texts_stay_with_an_answer_that_sends_none
    text_that_was_left_as_it_was_undoes_no_change_of_another_page
    invalid_text_is_refused_beside_its_field
    invalid_text_keeps_no_seat_taken
    refused_answer_keeps_what_was_typed
    texts_typed_for_a_party_cancelled_meanwhile_stay_on_the_page
    texts_of_an_answer_by_link_are_stored
    texts_can_be_changed_until_the_start
    nobody_else_sees_the_texts
    notice_of_a_text_has_none_of_it
    save_without_an_answer_is_refused
}

/// Sends an answer with texts.
async fn write(guest: &TestClient, party: &str, form: &[(&str, &str)]) -> TestResponse {
    let response = post(guest, &format!("/parties/{party}/rsvp"), form).await;
    match response.header("location") {
        Some(to) => guest.get(to).await,
        None => response,
    }
}

/// What is in the two fields.
fn fields(page: &TestResponse) -> Vec<String> {
    let form = page.attributes("form[action$='/rsvp'][id=answer-form]", "action");
    let form = page.form(&form[0]);
    let value = |name: &str| form.iter().find(|(field, _)| field == name).map(|(_, value)| value.trim().to_owned());
    [value("note"), value("allergies")].into_iter().flatten().collect()
}

fn is_unfolded(page: &TestResponse) -> bool {
    !page.attributes("details.wrote", "open").is_empty()
}

async fn texts_go_along_with_an_answer_and_are_shown_to_the_guest(app: TestApp) {
    let (party, ben) = (party_of(&app, 6, |_| ()).await, app.user("ben").await);
    let path = format!("/parties/{party}");
    let page = ben.get(&path).await;
    assert_eq!(page.texts("details.wrote summary"), ["Add a note or allergies"]);
    assert_eq!(page.texts("details.wrote label"), ["Note for ada", "Allergies"]);
    assert_eq!(page.texts("#allergies-note"), ["A line for each of you. Only ada and you can see this."]);
    assert_eq!((fields(&page), is_unfolded(&page)), (vec![String::new(), String::new()], false));
    assert!(!page.text.contains("Save") && page.text.contains("It goes along with your answer."), "{}", page.text);

    let typed = [("answer", "yes"), ("heads", "2"), ("note", "I'm late.\r\nSorry!"), ("allergies", "Nuts\r\nMilk ")];
    let page = ben.submit_on(&page, &format!("{path}/rsvp"), &typed).await;

    assert!(flash(&page).starts_with("You successfully RSVP'd"), "{}", page.text);
    assert_eq!(fields(&page), ["I'm late.\nSorry!", "Nuts\nMilk"]);
    assert_eq!(page.texts("details.wrote summary"), ["Your note and allergies"]);
    assert_eq!((page.texts("details.wrote button"), is_unfolded(&page)), (vec!["Save".to_owned()], false));
    let id = app.id_of("ben").await;
    assert_eq!(app.texts_of(&party, id).await, ["I'm late.\nSorry!", "Nuts\nMilk"]);
    assert_eq!(counts(&app, &party).await, (3, 0));
}

async fn texts_are_changed_without_changing_the_answer(app: TestApp) {
    let party = party_of(&app, 4, |_| ()).await;
    let ben = app.user("ben").await;
    let id = app.id_of("ben").await;
    let path = format!("/parties/{party}");
    for (given, heads, taken) in [("yes", "3", 4), ("maybe", "", 1), ("no", "", 1)] {
        let page = write(&ben, &party, &[("answer", given), ("heads", heads), ("note", ""), ("allergies", "")]).await;
        let heading = page.texts("#your-answer");
        for (note, allergies) in [("Hi", "Nuts"), ("Hi", ""), ("", "")] {
            let typed = [("answer", "same"), ("note", note), ("allergies", allergies)];
            let page = ben.submit_on(&ben.get(&path).await, &format!("{path}/rsvp"), &typed).await;
            assert_eq!(flash(&page), "Saved. ada can see it.", "{given}");
            assert_eq!(
                (fields(&page), page.texts("#your-answer")),
                (vec![note.into(), allergies.into()], heading.clone())
            );
            assert_eq!(app.texts_of(&party, id).await, [note, allergies], "{given}");
            assert_eq!(counts(&app, &party).await, (taken, 0), "{given}");
        }
    }
    // The same form sends the number of people, and the answer that is given already.
    write(&ben, &party, &[("answer", "yes"), ("heads", "3")]).await;
    let page = write(&ben, &party, &[("answer", "same"), ("heads", "2"), ("note", "Two")]).await;
    assert!(flash(&page).ends_with(", 2 of you."), "{}", flash(&page));
    let page = write(&ben, &party, &[("answer", "yes"), ("heads", "2"), ("note", "Two!")]).await;
    assert_eq!(flash(&page), "Saved. ada can see it.");
    let page = write(&ben, &party, &[("answer", "yes"), ("heads", "2"), ("note", "Two!")]).await;
    assert!(flash(&page).starts_with("You're already going to"), "{}", flash(&page));
    // An old page of a seated guest: its button takes no seat back.
    let old = ben.get(&path).await;
    answer(&ben, &party, "no").await;
    let page = ben.submit_on(&old, &format!("{path}/rsvp"), &[("answer", "same"), ("note", "Later")]).await;
    assert_eq!((flash(&page).as_str(), counts(&app, &party).await), ("Saved. ada can see it.", (1, 0)));
}

async fn texts_stay_with_an_answer_that_sends_none(app: TestApp) {
    let (party, ben) = (party_of(&app, 4, |_| ()).await, app.user("ben").await);
    let (id, texts) = (app.id_of("ben").await, ["Hi", "Nuts"]);
    let old = ben.get("/rsvp").await;
    write(&ben, &party, &[("answer", "maybe"), ("note", "Hi"), ("allergies", "Nuts")]).await;
    press(&ben, &old, &party).await.unwrap();
    assert_eq!(app.texts_of(&party, id).await, texts, "the button of a list");
    answer_as(&ben, &party, "no", "").await;
    assert_eq!(app.texts_of(&party, id).await, texts, "a declined party, for the undo");
    assert_eq!(fields(&undo(&ben, &party).await), texts);
    write(&ben, &party, &[("answer", "same"), ("allergies", "")]).await;
    assert_eq!(app.texts_of(&party, id).await, ["Hi", ""], "one of them");
}

async fn text_that_was_left_as_it_was_undoes_no_change_of_another_page(app: TestApp) {
    let (party, ben) = (party_of(&app, 6, |_| ()).await, app.user("ben").await);
    let (id, path) = (app.id_of("ben").await, format!("/parties/{party}"));
    let action = format!("{path}/rsvp");
    write(&ben, &party, &[("answer", "yes"), ("note", "I'm \"late\".\nSorry!"), ("allergies", "")]).await;
    let old = ben.get(&path).await;
    write(&ben, &party, &[("answer", "same"), ("note", "On time"), ("allergies", "Nuts")]).await;
    ben.submit_on(&old, &action, &[("answer", "yes"), ("heads", "2")]).await;
    assert_eq!(app.texts_of(&party, id).await, ["On time", "Nuts"]);
    ben.submit_on(&old, &action, &[("answer", "same"), ("note", "Early")]).await;
    assert_eq!(app.texts_of(&party, id).await, ["Early", "Nuts"], "the text that was typed alone");
    ben.submit_on(&ben.get(&path).await, &action, &[("answer", "same"), ("note", "")]).await;
    assert_eq!(app.texts_of(&party, id).await, ["", "Nuts"]);
    let one_of_them = ben.get(&path).await;
    ben.submit_on(&one_of_them, &action, &[("answer", "yes"), ("heads", "3")]).await;
    ben.submit_on(&one_of_them, &action, &[("answer", "same"), ("note", "Hi")]).await;
    let three = Some(Answer::Seated(Heads::new(3).unwrap()));
    assert_eq!(app.answer_of(&party, id).await, three, "the number that another page has sent");
    ben.submit_on(&one_of_them, &action, &[("answer", "same"), ("heads", "1")]).await;
    assert_eq!(app.answer_of(&party, id).await, Some(Answer::Seated(Heads::ONE)), "the number that was typed");
}

async fn invalid_text_is_refused_beside_its_field(app: TestApp) {
    let (party, ben) = (party_of(&app, 6, |_| ()).await, app.user("ben").await);
    let unshowable = "There was a character in here that can't be shown. Please check this and send it again.";
    let (long_note, long_allergies) = ("ü".repeat(501), "ü".repeat(301));
    for (field, typed, message) in [
        ("note", &*long_note, "Please use at most 500 characters."),
        ("allergies", &long_allergies, "Please use at most 300 characters."),
        ("note", "a\u{7}b", unshowable),
        ("allergies", "a\u{202e}b", unshowable),
        (
            "allergies",
            "a\u{0}b",
            "This field held a character that can't be stored. Please check it and send it again.",
        ),
    ] {
        for first in ["yes", "same"] {
            let other = if field == "note" { "allergies" } else { "note" };
            let form = [("answer", first), ("heads", "2"), (field, typed), (other, "Other")];
            let page = write(&ben, &party, &form).await;
            assert_page(&page, 422, message);
            assert_eq!(page.texts("head title"), ["Error: Ratatouille at ada's - DinnerParty"]);
            assert_eq!(page.texts(&format!("#{field}-note.field-error")), [message], "{field}");
            assert_eq!(summary(&page), [format!("#{field}")]);
            assert!(is_unfolded(&page) && fields(&page).contains(&"Other".to_owned()), "{}", page.html);
            assert_eq!(page.attributes("#heads", "value"), ["2"]);
            if typed.chars().all(char::is_alphanumeric) {
                assert!(fields(&page).contains(&typed.to_owned()), "{field}");
            }
            assert_eq!(counts(&app, &party).await, (1, 0), "{field}");
        }
    }
    let both = [("answer", "yes"), ("heads", "two"), ("note", &*long_note), ("allergies", &long_allergies)];
    let page = write(&ben, &party, &both).await;
    assert_eq!((page.status, page.texts(".field-error").len()), (422, 3), "each field has its sentence");
    assert_eq!(summary(&page), ["#heads", "#note", "#allergies"]);
    let twice = [("answer", "yes"), ("note", "1"), ("note", "2")];
    assert_eq!(write(&ben, &party, &twice).await.status, 422);
    // What was refused can be corrected and sent.
    let page = write(&ben, &party, &[("answer", "yes"), ("note", &long_note), ("allergies", "Nuts")]).await;
    let page = ben.submit_on(&page, &format!("/parties/{party}/rsvp"), &[("answer", "yes"), ("note", "Short")]).await;
    assert!(flash(&page).starts_with("You successfully RSVP'd"), "{}", page.text);
    assert_eq!(fields(&page), ["Short", "Nuts"]);
    assert!(write(&ben, &party, &[("answer", "same"), ("note", &"ü".repeat(500))]).await.status == 200);
}

/// A seat is given up whatever is in the other fields (I5), and nothing that was typed is lost.
async fn invalid_text_keeps_no_seat_taken(app: TestApp) {
    let (party, ben) = (party_of(&app, 4, |_| ()).await, app.user("ben").await);
    let (id, long) = (app.id_of("ben").await, "ü".repeat(501));
    let message = "Your answer is saved, but not this text. Please use at most 500 characters.";
    for (given_up_by, heading) in [("no", "You said you can't make it"), ("maybe", "You said maybe")] {
        write(&ben, &party, &[("answer", "yes"), ("heads", "3"), ("note", ""), ("allergies", "Nuts")]).await;
        let form = [("answer", given_up_by), ("note", &*long), ("allergies", "Milk")];
        let page = write(&ben, &party, &form).await;
        assert_page(&page, 422, message);
        assert_eq!(page.texts(".answer .flash[role=status]"), ["You've given up your seat."]);
        assert_eq!((summary(&page), page.texts(".flash-refusal").len()), (vec!["#note".to_owned()], 0));
        assert_eq!((page.texts("#your-answer"), counts(&app, &party).await), (vec![heading.to_owned()], (1, 0)));
        assert_eq!(fields(&page), [long.as_str(), "Milk"]);
        assert_eq!(app.texts_of(&party, id).await, ["", "Nuts"]);
        let sent = [("answer", "same"), ("note", "Sorry")];
        let page = ben.submit_on(&page, &format!("/parties/{party}/rsvp"), &sent).await;
        assert_eq!(flash(&page), "Saved. ada can see it.");
        assert_eq!(app.texts_of(&party, id).await, ["Sorry", "Milk"]);
    }
}

async fn refused_answer_keeps_what_was_typed(app: TestApp) {
    let closed = |party: &mut NewParty| {
        party.rsvp_deadline = RsvpDeadline::of(&party.date, START + Duration::from_hours(1)).unwrap();
    };
    let (party, ben) = (party_of(&app, 4, closed).await, app.user("ben").await);
    write(&ben, &party, &[("answer", "no")]).await;
    app.clock.advance(Duration::from_hours(2));
    let reason = "RSVPs closed on Thursday 1 January 2026, 02:00 (Berlin time). Ask ada.";
    let page = write(&ben, &party, &[("answer", "yes"), ("note", "Please!"), ("allergies", "Nuts")]).await;
    assert_page(&page, 422, reason);
    assert_eq!((flash(&page).as_str(), page.attributes(".answer .flash", "role")), (reason, vec!["alert".to_owned()]));
    assert_eq!((fields(&page), is_unfolded(&page)), (vec!["Please!".to_owned(), "Nuts".to_owned()], true));
    let page = ben.submit_on(&page, &format!("/parties/{party}/rsvp"), &[("answer", "same")]).await;
    assert_eq!(
        (flash(&page).as_str(), fields(&page)),
        ("Saved. ada can see it.", vec!["Please!".into(), "Nuts".into()])
    );
    // Too many people: every field keeps what was typed.
    let (other, cyd) = (app.add_party(app.id_of("ada").await, |_| ()).await, app.user("cyd").await);
    let page = write(&cyd, &other, &[("answer", "yes"), ("heads", "3"), ("note", "Three of us")]).await;
    assert_page(&page, 422, "You can't bring anyone to this party.");
    assert_eq!((page.attributes("#heads", "value"), &*fields(&page)[0]), (vec!["3".to_owned()], "Three of us"));
    // A number of people that is none, after the deadline: the card has no field for it, and keeps the texts.
    let page = write(&cyd, &party, &[("answer", "yes"), ("heads", "two"), ("note", "Two of us")]).await;
    assert_page(&page, 422, reason);
    assert_eq!((fields(&page), page.texts(".answer .flash").len()), (vec!["Two of us".to_owned(), String::new()], 1));
}

/// A party that takes no answers any more has no fields: the reason is said, and what was typed can be copied.
async fn texts_typed_for_a_party_cancelled_meanwhile_stay_on_the_page(app: TestApp) {
    let (party, ben) = (party_of(&app, 4, |_| ()).await, app.user("ben").await);
    let ada = app.id_of("ada").await;
    write(&ben, &party, &[("answer", "yes"), ("note", "Hi")]).await;
    let [old, other] = [(); 2].map(|()| async { ben.get(&format!("/parties/{party}")).await });
    let (old, other) = (old.await, other.await);
    app.parties().cancel(party_id(&party), ada).await.unwrap();
    let (long, path) = ("x".repeat(501), format!("/parties/{party}/rsvp"));
    for (form, shown) in [
        (
            &[("answer", "maybe"), ("note", "Can't wait <b>"), ("allergies", "Nuts\nMilk")][..],
            &["Can't wait <b>", "Nuts\nMilk"][..],
        ),
        (&[("answer", "no"), ("note", &long)], &[&long]),
        (&[("answer", "same"), ("heads", "two"), ("allergies", "Nuts")], &["Nuts"]),
    ] {
        let page = ben.submit_on(&old, &path, form).await;
        assert_page(&page, 422, "ada cancelled this dinner party.");
        assert_eq!(
            (flash(&page).as_str(), page.attributes(".flash", "role")),
            ("ada cancelled this dinner party.", vec!["alert".to_owned()])
        );
        assert_eq!(page.texts(".wrote h2"), ["You wrote", "Not sent"]);
        assert_eq!(
            (page.texts(".wrote textarea[readonly]"), page.texts("main form").len()),
            (shown.iter().map(|text| text.replace('\n', " ")).collect(), 0)
        );
    }
    // What is stored already was not typed again.
    let page = ben.submit_on(&other, &path, &[("answer", "no")]).await;
    assert_eq!(
        (page.status, flash(&page).as_str(), page.texts(".wrote h2")),
        (200, "ada cancelled this dinner party.", vec!["You wrote".to_owned()])
    );
}

async fn texts_of_an_answer_by_link_are_stored(app: TestApp) {
    let (party, ben) = (party_of(&app, 4, |_| ()).await, app.user("ben").await);
    let token = app.stored_party_of("ada", &party).await.unwrap().link.unwrap();
    let (path, action) = (format!("/i/{token}"), format!("/i/{token}/rsvp"));
    let page = ben.submit(&path, &action, &[("answer", "yes"), ("note", "Hi"), ("allergies", "Nuts")]).await;
    assert_eq!((page.path.as_str(), fields(&page)), (path.as_str(), vec!["Hi".to_owned(), "Nuts".to_owned()]));
    let page = ben.submit_on(&page, &action, &[("answer", "same"), ("note", &"x".repeat(501))]).await;
    assert_page(&page, 422, "Please use at most 500 characters.");
    assert_eq!(page.attributes("#answer-form", "action"), [&*action]);
}

async fn texts_can_be_changed_until_the_start(app: TestApp) {
    let (party, ben) = (party_of(&app, 4, |_| ()).await, app.user("ben").await);
    let id = app.id_of("ben").await;
    write(&ben, &party, &[("answer", "yes"), ("note", "Hi <b>"), ("allergies", "Nuts\nMilk")]).await;
    let start = app.stored_party(&party).await.unwrap().summary.heading.date.starts_at();
    app.clock.advance(start.since(START));
    let ben = app.log_in("ben").await;
    for _ in 0..2 {
        // Under way, and over.
        let page = ben.get(&format!("/parties/{party}")).await;
        assert_eq!(page.texts("details.wrote, #note").len(), 0);
        assert_eq!(page.texts("section.wrote .text"), ["Hi <b>", "Nuts Milk"], "{}", page.html);
        let page = write(&ben, &party, &[("answer", "same"), ("note", "Too late"), ("allergies", "")]).await;
        assert!(flash(&page).starts_with("That dinner party has already"), "{}", page.text);
        assert_eq!(app.texts_of(&party, id).await, ["Hi <b>", "Nuts\nMilk"]);
        app.clock.advance(Duration::from_hours(5));
    }
}

/// The texts of a guest are on no page, file or picture of another viewer, whatever that viewer has answered.
async fn nobody_else_sees_the_texts(app: TestApp) {
    let party = party_of(&app, 3, |_| ()).await;
    let link = app.stored_party_of("ada", &party).await.unwrap().link.unwrap();
    let ben = app.user("ben").await;
    write(&ben, &party, &[("answer", "yes"), ("note", "My secret note"), ("allergies", "Secret nuts")]).await;
    let mut viewers = vec![("a visitor", app.visitor())];
    for (name, given) in [("none", None), ("maybe", Some("maybe")), ("declined", Some("no")), ("seated", Some("yes"))] {
        let client = app.user(name).await;
        if let Some(given) = given {
            answer(&client, &party, given).await;
        }
        viewers.push((name, client));
    }
    let waits = app.user("waits").await;
    answer_as(&waits, &party, "yes", "1").await;
    viewers.push(("waits", waits));
    let paths = [
        format!("/parties/{party}"),
        format!("/parties/{party}.ics"),
        format!("/parties/{party}/guests"),
        format!("/parties/{party}/guests.csv"),
        format!("/parties/{party}/guests/kitchen"),
        format!("/i/{link}"),
        "/".to_owned(),
        "/rsvp".to_owned(),
        "/rsvp?q=secret".to_owned(),
        "/people".to_owned(),
        "/user/ben".to_owned(),
        "/user/ada".to_owned(),
    ];
    for (name, client) in &viewers {
        for path in &paths {
            let page = client.get(path).await;
            let said = page.html.to_lowercase();
            assert!(!said.contains("secret note") && !said.contains("secret nuts"), "{name} at {path}: {}", page.html);
        }
    }
    for path in [format!("/parties/{party}"), format!("/i/{link}")] {
        assert_eq!(fields(&ben.get(&path).await), ["My secret note", "Secret nuts"]);
    }
    // The guest's own calendar file has none either: it goes to other programs.
    let file = ben.get(&format!("/parties/{party}.ics")).await.html.to_lowercase();
    assert!(!file.contains("secret"), "{file}");
}

async fn notice_of_a_text_has_none_of_it(app: TestApp) {
    let ada = app.user("ada").await;
    let party = app.add_party(app.id_of("ada").await, |party| party.max_companions = 2).await;
    let ben = app.user("ben").await;
    app.seat_with(&party, app.id_of("ben").await, Heads::new(2).unwrap()).await;
    write(&ben, &party, &[("answer", "same"), ("note", "My secret note"), ("allergies", "Secret nuts")]).await;
    let page = ada.get("/").await;
    assert!(page.text.contains("ben, who's coming, wrote something new: see your guest list."), "{}", page.text);
    assert!(!page.html.to_lowercase().contains("secret"), "{}", page.html);
    write(&ben, &party, &[("answer", "same"), ("note", "My secret note"), ("allergies", "Secret nuts")]).await;
    assert_eq!(ada.get("/").await.texts(".notices li").len(), 1);
}

async fn save_without_an_answer_is_refused(app: TestApp) {
    let (party, ben) = (party_of(&app, 4, |_| ()).await, app.user("ben").await);
    let page = write(&ben, &party, &[("answer", "same"), ("note", "Hi")]).await;
    assert_page(&page, 422, "Please answer first: can you make it?");
    assert_eq!((fields(&page), counts(&app, &party).await), (vec!["Hi".to_owned(), String::new()], (1, 0)));
    let page = write(&ben, &party, &[("answer", "same")]).await;
    assert_eq!(flash(&page), "Please answer first: can you make it?");
}
