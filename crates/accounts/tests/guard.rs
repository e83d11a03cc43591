//! Protected pages and groups: users pass, anonymous visitors are redirected to the log-in page.

use crate::common::{PASSWORD, Service, assert_has_headers, browser_post, identity};

const SORRY: &str = "Sorry you must be logged in to view this page";

#[tokio::test]
async fn guest_is_redirected_to_log_in_and_back() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    for path in ["/home?course=2&q=a%26b", "/members/one", "/members/two?x=1"] {
        let page = ada.get(path).await;
        assert_eq!(page.status, 200);
        assert!(page.path.starts_with("/login?next=%2F"), "{}", page.path);
        assert_eq!(page.texts(".flash-refusal[role=alert]"), [SORRY]);
        let typed = [("email", "ada@example.com"), ("password", PASSWORD)];
        assert_eq!(ada.submit_on(&page, "/login", &typed).await.path, path);
        ada.submit("/", "/logout", &[]).await;
    }
}

#[tokio::test]
async fn redirect_of_a_guest_contains_nothing_of_the_page() {
    let service = Service::start().await;
    for path in ["/home", "/members/one"] {
        let visitor = service.visitor();
        let page = visitor.send(visitor.request(reqwest::Method::GET, path)).await;
        assert_eq!((page.status, page.html.as_str()), (303, ""), "{path}");
        assert_has_headers(&page);
    }
}

#[tokio::test]
async fn protected_group_covers_unknown_paths() {
    let service = Service::start().await;
    let ada = service.ada().await;
    assert_eq!(ada.get("/members/one").await.text, "members only");
    assert_eq!(ada.get("/members/three").await.status, 404);
    assert!(
        service.visitor().get("/members/three").await.path.starts_with("/login"),
        "an anonymous visitor does not learn which pages exist"
    );
}

#[tokio::test]
async fn disabled_user_is_a_guest_at_the_next_request() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.execute_sql("UPDATE users SET disabled_at = 5 WHERE username = 'ada'").await;
    assert_eq!(ada.get("/home").await.path, "/login?next=%2Fhome");
    assert_eq!(ada.get("/members/one").await.path, "/login?next=%2Fmembers%2Fone");
    assert_eq!(identity(&ada.get("/").await), "You are anonymous.");
}

#[tokio::test]
async fn deleted_user_is_a_guest_at_the_next_request() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.execute_sql("DELETE FROM sessions").await;
    service.execute_sql("DELETE FROM users").await;
    assert_eq!(ada.get("/home").await.path, "/login?next=%2Fhome");
}

#[tokio::test]
async fn refused_post_returns_to_the_page_of_its_form() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let post = |referer: &str| {
        let request = ada.request(reqwest::Method::POST, "/form").header("sec-fetch-site", "same-origin");
        request.header("referer", referer.to_owned()).form(&[("", ""); 0])
    };
    let here = service.server.url("/form?draft=1");
    for (referer, location) in [
        (here.as_str(), "/login?next=%2Fform%3Fdraft%3D1"),
        ("https://evil.example//evil.example", "/login"),
        ("nonsense", "/login"),
    ] {
        let page = ada.send(post(referer)).await;
        assert_eq!((page.status, page.header("location")), (303, Some(location)), "{referer}");
    }
    let page = browser_post(&ada, "/form", &[]).await;
    assert_eq!(page.header("location"), Some("/login"), "never to a path that has no GET");
}
