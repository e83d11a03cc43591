//! Requests that no page of ours sends: they are rejected with a reason, change nothing, and never cause a 5xx.

use accounts::test_kit::{TestClient, TestResponse};
use poem::http::Method;

use crate::common::{TestApp, assert_has_headers, assert_page, host, host_form, post};

test_support::on_both_engines! { TestApp:
    undecodable_form_is_400
    body_that_is_no_form_is_415
    form_of_another_origin_is_403
    odd_field_values_cause_no_server_error
    odd_paths_and_queries_cause_no_server_error
}

const FORMS: [&str; 4] = ["/user/ada", "/rsvp", "/parties/1/rsvp", "/host"];

async fn send(client: &TestClient, path: &str, kind: Option<&str>, body: impl Into<Vec<u8>>) -> TestResponse {
    let mut request = client.request(Method::POST, path).header("sec-fetch-site", "same-origin");
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    client.send(request.body(body.into())).await
}

async fn assert_nothing_changed(app: &TestApp) {
    assert_eq!(app.party_count().await, 1);
    assert_eq!(app.stored_party("1").await.unwrap().guests, []);
}

async fn undecodable_form_is_400(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    host(&ada, "ada", &[]).await;
    for body in [
        &b"party_id=%"[..],
        b"party_id=1%",
        b"answer=%zz",
        b"answer=yes&x=%ff",
        b"venue=\xff",
        b"%C3=1",
        b"x=%ED%A0%80",
    ] {
        for (client, path) in [(&ada, FORMS[0]), (&ben, FORMS[1]), (&ben, FORMS[2]), (&ada, FORMS[3])] {
            let page = send(client, path, Some("application/x-www-form-urlencoded"), body).await;
            assert_page(&page, 400, "What was sent is damaged. Nothing changed, please try again.");
        }
    }
    assert_nothing_changed(&app).await;
}

async fn body_that_is_no_form_is_415(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    host(&ada, "ada", &[]).await;
    let multipart = "--x\r\nContent-Disposition: form-data; name=\"party_id\"\r\n\r\n1\r\n--x--\r\n";
    for (kind, body) in [
        (Some("application/json"), "{\"party_id\":1,\"answer\":\"yes\"}"),
        (Some("text/plain"), "party_id=1&answer=yes"),
        (Some("multipart/form-data; boundary=x"), multipart),
        (None, "party_id=1&answer=yes"),
    ] {
        for (client, path) in [(&ada, FORMS[0]), (&ben, FORMS[1]), (&ben, FORMS[2]), (&ada, FORMS[3])] {
            let page = send(client, path, kind, body).await;
            assert_page(&page, 415, "This page takes a form, sent the way a browser sends one.");
        }
    }
    assert_nothing_changed(&app).await;
}

