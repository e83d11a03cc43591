//! `/host`: the page to host a dinner party. What the rules of its fields reject is tested with the short form.

use accounts::test_kit::TestResponse;

use crate::common::{TestApp, assert_page, flash, host, host_form, post};

test_support::on_both_engines! { TestApp:
    form_begins_with_the_dish_and_has_folded_defaults
    form_hosts_the_party_and_leads_to_its_page
    form_submitted_twice_hosts_one_party
    first_date_is_today_in_the_time_zone_of_the_form
    invalid_form_keeps_its_values_and_marks_each_field
    error_in_the_folded_part_opens_it
}

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
        ["Main dish", "Date", "Time", "Number of seats", "Time zone"]
    );
    assert_eq!(page.texts("details:not([open]) label"), ["Venue"]);
    assert_eq!((value(&page, "venue").as_str(), value(&page, "time_zone").as_str()), ("ada's place", "Europe/Lisbon"));

    host(&ada, "ada", &[("time_zone", "Asia/Tokyo")]).await;
    let page = ada.get("/host").await;
    assert_eq!(page.texts("form.hosting > .field label"), ["Main dish", "Date", "Time", "Number of seats"]);
    assert_eq!(page.texts("details:not([open]) label"), ["Venue", "Time zone"]);
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

async fn form_submitted_twice_hosts_one_party(app: TestApp) {
    let ada = app.user("ada").await;
    let page = ada.get("/host").await;
    for time in ["first", "second"] {
        let hosted = ada.submit_on(&page, "/host", &host_form(&[])).await;
        assert_eq!((hosted.path.as_str(), hosted.status), ("/parties/1", 200), "the {time} time");
    }
}

/// At the start of the tests it is 1 January 2026 in London, and still 31 December in New York.
async fn first_date_is_today_in_the_time_zone_of_the_form(app: TestApp) {
    let ada = app.user("ada").await;
    let first = async || ada.get("/host").await.attributes("#date", "min").concat();
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
