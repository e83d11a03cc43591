//! `/host`: the page to host a dinner party. What the rules of its fields reject is tested with the short form.

use accounts::test_kit::TestResponse;
use domain::party::{NamesShownTo, Visibility};

use crate::common::{TestApp, assert_page, detail, flash, host, host_form, post};

test_support::on_both_engines! { TestApp:
    form_begins_with_the_dish_and_has_folded_defaults
    form_hosts_the_party_and_leads_to_its_page
    end_details_and_visibility_are_stored
    deadline_companions_names_and_address_are_stored
    deadline_after_the_start_or_in_the_past_is_refused
    form_is_filled_from_an_earlier_party
    invalid_end_details_or_visibility_shows_its_reason
    summary_lists_errors_in_the_order_of_the_form
    party_of_several_days_has_a_last_day
    time_that_has_passed_today_is_an_error_of_the_time
    form_submitted_twice_hosts_one_party
    first_date_is_today_in_the_time_zone_of_the_form
    invalid_form_keeps_its_values_and_marks_each_field
    error_in_the_folded_part_opens_it
}

/// The labels of the first fields of the folded part.
const FOLDED: [&str; 5] = [
    "Last day (optional)",
    "How many may each guest bring?",
    "RSVP by (optional)",
    "RSVP by, time (optional)",
    "Details (optional)",
];

fn value(page: &TestResponse, field: &str) -> String {
    page.attributes(&format!("#{field}"), "value").concat()
}

async fn form_begins_with_the_dish_and_has_folded_defaults(app: TestApp) {
    let ada = app.user("ada").await;
    let page = ada.get("/host").await;

    assert_page(&page, 200, "Host a dinner party");
    assert_eq!(page.texts("nav[aria-label=Main] a[aria-current=page]"), ["Host"]);
    // The time zone of the first party is a guess, so it is not folded.
    assert_eq!(
        page.texts("form.hosting > .field label"),
        ["Main dish", "Date", "Start", "End (optional)", "Number of seats", "Time zone"]
    );
    assert_eq!(
        page.texts("details:not([open]) .field > label"),
        [&FOLDED[..], &["Venue", "Street address (optional)"]].concat()
    );
    assert_eq!(page.texts("details:not([open]) legend"), ["Who can find this party?", "Who sees the guests' names?"]);
    assert_eq!(page.attributes("[type=radio][checked]", "value"), ["listed", "everyone"]);
    assert_eq!(value(&page, "max_companions"), "0");
    assert_eq!((value(&page, "venue").as_str(), value(&page, "time_zone").as_str()), ("ada's place", "Europe/Lisbon"));

    host(&ada, "ada", &[("time_zone", "Asia/Tokyo")]).await;
    let page = ada.get("/host").await;
    assert_eq!(
        page.texts("form.hosting > .field label"),
        ["Main dish", "Date", "Start", "End (optional)", "Number of seats"]
    );
    assert_eq!(
        page.texts("details:not([open]) .field > label"),
        [&FOLDED[..], &["Venue", "Street address (optional)", "Time zone"]].concat()
    );
    assert_eq!(value(&page, "time_zone"), "Asia/Tokyo", "of the last party");
}

async fn form_hosts_the_party_and_leads_to_its_page(app: TestApp) {
    let ada = app.user("ada").await;
    let page = ada.submit("/host", "/host", &[("main_dish", "Stew"), ("date", "2026-03-14")]).await;

    assert_eq!(page.path, "/parties/1");
    assert!(flash(&page).starts_with("Your table is set."), "{}", page.text);
    let stored = app.stored_party("1").await.unwrap().summary;
    assert_eq!((stored.main_dish.as_str(), stored.venue.as_str()), ("Stew", "ada's place"));
    assert_eq!((stored.seats.get(), stored.heading.date.zone().as_str()), (8, "Europe/Lisbon"));
}

async fn end_details_and_visibility_are_stored(app: TestApp) {
    let ada = app.user("ada").await;
    for (end, hours) in [("23:30", 4.5), ("01:00", 6.0), ("07:00", 12.0), ("", 5.0), (" ", 5.0)] {
        let changes = [("end_time", end), ("visibility", "link"), ("details", "Bring a chair.\r\nRing twice.")];
        let party = post(&ada, "/host", &host_form(&changes)).await;
        let party = party.header("location").unwrap().strip_prefix("/parties/").unwrap().to_owned();
        let stored = app.stored_party_of("ada", &party).await.unwrap();
        let lasted = stored.summary.ends_at.since(stored.summary.heading.date.starts_at());
        assert!((lasted.as_secs_f64() / 3600.0 - hours).abs() < 0.001, "{end:?}: {lasted:?}");
        assert_eq!(stored.details.unwrap().as_str(), "Bring a chair.\nRing twice.");
        assert_eq!(stored.summary.visibility, Visibility::ByLink);
    }
    // The short form has none of these fields.
    let party = host(&ada, "ada", &[]).await;
    let stored = app.stored_party_of("ada", &party).await.unwrap();
    assert_eq!((stored.summary.visibility, stored.details), (Visibility::Listed, None));
}

