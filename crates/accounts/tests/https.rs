//! An https origin behind a proxy that terminates TLS: `__Host-` cookies and HSTS.

use accounts::test_kit::{TestClient, TestResponse, TestServer};
use reqwest::Method;

use crate::common::{PASSWORD, Service, assert_has_headers, set_cookie, set_cookies};

async fn service() -> Service {
    Service::with(|builder| builder.origin("https://dinner.example")).await
}

/// Posts a form as the proxy forwards it.
async fn post(server: &TestServer, path: &str, cookies: &str, fields: &[(&str, &str)]) -> TestResponse {
    let visitor = TestClient::new(server);
    let request = visitor.request(Method::POST, path).header("host", "dinner.example").header("cookie", cookies);
    visitor.send(request.header("origin", "https://dinner.example").form(fields)).await
}

async fn get(server: &TestServer, path: &str, cookies: &str) -> TestResponse {
    let visitor = TestClient::new(server);
    visitor.send(visitor.request(Method::GET, path).header("host", "dinner.example").header("cookie", cookies)).await
}

fn assert_host_cookie(cookie: &str, name: &str) {
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert!(pair.starts_with(&format!("__Host-{name}=")), "{cookie}");
    let attributes: Vec<_> = attributes.split("; ").collect();
    for part in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
        assert!(attributes.contains(&part), "{part}: {cookie}");
    }
    assert!(!cookie.to_lowercase().contains("domain"), "{cookie}");
}

#[tokio::test]
async fn https_cookies_have_the_host_prefix() {
    let service = service().await;
    let server = &service.server;
    let form = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    let page = post(server, "/register", "", &form).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/")));
    assert_host_cookie(&set_cookie(&page, "__Host-flash").unwrap(), "flash");
    assert_host_cookie(&set_cookie(&get(server, "/login", "").await, "__Host-visit").unwrap(), "visit");

    let log_in = [("email", "ada@example.com"), ("password", PASSWORD), ("remember", "on")];
    let page = post(server, "/login", "", &log_in).await;
    let cookie = set_cookie(&page, "__Host-session").unwrap();
    assert_host_cookie(&cookie, "session");
    assert!(cookie.ends_with("; Max-Age=2592000"), "{cookie}");
    assert!(set_cookies(&page).iter().all(|cookie| cookie.starts_with("__Host-")));
    assert!(
        !set_cookie(&post(server, "/login", "", &log_in[..2]).await, "__Host-session").unwrap().contains("Max-Age")
    );

    let session = cookie.split(';').next().unwrap();
    assert!(get(server, "/home", session).await.text.contains("You are ada."));
    for planted in [session.replace("__Host-", ""), session.replace("__Host-", "__Secure-")] {
        assert_eq!(get(server, "/home", &planted).await.status, 303, "a cookie without the prefix is ignored");
    }
    let page = post(server, "/logout", session, &[]).await;
    assert_host_cookie(&set_cookie(&page, "__Host-session=;").unwrap(), "session");
    assert_eq!(get(server, "/home", session).await.status, 303);
}

#[tokio::test]
async fn session_stores_network_and_truncated_user_agent() {
    for (proxies, forwarded, network) in [
        ("127.0.0.0/8", "6.6.6.6, 203.0.113.9", "203.0.113.0/24"),
        ("127.0.0.0/8", "2001:db8:1:2::3", "2001:db8:1::/48"),
        ("127.0.0.0/8", "203.0.113.9:51234", "203.0.113.0/24"),
        ("127.0.0.0/8", "[2001:db8:1:2::3]:51234", "2001:db8:1::/48"),
        ("127.0.0.0/8", "6.6.6.6, [2001:db8:1:2::3]", "2001:db8:1::/48"),
        ("10.0.0.0/8", "203.0.113.9", "127.0.0.1/32"),
    ] {
        let service = Service::with(|builder| builder.trusted_proxies([proxies.parse().unwrap()])).await;
        let visitor = service.visitor();
        service.register("ada", PASSWORD).await;
        let request = visitor.request(Method::POST, "/login").header("sec-fetch-site", "same-origin");
        let request = request.header("x-forwarded-for", forwarded).header("user-agent", "x".repeat(5_000));
        let page = visitor.send(request.form(&[("email", "ada@example.com"), ("password", PASSWORD)])).await;
        let cookie = set_cookie(&page, "session-").unwrap();
        let token = accounts::SessionToken::parse(cookie.split(['=', ';']).nth(1).unwrap()).unwrap();
        let device = service.ports().sessions.find(token.digest()).await.unwrap().unwrap().record.device;
        assert_eq!(device.network.as_deref(), Some(network), "{forwarded}");
        assert_eq!(device.user_agent.map(|agent| agent.len()), Some(255));
    }
}

#[tokio::test]
async fn every_https_response_has_hsts_of_one_year() {
    let service = service().await;
    for (path, status) in [("/", 200), ("/home", 303), ("/nowhere", 404), ("/panic", 500)] {
        let page = get(&service.server, path, "").await;
        assert_eq!((page.status, page.header("strict-transport-security")), (status, Some("max-age=31536000")));
        assert_has_headers(&page);
    }
}

#[tokio::test]
async fn form_of_any_other_origin_is_refused() {
    let service = service().await;
    let visitor = service.visitor();
    for origin in [
        "http://dinner.example",
        "https://dinner.example:8443",
        "https://www.dinner.example",
        "https://dinner.example.evil.example",
        "http://localhost",
        "https://DINNER.example:443",
        "https://ada@dinner.example",
        "null",
    ] {
        let request = visitor.request(Method::POST, "/login").header("origin", origin);
        assert_eq!(visitor.send(request.form(&[("email", "x")])).await.status, 403, "{origin}");
    }
    let request = visitor.request(Method::POST, "/login").header("origin", "https://dinner.example");
    assert_eq!(visitor.send(request.form(&[("email", "x")])).await.status, 422);
}
