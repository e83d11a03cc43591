//! What guests wrote, as the host reads it: on the list, in the file, and on the kitchen sheet.

use domain::party::{Allergies, GuestAnswer, GuestCommand, GuestNote, Heads, TextChange, TextChanges};

use super::{command, names};
use crate::common::{TestApp, assert_page, host};

test_support::on_both_engines! { TestApp:
    list_has_what_guests_wrote
    kitchen_sheet_has_the_allergies_of_those_who_are_coming
}

/// The answer of a guest who writes both texts.
fn with_texts(command: GuestCommand, note: &str, allergies: &str) -> GuestAnswer {
    let note = TextChange::Replace(GuestNote::parse_optional(note).unwrap());
    GuestAnswer {
        command,
        texts: TextChanges { note, allergies: TextChange::Replace(Allergies::parse_optional(allergies).unwrap()) },
    }
}

async fn list_has_what_guests_wrote(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "4"), ("max_companions", "2")]).await;
    for (name, command, note, allergies) in [
        ("ben", GuestCommand::Accept(Heads::ONE), "=1+1 <b>\nsecond line", "Nuts\n\"Milk\""),
        ("cyd", GuestCommand::Decline, "So sorry!", ""),
        ("dan", GuestCommand::Maybe, "", ""),
    ] {
        app.answer(&party, app.add_user(name).await, with_texts(command, note, allergies)).await;
    }
    let list = ada.get(&format!("/parties/{party}/guests")).await;
    assert_eq!(names(&list), ["ben", "dan", "cyd"]);
    assert_eq!(list.texts(".told-by-guest dt"), ["Note", "Allergies", "Note"]);
    assert!(list.html.contains("<dd><bdi>=1+1 &#60;b&#62;\nsecond line</bdi></dd>"), "{}", list.html);
    let all = ada.get(&format!("/parties/{party}/guests?all=1")).await;
    assert_eq!(all.texts(".told-by-guest dd").len(), 3, "also on paper");
    let file = ada.get(&format!("/parties/{party}/guests.csv")).await;
    for line in [
        "\"'=1+1 <b>\nsecond line\",\"Nuts\n\"\"Milk\"\"\"\r\n",
        "\"cyd\",\"Can't make it\",\"\",\"\",\"So sorry!\",\"\"\r\n",
    ] {
        assert!(file.html.contains(line), "{line} in {}", file.html);
    }
    // The page that asks says that the texts go, and they do.
    let ask = ada.get(&format!("/parties/{party}/guests/remove?guest=ben")).await;
    assert_page(&ask, 200, "What ben has written to you is deleted.");
    let ask_dan = ada.get(&format!("/parties/{party}/guests/remove?guest=dan")).await;
    assert!(!ask_dan.text.contains("is deleted"), "{}", ask_dan.text);
    let list = command(&ada, &party, "remove", &[("guest", "ben")]).await;
    assert_eq!(list.texts(".told-by-guest dt"), ["Note"]);
}

async fn kitchen_sheet_has_the_allergies_of_those_who_are_coming(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "6"), ("max_companions", "2")]).await;
    let sheet = format!("/parties/{party}/guests/kitchen");
    assert_page(&ada.get(&sheet).await, 200, "Nobody else is coming yet.");
    let three = Heads::new(3).unwrap();
    for (name, command, allergies) in [
        ("ben", GuestCommand::Accept(three), "Nuts\nMilk, <b>raw</b>\nnone"),
        ("cyd", GuestCommand::Accept(Heads::ONE), ""),
        ("dan", GuestCommand::Accept(three), "of a guest who waits"),
        ("eva", GuestCommand::Maybe, "of a guest who may come"),
        ("fay", GuestCommand::Decline, "of a guest who declines"),
    ] {
        let answer = with_texts(command, "The note is not for the kitchen", allergies);
        app.answer(&party, app.add_user(name).await, answer).await;
    }
    let list = ada.get(&format!("/parties/{party}/guests")).await;
    assert!(list.attributes(".take-along a", "href").contains(&sheet), "{}", list.html);

    let page = ada.get(&sheet).await;
    assert_page(&page, 200, "5 at the table, yourself included. 1 of 2 guests has written allergies.");
    assert_eq!(page.texts("h1, h2"), ["Kitchen sheet", "Allergies", "Nothing written"]);
    assert_eq!(page.texts(".kitchen > ul > li > strong"), ["ben", "cyd"]);
    assert_eq!(page.texts(".kitchen li li"), ["Nuts", "Milk, <b>raw</b>", "none"]);
    assert_eq!(page.texts(".kitchen .note"), ["3 people"]);
    assert!(page.text.contains("As of Thursday 1 January 2026, 01:00 (Berlin time)."), "{}", page.text);
    for absent in ["of a guest", "not for the kitchen", "dan", "eva", "fay"] {
        assert!(!page.text.contains(absent), "{absent} in {}", page.text);
    }
    // A guest who gives up the seat leaves the sheet, and Dan gets a seat.
    app.answer(&party, app.id_of("ben").await, GuestCommand::Decline).await;
    let page = ada.get(&sheet).await;
    assert_eq!(page.texts(".kitchen > ul > li > strong"), ["dan", "cyd"]);
    assert!(!page.text.contains("Nuts"), "{}", page.text);
}
