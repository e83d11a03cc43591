//! The form to host a party with valid input: what is stored, what is suggested next, and that input is escaped.

use std::time::Duration;

use accounts::test_kit::TestResponse;

use crate::common::{TestApp, detail, host, host_form, post};

test_support::on_both_engines! { TestApp:
    valid_form_hosts_the_party
    form_submitted_twice_hosts_one_party
    time_zone_of_the_last_party_is_suggested
    former_zone_name_is_shown_as_the_current_one
    unknown_fields_are_ignored
    hostile_input_is_shown_as_text
    largest_and_smallest_values_are_accepted
}

async fn valid_form_hosts_the_party(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("venue", "  Chez Zoé  "), ("number_seats", " 12 "), ("time", "20:30:00")]).await;

    let stored = app.stored_party(&party).await.unwrap().summary;

    assert_eq!(stored.heading.host.as_str(), "ada");
    assert_eq!(stored.heading.date.to_string(), "Saturday 14 March 2026, 20:30 (Berlin time)");
    assert_eq!((stored.venue.as_str(), stored.main_dish.as_str()), ("Chez Zoé", "Ratatouille"));
    assert_eq!((stored.seats.get(), stored.taken), (12, 1), "the host has a seat");
    assert_eq!(stored.rsvp_deadline, stored.heading.date.starts_at());
}

/// As two presses on a slow connection send it. A form that was opened again hosts another party, even with equal fields.
async fn form_submitted_twice_hosts_one_party(app: TestApp) {
    let ada = app.user("ada").await;
    let page = ada.get("/user/ada").await;
    for time in ["first", "second"] {
        let page = ada.submit_on(&page, "/user/ada", &host_form(&[])).await;
        assert_eq!((page.path.as_str(), page.status), ("/parties/1", 200), "the {time} time");
    }
    let invalid = ada.submit("/user/ada", "/user/ada", &host_form(&[("number_seats", "0")])).await;
    let again = ada.submit_on(&invalid, "/user/ada", &host_form(&[])).await;
    assert_eq!(again.path, "/parties/2", "a form shown again with an error keeps its idempotency key");
    assert_eq!(host(&ada, "ada", &[]).await, "3");
}

async fn time_zone_of_the_last_party_is_suggested(app: TestApp) {
    let ada = app.user("ada").await;
    let suggested = async || ada.get("/user/ada").await.attributes("#time_zone", "value").concat();
    assert_eq!(suggested().await, "Europe/Lisbon", "the server's, without a party");
    host(&ada, "ada", &[("date", "2027-01-01"), ("time_zone", "asia/tokyo")]).await;
    assert_eq!(suggested().await, "Asia/Tokyo");
    host(&ada, "ada", &[("date", "2026-01-02"), ("time_zone", "America/New_York")]).await;
    assert_eq!(suggested().await, "America/New_York", "of the party created last, not of the latest date");
    host(&ada, "ada", &[("date", "2026-06-01"), ("time_zone", "Africa/Lagos")]).await;
    assert_eq!(suggested().await, "Africa/Lagos", "of the party created last, between the others");
}

async fn former_zone_name_is_shown_as_the_current_one(app: TestApp) {
    let ada = app.user("ada").await;

    let party = host(&ada, "ada", &[("time_zone", "Europe/Kiev")]).await;

    let page = ada.get(&format!("/parties/{party}")).await;
    assert_eq!(detail(&page, "When"), ["Saturday 14 March 2026, 19:00 to about Sunday 00:00 (Kyiv time)"]);
    let page = ada.get("/user/ada").await;
    assert_eq!(page.attributes("#time_zone", "value"), ["Europe/Kyiv"], "the form has the full name");
    let zones = page.texts("#zones option");
    for (former, current) in [("Europe/Kiev", "Europe/Kyiv"), ("Asia/Calcutta", "Asia/Kolkata")] {
        assert_eq!(
            zones.iter().filter(|zone| [former, current].contains(&zone.as_str())).collect::<Vec<_>>(),
            [current]
        );
    }
    for place in ["Europe/Oslo", "Atlantic/Reykjavik", "America/Indiana/Knox", "UTC"] {
        assert_eq!(zones.iter().filter(|zone| *zone == place).count(), 1, "{place}");
    }
}

async fn unknown_fields_are_ignored(app: TestApp) {
    let ada = app.user("ada").await;
    let ben = app.add_user("ben").await.get().to_string();
    let unknown = [
        ("host", "ben"),
        ("host_id", ben.as_str()),
        ("party_host_id", ben.as_str()),
        ("username", "ben"),
        ("id", "77"),
        ("taken", "0"),
        ("attendees", "ben"),
        ("state", "cancelled"),
        ("max_companions", "9"),
        ("rsvp_deadline", "0"),
    ];
    let response = post(&ada, "/user/ada?host=ben&number_seats=999", &host_form(&unknown)).await;
    assert_eq!((response.status, response.header("location")), (303, Some("/parties/1")));

    let stored = app.stored_party("1").await.unwrap();

    assert_eq!((stored.summary.heading.host.as_str(), stored.guests.len()), ("ada", 0));
    assert_eq!((stored.summary.seats.get(), stored.summary.taken), (4, 1));
    assert!(stored.summary.is_open(domain::Clock::now(&app.clock)));
}

