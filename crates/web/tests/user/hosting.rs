//! The form to host a party, filled in well: what is stored, what is offered next, and that text stays text.

use accounts::test_kit::TestResponse;

use crate::common::{TestApp, detail, host, host_form, post};

test_support::on_both_engines! { TestApp:
    what_was_typed_is_hosted
    a_form_sent_twice_hosts_one_party
    the_zone_of_the_last_party_is_offered
    what_the_form_does_not_have_changes_nothing
    whatever_is_typed_comes_back_as_it_was_typed
    seats_and_texts_go_up_to_their_bounds
}

async fn what_was_typed_is_hosted(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("venue", "  Chez Zoé  "), ("number_seats", " 12 "), ("time", "20:30:00")]).await;

    let stored = app.stored_party(&party).await.unwrap().summary;

    assert_eq!(stored.heading.host.as_str(), "ada");
    assert_eq!(stored.heading.date.to_string(), "Saturday 14 March 2026, 20:30 (Europe/Berlin)");
    assert_eq!((stored.venue.as_str(), stored.main_dish.as_str()), ("Chez Zoé", "Ratatouille"));
    assert_eq!((stored.seats.get(), stored.taken), (12, 1), "the host takes a seat");
    assert_eq!(stored.rsvp_deadline, stored.heading.date.starts_at());
}

/// As two presses on a slow line send it. Whoever opens the form anew means another party, however alike.
async fn a_form_sent_twice_hosts_one_party(app: TestApp) {
    let ada = app.user("ada").await;
    let page = ada.get("/user/ada").await;
    for time in ["first", "second"] {
        let told = ada.submit_on(&page, "/user/ada", &host_form(&[])).await;
        assert_eq!((told.path.as_str(), told.status), ("/parties/1", 200), "the {time} time");
    }
    let refused = ada.submit("/user/ada", "/user/ada", &host_form(&[("number_seats", "0")])).await;
    let again = ada.submit_on(&refused, "/user/ada", &host_form(&[])).await;
    assert_eq!(again.path, "/parties/2", "a form that came back with an error is one too");
    assert_eq!(host(&ada, "ada", &[]).await, "3");
}

async fn the_zone_of_the_last_party_is_offered(app: TestApp) {
    let ada = app.user("ada").await;
    let offered = async || ada.get("/user/ada").await.attributes("#time_zone", "value").concat();
    assert_eq!(offered().await, "Europe/Lisbon", "the server's, at first");
    host(&ada, "ada", &[("date", "2027-01-01"), ("time_zone", "asia/tokyo")]).await;
    assert_eq!(offered().await, "Asia/Tokyo");
    host(&ada, "ada", &[("date", "2026-01-02"), ("time_zone", "America/New_York")]).await;
    assert_eq!(offered().await, "America/New_York", "the last one made, the soonest as well as");
    host(&ada, "ada", &[("date", "2026-06-01"), ("time_zone", "Africa/Lagos")]).await;
    assert_eq!(offered().await, "Africa/Lagos", "one in the middle");
}

async fn what_the_form_does_not_have_changes_nothing(app: TestApp) {
    let ada = app.user("ada").await;
    let ben = app.add_user("ben").await.get().to_string();
    let more = [
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
    let answer = post(&ada, "/user/ada?host=ben&number_seats=999", &host_form(&more)).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/parties/1")));

    let stored = app.stored_party("1").await.unwrap();

    assert_eq!((stored.summary.heading.host.as_str(), stored.guests.len()), ("ada", 0));
    assert_eq!((stored.summary.seats.get(), stored.summary.taken), (4, 1));
    assert!(stored.summary.is_open(domain::Clock::now(&app.clock)));
}

/// Text that would be something else to HTML, JavaScript, CSS, SQL, a template, a shell, a log or a reader's eye.
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

fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_only_ours(page: &TestResponse) {
    let alien = "script:not([src^='/assets/']), style, svg:not([class]), img, b";
    assert!(page.texts(alien).is_empty() && page.texts("script").concat().is_empty(), "{}", page.html);
    for handler in ["onerror", "onfocus", "onload", "onmouseover"] {
        assert!(page.attributes(&format!("[{handler}]"), handler).is_empty(), "{}", page.html);
    }
}

async fn whatever_is_typed_comes_back_as_it_was_typed(app: TestApp) {
    let ada = app.user("ada").await;
    for typed in HOSTILE {
        // Refused: in the form again.
        let form = [("venue", typed), ("main_dish", typed), ("time_zone", typed)];
        let page = post(&ada, "/user/ada", &host_form(&form)).await;
        assert_eq!(page.status, 422, "{typed:?}");
        for field in ["venue", "main_dish", "time_zone"] {
            assert_eq!(page.attributes(&format!("#{field}"), "value"), [typed], "{field}");
        }
        assert_only_ours(&page);

        // Hosted: on the party's page, in its title, and in the list.
        let answer = post(&ada, "/user/ada", &host_form(&[("venue", typed), ("main_dish", typed)])).await;
        let page = ada.get(answer.header("location").unwrap()).await;
        assert_eq!((page.texts("h1"), detail(&page, "Venue")), (vec![normal(typed)], vec![normal(typed)]), "{typed:?}");
        assert_eq!(page.texts("head title"), [format!("{} at ada's - DinnerParty", normal(typed))]);
        assert_only_ours(&page);
    }
    let list = ada.get("/rsvp?per_page=100").await;
    assert_eq!(list.texts("article h3"), HOSTILE.map(normal));
    assert_eq!(detail(&list, "Venue"), HOSTILE.map(normal));
    assert_only_ours(&list);
}

async fn seats_and_texts_go_up_to_their_bounds(app: TestApp) {
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