async fn form_of_another_origin_is_403(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    host(&ada, "ada", &[]).await;
    let form = host_form(&[("party_id", "1"), ("answer", "yes")]);
    for (client, path) in [(&ada, FORMS[0]), (&ben, FORMS[1]), (&ben, FORMS[2]), (&ada, FORMS[3]), (&ben, "/logout")] {
        for (name, value) in [
            ("x-unrelated", "header"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            let request = client.request(Method::POST, path).header(name, value).form(&form);
            assert_page(&client.send(request).await, 403, "That did not come from one of our forms");
        }
    }
    assert_nothing_changed(&app).await;
    assert_page(&ben.get("/user/ben").await, 200, "Parties I host");
}

/// Values that often break parsers.
fn odd() -> Vec<String> {
    let mut odd: Vec<_> = ["", "\0", "\u{feff}", "\u{202e}", "\r\n\r\n", "-1", "1e400", "NaN", "9223372036854775808"]
        .into_iter()
        .chain(["١", "'", "\"", "\\", "%", "_", "{{1}}", "\u{1f468}\u{200d}\u{1f469}", "\u{10ffff}", "\u{fdd0}"])
        .map(str::to_owned)
        .collect();
    odd.push("9".repeat(400));
    odd.push("ﷺ".repeat(5000));
    odd
}

fn assert_no_server_error(page: &TestResponse, request: &str) {
    assert!(page.status < 500, "{} for {request}", page.status);
    assert_has_headers(page);
}

/// Each form with the fields that it reads. Ada is the host of party 1.
const FIELDS: &[(&str, &str, &[&str])] = &[
    ("ada", "/user/ada", &["date", "time", "time_zone", "venue", "main_dish", "number_seats", "csrf_token"]),
    (
        "ada",
        "/host",
        &["end_date", "end_time", "details", "address", "visibility", "names_shown_to", "max_companions", "once"],
    ),
    ("ada", "/parties/1/edit", &["date", "deadline_date", "deadline_time", "number_seats", "revision"]),
    ("ada", "/parties/1/guests/add", &["guest", "heads"]),
    ("ada", "/parties/1/guests/invite", &["guest"]),
    ("ada", "/parties/1/guests/remove", &["guest"]),
    ("ada", "/parties/1/guests/reinstate", &["guest"]),
    ("ada", "/parties/1/guests/message", &["coming", "text", "once", "preview"]),
    ("ada", "/parties/1/link", &["csrf_token"]),
    ("ada", "/notices", &["notice", "all", "newest"]),
    ("ben", "/rsvp", &["party_id", "free_seat", "back"]),
    ("ben", "/parties/1/rsvp", &["answer", "heads", "heads_shown", "come_as", "note", "allergies", "note_shown"]),
    ("ben", "/parties/1/undo", &["note"]),
];

async fn odd_field_values_cause_no_server_error(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    host(&ada, "ada", &[("max_companions", "3")]).await;
    for value in odd() {
        for &(user, path, fields) in FIELDS {
            for &field in fields {
                let form = match path {
                    "/user/ada" | "/host" | "/parties/1/edit" => host_form(&[(field, &value)]),
                    _ => [("party_id", "1"), ("answer", "yes"), ("coming", "on"), ("text", "Hello"), ("guest", "ben")]
                        .into_iter()
                        .filter(|(name, _)| *name != field)
                        .chain([(field, value.as_str())])
                        .collect(),
                };
                let client = if user == "ada" { &ada } else { &ben };
                assert_no_server_error(&post(client, path, &form).await, &format!("{field}={value:.20?} to {path}"));
            }
        }
    }
    for body in ["&", "=", "&&==&&", "=x", "party_id", &"a=b&".repeat(10_000)] {
        for (_, path, _) in FIELDS {
            let page = send(&ada, path, Some("application/x-www-form-urlencoded"), body).await;
            assert_no_server_error(&page, path);
        }
    }
}

async fn odd_paths_and_queries_cause_no_server_error(app: TestApp) {
    let ada = app.user("ada").await;
    host(&ada, "ada", &[]).await;
    let cursors = [
        "next.0.0",
        "past.9223372036854775807.9223372036854775807",
        "past.-9223372036854775808.0",
        "past",
        "next..",
        "x.1.1",
    ];
    let odd = odd().into_iter().chain(cursors.map(str::to_owned)).map(|mut value| {
        value.truncate(value.floor_char_boundary(900));
        value
    });
    for value in odd {
        for (path, name) in [
            ("/", "at"),
            ("/people", "before"),
            ("/rsvp", "q"),
            ("/rsvp", "at"),
            ("/rsvp", "party_id"),
            ("/rsvp", "after"),
            ("/rsvp", "per_page"),
            ("/rsvp", "seats"),
            ("/user/ada", "hosted_after"),
            ("/user/ada", "going_after"),
            ("/login", "next"),
        ] {
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair(name, &value).finish();
            assert_no_server_error(&ada.get(&format!("{path}?{query}")).await, &format!("{path}?{query:.60}"));
        }
        for path in ["/user/", "/parties/", "/assets/"] {
            let segment: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            assert_no_server_error(&ada.get(&format!("{path}{segment}")).await, &format!("{path}{segment:.60}"));
        }
    }
}
