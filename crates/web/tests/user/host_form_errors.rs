//! The form to host a party with invalid input: each message is beside its field, and the input is kept.

use accounts::test_kit::TestResponse;

use crate::common::{TestApp, assert_page, host_form, post};

test_support::on_both_engines! { TestApp:
    invalid_field_shows_its_reason
    field_refused_for_a_character_is_shown_so_that_it_can_be_sent_again
    passed_time_of_today_is_an_error_of_the_time_field
    repeated_field_is_rejected
    all_errors_are_shown_in_the_order_of_the_form
    invalid_form_is_shown_with_the_hosted_parties
}

const DATE: &str = "Please choose a date, such as 2030-01-15.";
const TIME: &str = "Please choose a time, such as 19:00.";
const ZONE: &str = "Please choose a time zone from the list, such as Europe/Berlin.";
const DAY_PAST: &str = "That day has already passed. Please choose a later one.";
const TIME_PAST: &str = "That time has already passed. Please choose a later one.";
const TOO_LATE: &str = "That is too far away. Please choose an earlier date.";
const GAP: &str = "The clocks jump forward over that time on that day. Please choose another time.";
const WHERE: &str = "Please say where it is.";
const DISH: &str = "What's for dinner?";
const LONG: &str = "Please use at most 200 characters.";
const UNSHOWABLE: &str = "There was a character in here that can't be shown. Please check this and send it again.";
const SEATS: &str = "How many seats are there?";
const DIGITS: &str = "Please use digits for the number of seats.";
const RANGE: &str = "Please choose between 1 and 1000 seats.";
const NUL: &str = "This field held a character that can't be stored. Please check it and send it again.";
const TWICE: &str = "This field was sent more than once. Please fill it in again.";

const FIELDS: [&str; 6] = ["date", "time", "time_zone", "venue", "main_dish", "number_seats"];

/// Asserts that a page shows exactly these errors, each in the summary and beside its field.
fn assert_errors(page: &TestResponse, errors: &[(&str, &str)]) {
    assert_page(page, 422, "Please check what you typed:");
    let summary: Vec<_> =
        page.attributes(".form-errors a", "href").into_iter().zip(page.texts(".form-errors a")).collect();
    let expected: Vec<_> = errors.iter().map(|(field, message)| (format!("#{field}"), (*message).to_owned())).collect();
    assert_eq!(summary, expected);
    assert_eq!(page.attributes(".form-errors", "role"), ["alert"]);
    for field in FIELDS {
        let wrong = errors.iter().find(|(wrong, _)| *wrong == field);
        let note = page.texts(&format!("#{field}-note.field-error"));
        assert_eq!(note, wrong.map(|(_, message)| (*message).to_owned()).into_iter().collect::<Vec<_>>(), "{field}");
        let invalid = page.attributes(&format!("#{field}[aria-invalid=true]"), "aria-describedby");
        assert_eq!(invalid, wrong.map(|_| format!("{field}-note")).into_iter().collect::<Vec<_>>(), "{field}");
    }
}

/// What a field shows of a text: a user can neither see nor delete a control character or a direction mark.
fn repaired(typed: &str) -> String {
    typed.replace(['\0', '\u{1b}', '\u{202e}'], "").replace(['\r', '\n'], " ")
}

async fn field_refused_for_a_character_is_shown_so_that_it_can_be_sent_again(app: TestApp) {
    let ada = app.user("ada").await;
    for (typed, shown) in [
        ("a\0b", "ab"),
        ("a\r\nb", "a b"),
        ("a\tb", "a b"),
        ("a\u{2028}b", "a b"),
        ("a\u{202e}b", "ab"),
        ("a\u{2066}b\u{2069}c", "abc"),
        ("a\u{1b}[31mb", "a[31mb"),
    ] {
        let page = post(&ada, "/user/ada", &host_form(&[("venue", typed), ("main_dish", typed)])).await;
        assert_eq!(page.status, 422, "{typed:?}");
        assert_eq!(page.attributes("#venue, #main_dish", "value"), [shown; 2], "{typed:?}");
        let hosted = ada.submit_on(&page, "/user/ada", &[]).await;
        assert_page(&hosted, 200, "Your table is set.");
        assert_eq!(hosted.texts("h1"), [shown], "{typed:?}");
    }
}

