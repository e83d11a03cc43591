//! What every answer carries. That each kind of answer does is asserted wherever one comes; here is what differs.

use reqwest::Method;

use crate::common::{PASSWORD, Service, assert_has_headers, browser_post, raw};

#[tokio::test]
async fn pages_redirects_and_answers_of_an_embedders_own_carry_them() {
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
async fn plain_http_promises_no_tls() {
    let service = Service::start().await;
    assert_eq!(service.visitor().get("/").await.header("strict-transport-security"), None);
}

#[tokio::test]
async fn a_head_is_a_get_without_its_body() {
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
async fn the_body_of_a_get_means_nothing() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for method in [Method::GET, Method::OPTIONS] {
        let page = ada.send(ada.request(method, "/body").form(&[("_method", "DELETE"), ("text", "x")])).await;
        assert_eq!((page.status, page.html.as_str()), (200, "0 bytes"), "no limit is set to it, so it is not read");
    }
}

#[tokio::test]
async fn no_other_origin_is_granted_anything() {
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
async fn the_host_steers_no_link() {
    let proxies = ["127.0.0.0/8".parse().unwrap()];
    let service = Service::with(|builder| builder.trusted_proxies(proxies)).await;
    let ask = |path: &str| {
        let head = "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nForwarded: host=evil.example";
        format!("GET {path} HTTP/1.1\r\nHost: localhost:1\r\n{head}\r\nConnection: close\r\n\r\n")
    };
    for path in ["/", "/login", "/home", "/nowhere"] {
        let answer = raw(&service.server, ask(path)).await;
        assert!(matches!(answer.status, 200 | 303 | 404), "{answer:?}");
        for host in ["evil.example", "localhost"] {
            assert!(!answer.head.contains(host) && !answer.body.contains(host), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn an_embedder_can_allow_a_source_and_never_inline_code() {
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
async fn each_request_has_a_number_of_its_own() {
    let service = Service::start().await;
    let visitor = service.visitor();
    visitor.register("ada", PASSWORD).await;
    let request = visitor.request(Method::GET, "/").header("x-request-id", "mine");
    let (one, other) = (visitor.send(request).await, visitor.get("/").await);
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
    assert_ne!(one.header("x-request-id"), Some("mine"), "nobody else chooses what is in the log");
}