/// Text with a meaning in HTML, JavaScript, CSS, SQL, a template, a shell or a log, and text that is hard to display.
const HOSTILE: [&str; 44] = [
    "<script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "\" autofocus onfocus=\"alert(1)",
    "javascript:alert(1)",
    "<svg/onload=alert(1)>",
    "&lt;b&gt;",
    "&amp;amp;",
    "&#60;b&#62;",
    "&#x3c;",
    "&nbsp;",
    "<!-- comment",
    "-->",
    "]]>",
    "<![CDATA[x]]>",
    "</title></h1>",
    "<style>*{display:none}</style>",
    "{{ 7*7 }}",
    "{% raw %}",
    "{# note #}",
    "${7*7}",
    "#{7*7}",
    "<%= 7 %>",
    "%3Cscript%3E",
    "\\u003cscript\\u003e",
    "+1 & more=2",
    "a;b=c",
    "'; DROP TABLE parties; --",
    "\" OR \"\"=\"",
    "$1",
    "?",
    ":name",
    "%s%n%d",
    "`id`",
    "$(id)",
    "../../etc/passwd",
    "C:\\temp\\new",
    "null",
    "0",
    "مطعم ليلى",
    "日本料理 🍣",
    "e\u{301}e\u{301}",
    "ﬁn 🏳️‍🌈",
];

fn collapse_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Asserts that the page has only the elements of our own templates.
fn assert_nothing_injected(page: &TestResponse) {
    let injected = "script:not([src^='/assets/']), style, svg:not([class]), img, b";
    assert!(page.texts(injected).is_empty() && page.texts("script").concat().is_empty(), "{}", page.html);
    for handler in ["onerror", "onfocus", "onload", "onmouseover"] {
        assert!(page.attributes(&format!("[{handler}]"), handler).is_empty(), "{}", page.html);
    }
}

async fn hostile_input_is_shown_as_text(app: TestApp) {
    let ada = app.user("ada").await;
    for typed in HOSTILE {
        // Rejected: shown in the form again.
        let form = [("venue", typed), ("main_dish", typed), ("time_zone", typed)];
        let page = post(&ada, "/user/ada", &host_form(&form)).await;
        assert_eq!(page.status, 422, "{typed:?}");
        for field in ["venue", "main_dish", "time_zone"] {
            assert_eq!(page.attributes(&format!("#{field}"), "value"), [typed], "{field}");
        }
        assert_nothing_injected(&page);

        // Hosted: shown on the party's page, in its title and in the list.
        let response = post(&ada, "/user/ada", &host_form(&[("venue", typed), ("main_dish", typed)])).await;
        let page = ada.get(response.header("location").unwrap()).await;
        assert_eq!(
            (page.texts("h1"), detail(&page, "Venue")),
            (vec![collapse_spaces(typed)], vec![collapse_spaces(typed)]),
            "{typed:?}"
        );
        assert_eq!(page.texts("head title"), [format!("{} at ada's - DinnerParty", collapse_spaces(typed))]);
        assert_nothing_injected(&page);
        app.clock.advance(Duration::from_mins(2)); // one may host 30 parties an hour
    }
    let list = ada.get("/rsvp?per_page=100").await;
    assert_eq!(list.texts("article h3"), HOSTILE.map(collapse_spaces));
    let more =
        HOSTILE.iter().zip(1..).map(|(venue, id)| format!("{} · ada (host) · Party ID {id}", collapse_spaces(venue)));
    assert_eq!(list.texts("article .more"), more.collect::<Vec<_>>());
    assert_nothing_injected(&list);
}

async fn largest_and_smallest_values_are_accepted(app: TestApp) {
    let ada = app.user("ada").await;
    let long = "ü".repeat(200);
    for seats in ["1", "1000"] {
        let party = host(&ada, "ada", &[("number_seats", seats), ("venue", &long), ("main_dish", &long)]).await;
        let stored = app.stored_party(&party).await.unwrap().summary;
        assert_eq!((stored.seats.to_string().as_str(), stored.venue.as_str()), (seats, long.as_str()));
    }
    host(&ada, "ada", &[("date", "9999-12-30"), ("time", "00:00"), ("time_zone", "UTC")]).await;
    assert_eq!(ada.get("/rsvp").await.status, 200);
}
