//! What goes wrong, as a page in the embedder's layout: 404, 405, 500, 503. The process lives on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use accounts::web::{Layout, LayoutError, PageContext, PlainLayout};
use futures_util::FutureExt;
use reqwest::Method;

use crate::common::{Service, assert_has_headers, assert_page, browser_post, raw, who};

const OUR_FAULT: &str = "That was our fault, and it has been noted.";

#[tokio::test]
async fn what_is_not_there_is_a_404_for_everybody() {
    let service = Service::start().await;
    for visitor in [service.visitor(), service.ada().await] {
        for path in ["/nowhere", "/login/", "/LOGIN", "/login/x", "/home%00", "/%2e%2e/etc/passwd", "/%ff", "/user/<b>"]
        {
            assert_page(&visitor.get(path).await, 404, "There is nothing at this address.");
        }
    }
}

#[tokio::test]
async fn another_method_is_a_405_that_says_which_there_are() {
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
    assert_eq!(who(&ada.get("/home").await), "You are ada.");
}

#[tokio::test]
async fn trace_echoes_nothing() {
    let service = Service::start().await;
    for path in ["/login", "/native", "/nowhere"] {
        let head = "Host: HOST\r\nConnection: close\r\nX-Secret: hush-hush\r\nSec-Fetch-Site: same-origin";
        let answer = raw(&service.server, format!("TRACE {path} HTTP/1.1\r\n{head}\r\n\r\n")).await;
        assert_eq!(answer.status, 405, "{answer:?}");
        assert!(!answer.body.contains("hush-hush"));
        assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
    }
}

#[tokio::test]
async fn a_panic_costs_one_answer() {
    let service = Service::start().await;
    let ada = service.ada().await;
    for _ in 0..3 {
        let page = ada.get("/panic").await;
        assert_page(&page, 500, OUR_FAULT);
        assert!(!page.html.contains("on purpose"), "{}", page.html);
        assert!(page.text.contains("ada Log out"), "the layout knows who reads: {}", page.text);
    }
    assert_eq!(who(&ada.get("/home").await), "You are ada.");
}

/// A layout that does what it is told.
struct Moody(Arc<AtomicU8>);

impl Layout for Moody {
    fn page(&self, parts: &PageContext, title: &str, content: &str) -> Result<String, LayoutError> {
        let page = PlainLayout.page(parts, title, content)?; // the messages have been read by now
        match self.0.load(Ordering::SeqCst) {
            1 => Err(LayoutError::new("hush-hush")),
            2 => panic!("hush-hush"),
            _ => Ok(page),
        }
    }
}

#[tokio::test]
async fn a_layout_that_fails_or_panics_gets_the_page_of_last_resort() {
    let mood = Arc::new(AtomicU8::new(0));
    let service = Service::with(|builder| builder.layout(Moody(Arc::clone(&mood)))).await;
    let ada = service.ada().await;
    browser_post(&ada, "/echo", &[("text", "soup's up")]).await;
    for how in [1, 2] {
        mood.store(how, Ordering::SeqCst);
        for path in ["/", "/home", "/register", "/nowhere", "/panic"] {
            let visitor = if path == "/register" { &service.visitor() } else { &ada };
            let page = visitor.get(path).await;
            assert_eq!((page.status, page.texts("h1")), (500, vec!["Something went wrong".to_owned()]), "{path}");
            assert!(page.text.contains(OUR_FAULT) && !page.html.contains("hush-hush"), "{}", page.html);
            assert_has_headers(&page);
        }
        let page = browser_post(&ada, "/form", &[]).await;
        assert_eq!(page.status, 303, "what shows no page goes on");
    }
    mood.store(0, Ordering::SeqCst);
    let page = ada.get("/").await;
    assert_eq!(page.texts(".flash"), ["soup's up", "Saved for ada."], "nobody has seen them yet");
}

#[tokio::test]
async fn a_store_that_fails_is_a_503_that_says_when_to_come_back() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.failing.breaks("sessions.find");
    for path in ["/", "/home", "/login", "/register", "/members/one"] {
        let page = ada.get(path).await;
        assert_page(&page, 503, "We couldn't look that up. Please try again in a moment.");
        assert_eq!(page.header("retry-after"), Some("5"));
        assert!(!page.html.contains("SQLITE_FULL"), "{}", page.html);
    }
    service.failing.breaks(None);
    assert_eq!(who(&ada.get("/home").await), "You are ada.");
}

#[tokio::test]
async fn what_goes_wrong_for_one_harms_no_other() {
    let service = Service::start().await;
    let (ada, ben) = (service.ada().await, service.visitor());
    let pages = (0..20).map(|n| if n % 2 == 0 { ben.get("/panic") } else { ada.get("/home") }.boxed());
    let statuses: Vec<u16> = futures_util::future::join_all(pages).await.iter().map(|page| page.status).collect();
    assert_eq!(statuses, [500, 200].repeat(10));
}
