//! Invalid input: too large, undecodable, or values that no browser sends. Each gets a 4xx page, and none a 500.

use std::time::Duration;

use reqwest::Method;

use crate::common::{PASSWORD, RawResponse, Service, assert_page, browser_post, raw};

const HEAD: &str = "POST /register HTTP/1.1\r\nHost: HOST\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\
     Content-Type: application/x-www-form-urlencoded\r\n";

fn assert_too_large(response: &RawResponse) {
    assert_eq!(response.status, 413, "{response:?}");
    assert!(response.body.contains("What was sent is larger than we take. Nothing changed."), "{response:?}");
    assert!(response.body.contains("<main>"), "in the layout");
    assert!(response.header("content-security-policy").is_some());
}

#[tokio::test]
async fn body_above_the_limit_is_413() {
    let service = Service::start().await;
    let body = format!("email={}", "x".repeat(65_536));
    assert_too_large(&raw(&service.server, format!("{HEAD}Content-Length: {}\r\n\r\n{body}", body.len())).await);
    let chunks = format!("1000\r\n{}\r\n", "x".repeat(4_096)).repeat(20);
    let chunked = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n");
    assert_too_large(&raw(&service.server, chunked).await);
}

#[tokio::test]
async fn body_above_the_limit_is_not_read_to_its_end() {
    let service = Service::start().await;
    // Two thirds of the declared length never arrive. The response must not wait for them.
    let head = format!("{HEAD}Content-Length: 200000\r\n\r\n");
    let request = format!("{head}{}", "x".repeat(70_000));
    let response = tokio::time::timeout(Duration::from_secs(20), raw(&service.server, request)).await;
    assert_too_large(&response.expect("a response before the rest of the body"));
}

#[tokio::test]
async fn body_at_the_limit_is_accepted() {
    let service = Service::start().await;
    let body = format!("username={}", "x".repeat(65_536 - "username=".len()));
    let response = raw(&service.server, format!("{HEAD}Content-Length: {}\r\n\r\n{body}", body.len())).await;
    assert_eq!(response.status, 422);
    assert!(response.body.contains("A username has at most 64 characters."));
}

#[tokio::test]
async fn body_limit_setting_applies() {
    let service = Service::with(|builder| builder.body_limit(1_024)).await;
    let body = format!("username={}", "x".repeat(1_016));
    assert_too_large(&raw(&service.server, format!("{HEAD}Content-Length: {}\r\n\r\n{body}", body.len())).await);
}

#[tokio::test]
async fn body_of_a_foreign_request_is_not_read() {
    let service = Service::start().await;
    let head = HEAD.replace("same-origin", "cross-site");
    let response = raw(&service.server, format!("{head}Content-Length: 60000\r\n\r\n"));
    let response = tokio::time::timeout(Duration::from_secs(20), response).await;
    assert_eq!(response.expect("a response before the body").status, 403);
}

#[tokio::test]
async fn undecodable_form_is_400() {
    let service = Service::start().await;
    let visitor = service.visitor();
    for path in ["/login", "/register", "/echo", "/logout"] {
        for body in
            [&b"email=%zz"[..], b"email=%", b"email=%f", b"%=x", b"email=%ff", b"email=\xff\xfe", b"a=%ED%A0%80"]
        {
            let request =
                visitor.request(Method::POST, path).header("sec-fetch-site", "same-origin").body(body.to_vec());
            let page = visitor.send(request.header("content-type", "application/x-www-form-urlencoded")).await;
            assert_page(&page, 400, "What was sent is damaged. Nothing changed, please try again.");
        }
    }
}