async fn deadline_companions_names_and_address_are_stored(app: TestApp) {
    let ada = app.user("ada").await;
    for (day, time, deadline) in [
        ("2026-03-10", "12:30", "Tuesday 10 March 2026, 12:30 (Tokyo time)"),
        ("", "12:30", "Saturday 14 March 2026, 12:30 (Tokyo time)"),
        ("2026-03-14", "19:00", "Saturday 14 March 2026, 19:00 (Tokyo time)"),
        ("", " ", "Saturday 14 March 2026, 19:00 (Tokyo time)"),
    ] {
        let changes = [
            ("time_zone", "Asia/Tokyo"),
            ("deadline_date", day),
            ("deadline_time", time),
            ("max_companions", "9"),
            ("names_shown_to", "host"),
            ("visibility", "invitation"),
            ("address", " Linden Street 3 "),
        ];
        let party = post(&ada, "/host", &host_form(&changes)).await;
        let party = party.header("location").unwrap().strip_prefix("/parties/").unwrap().to_owned();
        let stored = app.stored_party_of("ada", &party).await.unwrap();
        let date = &stored.summary.heading.date;
        assert_eq!(date.at_in_same_zone(stored.summary.rsvp_deadline).to_string(), deadline, "{day:?} {time:?}");
        assert_eq!((stored.summary.max_companions, stored.names_shown_to), (9, NamesShownTo::Host));
        assert_eq!(stored.summary.visibility, Visibility::ByInvitation);
        assert_eq!(stored.address.unwrap().as_str(), "Linden Street 3");
    }
}

async fn deadline_after_the_start_or_in_the_past_is_refused(app: TestApp) {
    let ada = app.user("ada").await;
    let before_start = "Please choose a deadline before the start.";
    let past = "That deadline has already passed. Please choose a later one, or leave it empty.";
    for (day, time, field, message) in [
        ("2026-03-14", "19:01", "deadline_date", before_start),
        ("2027-01-01", "00:00", "deadline_date", before_start),
        ("", "19:01", "deadline_time", before_start),
        ("2026-01-01", "01:00", "deadline_date", past),
        ("2025-12-31", "12:00", "deadline_date", past),
    ] {
        let page = post(&ada, "/host", &host_form(&[("deadline_date", day), ("deadline_time", time)])).await;
        assert_eq!(page.attributes(".form-errors a", "href"), [format!("#{field}")], "{day} {time}");
        assert_eq!(page.texts(&format!("#{field}-note.field-error")), [message], "{day} {time}");
        assert_eq!((value(&page, "deadline_date"), value(&page, "deadline_time")), (day.into(), time.into()));
    }
    let gap = [("date", "2026-03-29"), ("deadline_time", "02:30")];
    let page = post(&ada, "/host", &host_form(&gap)).await;
    let message = "The clocks jump forward over that time on that day. Please choose another time.";
    assert_eq!(page.texts("#deadline_time-note.field-error"), [message]);
    assert_eq!(app.party_count().await, 0);
}

async fn form_is_filled_from_an_earlier_party(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let changes = [
        ("end_time", "23:30"),
        ("number_seats", "7"),
        ("max_companions", "2"),
        ("deadline_date", "2026-03-10"),
        ("deadline_time", "12:00"),
        ("details", "Bring a chair."),
        ("visibility", "link"),
        ("names_shown_to", "guests"),
        ("address", "Linden Street 3"),
    ];
    post(&ada, "/host", &host_form(&changes)).await;
    let page = ada.get("/host?again=1").await;
    assert_page(&page, 200, "Host a dinner party");
    for (field, expected) in [
        ("main_dish", "Ratatouille"),
        ("date", ""),
        ("time", "19:00"),
        ("end_time", "23:30"),
        ("number_seats", "7"),
        ("max_companions", "2"),
        ("deadline_date", ""),
        ("deadline_time", ""),
        ("venue", "The kitchen"),
        ("address", "Linden Street 3"),
        ("time_zone", "Europe/Berlin"),
    ] {
        assert_eq!(value(&page, field), expected, "{field}");
    }
    assert_eq!(page.attributes("[type=radio][checked]", "value"), ["link", "guests"]);
    assert_eq!((page.texts("#details"), page.texts("details[open]").len()), (vec!["Bring a chair.".to_owned()], 1));
    let hosted = ada.submit_on(&page, "/host", &[("date", "2026-04-14")]).await;
    assert_eq!(hosted.path, "/parties/2", "{}", hosted.text);
    let stored = app.stored_party_of("ada", "2").await.unwrap();
    assert_eq!((stored.summary.seats.get(), stored.address.unwrap().as_str()), (7, "Linden Street 3"));
    // A party of several days: the time of its end says nothing without the day.
    let days = [("end_date", "2026-03-17"), ("end_time", "12:00")];
    let days = post(&ada, "/host", &host_form(&days)).await;
    assert_eq!(days.header("location"), Some("/parties/3"), "{}", days.text);
    let page = ada.get("/host?again=3").await;
    assert_eq!((value(&page, "end_date"), value(&page, "end_time")), (String::new(), String::new()));
    // A number of another host's party, or of none, is ignored.
    for path in ["/host?again=1", "/host?again=99", "/host?again=x", "/host?again=99999999999999999999"] {
        let page = ben.get(path).await;
        assert_page(&page, 200, "Host a dinner party");
        assert_eq!((value(&page, "venue").as_str(), value(&page, "main_dish").as_str()), ("ben's place", ""), "{path}");
    }
}

