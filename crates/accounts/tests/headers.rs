//! Headers. `assert_has_headers` is called in every file; here is what differs by response.

use reqwest::Method;

use crate::common::{PASSWORD, Service, assert_has_headers, browser_post, raw};

#[tokio::test]
async fn every_kind_of_response_has_security_headers() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for path in ["/", "/home", "/login", "/members/one", "/native", "/nowhere", "/logout", "/panic"] {
        for visitor in [&ada, &service.visitor()] {
            assert_has_headers(&visitor.send(visitor.request(Method::GET, path)).await);
        }
    }
    assert_has_headers(&ada.get("/register").await);
    assert_has_headers(&browser_post(&ada, "/echo", &[("text", "x")]).await);
}

#[tokio::test]
async fn plain_http_response_has_no_hsts() {
    let service = Service::start().await;
    assert_eq!(service.visitor().get("/").await.header("strict-transport-security"), None);
}

#[tokio::test]
async fn head_response_is_get_without_body() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for path in ["/", "/home", "/login", "/nowhere"] {
        let [head, get] = [Method::HEAD, Method::GET].map(|method| ada.send(ada.request(method, path)));
        let (head, get) = (head.await, get.await);
        assert_eq!((head.status, head.html.as_str()), (get.status, ""), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"));
        assert_has_headers(&head);
    }
}

#[tokio::test]
async fn body_of_a_safe_method_is_not_read() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for method in [Method::GET, Method::OPTIONS] {
        let page = ada.send(ada.request(method, "/body").form(&[("_method", "DELETE"), ("text", "x")])).await;
        assert_eq!((page.status, page.html.as_str()), (200, "0 bytes"), "a body without a limit is not read");
    }
}

#[tokio::test]
async fn response_has_no_cors_headers() {
    let service = Service::start().await;
    let visitor = service.visitor();
    for method in [Method::GET, Method::OPTIONS] {
        let request = visitor.request(method, "/login").header("origin", "http://evil.example");
        let page = visitor.send(request.header("access-control-request-method", "POST")).await;
        assert!(page.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{:?}", page.headers);
        assert_has_headers(&page);
    }
}

#[tokio::test]
async fn host_and_forwarding_headers_appear_in_no_link() {
    let proxies = ["127.0.0.0/8".parse().unwrap()];
    let service = Service::with(|builder| builder.trusted_proxies(proxies)).await;
    let request = |path: &str| {
        let head = "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nForwarded: host=evil.example";
        format!("GET {path} HTTP/1.1\r\nHost: localhost:1\r\n{head}\r\nConnection: close\r\n\r\n")
    };
    for path in ["/", "/login", "/home", "/nowhere"] {
        let response = raw(&service.server, request(path)).await;
        assert!(matches!(response.status, 200 | 303 | 404), "{response:?}");
        for host in ["evil.example", "localhost"] {
            assert!(!response.head.contains(host) && !response.body.contains(host), "{response:?}");
        }
    }
}

#[tokio::test]
async fn csp_source_extends_the_policy() {
    let service = Service::with(|builder| {
        let builder = builder.csp_source("img-src", "https://tiles.example").csp_source("img-src", "data:");
        builder.csp_source("connect-src", "'self'")
    });
    let page = service.await.visitor().get("/").await;
    let policy = page.header("content-security-policy").unwrap();
    let of = |directive: &str| {
        let found = policy.split("; ").find_map(|part| part.strip_prefix(directive));
        found.unwrap().split_whitespace().map(ToOwned::to_owned).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(of("img-src "), ["'self'", "https://tiles.example", "data:"].map(ToOwned::to_owned).into());
    assert_eq!(of("connect-src "), ["'self'".to_owned()].into());
    assert_eq!(of("default-src "), ["'none'".to_owned()].into());
}

#[tokio::test]
async fn request_id_is_new_for_each_request() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let visitor = service.visitor();
    let request = visitor.request(Method::GET, "/").header("x-request-id", "mine");
    let (one, other) = (visitor.send(request).await, visitor.get("/").await);
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
    assert_ne!(one.header("x-request-id"), Some("mine"), "the client does not choose what is logged");
}
