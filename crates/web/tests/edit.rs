//! `/parties/{id}/edit`: the page on which a host changes a party.

use accounts::test_kit::{TestClient, TestResponse};
use domain::party::{GuestCommand, Heads, NamesShownTo, Visibility};

use crate::common::{TestApp, assert_page, detail, flash, host, host_form, post};

test_support::on_both_engines! { TestApp:
    form_has_every_value_of_the_party
    form_of_an_end_on_another_day_saves_the_same_end
    changed_party_is_saved_and_shown
    invalid_form_keeps_what_was_typed_and_marks_each_field
    seats_below_those_taken_are_refused_beside_the_field
    date_in_the_past_is_refused_beside_its_field
    form_without_choices_is_refused
    stale_form_says_what_the_party_is_now_and_keeps_what_was_typed
    stale_form_says_which_deadline_there_is_now
    form_shown_before_a_cancellation_is_stale
    stale_form_with_an_invalid_field_stays_stale
    form_sent_twice_changes_the_party_once
    party_that_has_begun_is_not_changed
    page_exists_for_the_host_alone
    guests_who_will_be_told_are_counted
    raised_seats_go_to_the_waiting_list
    interrupted_form_is_shown_with_what_was_typed
}

fn value(page: &TestResponse, field: &str) -> String {
    page.attributes(&format!("#{field}"), "value").concat()
}

/// A party of Ada's in which nothing is the default.
async fn host_unusual(ada: &TestClient) -> String {
    let form = host_form(&[
        ("end_time", "01:30"),
        ("max_companions", "2"),
        ("deadline_date", "2026-03-10"),
        ("deadline_time", "12:00"),
        ("details", "Bring a chair.\nRing twice."),
        ("visibility", "link"),
        ("names_shown_to", "guests"),
        ("address", "Linden Street 3"),
    ]);
    post(ada, "/host", &form).await.header("location").unwrap().strip_prefix("/parties/").unwrap().to_owned()
}

/// Submits the edit page of a party with these changes.
async fn edit(ada: &TestClient, party: &str, changes: &[(&str, &str)]) -> TestResponse {
    let page = format!("/parties/{party}/edit");
    ada.submit(&page, &page, changes).await
}

async fn form_has_every_value_of_the_party(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host_unusual(&ada).await;
    let before = app.stored_party_of("ada", &party).await.unwrap();
    let page = ada.get(&format!("/parties/{party}/edit")).await;
    assert_page(&page, 200, "Edit your dinner party");
    for (field, typed) in [
        ("main_dish", "Ratatouille"),
        ("date", "2026-03-14"),
        ("time", "19:00"),
        ("end_time", "01:30"),
        ("end_date", ""),
        ("number_seats", "4"),
        ("max_companions", "2"),
        ("deadline_date", "2026-03-10"),
        ("deadline_time", "12:00"),
        ("venue", "The kitchen"),
        ("address", "Linden Street 3"),
        ("time_zone", "Europe/Berlin"),
    ] {
        assert_eq!(value(&page, field), typed, "{field}");
    }
    let chosen = page.attributes("[type=radio][checked]", "value");
    assert_eq!((chosen, page.texts("details[open]").len()), (vec!["link".into(), "guests".to_owned()], 1));
    assert_eq!(page.texts("#details"), ["Bring a chair. Ring twice."]);

    let saved = edit(&ada, &party, &[]).await;
    assert_eq!(saved.path, format!("/parties/{party}"));
    assert_eq!(app.stored_party_of("ada", &party).await.unwrap(), before, "saved as it is, nothing changes");
}

