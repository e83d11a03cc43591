//! The host check: loopback without an origin, a closed network, and a plain HTTP origin.

use accounts::test_kit::TestClient;
use reqwest::Method;

use crate::common::{PASSWORD, Service, assert_has_headers, identity, raw};

fn get(host: &str) -> String {
    format!("GET / HTTP/1.1\r\n{host}Connection: close\r\n\r\n")
}

#[tokio::test]
async fn request_for_another_host_is_421() {
    let service = Service::start().await;
    for host in [
        "Host: evil.example\r\n",
        "Host: evil.example:80\r\n",
        "Host: localhost.evil.example\r\n",
        "Host: 127.0.0.1.nip.io\r\n",
        "Host: 192.168.1.5\r\n",
        "Host: 0.0.0.0\r\n",
        "Host: [::2]\r\n",
        "Host: user@localhost@evil.example\r\n",
        "Host: \r\n",
        "Host: localhost\r\nHost: evil.example\r\n",
    ] {
        let response = raw(&service.server, get(host)).await;
        assert!(matches!(response.status, 421 | 400), "{host}: {response:?}");
        if response.status == 421 {
            assert!(response.body.contains("This server answers only to the name it was given."));
            assert!(response.header("content-security-policy").is_some() && !response.body.contains("evil"));
        }
    }
    let target = "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(raw(&service.server, target).await.status, 421);
    assert_eq!(raw(&service.server, "GET / HTTP/1.0\r\n\r\n").await.status, 421);
}

#[tokio::test]
async fn every_loopback_name_is_accepted() {
    let service = Service::start().await;
    for host in ["HOST", "localhost", "LocalHost:99", "127.0.0.1", "[::1]", "[::1]:8000"] {
        let response = raw(&service.server, get(&format!("Host: {host}\r\n"))).await;
        assert_eq!(response.status, 200, "{host}");
    }
}

#[tokio::test]
async fn misdirected_post_changes_nothing() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let request = ada.request(Method::POST, "/logout").header("host", "evil.example");
    let page = ada.send(request.header("sec-fetch-site", "same-origin")).await;
    assert_eq!(page.status, 421);
    assert_has_headers(&page);
    assert_eq!(identity(&ada.get("/home").await), "You are ada.");
}

#[tokio::test]
async fn two_services_on_one_host_keep_separate_sessions() {
    let (one, other) = (Service::start().await, Service::start().await);
    let ada = one.ada().await;
    assert!(ada.cookies().contains(&format!("session-{}=", one.server.address().port())), "{}", ada.cookies());
    let there = TestClient::new(&other.server);
    there.add_cookies(&ada.cookies()); // browsers send the cookies of a host to all its ports
    other.register("ben", PASSWORD).await;
    there.log_in("ben", PASSWORD).await;
    assert_eq!(identity(&there.get("/").await), "You are ben.");
    ada.add_cookies(&there.cookies());
    assert_eq!(identity(&ada.get("/home").await), "You are ada.");
    there.submit("/", "/logout", &[]).await;
    assert_eq!(identity(&ada.get("/home").await), "You are ada.");
}

#[tokio::test]
async fn non_ascii_cookie_of_another_service_is_skipped() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let mut request = b"GET /home HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nCookie: caf\xc3\xa9=\xff; ".to_vec();
    request.extend(format!("{}\r\n\r\n", ada.cookies()).bytes());
    assert_eq!(raw(&service.server, request).await.status, 200);
}

#[tokio::test]
async fn plain_http_network_accepts_ip_hosts_and_their_origin() {
    let service = Service::with(|builder| builder.listen(([0, 0, 0, 0], 80).into()).allow_plain_http()).await;
    service.register("ada", PASSWORD).await;
    let visitor = service.visitor();
    let post = |host: &str, origin: &str| {
        let request = visitor.request(Method::POST, "/login").header("host", host.to_owned());
        request.header("origin", origin.to_owned()).form(&[("email", "ada@example.com"), ("password", PASSWORD)])
    };
    for (host, origin, status) in [
        ("kitchen.lan:8000", "http://kitchen.lan:8000", 421), // a host name needs `origin`
        ("192.168.1.5", "http://192.168.1.5", 303),
        ("192.168.1.5:80", "http://192.168.1.5", 303),
        ("192.168.1.5:8000", "http://192.168.1.5", 403),
        ("192.168.1.5", "https://192.168.1.5", 403),
        ("192.168.1.5", "http://evil.example", 403),
        ("192.168.1.5", "null", 403),
    ] {
        let page = visitor.send(post(host, origin)).await;
        assert_eq!(page.status, status, "{host} {origin}");
        assert!(!format!("{:?}", page.headers).contains("Secure"));
    }
}

#[tokio::test]
async fn plain_origin_accepts_its_own_host_only() {
    let service = Service::with(|builder| builder.origin("http://kitchen.lan:8000").allow_plain_http()).await;
    for (host, status) in [("kitchen.lan:8000", 200), ("kitchen.lan", 421), ("evil.example:8000", 421)] {
        let request = service.visitor().request(Method::GET, "/").header("host", host);
        assert_eq!(service.visitor().send(request).await.status, status, "{host}");
    }
}

/// Behind an https proxy without an origin, cookies would lack `Secure`.
#[tokio::test]
async fn forwarded_request_on_loopback_is_421() {
    let service = Service::start().await;
    for header in ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"] {
        let request = service.visitor().request(Method::GET, "/").header(header, "203.0.113.9");
        assert_eq!(service.visitor().send(request).await.status, 421, "{header}");
    }
}
