//! A service on a Unix socket, behind a proxy.

use std::path::PathBuf;

use accounts::Builder;
use poem::Server;
use poem::listener::UnixListener;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::common::{Service, pages};

/// Serves the pages on a socket. The task ends with the test's runtime.
async fn served(set: impl FnOnce(Builder) -> Builder) -> (Service, PathBuf) {
    let service = Service::with(set).await;
    let path = service.folder.path().join("socket");
    let routes = service.accounts.routes(pages()).unwrap();
    let acceptor = poem::listener::Listener::into_acceptor(UnixListener::bind(path.clone())).await.unwrap();
    tokio::spawn(Server::new_with_acceptor(acceptor).run(routes));
    (service, path)
}

/// The status of a log-in with a wrong password that a proxy forwards with `head`.
async fn log_in(path: &PathBuf, head: &str) -> u16 {
    let body = "email=ada&password=granite+heron+nine";
    let request = format!(
        "POST /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n{head}\r\n{body}",
        body.len()
    );
    let mut stream = UnixStream::connect(path).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn proxy_on_a_trusted_unix_socket_passes_the_address_that_is_throttled() {
    let (_service, path) = served(Builder::trust_unix_socket).await;
    let client = |address: &str| format!("X-Forwarded-For: 1.2.3.4, {address}\r\n");
    for _ in 0..5 {
        assert_eq!(log_in(&path, &client("203.0.113.9")).await, 422);
    }
    assert_eq!(log_in(&path, &client("203.0.113.9")).await, 429);
    assert_eq!(log_in(&path, &client("203.0.113.10")).await, 422);
}

#[tokio::test]
async fn proxy_on_an_untrusted_unix_socket_is_refused() {
    let proxies = ["127.0.0.0/8".parse().unwrap()];
    for origin in [None, Some("https://dinner.example")] {
        let set = |builder: Builder| origin.into_iter().fold(builder.trusted_proxies(proxies), Builder::origin);
        let (_service, path) = served(set).await;
        assert_eq!(log_in(&path, "X-Forwarded-For: 203.0.113.9\r\n").await, 421, "{origin:?}");
    }
}