async fn form_of_an_end_on_another_day_saves_the_same_end(app: TestApp) {
    let ada = app.user("ada").await;
    for (day, time) in [("", ""), ("", "23:00"), ("", "07:00"), ("2026-03-15", "08:00"), ("2026-03-17", "19:00")] {
        let party = host(&ada, "ada", &[("end_date", day), ("end_time", time)]).await;
        let before = app.stored_party_of("ada", &party).await.unwrap();
        let saved = edit(&ada, &party, &[("main_dish", "Stew")]).await;
        assert_eq!(saved.texts("h1"), ["Stew"], "{day} {time}: {}", saved.text);
        let after = app.stored_party_of("ada", &party).await.unwrap();
        assert_eq!(after.summary.ends_at, before.summary.ends_at, "{day} {time}");
        assert_eq!(after.summary.rsvp_deadline, before.summary.rsvp_deadline, "{day} {time}");
    }
}

async fn changed_party_is_saved_and_shown(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host_unusual(&ada).await;
    let changes = [
        ("main_dish", "Stew"),
        ("date", "2026-03-21"),
        ("time", "18:00"),
        ("end_time", ""),
        ("number_seats", "6"),
        ("max_companions", "1"),
        ("deadline_date", ""),
        ("deadline_time", "12:00"),
        ("details", ""),
        ("visibility", "invitation"),
        ("names_shown_to", "host"),
        ("venue", "The garden"),
        ("address", ""),
        ("time_zone", "Europe/Lisbon"),
    ];
    let page = edit(&ada, &party, &changes).await;
    assert_eq!((page.path.as_str(), flash(&page).as_str()), (&*format!("/parties/{party}"), "Saved."));
    assert_eq!(page.texts("h1"), ["Stew"]);
    assert_eq!(detail(&page, "When"), ["Saturday 21 March 2026, 18:00 to about 23:00 (Lisbon time)"]);
    let stored = app.stored_party_of("ada", &party).await.unwrap();
    assert_eq!((stored.details, stored.address, stored.names_shown_to), (None, None, NamesShownTo::Host));
    let summary = stored.summary;
    assert_eq!((summary.seats.get(), summary.max_companions, summary.visibility), (6, 1, Visibility::ByInvitation));
    let deadline = summary.heading.date.at_in_same_zone(summary.rsvp_deadline).to_string();
    assert_eq!(deadline, "Saturday 21 March 2026, 12:00 (Lisbon time)", "a time alone is on the day of the party");
}

async fn invalid_form_keeps_what_was_typed_and_marks_each_field(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let before = app.stored_party_of("ada", &party).await.unwrap();
    for (changes, field, message) in [
        (&[("main_dish", "")][..], "main_dish", "What's for dinner?"),
        (
            &[("date", "2026-03-29"), ("time", "02:30")],
            "time",
            "The clocks jump forward over that time on that day. Please choose another time.",
        ),
        (
            &[("end_date", "2026-03-13"), ("end_time", "20:00")],
            "end_time",
            "Please choose an end after the start, or leave it empty.",
        ),
        (
            &[("deadline_date", "2026-03-14"), ("deadline_time", "19:01")],
            "deadline_date",
            "Please choose a deadline before the start.",
        ),
        (&[("deadline_time", "19:01")], "deadline_time", "Please choose a deadline before the start."),
        (&[("deadline_date", "2026-03-10")], "deadline_time", "Please choose a time, such as 19:00."),
        (
            &[("deadline_date", "soon"), ("deadline_time", "12:00")],
            "deadline_date",
            "Please choose a date, such as 2030-01-15.",
        ),
        (&[("max_companions", "10")], "max_companions", "Please choose between 0 and 9 companions."),
        (&[("max_companions", "-5")], "max_companions", "Please choose between 0 and 9 companions."),
        (
            &[("max_companions", "1180591620717411303424")],
            "max_companions",
            "Please choose between 0 and 9 companions.",
        ),
        (&[("max_companions", "two")], "max_companions", "Please use digits for the number of companions."),
        (&[("visibility", "nobody")], "visibility", "Who can find this party? Please choose."),
        (&[("names_shown_to", "nobody")], "names_shown_to", "Who sees the guests' names? Please choose."),
        (&[("address", &*"ü".repeat(301))], "address", "Please use at most 300 characters."),
    ] {
        let page = edit(&ada, &party, changes).await;
        assert_page(&page, 422, "Please check what you typed:");
        assert_eq!(page.texts("title"), ["Error: Edit your dinner party - DinnerParty"]);
        assert_eq!(page.attributes(".form-errors a", "href"), [format!("#{field}")], "{changes:?}");
        assert_eq!(page.texts(&format!("#{field}-note.field-error")), [message], "{changes:?}");
        for (name, typed) in changes.iter().filter(|(name, _)| !["visibility", "names_shown_to"].contains(name)) {
            assert_eq!(value(&page, name), *typed, "{changes:?}");
        }
        assert_eq!(value(&page, "venue"), "The kitchen", "what was not changed stays");
    }
    assert_eq!(app.stored_party_of("ada", &party).await.unwrap(), before);
}

