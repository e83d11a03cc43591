//! What a guest has typed when the answer is refused, or sent by a button of another kind: nothing of it is lost.

use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use domain::party::{GuestCommand, LinkToken, NewParty, Visibility};

use super::answers::{counts, party_of};
use super::summary;
use crate::common::{PASSWORD, TestApp, answer, answer_as, assert_page, flash, party_id, post, unsent};

test_support::on_both_engines! { TestApp:
    undo_sends_what_is_written
    undo_with_an_invalid_text_takes_the_seat_back
    stale_answer_keeps_what_was_typed_as_text
    stale_answer_to_a_party_that_begins_keeps_what_was_typed
    answer_to_a_hidden_party_keeps_what_was_typed_and_names_nothing
    answer_by_a_replaced_link_keeps_what_was_typed
    refused_answer_without_text_leads_to_the_page
    interrupted_text_is_kept_where_the_card_takes_none
}

const NOTE: &str = "I'm <late>.\r\nSorry!";

/// The note and the allergies as a page keeps them.
fn kept(status: u16) -> Vec<String> {
    // A page that may name no party names no host.
    let note = if status == 404 { "Your note" } else { "Note for ada" };
    strings(&[note, "I'm <late>. Sorry!", "Allergies", "Nuts"])
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// The link of a party.
async fn link_of(app: &TestApp, party: &str) -> LinkToken {
    app.stored_party_of("ada", party).await.unwrap().link.unwrap()
}

async fn undo_sends_what_is_written(app: TestApp) {
    let (party, ben) = (party_of(&app, 4, |_| ()).await, app.user("ben").await);
    let (id, link) = (app.id_of("ben").await, link_of(&app, &party).await);
    for (base, note) in [(format!("/parties/{party}"), "By number"), (format!("/i/{link}"), "By link")] {
        answer_as(&ben, &party, "yes", "2").await;
        answer(&ben, &party, "no").await;
        let typed = [("undo", "1"), ("note", note), ("allergies", "Nuts")];
        let page = ben.submit_on(&ben.get(&base).await, &format!("{base}/undo"), &typed).await;
        assert!(flash(&page).starts_with("You successfully RSVP'd"), "{}", page.text);
        assert_eq!((page.path.as_str(), page.texts("#your-answer")), (&*base, vec!["You're coming, 2 of you".into()]));
        assert_eq!(app.texts_of(&party, id).await, [note, "Nuts"]);
    }
    // Too late: what is written stays in its fields.
    answer(&ben, &party, "no").await;
    let old = ben.get(&format!("/parties/{party}")).await;
    app.clock.advance(Duration::from_mins(10));
    let page = ben.submit_on(&old, &format!("/parties/{party}/undo"), &[("undo", "1"), ("note", "Wait!")]).await;
    assert_page(&page, 422, "There's nothing to take back anymore. You can answer again here.");
    assert_eq!(page.texts("details.wrote[open] textarea"), ["Wait!", "Nuts"]);
    assert_eq!(app.texts_of(&party, id).await, ["By link", "Nuts"]);
}

async fn undo_with_an_invalid_text_takes_the_seat_back(app: TestApp) {
    let (party, ben) = (party_of(&app, 2, |_| ()).await, app.user("ben").await);
    answer(&ben, &party, "yes").await;
    let page = answer(&ben, &party, "no").await;
    let long = "x".repeat(501);
    let page = ben.submit_on(&page, &format!("/parties/{party}/undo"), &[("undo", "1"), ("note", &long)]).await;
    assert_page(&page, 422, "Your answer is saved, but not this text. Please use at most 500 characters.");
    let status = page.texts(".answer .flash[role=status]").concat();
    assert!(status.starts_with("You successfully RSVP'd"), "{}", page.html);
    assert_eq!((summary(&page), page.texts("#note")), (vec!["#note".to_owned()], vec![long]));
    assert_eq!((page.texts("#your-answer"), counts(&app, &party).await), (vec!["You're coming".to_owned()], (2, 0)));
}

/// Sends each answer with texts, on a page from before.
async fn assert_kept(guest: &TestClient, old: &TestResponse, base: &str, (status, reason): (u16, &str)) {
    for answer in ["yes", "maybe", "no", "same"] {
        let typed = [("answer", answer), ("heads", "1"), ("note", NOTE), ("allergies", "Nuts")];
        let page = guest.submit_on(old, &format!("{base}/rsvp"), &typed).await;
        assert_page(&page, status, reason);
        assert_eq!(unsent(&page), kept(status), "{answer}: {}", page.html);
        if status == 422 {
            assert_eq!(page.texts(".answer .flash[role=alert][autofocus]"), [reason], "{answer}");
            assert_eq!(page.texts("details.wrote, textarea:not([readonly]), .form-errors").len(), 0, "{answer}");
        }
    }
    let undo = [("undo", "1"), ("note", NOTE), ("allergies", "Nuts")];
    let page = post(guest, &format!("{base}/undo"), &undo).await;
    assert_eq!((page.status, unsent(&page)), (status, kept(status)));
}

async fn stale_answer_keeps_what_was_typed_as_text(app: TestApp) {
    let ben = app.user("ben").await;
    let id = app.id_of("ben").await;
    let (cancelled, removed) = (party_of(&app, 4, |_| ()).await, "2");
    app.add_party(app.id_of("ada").await, |_| ()).await;
    app.answer(&cancelled, id, GuestCommand::Come).await;
    let (by_number, by_link) = (format!("/parties/{cancelled}"), format!("/i/{}", link_of(&app, &cancelled).await));
    let [old, old_by_link] = [ben.get(&by_number).await, ben.get(&by_link).await];
    app.parties().cancel(party_id(&cancelled), app.id_of("ada").await).await.unwrap();
    let reason = (422, "ada cancelled this dinner party.");
    assert_kept(&ben, &old, &by_number, reason).await;
    assert_kept(&ben, &old_by_link, &by_link, reason).await;
    // A field that is invalid, and that the page no longer has: the reason is said, and nothing is lost.
    let long = "x".repeat(501);
    for (typed, shown) in [
        ([("answer", "yes"), ("heads", "two")], ["How many of you?", "two"]),
        ([("answer", "no"), ("note", &*long)], ["Note for ada", &*long]),
        ([("answer", "yes"), ("note", &*long)], ["Note for ada", &*long]),
        ([("answer", "perhaps"), ("note", "Hi")], ["Note for ada", "Hi"]),
    ] {
        let page = ben.submit_on(&old, &format!("{by_number}/rsvp"), &typed).await;
        assert_eq!((page.status, unsent(&page)), (422, strings(&shown)));
        assert_eq!(page.texts(".form-errors").len(), 0, "a summary would lead nowhere");
        if typed[0].1 != "perhaps" {
            assert_eq!(flash(&page), reason.1);
        }
    }
    let old = ben.get("/parties/2").await;
    app.update_party(removed, id, |party, guest| party.guests = super::without(party, guest)).await;
    assert_kept(&ben, &old, "/parties/2", (422, "You can't RSVP to this party. Ask ada.")).await;
    assert_eq!(app.texts_of(&cancelled, id).await, ["", ""], "nothing was stored");
}

async fn stale_answer_to_a_party_that_begins_keeps_what_was_typed(app: TestApp) {
    let (party, path) = (party_of(&app, 4, |_| ()).await, "/parties/1");
    app.user("ben").await;
    let start = app.stored_party(&party).await.unwrap().summary.heading.date.starts_at();
    app.clock.advance((start - Duration::from_mins(1)).since(crate::common::START));
    let ben = app.log_in("ben").await;
    let old = ben.get(path).await;
    app.clock.advance(Duration::from_mins(1));
    assert_kept(&ben, &old, path, (422, "That dinner party has already begun.")).await;
    app.clock.advance(Duration::from_hours(5));
    assert_kept(&ben, &old, path, (422, "That dinner party has already happened.")).await;
}

async fn answer_to_a_hidden_party_keeps_what_was_typed_and_names_nothing(app: TestApp) {
    let ben = app.user("ben").await;
    let id = app.id_of("ben").await;
    let hidden = |visibility| move |party: &mut NewParty| party.visibility = visibility;
    let by_link = party_of(&app, 4, hidden(Visibility::ByLink)).await;
    let by_name = app.add_party(app.id_of("ada").await, hidden(Visibility::ByInvitation)).await;
    for party in [&by_link, &by_name, "77"] {
        let form = [("answer", "yes"), ("note", NOTE), ("allergies", "Nuts")];
        for removed in [false, true] {
            if removed && party != "77" {
                app.update_party(party, id, |party, guest| party.guests = super::without(party, guest)).await;
            }
            let page = post(&ben, &format!("/parties/{party}/rsvp"), &form).await;
            assert_page(&page, 404, "Please enter a valid Party ID to RSVP!");
            assert_eq!((unsent(&page), page.texts("h1")), (kept(404), vec!["Your answer wasn't sent".to_owned()]));
            assert!(!page.html.contains("Ratatouille") && !page.text.contains("ada"), "{}", page.html);
        }
    }
}

async fn answer_by_a_replaced_link_keeps_what_was_typed(app: TestApp) {
    let (party, ben) = (party_of(&app, 4, |_| ()).await, app.user("ben").await);
    let old_link = link_of(&app, &party).await;
    let base = format!("/i/{old_link}");
    let old = ben.get(&base).await;
    let new_link = LinkToken::new([9; 16]);
    app.parties().replace_link(party_id(&party), app.id_of("ada").await, new_link).await.unwrap();
    assert_kept(&ben, &old, &base, (404, "Ask your host to send it again.")).await;
    let page = post(&ben, &format!("{base}/rsvp"), &[("answer", "yes"), ("note", " ")]).await;
    assert_page(&page, 404, "This invitation doesn't work");
    assert_eq!(unsent(&page), [""; 0], "nothing was typed");
    assert_eq!(counts(&app, &party).await, (1, 0));
}

async fn refused_answer_without_text_leads_to_the_page(app: TestApp) {
    let (party, ben) = (party_of(&app, 4, |_| ()).await, app.user("ben").await);
    let path = format!("/parties/{party}");
    let texts = [("note", "Hi"), ("allergies", "")];
    let page =
        ben.submit(&path, &format!("{path}/rsvp"), &[&[("answer", "yes"), ("heads", "2")], &texts[..]].concat()).await;
    app.parties().cancel(party_id(&party), app.id_of("ada").await).await.unwrap();
    // The texts and the number that the page has shown are stored.
    for answer in ["yes", "no", "maybe"] {
        let page = ben.submit_on(&page, &format!("{path}/rsvp"), &[("answer", answer)]).await;
        assert_eq!((page.status, flash(&page).as_str()), (200, "ada cancelled this dinner party."));
        assert_eq!((unsent(&page), page.texts("section.wrote .text")), (vec![], vec!["Hi".to_owned()]));
    }
    let bare = post(&ben, "/parties/77/rsvp", &[("answer", "yes"), ("note", "")]).await;
    assert_eq!((bare.status, bare.header("location")), (303, Some("/rsvp")));
}

async fn interrupted_text_is_kept_where_the_card_takes_none(app: TestApp) {
    let (party, id) = (party_of(&app, 4, |_| ()).await, {
        app.user("ben").await;
        app.id_of("ben").await
    });
    app.answer(&party, id, GuestCommand::Come).await;
    app.answer(&party, id, GuestCommand::Decline).await;
    let base = format!("/parties/{party}");
    let interrupted = async |action: &str, form: &[(&str, &str)]| {
        let visitor = app.visitor();
        let page = post(&visitor, &format!("{base}/{action}"), form).await;
        visitor.submit_on(&page, "/login", &[("email", "ben"), ("password", PASSWORD)]).await
    };
    let undo = [("undo", "1"), ("note", NOTE), ("allergies", "Nuts")];
    let page = interrupted("undo", &undo).await;
    assert_page(&page, 200, "not sent yet. Please press the button to send it.");
    assert_eq!(page.texts("details.wrote[open] textarea"), ["I'm <late>. Sorry!", "Nuts"], "beside the button");
    app.parties().cancel(party_id(&party), app.id_of("ada").await).await.unwrap();
    for (action, form) in [("undo", &undo[..]), ("rsvp", &[&[("answer", "yes")], &undo[1..]].concat())] {
        let page = interrupted(action, form).await;
        assert_page(&page, 200, "ada cancelled this dinner party.");
        assert_eq!(unsent(&page), kept(422), "{action}");
        assert!(!page.text.contains("press the button"), "there is none: {}", page.text);
    }
}