#[tokio::test]
async fn registration_rejects_nul_overlong_and_repeated_values() {
    let service = Service::start().await;
    let good = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    let long = "x".repeat(10_000);
    for (field, value) in good {
        let nul = format!("{value}\0");
        let bad = [
            (vec![(field, nul.as_str())], "This field held a character that can't be stored."),
            (
                vec![(field, long.as_str())],
                if field == "password2" { "The two passwords differ." } else { " at most " },
            ),
            (vec![(field, value), (field, "other")], "This field was sent more than once."),
            (vec![(field, value), (field, value)], "This field was sent more than once."),
        ];
        for (values, sentence) in bad {
            let form: Vec<_> = good.into_iter().filter(|(name, _)| *name != field).chain(values.clone()).collect();
            let page = browser_post(&service.visitor(), "/register", &form).await;
            assert_page(&page, 422, sentence);
            assert!(page.texts(&format!("#{field}-note")).concat().contains(sentence), "{field}: {}", page.text);
            assert!(
                !page.html.contains(PASSWORD) && !page.attributes("[type=password]", "value").concat().contains('x')
            );
            if !field.starts_with("password") {
                let shown = values[0].1.replace('\0', "");
                assert_eq!(page.attributes(&format!("#{field}"), "value"), [shown]);
                assert!(!page.html.contains('\0'), "{field}");
            }
        }
        let form: Vec<_> = good.into_iter().filter(|(name, _)| *name != field).collect();
        let page = browser_post(&service.visitor(), "/register", &form).await;
        assert_eq!(page.status, 422, "without {field}");
        assert_eq!(page.texts(&format!("#{field}-note.field-error")).len(), 1, "without {field}: {}", page.text);
    }
    assert_eq!(service.count("users").await, 0);
}

#[tokio::test]
async fn control_character_is_removed_where_a_form_is_shown_again() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let guest = service.visitor();
    let typed = [("di\0sh", "a\u{1}b\u{7f}c\u{85}d\te\r\nf\u{202e}g\u{2066}")];
    let shown = [("dish", "abcd\te\nfg")];
    let page = browser_post(&guest, "/form", &typed).await;
    let page = guest.submit_on(&page, "/login", &[("email", "ada"), ("password", PASSWORD)]).await; // by itself
    service.failing.fail_on("sessions.find");
    let failed = browser_post(&guest, "/form", &typed).await;
    for page in [page, failed] {
        assert!(!page.html.contains(['\0', '\u{1}', '\u{7f}', '\u{85}']), "{:?}", page.html);
        let form: Vec<_> = page.form("/form").into_iter().filter(|(name, _)| name != "csrf_token").collect();
        assert_eq!(form, shown.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}

#[tokio::test]
async fn log_in_rejects_nul_overlong_and_repeated_values() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let (email, long) = (("email", "ada@example.com"), "x".repeat(30_000));
    let nul = format!("{PASSWORD}\0");
    for form in [
        vec![email, ("password", PASSWORD), ("password", PASSWORD)],
        vec![email, ("email", "ben@example.com"), ("password", PASSWORD)],
        vec![email, ("password", nul.as_str())],
        vec![("email", "ada@example.com\0"), ("password", PASSWORD)],
        vec![("email", long.as_str()), ("password", PASSWORD)],
        vec![email, ("password", long.as_str())],
        vec![email],
        vec![("password", PASSWORD)],
        vec![],
    ] {
        let page = browser_post(&service.visitor(), "/login", &form).await;
        assert_eq!((page.status, page.texts("[role=alert]").len()), (422, 1), "{}", page.text);
        assert!(!page.html.contains(PASSWORD), "{}", page.html);
    }
    assert_eq!(service.count("sessions").await, 0);
}

#[tokio::test]
async fn form_of_1000_fields_or_odd_names_is_accepted() {
    let service = Service::start().await;
    let many: Vec<(String, String)> = (0..1_000).map(|n| (format!("field{n}"), "x".to_owned())).collect();
    let form: Vec<_> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(browser_post(&service.visitor(), "/register", &form).await.status, 422);
    let odd = [("", "x"), ("username[]", "ada"), ("username[0]", "ada"), ("__proto__", "x"), ("\0", "\0")];
    assert_eq!(browser_post(&service.visitor(), "/register", &odd).await.status, 422);
}

#[tokio::test]
async fn handler_timeout_of_a_form_reports_unknown_outcome() {
    let service = Service::with(|builder| builder.handler_timeout(Duration::from_millis(200))).await;
    let visitor = service.visitor();
    assert_page(&visitor.get("/hang").await, 503, "We couldn't look that up.");
    let page = browser_post(&visitor, "/hang", &[("text", "soup")]).await;
    assert_page(&page, 503, "We can't tell whether that was saved. Please look before you send it once more.");
    assert!(page.html.contains("soup"), "the form can be submitted again: {}", page.html);
    assert_eq!(page.header("retry-after"), Some("5"));
}