async fn seats_below_those_taken_are_refused_beside_the_field(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    for name in ["ben", "cyd"] {
        app.answer(&party, app.add_user(name).await, GuestCommand::Accept(Heads::ONE)).await;
    }
    let page = edit(&ada, &party, &[("number_seats", "2"), ("main_dish", "Stew")]).await;
    assert_page(&page, 422, "Please check what you typed:");
    let message = "3 people are already seated; remove someone first.";
    assert_eq!(page.texts("#number_seats-note.field-error"), [message]);
    assert_eq!((value(&page, "number_seats"), value(&page, "main_dish")), ("2".into(), "Stew".into()));
    let page = ada.submit_on(&page, &page.path, &[("number_seats", "3")]).await;
    assert_eq!(
        (page.texts("h1"), detail(&page, "Seats")[0].split(',').next()),
        (vec!["Stew".into()], Some("3 of 3 taken"))
    );
}

async fn date_in_the_past_is_refused_beside_its_field(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    for (date, time, field, message) in [
        ("2025-12-31", "19:00", "date", "That day has already passed. Please choose a later one."),
        ("2026-01-01", "01:00", "time", "That time has already passed. Please choose a later one."),
    ] {
        let page = edit(&ada, &party, &[("date", date), ("time", time)]).await;
        assert_eq!((page.status, page.texts(&format!("#{field}-note.field-error"))), (422, vec![message.to_owned()]));
        assert_eq!((value(&page, "date"), value(&page, "time")), (date.into(), time.into()));
    }
}

/// A form without its choices would list a party that is not listed.
async fn form_without_choices_is_refused(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host_unusual(&ada).await;
    let page = post(&ada, &format!("/parties/{party}/edit"), &host_form(&[("revision", "0")])).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.attributes(".form-errors a", "href"), ["#visibility", "#names_shown_to"]);
    assert_eq!(app.stored_party_of("ada", &party).await.unwrap().summary.visibility, Visibility::ByLink);
}

async fn stale_form_says_what_the_party_is_now_and_keeps_what_was_typed(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let path = format!("/parties/{party}/edit");
    let old = ada.get(&path).await;
    edit(&ada, &party, &[("number_seats", "6"), ("address", "Linden Street 3"), ("date", "2026-03-15")]).await;

    let page = ada.submit_on(&old, &path, &[("main_dish", "Stew"), ("venue", "The garden")]).await;
    assert_page(&page, 409, "The party has changed since you opened this form. Saved now, and not as in your form:");
    assert_eq!(page.attributes(".stale", "role"), ["alert"]);
    let now: Vec<_> = page.texts(".stale dt").into_iter().zip(page.texts(".stale dd")).collect();
    let expected = [
        ("Main dish", "Ratatouille"),
        ("When", "Sunday 15 March 2026, 19:00 to about Monday 00:00 (Berlin time)"),
        ("Seats", "6"),
        ("Venue", "The kitchen"),
        ("Street address", "Linden Street 3"),
    ];
    assert_eq!(now, expected.map(|(part, value)| (part.to_owned(), value.to_owned())));
    for (field, typed) in
        [("main_dish", "Stew"), ("venue", "The garden"), ("number_seats", "4"), ("date", "2026-03-14")]
    {
        assert_eq!(value(&page, field), typed, "{field}");
    }
    let stored = app.stored_party_of("ada", &party).await.unwrap();
    assert_eq!((stored.summary.main_dish.as_str(), stored.revision), ("Ratatouille", 1), "nothing is saved yet");

    let saved = ada.submit_on(&page, &path, &[("number_seats", "6")]).await;
    assert_eq!((saved.texts("h1"), saved.status), (vec!["Stew".to_owned()], 200));
    let stored = app.stored_party_of("ada", &party).await.unwrap();
    assert_eq!((stored.summary.seats.get(), stored.revision), (6, 2));
}