async fn invalid_end_details_or_visibility_shows_its_reason(app: TestApp) {
    let ada = app.user("ada").await;
    let long = "ü".repeat(2001);
    let unlikely = |time| {
        format!(
            "That's Sunday 15 March, {time}, more than 12 hours after the start. Please choose an earlier end, or say which day it ends."
        )
    };
    for (field, typed, message) in [
        ("end_time", "late", "Please choose a time, such as 19:00."),
        ("end_time", "19:00", "Please choose an end after the start, or leave it empty."),
        ("end_time", "18:00", &unlikely("18:00")),
        ("end_time", "07:01", &unlikely("07:01")),
        ("details", &long, "Please use at most 2000 characters."),
        (
            "details",
            "a\u{202e}b",
            "There was a character in here that can't be shown. Please check this and send it again.",
        ),
        ("details", "\0", "This field held a character that can't be stored. Please check it and send it again."),
        ("visibility", "nobody", "Who can find this party? Please choose."),
    ] {
        let page = post(&ada, "/host", &host_form(&[(field, typed)])).await;
        assert_page(&page, 422, "Please check what you typed:");
        assert_eq!(page.attributes(".form-errors a", "href"), [format!("#{field}")]);
        assert_eq!(page.texts(&format!("#{field}-note.field-error")), [message], "{field}");
        assert_eq!(page.texts("details[open]").len(), 1, "{field}: the day of an end is in the folded part");
        match field {
            "details" => assert_eq!(page.texts("#details"), [typed.replace(['\0', '\u{202e}'], "")]),
            "end_time" => assert_eq!(value(&page, field), typed),
            _ => assert_eq!(page.attributes("[name=visibility][checked]", "value"), ["listed"]),
        }
    }
    let skipped = [("date", "2026-03-28"), ("end_time", "02:30")];
    let page = post(&ada, "/host", &host_form(&skipped)).await;
    assert_eq!(page.attributes(".form-errors a", "href"), ["#end_time"], "the clocks jump forward that night");
    let kept = post(&ada, "/host", &host_form(&[("visibility", "link"), ("main_dish", "")])).await;
    assert_eq!(kept.attributes("[name=visibility][checked]", "value"), ["link"]);
    assert_eq!(app.party_count().await, 0);
}

async fn summary_lists_errors_in_the_order_of_the_form(app: TestApp) {
    let ada = app.user("ada").await;
    let fields = [
        "main_dish",
        "date",
        "time",
        "end_time",
        "number_seats",
        "end_date",
        "max_companions",
        "deadline_date",
        "deadline_time",
        "venue",
        "address",
        "time_zone",
    ];
    let long = "x".repeat(3_000);
    let invalid =
        fields.iter().chain(&["details", "visibility", "names_shown_to"]).map(|field| (*field, long.as_str()));

    let page = post(&ada, "/host", &host_form(&invalid.collect::<Vec<_>>())).await;

    let listed = page.attributes(".form-errors a", "href");
    let in_form = page.attributes("form.hosting [id]", "id").into_iter().map(|id| format!("#{id}"));
    assert_eq!(listed, in_form.filter(|link| listed.contains(link)).collect::<Vec<_>>());
    assert_eq!(listed.len(), fields.len() + 3, "{listed:?}");
}

