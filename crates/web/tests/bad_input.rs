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

const FORMS: [&str; 5] = ["/user/ada", "/rsvp", "/parties/1/rsvp", "/host", "/parties/1/undo"];

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

async fn odd_field_values_cause_no_server_error(app: TestApp) {
    let ada = app.user("ada").await;
    let fields = [
        "date",
        "time",
        "end_time",
        "end_date",
        "time_zone",
        "venue",
        "main_dish",
        "number_seats",
        "details",
        "visibility",
        "party_id",
        "answer",
        "heads",
        "free_seat",
        "back",
        "csrf_token",
    ];
    for value in odd() {
        for field in fields {
            for path in FORMS {
                let form = [("party_id", "1"), ("answer", "yes"), (field, &value)];
                let form = if [FORMS[0], FORMS[3]].contains(&path) {
                    host_form(&[(field, &value)])
                } else {
                    form[usize::from(field == "party_id")..].to_vec()
                };
                assert_no_server_error(&post(&ada, path, &form).await, &format!("{field}={value:.20?} to {path}"));
            }
        }
    }
    for body in ["&", "=", "&&==&", "=x", "party_id", &"a=b&".repeat(10_000)] {
        for path in FORMS {
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