/// A deadline that the host has chosen is one of the differences; one at the start is not, since it moves with the date.
async fn stale_form_says_which_deadline_there_is_now(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let path = format!("/parties/{party}/edit");
    let old = ada.get(&path).await;
    edit(&ada, &party, &[("deadline_date", "2026-03-12"), ("deadline_time", "12:00")]).await;
    let page = ada.submit_on(&old, &path, &[("main_dish", "Stew")]).await;
    assert_eq!(page.texts(".stale dt"), ["Main dish", "RSVP by"]);
    assert_eq!(page.texts(".stale dd")[1], "Thursday 12 March 2026, 12:00 (Berlin time)");
}

/// A form of a party that was cancelled meanwhile says so before it is saved.
async fn form_shown_before_a_cancellation_is_stale(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let path = format!("/parties/{party}/edit");
    let old = ada.get(&path).await;
    post(&ada, &format!("/parties/{party}/cancel"), &[]).await;

    let page = ada.submit_on(&old, &path, &[("main_dish", "Stew")]).await;
    assert_page(&page, 409, "The party has changed since you opened this form. Saved now, and not as in your form:");
    let now: Vec<_> = page.texts(".stale dt").into_iter().zip(page.texts(".stale dd")).collect();
    let expected = [("State", "Cancelled. Saving doesn't restore it."), ("Main dish", "Ratatouille")];
    assert_eq!(now, expected.map(|(part, value)| (part.to_owned(), value.to_owned())));
    let saved = ada.submit_on(&page, &path, &[]).await;
    assert_eq!((saved.texts("h1"), saved.status), (vec!["Stew".to_owned()], 200));
}

/// An error of a field is shown with the revision that the form had: it must not pass for one that has seen the change.
async fn stale_form_with_an_invalid_field_stays_stale(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let path = format!("/parties/{party}/edit");
    let old = ada.get(&path).await;
    edit(&ada, &party, &[("number_seats", "6")]).await;
    let invalid = ada.submit_on(&old, &path, &[("main_dish", "")]).await;
    assert_eq!(invalid.status, 422);
    let page = ada.submit_on(&invalid, &path, &[("main_dish", "Stew")]).await;
    assert_page(&page, 409, "The party has changed since you opened this form. Saved now, and not as in your form:");
    for revision in ["", "x", "-1", "99999999999999999999", "7"] {
        let page = ada.submit_on(&old, &path, &[("main_dish", "Stew"), ("revision", revision)]).await;
        assert_eq!(page.status, 409, "{revision:?}");
    }
}

async fn form_sent_twice_changes_the_party_once(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let path = format!("/parties/{party}/edit");
    let form = ada.get(&path).await;
    for (time, message) in [("first", "Saved."), ("second", "Nothing changed.")] {
        let page = ada.submit_on(&form, &path, &[("main_dish", "Stew")]).await;
        assert_eq!((page.status, flash(&page).as_str()), (200, message), "the {time} time");
    }
    assert_eq!(app.stored_party_of("ada", &party).await.unwrap().revision, 1);
}

