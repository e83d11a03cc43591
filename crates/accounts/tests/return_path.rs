//! The `next` of a log-in. The whole corpus of hostile paths is beside `ReturnPath`; these tests check that every use of
//! `next` parses it.

use crate::common::{PASSWORD, Service, browser_post, escaped};

/// One text of each kind.
const HOSTILE: &[&str] = &[
    "http://evil.example",
    "https:evil.example",
    "//evil.example",
    "////evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/%09/evil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/.//evil.example",
    "/a/..//evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "@evil.example",
    "home",
    "",
    "/home\r\nSet-Cookie: session=eve",
    "/home\r\n\r\n<script>alert(1)</script>",
    "/login",
    "/login?next=/home",
    "/logout",
    "/register",
];

#[tokio::test]
async fn hostile_next_is_ignored_in_form_and_query() {
    let service = Service::with(|builder| builder.after_log_in("/form")).await;
    let ada = service.ada().await;
    for next in HOSTILE {
        let typed = [("email", "ada@example.com"), ("password", PASSWORD), ("next", *next)];
        let page = browser_post(&ada, "/login", &typed).await;
        assert_eq!((page.status, page.header("location")), (303, Some("/form")), "{next:?}");
        assert_eq!(page.headers.get_all("location").iter().count(), 1);
        assert!(!format!("{:?}", page.headers).contains("eve"), "{next:?}");

        let path = format!("/login?next={}", escaped(next));
        let page = ada.send(ada.request(reqwest::Method::GET, &path)).await;
        assert_eq!((page.status, page.header("location")), (303, Some("/form")), "{next:?}");
        let page = service.visitor().get(&path).await;
        let field = page.form("/login").into_iter().find(|(name, _)| name == "next").map(|(_, value)| value);
        assert!(field.as_ref().is_none_or(|next| next.starts_with("/log") || next == "/register"), "{field:?}");
    }
}

#[tokio::test]
async fn next_survives_failed_log_ins() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let mut page = ada.get("/home?q=a%26b&q=%C5%81&c=d").await;
    for wrong in ["", "marble otter eight"] {
        page = ada.submit_on(&page, "/login", &[("email", "ada@example.com"), ("password", wrong)]).await;
        assert_eq!(page.status, 422);
    }
    let page = ada.submit_on(&page, "/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    assert_eq!(page.path, "/home?q=a%26b&q=%C5%81&c=d");
}

#[tokio::test]
async fn next_in_the_form_wins_over_the_query() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let log_in = [("email", "ada@example.com"), ("password", PASSWORD)];
    let form = [&log_in[..], &[("next", "/home")]].concat();
    assert_eq!(browser_post(&ada, "/login?next=/form", &form).await.header("location"), Some("/home"));
    assert_eq!(browser_post(&ada, "/login?next=/form", &log_in).await.header("location"), Some("/"));
    let twice = [&form[..], &[("next", "/form")]].concat();
    assert_eq!(browser_post(&ada, "/login", &twice).await.header("location"), Some("/"));
    let page = ada.send(ada.request(reqwest::Method::GET, "/login?next=/home&next=/form")).await;
    assert_eq!(page.header("location"), Some("/home"), "the first value wins");
}

#[tokio::test]
async fn overlong_path_gives_next_without_its_query() {
    let service = Service::start().await;
    let path = format!("/home?q={}", "x".repeat(3_000));
    let page = service.visitor().get(&path).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/login?next=%2Fhome"));
    let page = service.visitor().get(&format!("/login?next={path}")).await;
    assert!(page.form("/login").contains(&("next".to_owned(), "/home".to_owned())), "{}", page.html);
    let page = service.visitor().get(&format!("/login?next=/{}", "x".repeat(3_000))).await;
    assert!(page.form("/login").iter().all(|(name, _)| name != "next"), "{}", page.html);
}
