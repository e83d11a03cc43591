//! Error pages in the embedder's layout: 404, 405, 500, 503.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use accounts::web::{Layout, LayoutError, PageContext, PlainLayout};
use futures_util::FutureExt;
use reqwest::Method;

use crate::common::{Service, assert_has_headers, assert_page, browser_post, identity, raw};

const OUR_FAULT: &str = "That was our fault, and it has been noted.";

#[tokio::test]
async fn unknown_path_is_404_for_guests_and_users() {
    let service = Service::start().await;
    for visitor in [service.visitor(), service.ada().await] {
        for path in ["/nowhere", "/login/", "/LOGIN", "/login/x", "/home%00", "/%2e%2e/etc/passwd", "/%ff", "/user/<b>"]
        {
            assert_page(&visitor.get(path).await, 404, "This page doesn't exist");
        }
    }
}

#[tokio::test]
async fn other_method_is_405_with_allow() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for (path, allow) in
        [("/login", "GET, HEAD, POST"), ("/register", "GET, HEAD, POST"), ("/logout", "POST"), ("/home", "GET, HEAD")]
    {
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "get", "BREW"] {
            let request = ada.request(Method::from_bytes(method.as_bytes()).unwrap(), path);
            let page = ada.send(request.header("sec-fetch-site", "same-origin")).await;
            assert_page(&page, 405, "This address does not answer to that.");
            assert_eq!(page.header("allow"), Some(allow), "{method} {path}");
        }
    }
    assert_eq!(identity(&ada.get("/home").await), "You are ada.");
}

#[tokio::test]
async fn trace_is_405_and_echoes_nothing() {
    let service = Service::start().await;
    for path in ["/login", "/native", "/nowhere"] {
        let head = "Host: HOST\r\nConnection: close\r\nX-Secret: hush-hush\r\nSec-Fetch-Site: same-origin";
        let response = raw(&service.server, format!("TRACE {path} HTTP/1.1\r\n{head}\r\n\r\n")).await;
        assert_eq!(response.status, 405, "{response:?}");
        assert!(!response.body.contains("hush-hush"));
        assert_eq!(response.header("allow"), Some("GET, HEAD, POST"));
    }
}

#[tokio::test]
async fn panic_in_a_handler_is_a_500_page() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for _ in 0..3 {
        let page = ada.get("/panic").await;
        assert_page(&page, 500, OUR_FAULT);
        assert!(!page.html.contains("on purpose"), "{}", page.html);
        assert!(page.text.contains("ada Log out"), "the layout shows the user: {}", page.text);
    }
    assert_eq!(identity(&ada.get("/home").await), "You are ada.");
}

/// A layout that fails (1) or panics (2) as a test chooses.
struct FaultyLayout(Arc<AtomicU8>);

impl Layout for FaultyLayout {
    fn page(&self, page: &PageContext, title: &str, content: &str) -> Result<String, LayoutError> {
        let html = PlainLayout.page(page, title, content)?; // reads the flash messages
        match self.0.load(Ordering::SeqCst) {
            1 => Err(LayoutError::new("hush-hush")),
            2 => panic!("hush-hush"),
            _ => Ok(html),
        }
    }
}

#[tokio::test]
async fn failing_or_panicking_layout_gives_a_plain_500_page() {
    let fault = Arc::new(AtomicU8::new(0));
    let service = Service::with(|builder| builder.layout(FaultyLayout(Arc::clone(&fault)))).await;
    let ada = service.ada().await;
    browser_post(&ada, "/echo", &[("text", "soup's up")]).await;
    for kind in [1, 2] {
        fault.store(kind, Ordering::SeqCst);
        for path in ["/", "/home", "/register", "/nowhere", "/panic"] {
            let visitor = if path == "/register" { &service.visitor() } else { &ada };
            let page = visitor.get(path).await;
            assert_eq!((page.status, page.texts("h1")), (500, vec!["Something went wrong".to_owned()]), "{path}");
            assert!(page.text.contains(OUR_FAULT) && !page.html.contains("hush-hush"), "{}", page.html);
            assert_has_headers(&page);
        }
        let page = browser_post(&ada, "/form", &[]).await;
        assert_eq!(page.status, 303, "a redirect needs no layout");
    }
    fault.store(0, Ordering::SeqCst);
    let page = ada.get("/").await;
    assert_eq!(page.texts(".flash"), ["soup's up", "Saved for ada."], "the messages were not shown before");
}

#[tokio::test]
async fn failing_store_is_503_with_retry_after() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.failing.fail_on("sessions.find");
    for path in ["/", "/home", "/login", "/register", "/members/one"] {
        let page = ada.get(path).await;
        assert_page(&page, 503, "We couldn't look that up. Please try again in a moment.");
        assert_eq!(page.header("retry-after"), Some("5"));
        assert!(!page.html.contains("SQLITE_FULL"), "{}", page.html);
    }
    service.failing.fail_on(None);
    assert_eq!(identity(&ada.get("/home").await), "You are ada.");
}

#[tokio::test]
async fn parallel_requests_survive_a_panic() {
    let service = Service::start().await;
    let (ada, ben) = (service.ada().await, service.visitor());
    let pages = (0..20).map(|n| if n % 2 == 0 { ben.get("/panic") } else { ada.get("/home") }.boxed());
    let statuses: Vec<u16> = futures_util::future::join_all(pages).await.iter().map(|page| page.status).collect();
    assert_eq!(statuses, [500, 200].repeat(10));
}