async fn party_of_several_days_has_a_last_day(app: TestApp) {
    let ada = app.user("ada").await;
    let form = |day, time| host_form(&[("end_date", day), ("end_time", time)]);
    for (day, time, field, message) in [
        ("2026-03-13", "23:00", "end_time", "Please choose an end after the start, or leave it empty."),
        ("2026-03-14", "18:00", "end_time", "Please choose an end after the start, or leave it empty."),
        ("2026-03-17", "19:01", "end_time", "A party takes up to three days. Please choose an earlier end."),
        ("2026-03-15", "", "end_time", "Please choose a time, such as 19:00."),
        ("Sunday", "23:00", "end_date", "Please choose a date, such as 2030-01-15."),
    ] {
        let page = post(&ada, "/host", &form(day, time)).await;
        assert_eq!(page.attributes(".form-errors a", "href"), [format!("#{field}")], "{day} {time}");
        assert_eq!(page.texts(&format!("#{field}-note.field-error")), [message], "{day} {time}");
        assert_eq!((value(&page, "end_date"), value(&page, "end_time")), (day.into(), time.into()));
        assert_eq!(page.texts("details[open]").len(), 1, "{day} {time}");
    }
    for (day, time, when) in [
        ("2026-03-17", "19:00", "Saturday 14 March 2026, 19:00 to Tuesday 19:00 (Berlin time)"),
        ("2026-03-15", "12:00", "Saturday 14 March 2026, 19:00 to Sunday 12:00 (Berlin time)"),
        ("2026-03-14", "23:00", "Saturday 14 March 2026, 19:00 to 23:00 (Berlin time)"),
        (" ", "01:00", "Saturday 14 March 2026, 19:00 to Sunday 01:00 (Berlin time)"),
        ("", "", "Saturday 14 March 2026, 19:00 to about Sunday 00:00 (Berlin time)"),
    ] {
        let response = post(&ada, "/host", &form(day, time)).await;
        let page = ada.get(response.header("location").unwrap()).await;
        assert_eq!(detail(&page, "When"), [when]);
    }
}

async fn time_that_has_passed_today_is_an_error_of_the_time(app: TestApp) {
    let ada = app.user("ada").await;
    app.clock.advance(std::time::Duration::from_hours(11)); // 12:00 in Berlin
    for (date, time, field) in [("2026-01-01", "11:58", "time"), ("2025-12-31", "23:00", "date")] {
        let page = post(&ada, "/host", &host_form(&[("date", date), ("time", time)])).await;
        assert_eq!(page.attributes(".form-errors a", "href"), [format!("#{field}")], "{date} {time}");
        assert_eq!(page.texts(&format!("#{field}-note.field-error")).len(), 1);
    }
}

async fn form_submitted_twice_hosts_one_party(app: TestApp) {
    let ada = app.user("ada").await;
    let page = ada.get("/host").await;
    for time in ["first", "second"] {
        let hosted = ada.submit_on(&page, "/host", &host_form(&[])).await;
        assert_eq!((hosted.path.as_str(), hosted.status), ("/parties/1", 200), "the {time} time");
    }
}

/// At the start of the tests it is 1 January 2026 in Tokyo, and still 31 December in New York.
async fn first_date_is_today_in_the_time_zone_of_the_form(app: TestApp) {
    let ada = app.user("ada").await;
    let first = async || ada.get("/host").await.attributes("#date", "min").concat();
    assert_eq!(first().await, "2025-12-31", "it is still that day somewhere, and the zone is only a guess");
    host(&ada, "ada", &[("time_zone", "Asia/Tokyo")]).await;
    assert_eq!(first().await, "2026-01-01");
    host(&ada, "ada", &[("time_zone", "America/New_York")]).await;
    assert_eq!(first().await, "2025-12-31");
}

async fn invalid_form_keeps_its_values_and_marks_each_field(app: TestApp) {
    let ada = app.user("ada").await;
    let typed = host_form(&[("main_dish", ""), ("date", "2026-02-30"), ("venue", "The <i>attic</i>")]);
    let page = post(&ada, "/host", &typed).await;

    assert_page(&page, 422, "Please check what you typed:");
    assert_eq!(page.texts("title"), ["Error: Host a dinner party - DinnerParty"]);
    assert_eq!(page.attributes(".form-errors a", "href"), ["#main_dish", "#date"]);
    for (field, typed) in typed {
        assert_eq!(value(&page, field), typed, "{field}");
    }
    let corrected = ada.submit_on(&page, "/host", &[("main_dish", "Stew"), ("date", "2026-03-14")]).await;
    assert_eq!(corrected.path, "/parties/1");
    assert_eq!(app.party_count().await, 1);
}

async fn error_in_the_folded_part_opens_it(app: TestApp) {
    let ada = app.user("ada").await;
    for (field, typed) in [("venue", ""), ("time_zone", "Mars")] {
        let page = post(&ada, "/host", &host_form(&[(field, typed)])).await;
        assert_eq!(page.attributes(".form-errors a", "href"), [format!("#{field}")]);
        assert_eq!(page.texts("details[open] .field-error").len(), 1, "{field}");
    }
    let page = post(&ada, "/host", &host_form(&[("main_dish", "")])).await;
    assert!(page.texts("details[open]").is_empty());
}