async fn party_that_has_begun_is_not_changed(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("date", "2026-01-01"), ("time", "03:00")]).await;
    let path = format!("/parties/{party}/edit");
    let form = ada.get(&path).await;
    for (hours, message) in
        [(2, "That dinner party has already begun."), (5, "That dinner party has already happened.")]
    {
        app.clock.advance(std::time::Duration::from_hours(hours));
        let page = ada.get(&path).await;
        assert_eq!((flash(&page).as_str(), page.path), (message, format!("/parties/{party}")));
        let page = ada.submit_on(&form, &path, &[("main_dish", "Stew")]).await;
        assert_page(&page, 422, message);
        assert_eq!(value(&page, "main_dish"), "Stew", "nothing typed is lost");
    }
    assert_eq!(app.stored_party_of("ada", &party).await.unwrap().summary.main_dish.as_str(), "Ratatouille");
}

async fn page_exists_for_the_host_alone(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    for path in [&*party, "77", "abc", "007", "-1", "1180591620717411303424"] {
        let path = format!("/parties/{path}/edit");
        assert_page(&ben.get(&path).await, 404, "This page doesn't exist");
        for form in [host_form(&[("visibility", "listed"), ("names_shown_to", "host"), ("revision", "0")]), vec![]] {
            assert_page(&post(&ben, &path, &form).await, 404, "This page doesn't exist");
        }
    }
    assert_eq!(app.stored_party_of("ada", &party).await.unwrap().revision, 0);
}

async fn guests_who_will_be_told_are_counted(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "2")]).await;
    let told = async || ada.get(&format!("/parties/{party}/edit")).await.texts(".told").concat();
    assert_eq!(told().await, "Nobody will see a notice: nobody is coming, waiting, or said maybe.");
    for (name, command) in [
        ("ben", GuestCommand::Accept(Heads::ONE)),
        ("cyd", GuestCommand::Accept(Heads::ONE)),
        ("dan", GuestCommand::Maybe),
        ("eva", GuestCommand::Decline),
    ] {
        app.answer(&party, app.add_user(name).await, command).await;
    }
    assert_eq!(
        told().await,
        "3 guests will see a notice. There is none for the number of seats or for who sees the names. More seats go to the \
         waiting list at once, and those who get one see a notice."
    );
    ada.submit(&format!("/parties/{party}/cancel"), &format!("/parties/{party}/cancel"), &[]).await;
    assert!(told().await.starts_with("3 guests will see a notice."), "also of a cancelled party");
}

async fn raised_seats_go_to_the_waiting_list(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "1")]).await;
    app.answer(&party, app.add_user("ben").await, GuestCommand::Accept(Heads::ONE)).await;
    assert_eq!(app.stored_party_of("ada", &party).await.unwrap().guests, []);
    edit(&ada, &party, &[("number_seats", "2")]).await;
    assert_eq!(app.stored_party_of("ada", &party).await.unwrap().guests[0].username.as_str(), "ben");
}

async fn interrupted_form_is_shown_with_what_was_typed(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let path = format!("/parties/{party}/edit");
    let form = ada.get(&path).await;
    app.advance_days(8); // the session ends on the server
    let page = ada.submit_on(&form, &path, &[("main_dish", "Stew")]).await;
    assert_page(&page, 403, "Your session has ended.");
    let page = ada.submit_on(&page, "/login", &[("email", "ada"), ("password", crate::common::PASSWORD)]).await;
    assert_page(&page, 200, "What you typed is here, and not sent yet.");
    assert_eq!(value(&page, "main_dish"), "Stew");
    let saved = ada.submit_on(&page, &path, &[]).await;
    assert_eq!((saved.texts("h1"), flash(&saved).as_str()), (vec!["Stew".to_owned()], "Saved."));
}