async fn invalid_field_shows_its_reason(app: TestApp) {
    let ada = app.user("ada").await;
    let (long, huge) = ("ü".repeat(201), "1".repeat(20_000));
    let wrong: &[(&str, &str, &str)] = &[
        ("date", "", DATE),
        ("date", "2026-02-30", DATE),
        ("date", "14.03.2026", DATE),
        ("date", "tomorrow", DATE),
        ("date", "2026-03-14\0", NUL),
        ("date", "٢٠٢٦-٠٣-١٤", DATE),
        ("date", &huge, DATE),
        ("date", "10000-01-01", DATE),
        ("date", "2025-12-31", DAY_PAST),
        ("date", "0001-01-01", DAY_PAST),
        ("time", "", TIME),
        ("time", "24:00", TIME),
        ("time", "7pm", TIME),
        ("time", "\0", NUL),
        ("time", &huge, TIME),
        ("time_zone", "", ZONE),
        ("time_zone", "Mars/Base", ZONE),
        ("time_zone", "Factory", ZONE),
        ("time_zone", "../../etc/passwd", ZONE),
        ("time_zone", "Europe/Berlin\0", NUL),
        ("time_zone", &huge, ZONE),
        ("venue", "", WHERE),
        ("venue", " \u{3000} ", WHERE),
        ("venue", &long, LONG),
        ("venue", &huge, LONG),
        ("venue", "a\0b", NUL),
        ("venue", "a\nb", UNSHOWABLE),
        ("venue", "a\u{202e}b", UNSHOWABLE),
        ("venue", "a\u{1b}[31mb", UNSHOWABLE),
        ("main_dish", "", DISH),
        ("main_dish", &long, LONG),
        ("main_dish", "\0", NUL),
        ("main_dish", "a\rb", UNSHOWABLE),
        ("number_seats", "", SEATS),
        ("number_seats", "abc", DIGITS),
        ("number_seats", "1.5", DIGITS),
        ("number_seats", "٨", DIGITS),
        ("number_seats", "0", RANGE),
        ("number_seats", "1001", RANGE),
        ("number_seats", "-4", RANGE),
        ("number_seats", &huge, RANGE),
        ("number_seats", "8\0", NUL),
    ];
    for &(field, typed, message) in wrong {
        let page = post(&ada, "/user/ada", &host_form(&[(field, typed)])).await;
        assert_errors(&page, &[(field, message)]);
        for (other, value) in host_form(&[(field, typed)]) {
            assert_eq!(page.attributes(&format!("#{other}"), "value"), [repaired(value)], "{field} {message}");
        }
    }
    let gap = [("date", "2026-03-29"), ("time", "02:30")];
    assert_errors(&post(&ada, "/user/ada", &host_form(&gap)).await, &[("time", GAP)]);
    let end = [("date", "9999-12-31"), ("time", "23:59"), ("time_zone", "America/New_York")];
    assert_errors(&post(&ada, "/user/ada", &host_form(&end)).await, &[("date", TOO_LATE)]);
    assert_eq!(app.party_count().await, 0);
}

/// The clock of the test is at 2026-01-01T00:00:00Z, which is still 2025 in New York.
async fn passed_time_of_today_is_an_error_of_the_time_field(app: TestApp) {
    let ada = app.user("ada").await;
    for (zone, date, time, field, message) in [
        ("Europe/Berlin", "2026-01-01", "00:58", "time", TIME_PAST),
        ("Europe/Berlin", "2026-01-01", "01:00", "time", TIME_PAST),
        ("Europe/Berlin", "2025-12-31", "23:59", "date", DAY_PAST),
        ("America/New_York", "2025-12-31", "18:59", "time", TIME_PAST),
        ("America/New_York", "2025-12-30", "23:59", "date", DAY_PAST),
        ("Pacific/Kiritimati", "2026-01-01", "13:59", "time", TIME_PAST),
    ] {
        let form = host_form(&[("time_zone", zone), ("date", date), ("time", time)]);
        let page = post(&ada, "/user/ada", &form).await;
        assert_errors(&page, &[(field, message)]);
        for (name, typed) in form {
            assert_eq!(page.attributes(&format!("#{name}"), "value"), [typed], "{zone} {date} {time}");
        }
    }
    assert_eq!(app.party_count().await, 0);
    let response = post(&ada, "/user/ada", &host_form(&[("date", "2026-01-01"), ("time", "01:01")])).await;
    assert_eq!(response.status, 303, "a minute from now");
}

async fn repeated_field_is_rejected(app: TestApp) {
    let ada = app.user("ada").await;
    for field in FIELDS {
        let mut form = host_form(&[]);
        let first = form.iter().find(|(name, _)| *name == field).unwrap().1;
        form.push((field, first));
        let page = post(&ada, "/user/ada", &form).await;
        assert_errors(&page, &[(field, TWICE)]);
        assert_eq!(page.attributes(&format!("#{field}"), "value"), [first]);
    }
    assert_eq!(app.party_count().await, 0);
}

async fn all_errors_are_shown_in_the_order_of_the_form(app: TestApp) {
    let ada = app.user("ada").await;
    let all = [
        ("main_dish", DISH),
        ("date", DATE),
        ("time", TIME),
        ("number_seats", SEATS),
        ("venue", WHERE),
        ("time_zone", ZONE),
    ];
    assert_errors(&post(&ada, "/user/ada", &[]).await, &all);
    let gap = [("date", "2026-03-29"), ("time", "02:30"), ("venue", ""), ("number_seats", "0")];
    let errors = [("time", GAP), ("number_seats", RANGE), ("venue", WHERE)];
    assert_errors(&post(&ada, "/user/ada", &host_form(&gap)).await, &errors);
    assert_eq!(app.party_count().await, 0);
}

async fn invalid_form_is_shown_with_the_hosted_parties(app: TestApp) {
    let ada = app.user("ada").await;
    crate::common::host(&ada, "ada", &[]).await;
    let page = post(&ada, "/user/ada", &host_form(&[("venue", "")])).await;
    assert_page(&page, 422, "Parties I host");
    assert_eq!(page.texts("title"), ["Error: ada - DinnerParty"]);
    assert_eq!(page.texts("article h3"), ["Ratatouille"]);
    // The shown form can be corrected and submitted.
    let corrected = ada.submit_on(&page, "/user/ada", &[("venue", "The garden")]).await;
    assert_page(&corrected, 200, "Your table is set.");
}
